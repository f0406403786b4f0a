"""A deployment that goes to another owner: at once, or when a person takes it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import limits
from accounts.models import AuditEvent, Membership, Role, User
from catalog.models import NewsFeed
from deployments import actions, moves
from deployments.models import Delivery, Deployment, FormerAddress, Offer, Prediction
from deployments.webhooks import making
from tests import smtp
from tests.deployments import rows
from tests.deployments.predictions.models import as_

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

pytestmark = pytest.mark.django_db
HELLO = "/deployments/ada/hello"


@pytest.fixture
def acme() -> User:
    return User.objects.create(username="acme", kind=User.Kind.ORGANIZATION)


@pytest.fixture
def hello(ada: User) -> Deployment:
    return rows.deployment(ada, rows.version())


@pytest.fixture
def bob() -> User:
    return rows.user("bob")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def joined(organization: User, user: User, role: Role = Role.DEVELOPER) -> None:
    Membership.objects.create(organization=organization, user=user, role=role)


def hand_over(client: Client, to: str, path: str = HELLO) -> Any:
    return client.post(f"{path}/hand-over", {"to": to}, follow=True)


def test_an_organisation_gets_it_at_once_with_all_that_came_of_it(
    ada: User, acme: User, hello: Deployment
) -> None:
    joined(acme, ada)
    asked = rows.prediction(ada, hello.ai_model.versions.get(), deployment=hello)
    call = making.make(ada, "https://example.org/", event="start", body="{}", prediction=asked)

    answer = hand_over(signed_in(ada), "acme")
    moves.settle()

    assert "It belongs to acme now." in answer.content.decode()
    for row in (hello, asked, call):
        row.refresh_from_db()
    assert hello.owner == asked.owner == call.owner == acme
    assert asked.created_by == ada
    event = AuditEvent.objects.get(what="deployment.handed_over")
    assert (event.actor_name, event.after) == ("ada", {"from": "ada/hello", "to": "acme/hello"})


def test_the_old_address_leads_on_for_who_may_see_the_new_one(
    ada: User, acme: User, bob: User, hello: Deployment
) -> None:
    joined(acme, ada)
    moves.move(hello, acme, by=ada)

    page = signed_in(ada).get(f"{HELLO}/logs?q=x")
    told = as_(ada).get("/v1/deployments/ada/hello")
    asked = as_(ada).post(
        "/v1/deployments/ada/hello/predictions", {"input": {}}, content_type="application/json"
    )

    assert page["Location"] == "/deployments/acme/hello/logs?q=x"
    assert told.status_code == asked.status_code == 404
    assert "it is acme/hello now" in told.json()["detail"]
    assert "it is acme/hello now" in asked.json()["detail"]
    assert signed_in(ada).post(f"{HELLO}/stop").status_code == 404
    assert signed_in(bob).get(HELLO).status_code == 404
    assert "acme" not in as_(bob).get("/v1/deployments/ada/hello").json()["detail"]


def test_a_new_one_takes_the_old_address(ada: User, acme: User, hello: Deployment) -> None:
    joined(acme, ada)
    moves.move(hello, acme, by=ada)
    rows.deployment(ada, hello.ai_model.versions.get())

    assert signed_in(ada).get(HELLO).status_code == 200


def test_one_that_comes_back_leaves_no_circle(ada: User, acme: User, hello: Deployment) -> None:
    joined(acme, ada)
    moves.move(hello, acme, by=ada)
    moves.move(hello, ada, by=ada)

    assert signed_in(ada).get(HELLO).status_code == 200
    assert signed_in(ada).get("/deployments/acme/hello")["Location"] == HELLO
    assert FormerAddress.objects.count() == 1


@pytest.mark.parametrize("to", ["nobody", "acme", "ada", ""])
def test_what_is_wrong_with_a_receiver_is_said(
    ada: User, acme: User, hello: Deployment, to: str
) -> None:
    joined(acme, ada, Role.VIEWER)

    answer = hand_over(signed_in(ada), to)

    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    hello.refresh_from_db()
    assert hello.owner == ada


def test_a_name_that_is_taken_there_is_said(ada: User, acme: User, hello: Deployment) -> None:
    joined(acme, ada)
    rows.deployment(acme, hello.ai_model.versions.get())

    assert "acme has a deployment named hello already" in (
        hand_over(signed_in(ada), "acme").content.decode()
    )


def test_admins_alone_hand_over_what_an_organisation_has(ada: User, acme: User, bob: User) -> None:
    rows.deployment(acme, rows.version())
    joined(acme, ada, Role.ADMIN)
    joined(acme, bob)
    path = "/deployments/acme/hello"

    assert hand_over(signed_in(bob), "bob", path).status_code == 403
    assert "Hand over" not in signed_in(bob).get(f"{path}/settings").content.decode()
    assert hand_over(signed_in(ada), "bob", path).status_code == 200
    assert Offer.objects.get().to == bob


def test_a_person_takes_it_or_not(ada: User, bob: User, hello: Deployment) -> None:
    answer = hand_over(signed_in(ada), "bob")
    page = signed_in(bob).get("/deployments").content.decode()
    offer = Offer.objects.get()

    assert "It is offered to bob" in answer.content.decode()
    assert "ada wants to hand ada/hello over to you" in page
    assert signed_in(ada).post(f"/account/offers/{offer.pk}/take").status_code == 404
    assert signed_in(bob).get(HELLO).status_code == 404
    taken = signed_in(bob).post(f"/account/offers/{offer.pk}/take", follow=True)
    assert "hello is yours now" in taken.content.decode()
    hello.refresh_from_db()
    assert hello.owner == bob
    assert not Offer.objects.exists()
    assert signed_in(ada).get(HELLO).status_code == 404


@pytest.mark.parametrize("how", ["declined", "taken back", "expired", "deleted"])
def test_an_offer_that_is_over_is_not_taken(
    ada: User, bob: User, hello: Deployment, how: str
) -> None:
    hand_over(signed_in(ada), "bob")
    offer = Offer.objects.get()
    if how == "declined":
        signed_in(bob).post(f"/account/offers/{offer.pk}/decline")
    elif how == "taken back":
        signed_in(ada).post(f"{HELLO}/hand-over/end")
    elif how == "expired":
        Offer.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    else:
        actions.delete(hello, by=ada)

    assert signed_in(bob).post(f"/account/offers/{offer.pk}/take").status_code == 404
    assert "wants to hand" not in signed_in(bob).get("/deployments").content.decode()


def test_a_prediction_that_came_late_follows_too(ada: User, acme: User, hello: Deployment) -> None:
    moves.move(hello, acme, by=ada)
    moves.settle()
    late = rows.prediction(ada, hello.ai_model.versions.get(), deployment=hello)
    FormerAddress.objects.update(moved_at=timezone.now() - moves.IN_FLIGHT * 2)

    moves.settle()

    assert Prediction.objects.get(pk=late.pk).owner == acme
    assert FormerAddress.objects.get().is_settled
    assert not Delivery.objects.exists()


def test_offers_take_one_query_however_many(
    ada: User, bob: User, hello: Deployment, django_assert_num_queries: "DjangoAssertNumQueries"
) -> None:
    for number in range(3):
        made = rows.deployment(ada, hello.ai_model.versions.get(), f"d{number}")
        moves.hand_over(made, "bob", by=ada)
    client = signed_in(bob)

    with django_assert_num_queries(5):
        client.get("/deployments")


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[smtp.Mailbox]:
    with smtp.used_by(settings) as kept:
        yield kept


@pytest.fixture
def confirmed(bob: User) -> EmailAddress:
    EmailAddress.objects.create(user=bob, email="old@example.org", verified=True)
    return EmailAddress.objects.create(user=bob, email=bob.email, verified=True, primary=True)


def test_whom_it_is_offered_to_is_told_by_mail(
    ada: User,
    hello: Deployment,
    confirmed: EmailAddress,
    mailbox: smtp.Mailbox,
    django_capture_on_commit_callbacks: "DjangoCaptureOnCommitCallbacks",
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        hand_over(signed_in(ada), "bob")

    (letter,) = mailbox.letters
    assert mailbox.recipients == ["bob@example.org"]
    assert letter["Subject"] == "[Slipway] A deployment is offered to you"
    text = letter.get_content()
    assert "ada offers you the deployment ada/hello at http" in text
    assert "/deployments\r\n" in text or "/deployments\n" in text


@pytest.mark.parametrize("address", ["none", "unconfirmed", "refused"])
def test_an_offer_stands_whatever_becomes_of_the_mail(
    ada: User,
    bob: User,
    hello: Deployment,
    mailbox: smtp.Mailbox,
    django_capture_on_commit_callbacks: "DjangoCaptureOnCommitCallbacks",
    address: str,
) -> None:
    if address != "none":
        is_confirmed = address == "refused"
        EmailAddress.objects.create(user=bob, email=bob.email, verified=is_confirmed)
    mailbox.to_recipient = "550 no"

    with django_capture_on_commit_callbacks(execute=True):
        answer = hand_over(signed_in(ada), "bob")

    assert "It is offered to bob" in answer.content.decode()
    assert Offer.objects.get().to == bob
    assert mailbox.letters == []
    assert len(mailbox.recipients) == (1 if address == "refused" else 0)


def test_offers_fill_no_mailbox(
    ada: User,
    bob: User,
    hello: Deployment,
    confirmed: EmailAddress,
    mailbox: smtp.Mailbox,
    django_capture_on_commit_callbacks: "DjangoCaptureOnCommitCallbacks",
) -> None:
    for _time in range(7):
        with django_capture_on_commit_callbacks(execute=True):
            moves.hand_over(hello, "bob", by=ada)

    assert len(mailbox.letters) == 5
    assert Offer.objects.count() == 1


def test_the_mail_speaks_its_readers_language(
    ada: User,
    bob: User,
    hello: Deployment,
    confirmed: EmailAddress,
    mailbox: smtp.Mailbox,
    django_capture_on_commit_callbacks: "DjangoCaptureOnCommitCallbacks",
) -> None:
    NewsFeed.objects.create(user=bob, language="zh-hans")

    with django_capture_on_commit_callbacks(execute=True):
        moves.hand_over(hello, "bob", by=ada)

    (letter,) = mailbox.letters
    assert "移交给您" in letter["Subject"]
    assert "移交给您" in letter.get_content()


@pytest.mark.django_db(transaction=True)
def test_an_offer_that_cannot_be_counted_stands_untold(
    ada: User,
    bob: User,
    hello: Deployment,
    confirmed: EmailAddress,
    mailbox: smtp.Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "COUNT", "SELECT nothing FROM nowhere")

    answer = hand_over(signed_in(ada), "bob")

    assert "It is offered to bob" in answer.content.decode()
    assert Offer.objects.get().to == bob
    assert mailbox.letters == []
