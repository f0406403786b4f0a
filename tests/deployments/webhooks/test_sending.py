"""Calls of webhooks: over a real server, at least once, with what came of each try."""

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from replicate.webhook import InvalidSignatureError, Webhooks, WebhookSigningSecret

from accounts.models import User
from config import outbound, webhooks
from deployments import tasks
from deployments.models import Attempt, Delivery, Prediction, WebhookKey
from deployments.webhooks import forgetting, keys, sending
from tests.receiving import Receiver, receiver

from .conftest import Told

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

pytestmark = pytest.mark.django_db


def send() -> None:
    Delivery.objects.waiting().update(next_try_at=Now())
    tasks.send_webhooks()


def is_signed(hook: Receiver, secret: str) -> bool:
    """As Replicate's own client looks at it, for the last call."""
    headers, body = hook.got[-1]
    given = {name.lower(): value for name, value in headers.items()}
    key = WebhookSigningSecret(key=secret)
    try:
        Webhooks.validate(headers=given, body=body.decode(), secret=key, tolerance=60)
    except InvalidSignatureError:
        return False
    return True


def test_it_gets_the_body_as_it_was_signed_as_standard_webhooks_says(
    told: Told, hook: Receiver, ada: User
) -> None:
    delivery = told(body='{"id": "x", "output": "你好"}')

    tasks.send_webhooks()

    [(headers, body)] = hook.got
    assert body.decode() == '{"id": "x", "output": "你好"}'
    assert headers["webhook-id"] == f"msg_{delivery.pk.hex}"
    assert headers["content-type"] == "application/json"
    assert is_signed(hook, keys.of(ada).secret)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.answer, delivery.tries) == ("sent", 200, 1)
    attempt = delivery.attempts.get()
    assert (attempt.answer, attempt.problem) == (200, "")
    assert attempt.milliseconds is not None


def test_for_a_day_a_renewed_secret_signs_beside_the_one_before(
    told: Told, hook: Receiver, ada: User
) -> None:
    before = keys.of(ada).secret
    after = keys.renew(ada).secret
    told()

    tasks.send_webhooks()

    assert before != after
    assert is_signed(hook, before)
    assert is_signed(hook, after)
    WebhookKey.objects.update(renewed_at=timezone.now() - timedelta(days=1, seconds=1))
    told()
    tasks.send_webhooks()
    assert is_signed(hook, after)
    assert not is_signed(hook, before)


def test_no_row_holds_a_secret_and_each_person_has_another(ada: User, bob: User) -> None:
    secret = keys.of(ada).secret

    assert secret != keys.of(bob).secret
    assert secret == keys.of(ada).secret
    rows = str(list(WebhookKey.objects.values()))
    assert secret.removeprefix("whsec_") not in rows


def test_sent_once_it_is_not_sent_again(told: Told, hook: Receiver) -> None:
    told()

    tasks.send_webhooks()
    send()

    assert len(hook.got) == 1


def test_what_somebody_else_is_sending_is_left_to_them(told: Told, hook: Receiver) -> None:
    delivery = told()
    assert sending._take(Delivery.objects.get(pk=delivery.pk))

    send()
    assert hook.got == []

    Delivery.objects.update(leased_until=Now() - timedelta(seconds=1))  # whoever it was died
    send()
    assert len(hook.got) == 1
    assert hook.got[0][0]["webhook-id"] == f"msg_{delivery.pk.hex}"


def test_two_that_take_the_same_get_it_once(told: Told) -> None:
    delivery = told()
    one, other = Delivery.objects.get(pk=delivery.pk), Delivery.objects.get(pk=delivery.pk)

    assert [sending._take(one), sending._take(other)] == [True, False]


def test_what_comes_back_after_the_lease_ran_out_changes_nothing(told: Told) -> None:
    delivery = told()
    first = Delivery.objects.get(pk=delivery.pk)
    assert sending._take(first)
    Delivery.objects.update(leased_until=Now() - timedelta(seconds=1))
    assert sending._take(Delivery.objects.get(pk=delivery.pk))

    sending._note(first, sending.Tried(webhooks.Outcome(answer=200), 1))

    assert Delivery.objects.get().status == "waiting"
    assert Attempt.objects.count() == 0


@pytest.mark.parametrize(
    ("status", "problem"),
    [(301, "redirected"), (308, "redirected"), (404, "refused"), (500, "refused")],
)
def test_what_fails_is_tried_again_under_the_same_id_and_each_try_is_kept(
    told: Told, hook: Receiver, status: int, problem: str
) -> None:
    delivery = told()
    hook.status = status

    tasks.send_webhooks()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.answer, delivery.problem) == ("waiting", status, problem)
    assert delivery.next_try_at > timezone.now()
    assert len(hook.got) == 1  # a redirect leads nowhere
    hook.status = 200
    send()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.tries, delivery.problem) == ("sent", 2, "")
    assert [one.answer for one in delivery.attempts.all()] == [status, 200]
    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1


def test_a_receiver_may_say_when_to_come_back(told: Told, hook: Receiver) -> None:
    delivery = told()
    hook.status, hook.headers = 503, {"Retry-After": "7200"}

    tasks.send_webhooks()

    delivery.refresh_from_db()
    assert delivery.next_try_at > timezone.now() + timedelta(minutes=119)


def test_after_three_days_it_is_given_up(told: Told, hook: Receiver) -> None:
    delivery = told()
    assert timedelta(days=2) < delivery.give_up_at - timezone.now() < timedelta(days=4)
    hook.status = 500
    Delivery.objects.update(give_up_at=timezone.now())

    tasks.send_webhooks()

    delivery.refresh_from_db()
    assert delivery.status == "failed"


def test_410_ends_all_that_waits_for_that_receiver_of_that_person(
    told: Told, hook: Receiver, bob: User
) -> None:
    gone = told()
    later = timezone.now() + timedelta(hours=1)
    same, elsewhere, of_bob = told(), told(f"{hook.url}/2"), told(owner=bob)
    ids = [same.pk, elsewhere.pk, of_bob.pk]
    Delivery.objects.filter(pk__in=ids).update(next_try_at=later, tries=1)
    hook.status = 410

    tasks.send_webhooks()

    for delivery in (gone, same, elsewhere, of_bob):
        delivery.refresh_from_db()
    assert (gone.status, gone.problem) == ("failed", "gone")
    assert (same.status, same.problem) == ("failed", "gone")
    assert (elsewhere.status, of_bob.status) == ("waiting", "waiting")


def test_an_inner_address_is_never_called(told: Told, hook: Receiver, settings: "Settings") -> None:
    delivery = told()
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [])

    tasks.send_webhooks()

    delivery.refresh_from_db()
    assert hook.got == []
    assert (delivery.status, delivery.problem) == ("failed", "wrong-url")


def test_a_name_that_leads_inward_is_never_called(
    told: Told, hook: Receiver, settings: "Settings", monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [])
    inward = [(0, 0, 0, "", ("127.0.0.1", 443))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: inward)
    delivery = told("https://hooks.example.org/")

    tasks.send_webhooks()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.problem) == ("failed", "inner")


def test_a_slow_receiver_delays_neither_another_nor_what_falls_due_meanwhile(
    told: Told, hook: Receiver, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound.post, "__kwdefaults__", {"seconds": 20.0})
    with receiver() as slow:
        slow.wait_for = threading.Event()
        for _ in range(sending.AT_ONCE_A_RECEIVER + 2):
            told(slow.url)
        at_once, soon = told(), told(owner=bob)
        Delivery.objects.filter(pk=soon.pk).update(next_try_at=Now() + timedelta(seconds=0.3))
        # The slow one answers only after both others were called.
        threading.Thread(target=set_after, args=(2, hook, slow.wait_for), daemon=True).start()

        tasks.send_webhooks()

    assert Delivery.objects.exclude(status="sent").count() == 0
    assert len(slow.got) == sending.AT_ONCE_A_RECEIVER + 2
    assert {headers["webhook-id"] for headers, _ in hook.got} == {
        f"msg_{one.pk.hex}" for one in (at_once, soon)
    }


def test_who_comes_while_a_round_goes_on_leaves_at_once_and_nothing_is_missed(
    told: Told, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told()
    go_round, came = sending._go_round, []

    def once_more() -> int:
        tries = go_round()
        if not came:
            told()  # falls due when the round has looked for the last time
            came.append(sending.send_due())
        return tries

    monkeypatch.setattr(sending, "_go_round", once_more)

    assert sending.send_due() == 2
    assert came == [0]
    assert len(hook.got) == 2


def set_after(count: int, hook: Receiver, event: threading.Event) -> None:
    while len(hook.got) < count:
        threading.Event().wait(0.01)
    event.set()


def test_a_receiver_and_a_person_are_called_a_few_times_at_once(
    told: Told, hook: Receiver, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AT_ONCE_A_PERSON", 3)
    for number in range(6):
        told(f"https://hooks-{number}.example.org/")
    told("https://hooks-1.example.org/", owner=bob)

    taken = sending._take_due([])

    assert [one.owner_id for one in taken].count(bob.pk) == 1
    assert len(taken) == 4


def test_the_events_of_a_prediction_come_in_turn_and_none_waits_for_one_that_failed(
    told: Told, hook: Receiver, prediction: Prediction
) -> None:
    hook.status = 500
    for event in ("start", "output", "completed"):
        told(event=event, body=f'"{event}"', prediction=prediction)

    tasks.send_webhooks()

    assert hook.bodies == ["start", "output", "completed"]
    hook.status = 200
    send()
    assert hook.bodies == ["start", "output", "completed"] * 2


def test_an_answers_text_is_kept_in_part_but_never_of_an_inner_host(
    told: Told, hook: Receiver, settings: "Settings", monkeypatch: pytest.MonkeyPatch
) -> None:
    hook.status, hook.text = 400, b"no such key \x00\xff" + b"x" * 5000
    told()
    tasks.send_webhooks()
    assert Attempt.objects.get().text == ""
    Delivery.objects.all().delete()

    # As a public one: what is allowed, and what is public, is decided elsewhere.
    outward = outbound.check(hook.url)
    public = outbound.Target("http", outward.host, outward.port, outward.path, is_allowed=False)
    monkeypatch.setattr(outbound, "check", lambda _: public)
    monkeypatch.setattr(outbound, "is_public", lambda _: True)
    told()
    tasks.send_webhooks()

    text = Attempt.objects.get().text
    assert text.startswith("no such key")
    assert "\0" not in text
    assert len(text) <= 1000


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(told: Told) -> None:
    old, waiting, new = told(), told(), told()
    Delivery.objects.filter(pk__in=[old.pk, new.pk]).update(status="sent")
    long_ago = timezone.now() - forgetting.KEPT
    Delivery.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=long_ago)

    tasks.forget_webhooks()
    tasks.forget_webhooks()

    assert set(Delivery.objects.all()) == {waiting, new}


def test_with_a_predictions_data_the_bodies_go_and_nothing_more_is_sent(
    told: Told, hook: Receiver, prediction: Prediction
) -> None:
    delivery = told(prediction=prediction, body='{"input": "private"}')
    delivery.attempts.create(answer=500, problem="refused", text="cannot read: private")

    forgetting.forget_of([prediction.pk])
    send()

    delivery.refresh_from_db()
    assert hook.got == []
    assert (delivery.body, delivery.status) == ("", "failed")
    assert delivery.attempts.get().text == ""
