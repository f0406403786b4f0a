"""The models that an empty catalog starts with, and where these facts come from.

Plain Python: the set-up reads this before Django is there.
"""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Origin:
    """What the home page says about one starter file.

    `license` is the name the package gives itself, or says that it gives none; `date` is the
    newest date found in the facts, not the day of packaging or of building.
    """

    file: str
    package: str
    registry: str
    version: str
    license: str
    notice: str
    url: str
    date: date
    records: int
    sha256: str
    package_sha256: str


class StarterFile(NamedTuple):
    """One run of `import_models`: source, file, the daily runs if any, and the facts' date."""

    source: str
    path: Path
    stats: Path | None
    date: date


def origins() -> tuple[Origin, ...]:
    """One entry for each starter file, in the order they are imported."""
    listed = json.loads((FOLDER / "ORIGIN.json").read_text(encoding="utf-8"))["files"]
    return tuple(Origin(**{**entry, "date": date.fromisoformat(entry["date"])}) for entry in listed)


def files() -> tuple[StarterFile, ...]:
    """What to import into an empty catalog, in this order."""
    dates = {origin.file: origin.date for origin in origins()}
    return tuple(
        StarterFile(source, FOLDER / file, FOLDER / stats if stats else None, dates[file])
        for source, file, stats in (
            ("jsonl", "hub_models.jsonl.gz", None),
            ("replicate", "replicate_models.json.gz", "replicate_stats.json.gz"),
        )
    )
