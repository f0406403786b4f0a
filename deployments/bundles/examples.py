"""The bundles that come with Slipway: runnable models that an empty catalog starts with."""

from pathlib import Path

from catalog.models import AIModel, Publisher, Version
from deployments.bundles import pushing

FOLDER = Path(__file__).resolve().parents[2] / "examples"
OWNER = "slipway"


def names() -> list[str]:
    return sorted(path.parent.name for path in FOLDER.glob("*/cog.yaml"))


def register() -> list[str]:
    """Those that are not there yet, and new versions of those that are; not what was deleted.

    Answers the names of which something is new. Nothing is installed: an environment is built
    when its model is first used.
    """
    is_new = not Publisher.objects.named(OWNER).exists()
    there = set(AIModel.objects.filter(publisher__key=OWNER).values_list("name", flat=True))
    wanted = [name for name in names() if is_new or name in there]
    versions = Version.objects.filter(ai_model__publisher__key=OWNER)
    known = set(versions.values_list("version_id", flat=True))
    return [
        name
        for name in wanted
        if pushing.push_unbuilt(FOLDER / name, OWNER, name).version_id not in known
    ]
