"""E-mails and webhook calls: over real servers, at least once, and with what came of each."""

import base64
import hashlib
import hmac
import ipaddress
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog import tasks
from catalog.models import Alert, SavedMatch, SavedSearch
from catalog.saved import actions, alerts, forgetting, tokens
from config import outbound, webhooks
from tests import smtp
from tests.catalog.pages.conftest import MakeModel
from tests.receiving import Receiver, receiver

from .conftest import Save

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

pytestmark = pytest.mark.django_db
GOT = re.compile(r"http\S+/account/mail/\S+")


@pytest.fixture
def hook(settings: "SettingsWrapper") -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [ipaddress.ip_network("127.0.0.0/8")])
    with receiver() as kept:
        yield kept


@pytest.fixture
def mailbox(settings: "SettingsWrapper") -> Iterator[smtp.Mailbox]:
    with smtp.used_by(settings) as kept:
        yield kept


@pytest.fixture
def told(save: Save, make_model: MakeModel) -> Callable[..., Alert]:
    """An alert of two models, waiting to be sent."""

    def told(channel: str = "webhook", **fields: object) -> Alert:
        saved = save(**fields)
        models = [make_model("Meta/llama-2"), make_model("Meta/llama-3", summary="A <b>model</b>")]
        return alerts._make(saved, channel, total=1204, ai_models=[one.pk for one in models])

    return told


def send() -> None:
    Alert.objects.filter(status="waiting").update(next_try_at=Now())
    tasks.send_alerts()


def test_a_webhook_gets_the_new_models_signed_as_standard_webhooks_says(
    told: Callable[..., Alert], hook: Receiver, settings: "SettingsWrapper"
) -> None:
    settings.PUBLIC_URL = "https://models.example.org"
    alert = told(webhook_url=hook.url)

    send()

    [(headers, body)] = hook.got
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    secret = tokens.webhook_key(alert.saved_search).secret.removeprefix("whsec_")
    digest = hmac.digest(base64.b64decode(secret), signed, hashlib.sha256)
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert headers["webhook-id"] == f"msg_{alert.pk.hex}"
    [said] = hook.bodies
    assert said["type"] == "saved_search.matched"
    assert said["data"]["total"] == 1204
    assert said["data"]["saved_search"]["search_url"] == (
        "https://models.example.org/models?q=llama"
    )
    assert [model["name"] for model in said["data"]["models"]] == ["llama-2", "llama-3"]
    alert.refresh_from_db()
    assert (alert.status, alert.answer, alert.attempts) == ("sent", 200, 1)


def test_sent_once_it_is_not_sent_again(told: Callable[..., Alert], hook: Receiver) -> None:
    told(webhook_url=hook.url)

    send()
    send()
    tasks.send_alerts()

    assert len(hook.got) == 1


def test_what_somebody_else_is_sending_is_left_to_them(
    told: Callable[..., Alert], hook: Receiver
) -> None:
    alert = told(webhook_url=hook.url)
    assert alerts._take(Alert.objects.get(pk=alert.pk))

    send()
    assert hook.got == []

    Alert.objects.update(leased_until=Now() - timedelta(seconds=1))  # whoever it was died
    send()
    assert len(hook.got) == 1


def test_two_that_take_the_same_alert_get_it_once(told: Callable[..., Alert]) -> None:
    alert = told()
    one, other = Alert.objects.get(pk=alert.pk), Alert.objects.get(pk=alert.pk)

    assert [bool(alerts._take(one)), bool(alerts._take(other))] == [True, False]


@pytest.mark.parametrize(
    ("status", "problem"),
    [(301, "redirected"), (307, "redirected"), (404, "refused"), (500, "refused")],
)
def test_what_fails_is_shown_and_tried_again_later(
    told: Callable[..., Alert], hook: Receiver, as_ada: Client, status: int, problem: str
) -> None:
    alert = told(webhook_url=hook.url)
    hook.status = status

    tasks.send_alerts()

    alert.refresh_from_db()
    assert (alert.status, alert.answer, alert.problem) == ("waiting", status, problem)
    assert alert.next_try_at > timezone.now()
    page = as_ada.get(alert.saved_search.get_absolute_url()).content.decode()
    assert f"Status {status}." in page
    assert len(hook.got) == 1  # a redirect leads nowhere
    hook.status = 200
    send()
    alert.refresh_from_db()
    assert (alert.status, alert.attempts, alert.problem) == ("sent", 2, "")


def test_each_try_has_the_same_id(told: Callable[..., Alert], hook: Receiver) -> None:
    told(webhook_url=hook.url)
    hook.status = 500

    send()
    send()

    assert len({headers["webhook-id"] for headers, _ in hook.got}) == 1


def test_after_two_days_it_is_given_up(told: Callable[..., Alert], hook: Receiver) -> None:
    alert = told(webhook_url=hook.url)
    hook.status = 500
    Alert.objects.update(give_up_at=timezone.now())

    send()

    alert.refresh_from_db()
    assert alert.status == "failed"


def test_the_waits_grow_and_differ() -> None:
    waits = [webhooks.wait_after(attempts) for attempts in range(1, 40)]

    assert webhooks.wait_after(1) <= timedelta(minutes=1)
    assert max(waits) <= timedelta(hours=6)
    assert len({webhooks.wait_after(5) for _ in range(10)}) > 1


def test_410_ends_the_webhook(told: Callable[..., Alert], hook: Receiver, as_ada: Client) -> None:
    alert = told(webhook_url=hook.url)
    hook.status = 410

    send()

    alert.refresh_from_db()
    saved = SavedSearch.objects.get()
    assert (alert.status, alert.problem) == ("failed", "gone")
    assert not saved.has_webhook
    assert "gone for good" in as_ada.get(saved.get_absolute_url()).content.decode()
    actions.change(
        saved, name="x", query_string="q=llama", mailing="off", webhook_url=f"{hook.url}/new"
    )
    assert SavedSearch.objects.get().has_webhook


def test_an_inner_address_is_never_called(
    told: Callable[..., Alert], hook: Receiver, settings: "SettingsWrapper"
) -> None:
    alert = told(webhook_url=hook.url)
    settings.WEBHOOK_ALLOWED_HOSTS = ([], [])

    send()

    alert.refresh_from_db()
    assert hook.got == []
    assert (alert.status, alert.problem) == ("failed", "wrong-url")


def test_a_slow_receiver_delays_no_other(
    told: Callable[..., Alert],
    hook: Receiver,
    bob: User,
    save: Save,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbound.post, "__kwdefaults__", {"seconds": 20.0})
    quick = told(webhook_url=hook.url)
    with receiver() as slow:
        slow.wait_for = threading.Event()
        # The slow one answers only after the quick one was called.
        called = threading.Thread(target=_set_when, args=(hook, slow.wait_for), daemon=True)
        called.start()
        other = save(owner=bob, webhook_url=slow.url)
        alerts._make(other, "webhook", total=1, ai_models=[])

        send()

    quick.refresh_from_db()
    assert quick.status == "sent"
    assert Alert.objects.get(saved_search=other).status == "sent"


def _set_when(hook: Receiver, event: threading.Event) -> None:
    while not hook.got:
        threading.Event().wait(0.01)
    event.set()


def test_one_person_cannot_fill_a_round(save: Save, bob: User, hook: Receiver) -> None:
    saved = save(webhook_url=hook.url)
    for _ in range(10):
        alerts._make(saved, "webhook", total=1, ai_models=[])
    last = alerts._make(save(owner=bob, webhook_url=hook.url), "webhook", total=1, ai_models=[])

    tasks.send_alerts()

    last.refresh_from_db()
    assert last.status == "sent"
    assert len(hook.got) == 1 + alerts.AT_ONCE_A_PERSON


def test_for_a_day_a_renewed_secret_signs_beside_the_one_before(
    told: Callable[..., Alert], hook: Receiver, as_ada: Client
) -> None:
    alert = told(webhook_url=hook.url)
    before = tokens.webhook_key(alert.saved_search).secret
    as_ada.post(f"{alert.saved_search.get_absolute_url()}/secret")

    send()

    [(headers, _)] = hook.got
    assert len(headers["webhook-signature"].split()) == 2
    saved = SavedSearch.objects.get()
    assert tokens.webhook_key(saved).secret != before
    later = timezone.now() - timedelta(days=1, seconds=1)
    SavedSearch.objects.update(webhook_renewed_at=later)
    saved.refresh_from_db()
    signatures = tokens.webhook_key(saved).signatures(id="x", timestamp=1, body=b"")
    assert len(signatures.split()) == 1


def test_a_test_is_sent_by_the_button(
    as_ada: Client, save: Save, hook: Receiver, make_model: MakeModel
) -> None:
    make_model("Meta/llama-1")
    page = save(webhook_url=hook.url).get_absolute_url()

    for _ in range(5):
        as_ada.post(f"{page}/test/webhook")
    send()

    assert len(hook.got) == actions.TESTS_AT_ONCE
    assert hook.bodies[0]["type"] == "saved_search.test"
    assert "Test" in as_ada.get(page).content.decode()


def test_what_was_given_up_can_be_sent_again(
    told: Callable[..., Alert], hook: Receiver, as_ada: Client
) -> None:
    alert = told(webhook_url=hook.url)
    Alert.objects.update(status="failed", problem="refused", attempts=17)

    as_ada.post(f"/account/alerts/{alert.pk}/again")
    send()

    alert.refresh_from_db()
    assert (alert.status, alert.attempts) == ("sent", 1)
    assert hook.got[0][0]["webhook-id"] == f"msg_{alert.pk.hex}"


def test_what_was_switched_off_meanwhile_is_not_sent(
    told: Callable[..., Alert], hook: Receiver, mailbox: smtp.Mailbox
) -> None:
    alert = told(webhook_url=hook.url)
    alerts._make(alert.saved_search, "email", total=1, ai_models=[])
    SavedSearch.objects.update(webhook_url="")

    send()

    assert (hook.got, mailbox.letters) == ([], [])
    assert set(Alert.objects.values_list("problem", flat=True)) == {"switched-off"}


def test_a_letter_has_text_html_and_a_way_out(
    told: Callable[..., Alert], mailbox: smtp.Mailbox, settings: "SettingsWrapper"
) -> None:
    settings.PUBLIC_URL = "https://models.example.org"
    alert = told("email", mailing="at-once")

    send()

    [letter] = mailbox.letters
    assert mailbox.recipients == ["ada@example.org"]
    assert letter["Subject"] == "Llamas: 1,204 new matches"
    assert letter["Message-ID"] == f"<{alert.pk}@models.example.org>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    page = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "https://models.example.org/models/Meta/llama-2" in text
    assert "And 1202 more." in text.replace(",", "")
    assert "A <b>model</b>" in text
    assert "A &lt;b&gt;model&lt;/b&gt;" in page
    alert.refresh_from_db()
    assert alert.status == "sent"


def test_a_letter_is_in_its_owners_language(
    told: Callable[..., Alert], mailbox: smtp.Mailbox
) -> None:
    alert = told("email", mailing="at-once", name="大模型")
    SavedSearch.objects.filter(pk=alert.saved_search_id).update(language="zh-hans")

    send()

    [letter] = mailbox.letters
    assert letter["Subject"] == "大模型: 1,204 个新匹配"
    assert "完整的搜索结果" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_one_click_stops_the_mail_without_signing_in_and_opening_the_link_does_not(
    told: Callable[..., Alert], mailbox: smtp.Mailbox
) -> None:
    told("email", mailing="at-once")
    send()
    way_out = str(mailbox.letters[0]["List-Unsubscribe"]).strip("<>")
    path = way_out[way_out.index("/account/mail/") :]
    client = Client(enforce_csrf_checks=True)

    assert client.get(path).status_code == 200
    assert SavedSearch.objects.get().mailing == "at-once"
    assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert SavedSearch.objects.get().mailing == "off"
    assert client.post(f"{path}x").status_code == 404


@pytest.mark.parametrize(
    ("answer", "detail"), [("550 no such user", "550 no such user"), ("451 later", "451 later")]
)
def test_what_a_mail_server_says_is_shown_and_it_is_tried_again(
    told: Callable[..., Alert], mailbox: smtp.Mailbox, answer: str, detail: str
) -> None:
    alert = told("email", mailing="at-once")
    mailbox.to_recipient = answer

    tasks.send_alerts()

    alert.refresh_from_db()
    assert (alert.status, alert.problem, alert.detail) == ("waiting", "mail-failed", detail)
    mailbox.to_recipient = "250 OK"
    send()
    assert len(mailbox.letters) == 1


def test_a_mail_server_that_is_down_is_told_and_tried_again(
    told: Callable[..., Alert], settings: "SettingsWrapper"
) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    alert = told("email", mailing="at-once")

    send()

    alert.refresh_from_db()
    assert (alert.status, alert.problem) == ("waiting", "mail-failed")
    assert "refused" in alert.detail


@pytest.mark.parametrize(
    ("url", "address", "problem"), [("", "a@b.org", "no-mail"), ("smtp://x", "", "no-recipient")]
)
def test_without_a_server_or_an_address_it_says_so(
    told: Callable[..., Alert],
    ada: User,
    settings: "SettingsWrapper",
    url: str,
    address: str,
    problem: str,
) -> None:
    settings.EMAIL_URL = url
    User.objects.update(email=address)
    ada.refresh_from_db()
    alert = told("email", mailing="at-once")

    send()

    alert.refresh_from_db()
    assert (alert.status, alert.problem) == ("failed", problem)


def test_a_name_with_a_line_break_adds_no_header(
    as_ada: Client, mailbox: smtp.Mailbox, make_model: MakeModel
) -> None:
    hostile = {"name": "x\r\nBcc: all@example.org", "query": "", "mailing": "at-once"}
    as_ada.post("/account/searches/new", hostile | {"webhook_url": ""})
    as_ada.post(f"{SavedSearch.objects.get().get_absolute_url()}/test/email")

    send()

    assert mailbox.letters[0]["Bcc"] is None
    assert len(mailbox.recipients) == 1


def test_what_is_old_is_forgotten_and_what_waits_is_not(
    told: Callable[..., Alert], make_model: MakeModel
) -> None:
    alert = told()
    long_ago = timezone.now() - timedelta(days=31)
    for number, found_at in enumerate([long_ago, timezone.now()]):
        SavedMatch.objects.create(
            saved_search=alert.saved_search,
            ai_model=make_model(f"a/{number}"),
            found_at=found_at,
        )
    alerts._make(alert.saved_search, "webhook", total=1, ai_models=[])
    Alert.objects.exclude(pk=alert.pk).update(status="sent")
    Alert.objects.update(created_at=long_ago)

    assert forgetting.forget() == 2
    tasks.forget_old_alerts()

    assert list(Alert.objects.values_list("pk", flat=True)) == [alert.pk]
    assert SavedMatch.objects.count() == 1
