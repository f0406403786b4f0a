"""How often Replicate's models ran each day, from the `stats.json` of the npm package.

One object: by "owner/name" a list of {date, dailyRuns, totalRuns}.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction

from catalog.models import DailyRuns, Source, SourceRecord

from . import cleaning, reading, tables

MODELS_AT_ONCE = 200

Day = tuple[int, date, int, int]


def load(path: Path) -> int:
    """Write the daily counts of the models that we have. How many days were new or changed."""
    entries = reading.entries(path)
    written = 0
    while chunk := list(islice(entries, MODELS_AT_ONCE)):
        written += _write(dict(chunk))
    return written


@transaction.atomic
def _write(days_by_name: dict[str, Any]) -> int:
    ids = dict(
        SourceRecord.objects.filter(
            source=Source.REPLICATE, source_id__in=days_by_name
        ).values_list("source_id", "ai_model_id")
    )
    told = {day for name, pk in ids.items() for day in _days(pk, days_by_name[name])}
    held = set(
        DailyRuns.objects.filter(ai_model_id__in=ids.values()).values_list(
            "ai_model_id", "date", "runs", "total"
        )
    )
    fresh = sorted(told - held)
    tables.upsert(
        DailyRuns, ("ai_model_id", "date", "runs", "total"), ("ai_model_id", "date"), fresh
    )
    return len(fresh)


def _days(ai_model_id: int, entries: Any) -> Iterator[Day]:
    """The entries that make sense; of a day that comes twice the last one."""
    days: dict[date, Day] = {}
    for entry in entries if isinstance(entries, list) else []:
        day = _day(ai_model_id, entry)
        if day:
            days[day[1]] = day
    yield from days.values()


def _day(ai_model_id: int, entry: Any) -> Day | None:
    if not isinstance(entry, dict):
        return None
    moment = cleaning.moment(entry.get("date"), "date", [])
    runs = cleaning.whole_number(entry.get("dailyRuns"), "runs", [])
    total = cleaning.whole_number(entry.get("totalRuns"), "total", [])
    if moment is None or runs is None or total is None:
        return None
    return (ai_model_id, moment.date(), runs, total)
