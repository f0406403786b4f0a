"""Puts samples into the catalog family by family, and takes them out again."""

import random
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db import reset_queries, transaction

from catalog.models import (
    AIModel,
    Card,
    Example,
    License,
    Publisher,
    Source,
    SourceRecord,
    Version,
)
from catalog.sources import vocabularies

from . import rows
from .families import SIZE, Member, plan
from .inserting import insert
from .kinds import LICENSES

FAMILIES_A_BATCH = 150
Made = tuple[Member, dict[str, Any], random.Random]
MARK = "(made-up sample)"  # Ends the name of each publisher that came with the samples.


class OtherSeed(Exception):
    """The catalog holds samples of another seed; both together would share names."""


def add(total: int, *, seed: int) -> Iterator[int]:
    """Make samples until there are `total`, telling how many there are after each batch.

    A batch is whole or not there at all, so that an interrupted run is carried on by the next.
    """
    _refuse_another_seed(seed)
    vocabularies.load()
    licenses = dict(License.objects.filter(pk__in=LICENSES).values_list("pk", "license_class"))
    done = AIModel.objects.filter(is_sample=True).count()
    while done < total:
        end = min(total, (done // SIZE + FAMILIES_A_BATCH) * SIZE)
        with transaction.atomic():
            _add_batch(done, end, seed=seed, license_classes=licenses)
        reset_queries()  # With DEBUG each query is remembered, values and all.
        done = end
        yield done


def remove() -> Iterator[int]:
    """Take all samples away, telling how many are gone after each batch."""
    gone = 0
    while ids := list(AIModel.objects.filter(is_sample=True).values_list("pk", flat=True)[:2000]):
        with transaction.atomic():
            AIModel.objects.filter(pk__in=ids).delete()
        reset_queries()
        gone += len(ids)
        yield gone
    Publisher.objects.filter(name__endswith=MARK, ai_models=None).delete()


def _refuse_another_seed(seed: int) -> None:
    found = SourceRecord.objects.filter(source=Source.SAMPLE).order_by("source_id").first()
    if found and found.origin != rows.origin(seed):
        raise OtherSeed(found.origin)


def _add_batch(start: int, end: int, *, seed: int, license_classes: dict[str, str]) -> None:
    families = range(start // SIZE, -(-end // SIZE))
    members = [member for family in families for member in plan(family, seed=seed)]
    wanted = [member for member in members if start <= member.number < end]
    publishers = _publishers({member.owner for member in wanted})
    ids = _ids_of(members[: start % SIZE])
    wanted.sort(key=lambda member: member.depth)
    for _, level in groupby(wanted, key=lambda member: member.depth):
        _add_level(
            list(level),
            seed=seed,
            publishers=publishers,
            license_classes=license_classes,
            ids=ids,
        )


def _add_level(
    members: list[Member],
    *,
    seed: int,
    publishers: dict[str, int],
    license_classes: dict[str, str],
    ids: dict[int, int],
) -> None:
    """Members whose bases, if any, are rows already; notes their own ids in `ids`."""
    made = []
    for member in members:
        chance = rows.chance_of(member, seed=seed)
        made.append(
            (member, rows.values_of(member, licenses=license_classes, chance=chance), chance)
        )
    insert(
        AIModel,
        [
            rows.model_row(
                member,
                values,
                publisher_id=publishers[member.owner],
                base_id=ids[member.base.number] if member.base else None,
            )
            for member, values, _ in made
        ],
    )
    ids.update(_ids_of(members))
    _add_belongings(made, ids=ids, seed=seed)


def _ids_of(members: list[Member]) -> dict[int, int]:
    numbers = {rows.key_of(member): member.number for member in members}
    found = AIModel.objects.filter(key__in=numbers).values_list("key", "pk")
    return {numbers[key]: pk for key, pk in found}


def _add_belongings(made: list[Made], *, ids: dict[int, int], seed: int) -> None:
    """What hangs on each model: its record always, the rest by chance."""
    records, cards, versions, examples = [], [], [], []
    for member, values, chance in made:
        pk = ids[member.number]
        records.append(rows.record_row(member, values, ai_model_id=pk, seed=seed))
        if card := rows.card_row(member, values, ai_model_id=pk, chance=chance):
            cards.append(card)
        if version := rows.version_row(member, values, ai_model_id=pk):
            versions.append(version)
            examples.append(rows.example_row(member, version, chance=chance))
    insert(SourceRecord, records)
    insert(Card, cards)
    insert(Version, versions)
    insert(Example, examples)


def _publishers(slugs: set[str]) -> dict[str, int]:
    """Ids by slug; the missing ones are made, with a name that says what they are."""
    keys = {slug.lower(): slug for slug in slugs}
    found = Publisher.objects.filter(key__in=keys).values_list("key", "pk")
    missing = sorted(keys.keys() - dict(found).keys())
    insert(
        Publisher,
        [{"slug": keys[key], "key": key, "name": _title(keys[key])} for key in missing],
    )
    return {keys[key]: pk for key, pk in found.all()}


def _title(slug: str) -> str:
    return f"{slug.replace('-', ' ').replace('_', ' ').title()} {MARK}"
