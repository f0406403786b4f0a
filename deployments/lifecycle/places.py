"""Where a deployment's parts lie: its runtime, the files of its bundle, its environment."""

from pathlib import Path

from django.conf import settings

from deployments.models import Bundle, Environment, Instance, Release
from deployments.runtimes import choice
from deployments.runtimes.interface import Runtime, Wanted


def runtime(name: str) -> Runtime:
    return choice.runtime(name)


def default_runtime() -> str:
    return str(settings.RUNTIMES[0])


def bundle_of(release: Release) -> Bundle | None:
    return getattr(release.version, "bundle", None)


def is_kept(bundle: Bundle) -> bool:
    return bundle_folder(bundle).is_dir()


def bundle_folder(bundle: Bundle) -> Path:
    return Path(settings.VAR_DIR / "bundles" / bundle.digest)


def environment_folder(environment: Environment) -> Path:
    return Path(settings.VAR_DIR / "environments" / environment.key)


def wanted(instance: Instance, bundle: Bundle) -> Wanted:
    """What the runtime is to start for this row."""
    return Wanted(
        key=instance.key,
        bundle=bundle_folder(bundle),
        environment=environment_folder(bundle.environment),
        predictor=bundle.predictor,
        memory=instance.memory,
        cpus=float(instance.release.hardware.cpus),
        slots=bundle.max_concurrency,
        setup_seconds=bundle.setup_seconds,
        has_network=bundle.wants_network,
    )
