"""Which runtimes there are here, by the names that RUNTIMES gives."""

from django.conf import settings

from deployments.runtimes.interface import Runtime, RuntimeRejected
from deployments.runtimes.local.runtime import LocalRuntime

LOCAL = "local"


def names() -> list[str]:
    return [name for name in settings.RUNTIMES if name == LOCAL]


def runtime(name: str = LOCAL) -> Runtime:
    """Raises RuntimeRejected for one that this installation does not have."""
    if name not in names():
        raise RuntimeRejected(
            f"There is no runtime {name!r} here; RUNTIMES names {', '.join(settings.RUNTIMES)}."
        )
    return LocalRuntime(
        folder=settings.VAR_DIR / "instances",
        isolation=settings.RUNTIME_ISOLATION,
        is_network_allowed=settings.RUNTIME_NETWORK,
    )
