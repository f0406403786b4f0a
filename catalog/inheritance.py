"""Licenses that models without one of their own have from what they were made of.

A fine-tune or a converted copy that names one base and no license inherits that base's license,
or the one that the base inherits itself. A merge of several models inherits nothing: what holds
for it is for people to find out.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import AIModel, LicenseClass
from catalog.models.ai_models import AIModelQuerySet
from catalog.sources import tables

# Generations that a license is handed down; longer chains of names are mistakes.
DEEPEST = 8
CHUNK = 2_000

T = TypeVar("T")


class Member(NamedTuple):
    """A model as far as its license is concerned."""

    pk: int
    base_model_id: int | None
    license_class: str
    license_id: str | None
    license_text: str
    license_url: str
    base_model_names: list[str]
    locked_fields: list[str]
    license_from_id: int | None
    inherited_license_class: str | None

    @property
    def has_own(self) -> bool:
        return bool(
            self.license_id
            or self.license_text
            or self.license_url
            or self.license_class != LicenseClass.UNKNOWN
            or "license_class" in self.locked_fields
        )

    @property
    def heir_of(self) -> int | None:
        """The base whose license it takes, if it needs one and has just one base."""
        is_of_several = len({str(name).lower() for name in self.base_model_names}) > 1
        return None if self.has_own or is_of_several else self.base_model_id


def settle() -> int:
    """Bring what every model inherits in line with its ancestors; how many models changed."""
    concerned = ~Q(base_model=None) | ~Q(license_from=None) | ~Q(inherited_license_class=None)
    heirs = _members(AIModel.objects.filter(concerned))
    return sum(_settle(some) for some in _chunks(heirs))


def settle_family(ai_model: AIModel) -> int:
    """The same for one model and all that descend from it."""
    family, latest = {ai_model.pk}, {ai_model.pk}
    for _ in range(DEEPEST):
        rows = AIModel.objects.filter(base_model__in=latest).values_list("pk", flat=True)
        latest = {*rows} - family
        family |= latest
        if not latest:
            break
    return sum(_settle(some) for some in _chunks(_with_ids(family)))


@transaction.atomic
def _settle(heirs: list[Member]) -> int:
    known = _with_ancestors(heirs)
    now = timezone.now()
    changed = [
        (*inherited, now, heir.pk)
        for heir in heirs
        if (inherited := _inherited(heir, known))
        != (heir.license_from_id, heir.inherited_license_class)
    ]
    columns = ("license_from_id", "inherited_license_class", "updated_at")
    tables.update(AIModel, columns, changed)
    return len(changed)


def _inherited(heir: Member, known: Mapping[int, Member]) -> tuple[int | None, str | None]:
    """From whom, and which class. A circle of bases ends where it began, with nothing."""
    seen, member = {heir.pk}, heir
    for _ in range(DEEPEST):
        base = known.get(member.heir_of or 0)
        if base is None or base.pk in seen:
            return None, None
        if base.has_own:
            return base.pk, base.license_class
        seen.add(base.pk)
        member = base
    return None, None


def _with_ancestors(members: Iterable[Member]) -> dict[int, Member]:
    known = {member.pk: member for member in members}
    latest = list(known.values())
    for _ in range(DEEPEST):
        wanted = {base for member in latest if (base := member.heir_of) and base not in known}
        latest = list(_with_ids(wanted))
        known |= {member.pk: member for member in latest}
        if not latest:
            break
    return known


def _with_ids(ids: Iterable[int]) -> Iterator[Member]:
    for some in _chunks(iter(sorted(ids))):
        yield from _members(AIModel.objects.filter(pk__in=some))


def _members(rows: AIModelQuerySet) -> Iterator[Member]:
    return map(Member._make, rows.order_by("pk").values_list(*Member._fields).iterator(CHUNK))


def _chunks(rows: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
