"""Every page of every table opens, with few queries however many rows there are."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import (
    AIModel,
    Alert,
    Collection,
    CollectionItem,
    Follow,
    FormerName,
    ImportReject,
    ImportRun,
    IndexCheck,
    IndexReject,
    LearnedEmbedder,
    Like,
    ModelVector,
    NewsFeed,
    Publisher,
    SavedMatch,
    SavedSearch,
    SourceRecord,
)

MOST_QUERIES = 12
# What the worker reckons from other tables, and makes again when it is gone.
DERIVED = {LearnedEmbedder, ModelVector, SavedMatch}
# Nobody's business but their owner's, and nothing in them to set right.
PRIVATE = {Follow, Like, NewsFeed}
REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)


def queries_of(desk: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        response = desk.get(address)
    assert response.status_code == 200, address
    return len(queries)


def page(model: Any, kind: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=args)


@pytest.fixture
def rows(desk: Client, samples: None, harrier: AIModel, reject: ImportReject) -> None:
    """At least one row of each table, and pages that are full."""
    models = list(AIModel.objects.order_by("pk")[:30])
    collection = Collection.objects.create(slug="chosen", name="Chosen")
    CollectionItem.objects.bulk_create(
        [CollectionItem(collection=collection, ai_model=model) for model in models]
    )
    FormerName.objects.create(key="rookwright/kite-7b", ai_model=harrier)
    IndexCheck.objects.create(engine="embedded", missing=1, outdated=2, extra=3)
    IndexReject.objects.bulk_create(
        [
            IndexReject(ai_model=model, engine="embedded", version=1, reason="No.")
            for model in models
        ]
    )
    saved = SavedSearch.objects.create(owner=User.objects.first(), name="kites")
    Alert.objects.create(saved_search=saved, channel="email", give_up_at=timezone.now())
    models[0].replacement = models[1]
    models[0].base_model = models[2]
    models[0].locked_fields = ["summary", "license"]
    models[0].save()


def test_every_table_of_the_catalog_is_in_the_admin() -> None:
    missing = {
        model
        for model in apps.get_app_config("catalog").get_models()
        if model not in admin.site._registry
    }

    assert missing == DERIVED | PRIVATE


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_list_and_its_searches_stay_within_twelve_queries(
    desk: Client, rows: None, model: Any
) -> None:
    listed = page(model, "changelist")
    searches = [f"{listed}?q=harrier", f"{listed}?q=a+b"]
    pages = [listed, *(searches if admin.site._registry[model].search_fields else [])]

    counts = {address: queries_of(desk, address) for address in pages}

    assert max(counts.values()) <= MOST_QUERIES, counts


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.model_name)
def test_pages_of_one_row_stay_within_twelve_queries(desk: Client, rows: None, model: Any) -> None:
    row = model._default_manager.order_by("pk").first()
    model_admin = admin.site._registry[model]
    pages = [page(model, "history", row.pk), page(model, "change", row.pk)] if row else []
    request = desk.get("/admin/").wsgi_request
    if row and model_admin.has_delete_permission(request):
        pages.append(page(model, "delete", row.pk))
    if model_admin.has_add_permission(request):
        pages.append(page(model, "add"))

    counts = {address: queries_of(desk, address) for address in pages}

    assert max(counts.values(), default=0) <= MOST_QUERIES, counts


def test_filters_stay_within_twelve_queries(desk: Client, rows: None) -> None:
    chosen = "status__exact=listed&source__exact=sample&license_class__exact=open&curated=no"

    count = queries_of(desk, f"{page(AIModel, 'changelist')}?{chosen}&task__id__exact=fill-mask")

    assert count <= MOST_QUERIES


@pytest.mark.parametrize("model", [AIModel, Publisher, SourceRecord])
def test_a_longer_list_asks_no_more_queries(desk: Client, samples: None, model: Any) -> None:
    address = page(model, "changelist")
    before = queries_of(desk, address)

    call_command("sample_catalog", models=600, verbosity=0)

    assert queries_of(desk, address) == before


def test_the_list_of_models_does_not_list_publishers(desk: Client, samples: None) -> None:
    body = desk.get(page(AIModel, "changelist")).content.decode()

    assert "?publisher" not in body


@pytest.mark.parametrize("model", [SourceRecord, ImportRun, ImportReject])
def test_facts_from_outside_are_read_only(desk: Client, rows: None, model: Any) -> None:
    row = model.objects.first()
    before = list(model.objects.values())

    response = desk.post(page(model, "change", row.pk), {"source": "local"})

    assert response.status_code == 403
    assert desk.get(page(model, "add")).status_code == 403
    assert list(model.objects.values()) == before


def test_a_reject_is_found_by_run_and_reason_and_shown_as_text(
    desk: Client, reject: ImportReject
) -> None:
    chosen = f"?run={reject.run_id}&reason=its+id+is+no+text"

    listed = desk.get(page(ImportReject, "changelist") + chosen).content.decode()
    shown = desk.get(page(ImportReject, "change", reject.pk)).content.decode()

    assert "somebody/something" in listed
    assert "<script>alert(1)</script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_nobody_but_staff_sees_the_admin(client: Client) -> None:
    response = client.get(page(AIModel, "changelist"))

    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")
