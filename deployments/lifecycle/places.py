"""Where a deployment's parts lie: its runtime, the files of its bundle, its environment."""

from django.conf import settings

from deployments.bundles import environments, keeping
from deployments.models import Bundle, Instance, Release
from deployments.runtimes import choice
from deployments.runtimes.interface import Runtime, Wanted


def runtime(name: str) -> Runtime:
    return choice.runtime(name)


def default_runtime() -> str:
    return str(settings.RUNTIMES[0])


def bundle_of(release: Release) -> Bundle | None:
    return getattr(release.version, "bundle", None)


def is_kept(bundle: Bundle) -> bool:
    return keeping.folder(bundle).is_dir()


def wanted(instance: Instance, bundle: Bundle) -> Wanted:
    """What the runtime is to start for this row."""
    return Wanted(
        key=instance.key,
        bundle=keeping.folder(bundle),
        environment=environments.folder(bundle.environment),
        predictor=bundle.predictor,
        memory=instance.memory,
        cpus=float(instance.release.hardware.cpus),
        slots=bundle.max_concurrency,
        setup_seconds=bundle.setup_seconds,
        has_network=bundle.wants_network,
    )
