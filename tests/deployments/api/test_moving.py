"""Handing a deployment over by a program, and taking it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tokens
from accounts.models import AuditEvent, Membership, Role, User
from deployments.models import Deployment, Offer
from tests.deployments import rows
from tests.deployments.predictions.models import as_
from tests.deployments.test_moves import bob, hello

__all__ = ["bob", "hello"]
pytestmark = pytest.mark.django_db
HAND_OVER = "/v1/deployments/ada/hello/hand-over"


@pytest.fixture
def acme(ada: User) -> User:
    made = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=made, user=ada, role=Role.DEVELOPER)
    return made


def offer(user: User, to: object, path: str = HAND_OVER) -> Any:
    return as_(user).post(path, to, content_type="application/json")


def test_a_person_is_offered_it_and_takes_it(ada: User, bob: User, hello: Deployment) -> None:
    answer = offer(ada, {"to": "bob"})

    assert answer.status_code == 202
    (seen,) = as_(bob).get("/v1/offers").json()["results"]
    assert seen == answer.json()
    assert (seen["deployment"], seen["to"], seen["offered_by"]) == ("ada/hello", "bob", "ada")
    taken = as_(bob).post(f"/v1/offers/{seen['id']}/take")
    assert (taken.status_code, taken.json()["owner"]) == (200, "bob")
    hello.refresh_from_db()
    assert hello.owner == bob
    assert as_(bob).get("/v1/offers").json()["results"] == []
    event = AuditEvent.objects.get(what="deployment.handed_over")
    assert event.token_prefix.startswith("slip_")


def test_an_organisation_gets_it_at_once(ada: User, acme: User, hello: Deployment) -> None:
    answer = offer(ada, {"to": "acme"})

    assert (answer.status_code, answer.json()["owner"]) == (200, "acme")
    assert not Offer.objects.exists()


def test_an_offer_is_declined_by_one_and_taken_back_by_the_other(
    ada: User, bob: User, hello: Deployment
) -> None:
    for take_it_away in (
        lambda: as_(bob).delete(f"/v1/offers/{Offer.objects.get().pk}"),
        lambda: as_(ada).delete(HAND_OVER),
    ):
        offer(ada, {"to": "bob"})

        assert take_it_away().status_code == 204
        assert as_(bob).get("/v1/offers").json()["results"] == []

    told = as_(ada).delete(HAND_OVER)
    assert (told.status_code, told.json()["detail"]) == (404, "ada/hello is offered to nobody.")


def test_an_offer_whose_week_is_over_is_none(ada: User, bob: User, hello: Deployment) -> None:
    offer(ada, {"to": "bob"})
    Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert as_(bob).get("/v1/offers").json()["results"] == []
    assert as_(bob).post(f"/v1/offers/{Offer.objects.get().pk}/take").status_code == 404
    assert as_(ada).delete(HAND_OVER).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        *(({}, "to"), ({"to": ""}, "to"), ({"to": "nobody"}, "to"), ({"to": "ada"}, "to")),
        *(({"to": "other-org"}, "to"), ({"to": "bob", "at": "now"}, "at"), ([], "body")),
    ],
)
def test_what_is_wrong_is_named(
    ada: User, bob: User, hello: Deployment, body: object, field: str
) -> None:
    User.objects.create(username="other-org", kind=User.Kind.ORGANIZATION)

    answer = offer(ada, body)

    assert answer.status_code == 400
    assert [wrong["field"] for wrong in answer.json()["errors"]] == [field]
    assert not Offer.objects.exists()


def test_a_name_that_the_taker_has_already_is_told(ada: User, bob: User, hello: Deployment) -> None:
    rows.deployment(bob, hello.ai_model.versions.get())
    made = offer(ada, {"to": "bob"}).json()

    answer = as_(bob).post(f"/v1/offers/{made['id']}/take")

    assert answer.status_code == 400
    assert "has a deployment named hello already" in answer.json()["errors"][0]["detail"]
    assert as_(bob).get("/v1/offers").json()["results"] == [made]


def test_deploying_is_not_handing_over(ada: User, bob: User, hello: Deployment) -> None:
    """Neither for a scope nor for a developer of an organisation."""
    text = tokens.make(ada, name="ci", scopes=["deployments:write"])[1]
    with_it = Client(headers={"Authorization": f"Bearer {text}"})
    answer = with_it.post(HAND_OVER, {"to": "bob"}, content_type="application/json")
    assert (answer.status_code, "transfers:write" in answer.json()["detail"]) == (403, True)

    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=bob, role=Role.DEVELOPER)
    rows.deployment(acme, hello.ai_model.versions.get())
    path = "/v1/deployments/acme/hello/hand-over"
    assert offer(bob, {"to": "bob"}, path).status_code == 403


def test_a_token_that_is_limited_to_an_organisation_takes_nothing_out_of_it(
    ada: User, bob: User, hello: Deployment
) -> None:
    acme = User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)
    Membership.objects.create(organization=acme, user=ada, role=Role.ADMIN)
    rows.deployment(acme, hello.ai_model.versions.get())
    text = tokens.make(ada, name="ci", scopes=["all"], organization=acme)[1]
    client = Client(headers={"Authorization": f"Bearer {text}"})

    path = "/v1/deployments/acme/hello/hand-over"
    answer = client.post(path, {"to": "bob"}, content_type="application/json")

    assert (answer.status_code, client.get("/v1/offers").status_code) == (403, 403)
    assert "is limited to acme, and this reaches beyond it" in answer.json()["detail"]
