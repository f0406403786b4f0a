"""The administrator's view: within twelve queries a page, and with the few things to do."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from deployments import leases
from deployments.models import Deployment, Hardware, Instance, Status
from tests.deployments import deployables
from tests.deployments.driving import drive
from tests.staff import at_the_desk

if TYPE_CHECKING:
    from tests.deployments.conftest import Deploy
    from tests.deployments.fake_runtime import FakeRuntime

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(db: None) -> Client:
    return at_the_desk(User.objects.create_superuser("root"))


@pytest.fixture
def rows(fake: "FakeRuntime", deploy: "Deploy") -> list[Deployment]:
    version = deployables.version(real=False)
    return [drive(deploy(name=f"d{n}", version=version), Status.RUNNING) for n in range(3)]


def page(model: Any, kind: str, *args: Any) -> str:
    return reverse(f"admin:deployments_{model._meta.model_name}_{kind}", args=args)


@pytest.mark.parametrize("model", [Deployment, Hardware, Instance])
@pytest.mark.parametrize("kind", ["changelist", "change", "history"])
def test_a_page_stays_within_twelve_queries(
    desk: Client, rows: list[Deployment], model: Any, kind: str
) -> None:
    about = [] if kind == "changelist" else [model.objects.first().pk]

    with CaptureQueriesContext(connection) as queries:
        answer = desk.get(page(model, kind, *about))

    assert answer.status_code == 200
    assert len(queries) <= 12


def test_deployments_are_stopped_and_started(desk: Client, rows: list[Deployment]) -> None:
    chosen = {"_selected_action": [rows[0].pk]}

    for verb, wanted in (("stop", "stopped"), ("start", "running")):
        answer = desk.post(page(Deployment, "changelist"), {"action": verb, **chosen}, follow=True)

        assert "Done for 1 deployment." in answer.content.decode()
        rows[0].refresh_from_db()
        assert rows[0].wanted == wanted


def test_a_lease_is_broken(desk: Client, rows: list[Deployment]) -> None:
    number = leases.take(rows[0].pk)

    chosen = {"action": "break_leases", "_selected_action": [rows[0].pk]}
    desk.post(page(Deployment, "changelist"), chosen)

    rows[0].refresh_from_db()
    assert rows[0].lease_number != number and rows[0].leased_until is None


def test_a_price_in_another_currency_is_refused_at_its_field(desk: Client) -> None:
    row = deployables.hardware("dear")
    wanted = {
        **{"sku": "dear", "name": "Dear", "cpus": "1", "memory": str(2**30), "position": "0"},
        **{"accelerator_memory": "0", "price_per_second": "0.5", "is_enabled": "on"},
    }

    wrong = desk.post(page(Hardware, "change", row.pk), {**wanted, "currency": "EUR"})
    right = desk.post(page(Hardware, "change", row.pk), {**wanted, "currency": "USD"})

    errors = wrong.context["adminform"].errors
    assert errors == {
        "currency": ["All prices here are in USD (CURRENCY): write this one in it too."]
    }
    assert right.status_code == 302


@pytest.mark.parametrize("price", ["0", "0.000025"])
def test_a_price_reads_as_it_was_set(desk: Client, price: str) -> None:
    Hardware.objects.filter(pk=deployables.hardware().pk).update(price_per_second=Decimal(price))

    answer = desk.get(page(Hardware, "changelist")).content.decode()

    assert f'<td class="field-shown_price">{price}</td>' in answer


def test_hardware_that_was_used_is_withdrawn_and_not_deleted(
    desk: Client, rows: list[Deployment]
) -> None:
    used, unused = deployables.hardware(), deployables.hardware("unused")

    assert desk.get(page(Hardware, "delete", used.pk)).status_code == 403
    assert desk.get(page(Hardware, "delete", unused.pk)).status_code == 200
