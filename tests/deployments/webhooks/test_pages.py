"""The pages of webhooks, as somebody without JavaScript gets them."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from deployments import tasks
from deployments.models import Delivery, Prediction
from deployments.webhooks import actions, keys, pages
from tests.receiving import Receiver

from .conftest import Told

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db
LIST = "/account/webhooks"


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_a_call_that_failed_is_shown_with_the_answer_and_sent_again_by_a_button(
    as_ada: Client, told: Told, hook: Receiver
) -> None:
    hook.status = 308
    delivery = told()
    Delivery.objects.update(give_up_at=timezone.now())
    tasks.send_webhooks()
    assert "It answered with a redirect, which is never followed." in html(as_ada, LIST)
    page = html(as_ada, delivery.get_absolute_url())
    assert ">308<" in page
    assert f'action="{LIST}/{delivery.pk}/again"' in page
    hook.status = 200

    response = as_ada.post(f"{LIST}/{delivery.pk}/again", follow=True)
    tasks.send_webhooks()

    assert "It is sent again" in response.content.decode()
    assert len(hook.got) == 2
    delivery.refresh_from_db()
    assert delivery.status == "sent"
    assert delivery.give_up_at > timezone.now() + timedelta(days=2)


def test_what_waits_already_is_not_sent_twice(as_ada: Client, told: Told) -> None:
    delivery = told()

    response = as_ada.post(f"{LIST}/{delivery.pk}/again", follow=True)

    assert "on its way already" in response.content.decode()


def test_a_test_is_sent_by_the_button_a_few_at_once(as_ada: Client, hook: Receiver) -> None:
    answers = [as_ada.post(f"{LIST}/test", {"url": hook.url}) for _ in range(5)]

    tasks.send_webhooks()

    assert len(hook.got) == actions.TESTS_AT_ONCE
    assert hook.bodies[0]["is_test"] is True
    assert [answer.status_code for answer in answers] == [302, 302, 302, 400, 400]
    assert "Tests are on their way already" in answers[-1].content.decode()
    assert "Status 200." in html(as_ada, LIST)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("", "Enter the address of your receiver."),
        ("https://10.0.0.1/", "Addresses inside a network are not called"),
        ("ftp://example.org", "write one as in https://example.org/hook."),
    ],
)
def test_a_wrong_address_is_told(as_ada: Client, url: str, sentence: str) -> None:
    response = as_ada.post(f"{LIST}/test", {"url": url})

    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert Delivery.objects.count() == 0


def test_another_secret_is_made_by_the_button(as_ada: Client, ada: User) -> None:
    before = keys.of(ada).secret
    assert before in html(as_ada, LIST)

    page = as_ada.post(f"{LIST}/secret", follow=True).content.decode()

    assert keys.of(ada).secret in page
    assert before not in page
    assert "calls are signed with the one before too" in page


def test_calls_of_others_do_not_exist(as_ada: Client, told: Told, bob: User) -> None:
    delivery = told(owner=bob)

    assert str(delivery.pk) not in html(as_ada, LIST)
    assert as_ada.get(delivery.get_absolute_url()).status_code == 404
    assert as_ada.post(f"{LIST}/{delivery.pk}/again").status_code == 404


@pytest.mark.parametrize("path", ["", "/test", "/secret"])
def test_it_needs_a_sign_in(client: Client, path: str) -> None:
    ask = client.post if path else client.get

    assert ask(f"{LIST}{path}")["Location"].startswith("/account/login?next=")


def test_they_are_listed_by_state_and_by_prediction(
    as_ada: Client, told: Told, prediction: Prediction
) -> None:
    mine, other = told(prediction=prediction), told()
    Delivery.objects.filter(pk=mine.pk).update(status="failed")

    failed = html(as_ada, f"{LIST}?status=failed")
    of_it = html(as_ada, f"{LIST}?prediction={prediction.pk}")
    waiting = html(as_ada, f"{LIST}?status=waiting&page=1")

    assert [str(one.pk) in failed for one in (mine, other)] == [True, False]
    assert [str(one.pk) in of_it for one in (mine, other)] == [True, False]
    assert [str(one.pk) in waiting for one in (mine, other)] == [False, True]


@pytest.mark.parametrize("query", ["status=no", "page=x", "page=-1", "page=99", "prediction='%00"])
def test_a_strange_address_lists_what_there_is(as_ada: Client, told: Told, query: str) -> None:
    told()

    html(as_ada, f"{LIST}?{query}")


def test_the_list_goes_on_page_by_page_with_as_many_queries(
    as_ada: Client,
    told: Told,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_max_num_queries: "DjangoAssertNumQueries",
) -> None:
    monkeypatch.setattr(pages, "A_PAGE", 10)
    for _ in range(25):
        told(event="start")

    with django_assert_max_num_queries(9):  # three make the key, the first time
        first = html(as_ada, LIST)

    assert first.count(">start</a>") == 10
    assert "?page=2" in first
    assert html(as_ada, f"{LIST}?page=3").count(">start</a>") == 5


def test_one_call_takes_a_few_queries_however_often_it_was_tried(
    as_ada: Client, told: Told, django_assert_max_num_queries: "DjangoAssertNumQueries"
) -> None:
    delivery = told()
    for _ in range(20):
        delivery.attempts.create(answer=500, problem="refused", milliseconds=5)

    with django_assert_max_num_queries(5):
        page = html(as_ada, delivery.get_absolute_url())

    assert page.count(">500<") == 20


def test_what_a_receiver_says_is_text(as_ada: Client, told: Told) -> None:
    delivery = told(body='{"input": "<script>alert(1)</script>"}')
    delivery.attempts.create(answer=400, problem="refused", text="<img src=x onerror=alert(1)>")

    page = html(as_ada, delivery.get_absolute_url())

    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_with_the_data_of_the_prediction_it_cannot_be_sent_again(
    as_ada: Client, told: Told, prediction: Prediction
) -> None:
    delivery = told(prediction=prediction, body="")
    Delivery.objects.update(status="sent")

    assert "was removed, and with it what was sent" in html(as_ada, delivery.get_absolute_url())
    response = as_ada.post(f"{LIST}/{delivery.pk}/again", follow=True)
    assert "the data of its prediction is gone" in response.content.decode()
    assert Delivery.objects.get().status == "sent"
