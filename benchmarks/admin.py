"""How long every page of the admin takes on the database at hand, and how many queries it asks.

    VAR_DIR=... python benchmarks/admin.py

Reads only: what it needs to sign in is made in a transaction that is rolled back. The budget is
300 ms and 12 queries a page.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("LOG_LEVEL", "ERROR")

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from accounts.models import User  # noqa: E402
from catalog.models import AIModel  # noqa: E402

TIMES = 5
MOST_MILLISECONDS, MOST_QUERIES = 300, 12
SHOWN = 15


@dataclass(frozen=True)
class Measured:
    address: str
    status: int
    queries: int
    milliseconds: float  # median
    kilobytes: float

    @property
    def is_in_budget(self) -> bool:
        return self.milliseconds <= MOST_MILLISECONDS and self.queries <= MOST_QUERIES


def addresses() -> Iterator[str]:
    yield reverse("admin:index")
    for model, model_admin in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listed = reverse(f"{name}_changelist")
        yield listed
        yield f"{listed}?p=2"
        yield f"{listed}?p=1000"
        if model_admin.search_fields:
            yield from (f"{listed}?q={text}" for text in ("e", "harrier", "whisper large"))
        yield from filtered(model_admin, listed)
        row = model._default_manager.order_by("-pk").first()
        if row is not None:
            yield reverse(f"{name}_change", args=[row.pk])
            yield reverse(f"{name}_delete", args=[row.pk])
            yield reverse(f"{name}_history", args=[row.pk])
        yield reverse(f"{name}_add")
    yield from of_special_rows()
    yield from autocompletes()


def filtered(model_admin: "admin.ModelAdmin", listed: str) -> Iterator[str]:
    """The list with the first choice of each filter."""
    request = Client().get("/").wsgi_request
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    changelist = model_admin.get_changelist_instance(request)
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[1:3]:
            yield listed + choice["query_string"]


def of_special_rows() -> Iterator[str]:
    """The model that most others were made from, and the publisher with most models."""
    for column, model in (("base_model", "aimodel"), ("publisher", "publisher")):
        rows = AIModel.objects.exclude(**{column: None}).values_list(column)
        busiest = rows.annotate(count=django.db.models.Count("pk")).order_by("-count").first()
        if busiest:
            yield reverse(f"admin:catalog_{model}_change", args=[busiest[0]])
            yield reverse(f"admin:catalog_{model}_delete", args=[busiest[0]])


def autocompletes() -> Iterator[str]:
    for field, text in (("base_model", ""), ("base_model", "harrier 7b"), ("publisher", "co")):
        asked = f"app_label=catalog&model_name=aimodel&field_name={field}&term={text}"
        yield f"{reverse('admin:autocomplete')}?{asked}"


def measure(client: Client, address: str) -> Measured:
    client.get(address)
    queries: list[str] = []
    with connection.execute_wrapper(partial(note, queries)):
        response = client.get(address)
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        client.get(address)
        times.append((time.perf_counter() - started) * 1000)
    size = len(response.content) / 1000
    return Measured(address, response.status_code, len(queries), statistics.median(times), size)


def note(queries: list[str], execute: Any, sql: str, *rest: Any) -> Any:
    queries.append(sql)
    return execute(sql, *rest)


def main() -> None:
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    with transaction.atomic():
        client = Client()
        client.force_login(User.objects.create_superuser("measuring-the-admin"))
        pages = [measure(client, address) for address in dict.fromkeys(addresses())]
        transaction.set_rollback(True)
    report(pages)


def report(pages: list[Measured]) -> None:
    pages.sort(key=lambda page: -page.milliseconds)
    outside = [page for page in pages if not page.is_in_budget]
    print(f"{AIModel.objects.count():,} models on {connection.vendor}, {len(pages)} pages")
    print("  ms  queries   kB  status  page")
    for page in dict.fromkeys([*pages[:SHOWN], *outside]):
        print(
            f"{page.milliseconds:4.0f}  {page.queries:7}  {page.kilobytes:3.0f}"
            f"  {page.status:6}  {page.address}"
        )
    most = max(page.queries for page in pages)
    print(f"slowest {pages[0].milliseconds:.0f} ms, most queries {most}; ", end="")
    print(f"{len(outside)} pages outside of {MOST_MILLISECONDS} ms and {MOST_QUERIES} queries")


if __name__ == "__main__":
    main()
