"""Stops what runs under a key that no living row knows, such as a start that came too late."""

import structlog
from django.conf import settings

from deployments.lifecycle import places
from deployments.models import Instance
from deployments.runtimes.interface import RuntimeUnavailable

log = structlog.get_logger(__name__)


def stop_orphans() -> None:
    for name in settings.RUNTIMES:
        try:
            _stop_at(name)
        except RuntimeUnavailable as error:
            log.info("orphans are looked for later", runtime=name, error=str(error))


def _stop_at(name: str) -> None:
    # Rows come before what they name, so the keys are read first.
    running = places.runtime(name).keys()
    living = set(Instance.objects.living().filter(runtime=name).values_list("key", flat=True))
    for key in sorted(running - living):
        log.warning("an orphan is stopped", runtime=name, key=key)
        places.runtime(name).stop(key)
