"""Somebody at the desk, and what lies on it.

Models are imported where they are used: this file is read before the settings are.
"""
# ruff: noqa: PLC0415

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.test import Client

from tests.staff import at_the_desk

if TYPE_CHECKING:
    from accounts.models import User
    from catalog.models import AIModel, ImportReject

READ_AT = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture
def curator(db: None) -> "User":
    from accounts.models import User

    return User.objects.create_superuser("curator")


@pytest.fixture
def desk(curator: "User") -> Client:
    """A browser in which the curator has signed in."""
    return at_the_desk(curator)


@pytest.fixture
def harrier(db: None) -> "AIModel":
    """A model as an import leaves it."""
    from catalog.models import AIModel, Publisher, Source, SourceRecord

    publisher = Publisher.objects.create(slug="Rookwright")
    harrier = AIModel.objects.create(
        publisher=publisher,
        name="Harrier-7b",
        summary="Writes and answers.",
        license_text="apache-2.0",
        parameters=7_000_000_000,
        downloads=1000,
        source=Source.HUGGINGFACE,
        source_id="Rookwright/Harrier-7b",
    )
    SourceRecord.objects.create(
        ai_model=harrier,
        source=Source.HUGGINGFACE,
        source_id="Rookwright/Harrier-7b",
        url="https://hub.example/Rookwright/Harrier-7b",
        origin="listing-2026-10",
        read_at=READ_AT,
        values={
            "summary": "Writes and answers.",
            "license_text": "apache-2.0",
            "parameters": 7_000_000_000,
            "downloads": 1000,
        },
        digest="d",
    )
    return harrier


@pytest.fixture
def samples(db: None) -> None:
    call_command("sample_catalog", models=120, verbosity=0)


@pytest.fixture
def reject(db: None) -> "ImportReject":
    from catalog.models import ImportReject, ImportRun, Source

    run = ImportRun.objects.create(
        source=Source.HUGGINGFACE, location="models.jsonl.gz", fingerprint="f", rejected=1
    )
    return ImportReject.objects.create(
        run=run,
        source=Source.HUGGINGFACE,
        position=7,
        source_id="somebody/something",
        reason="its id is no text",
        text='{"id": "<script>alert(1)</script>"}',
        digest="r",
    )
