"""Brings the vocabularies of catalog/vocabulary into their tables; again and again is fine."""

from collections.abc import Sequence

from django.db import models, transaction

from catalog import vocabulary
from catalog.models import Library, License, Task


@transaction.atomic
def load() -> int:
    """Add and update entries. What a curator added beside them stays. How many there are."""
    return _upsert(_tasks()) + _upsert(_libraries()) + _upsert(_licenses())


def _upsert(rows: Sequence[models.Model]) -> int:
    model = type(rows[0])
    fields = [field.name for field in model._meta.concrete_fields if not field.primary_key]
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"], update_fields=fields
    )
    return len(rows)


def _tasks() -> list[Task]:
    return [
        Task(
            id=entry.id,
            name=entry.name,
            name_zh=entry.name_zh,
            summary=entry.summary,
            summary_zh=entry.summary_zh,
            group=entry.group,
            modality_in=list(entry.modality_in),
            modality_out=list(entry.modality_out),
            synonyms=[*entry.synonyms, *entry.synonyms_zh],
            position=position,
        )
        for position, entry in enumerate(vocabulary.tasks())
    ]


def _libraries() -> list[Library]:
    return [
        Library(id=entry.id, name=entry.name, url=entry.url or "")
        for entry in vocabulary.libraries()
    ]


def _licenses() -> list[License]:
    return [
        License(
            id=entry.id,
            name=entry.name,
            spdx_id=entry.spdx_id or "",
            license_class=entry.license_class,
            url=entry.url or "",
        )
        for entry in vocabulary.licenses()
    ]
