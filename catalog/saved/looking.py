"""Finds what is new for each saved search: what came in, or fits since a moment ago.

Only models that changed since the last look are asked for. How far a look got is a mark on the
row, in the same transaction as what it found, so that a look twice, late or half changes nothing.
The mark stays behind what the index does not hold yet, and two minutes behind the clock, because a
row may be committed a moment after it says that it changed; what is met twice is known by then.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Max, Min, Value
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils import timezone

from catalog import search
from catalog.models import AIModel, SavedMatch, SavedSearch
from catalog.saved import alerts, known
from catalog.saved.forms import parsed
from catalog.saved.known import Ids
from catalog.search import Query
from catalog.search.documents import version_of

log = structlog.get_logger(__name__)

EVERY = timedelta(minutes=1)
UNREADABLE_EVERY = timedelta(hours=1)
BEHIND_THE_CLOCK = timedelta(minutes=2)
HELD_BACK_AT_MOST = timedelta(days=1)  # by a model that never gets into the index
SECONDS = 20.0
BATCH = 100
ASKED_AT_ONCE = 1000
KEPT_A_LOOK = 1000  # of more new models than this, the rest is counted only


class Postponed(Exception):
    """The engine cannot answer just now."""


@dataclass(frozen=True)
class Moment:
    """What holds for all looks of one round."""

    newest: int  # version of the model that changed last
    mark: int  # up to here every change is in the index

    @classmethod
    def now(cls) -> "Moment":
        now = timezone.now()
        newest = AIModel.objects.aggregate(at=Max("updated_at"))["at"]
        waiting = AIModel.objects.stale_in_index().aggregate(at=Min("updated_at"))["at"]
        behind = min(waiting or now, now - BEHIND_THE_CLOCK)
        mark = version_of(max(behind, now - HELD_BACK_AT_MOST)) - 1
        return cls(newest=version_of(newest) if newest else 0, mark=mark)


def look_at_due(seconds: float = SECONDS) -> int:
    """Look at what is due, for a while; returns how many searches were looked at."""
    until = time.monotonic() + seconds
    looked = 0
    batch = _due()
    moment = Moment.now() if batch else None
    while batch and moment and time.monotonic() < until:
        looked += _look_at(batch, moment, until)
        batch = _due() if len(batch) == BATCH else []
    return looked


def _due() -> list[SavedSearch]:
    return list(SavedSearch.objects.due().defer("known")[:BATCH])


def _look_at(batch: list[SavedSearch], moment: Moment, until: float) -> int:
    idle = [saved.pk for saved in batch if _is_idle(saved, moment)]
    SavedSearch.objects.filter(pk__in=idle).update(look_at=Now() + EVERY)
    looked = len(idle)
    quiet: list[int] = []
    for saved in batch:
        if _is_idle(saved, moment):
            continue
        if time.monotonic() >= until:
            break
        if _look(saved, moment):
            quiet.append(saved.pk)
        looked += 1
    _note_quiet(quiet, moment)
    return looked


def _note_quiet(ids: list[int], moment: Moment) -> None:
    """Nothing that changed fits these; one that started anew meanwhile knows nothing yet."""
    same = SavedSearch.objects.filter(pk__in=ids, known__isnull=False)
    same.update(looked_through=Greatest("looked_through", moment.mark), look_at=Now() + EVERY)


def _is_idle(saved: SavedSearch, moment: Moment) -> bool:
    """Nothing changed since the last look, which was not the first."""
    return saved.looked_through > 0 and moment.newest <= saved.looked_through


def _look(saved: SavedSearch, moment: Moment) -> bool:
    """Whether nothing is to be written down but that it was looked at."""
    form = parsed(saved.query_string)
    if not form.is_valid():
        _put_off(saved, UNREADABLE_EVERY)
        return False
    try:
        ids = _fitting(replace(form.query(), changed_after=saved.looked_through))
    except Postponed:
        _put_off(saved, EVERY)
        return False
    if not len(ids) and saved.looked_through:
        return True
    if saved.looked_through == 0:
        before = known.news(ids, _came_after(saved.started_at))
        _note(saved, ids, before, moment)
    else:
        _note(saved, ids, known.unpacked(saved.known), moment)
    return False


def _fitting(query: Query) -> Sequence[int]:
    """All that fit every word; what fits most of them is shown to people, but is no news."""
    found = search.find(replace(query, limit=ASKED_AT_ONCE, offset=0))
    if found.is_degraded:
        raise Postponed
    if found.is_partial:
        return []
    if found.total <= len(found.ids):
        return found.ids
    everything = search.all_ids(query)
    if everything.is_degraded:
        raise Postponed
    return everything.ids


def _came_after(moment: datetime) -> Ids:
    came = AIModel.objects.filter(updated_at__gte=moment, created_at__gte=moment)
    return known.as_ids(came.values_list("pk", flat=True))


@transaction.atomic
def _note(saved: SavedSearch, ids: Sequence[int], before: Ids, moment: Moment) -> None:
    """Write down what is new, unless another look was first."""
    fresh = known.news(ids, before)
    kept = _listed(fresh[:KEPT_A_LOOK].tolist())
    now = timezone.now()
    total = len(kept) if len(fresh) <= KEPT_A_LOOK else len(fresh)
    changes: dict[str, Any] = {
        "looked_through": max(moment.mark, saved.looked_through),
        "look_at": Now() + EVERY,
    }
    if len(fresh) or saved.looked_through == 0:
        changes["known"] = known.packed(known.together(before, fresh))
    if total:
        changes |= _counted(saved, total, now)
    same = SavedSearch.objects.filter(
        pk=saved.pk, looked_through=saved.looked_through, edition=saved.edition
    )
    if not same.update(**changes) or not total:
        return
    SavedMatch.objects.bulk_create(
        # The newest is listed first, and of one look the best.
        [SavedMatch(saved_search=saved, ai_model_id=pk, found_at=now) for pk in reversed(kept)],
        ignore_conflicts=True,
    )
    alerts.of_matches(saved, total=total, ai_models=kept)
    log.info("new matches", saved_search=saved.pk, total=total)


def _counted(saved: SavedSearch, total: int, now: datetime) -> dict[str, Any]:
    counted: dict[str, Any] = {"unseen": F("unseen") + total}
    if saved.mailing != SavedSearch.Mailing.OFF:
        counted["unmailed"] = F("unmailed") + total
        counted["unmailed_since"] = Coalesce("unmailed_since", Value(now))
    return counted


def _listed(ids: list[int]) -> list[int]:
    """The index may be a moment behind: what is hidden by now is not told."""
    listed = set(AIModel.objects.filter(pk__in=ids).still_listed().values_list("pk", flat=True))
    return [pk for pk in ids if pk in listed]


def _put_off(saved: SavedSearch, wait: timedelta) -> None:
    SavedSearch.objects.filter(pk=saved.pk).update(look_at=Now() + Value(wait))
