"""What comes with a model's record: its card, versions, examples and prices."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from catalog import provenance
from catalog.models import Card, Example, Offer, Source, Version

from . import tables
from .record import Record

Placed: TypeAlias = tuple[int, Record]


def write(placed: Sequence[Placed], now: datetime) -> None:
    """Write what belongs to these records of these models."""
    tables.upsert(
        Card,
        ("ai_model_id", "text", "language", "full_length", "source", "read_at"),
        ("ai_model_id",),
        _card_rows(placed),
    )
    tables.upsert(
        Version,
        ("ai_model_id", "version_id", "cog_version", "openapi_schema", "image", "created_at"),
        ("ai_model_id", "version_id"),
        _version_rows(placed, now),
    )
    tables.upsert(
        Example,
        ("ai_model_id", "source_id", "version_id", "input", "output", "seconds", "created_at"),
        ("ai_model_id", "source_id"),
        _example_rows(placed),
    )
    _write_offers(placed)


def _card_rows(placed: Sequence[Placed]) -> Iterator[tuple[Any, ...]]:
    """The cards that replace what is there: a source that leads keeps its own."""
    carded = [(ai_model_id, record) for ai_model_id, record in placed if record.card]
    held = dict(
        Card.objects.filter(ai_model_id__in=[ai_model_id for ai_model_id, _ in carded]).values_list(
            "ai_model_id", "source"
        )
    )
    # The leading record's card is written last, and stays.
    for ai_model_id, record in reversed(_in_order(carded)):
        holder = held.get(ai_model_id)
        if record.card and (holder is None or _rank(record.source) <= _rank(holder)):
            card = record.card
            yield (
                ai_model_id,
                card.text,
                card.language,
                card.full_length,
                str(record.source),
                record.read_at,
            )


def _in_order(placed: Sequence[Placed]) -> list[Placed]:
    position = {
        id(record): place
        for place, record in enumerate(provenance.in_order(record for _, record in placed))
    }
    return sorted(placed, key=lambda one: position[id(one[1])])


def _rank(source: str) -> int:
    return provenance.PRECEDENCE.index(Source(source))


def _version_rows(placed: Iterable[Placed], now: datetime) -> Iterator[tuple[Any, ...]]:
    for ai_model_id, record in placed:
        for version in record.versions:
            yield (
                ai_model_id,
                version.version_id,
                version.cog_version,
                version.openapi_schema,
                version.image,
                version.created_at or now,
            )


def _example_rows(placed: Iterable[Placed]) -> Iterator[tuple[Any, ...]]:
    for ai_model_id, record in placed:
        for example in record.examples:
            yield (
                ai_model_id,
                example.source_id,
                example.version_id,
                example.input,
                example.output,
                example.seconds,
                example.created_at,
            )


def _write_offers(placed: Iterable[Placed]) -> None:
    """Prices change and vanish: those of a source that spoke again are replaced as a whole."""
    offering = [(ai_model_id, record) for ai_model_id, record in placed if record.offers]
    for ai_model_id, record in offering:
        units = [offer.unit for offer in record.offers]
        Offer.objects.filter(ai_model_id=ai_model_id, source=record.source).exclude(
            unit__in=units
        ).delete()
    rows = [
        (
            ai_model_id,
            offer.provider,
            offer.unit,
            offer.amount,
            offer.currency,
            offer.context_length,
            str(record.source),
            offer.url,
            record.read_at,
        )
        for ai_model_id, record in offering
        for offer in record.offers
    ]
    columns = (
        "ai_model_id",
        "provider",
        "unit",
        "amount",
        "currency",
        "context_length",
        "source",
        "url",
        "seen_at",
    )
    tables.upsert(Offer, columns, ("ai_model_id", "provider", "unit"), rows)
