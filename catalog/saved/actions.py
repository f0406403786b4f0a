"""What owners may ask for with their saved searches."""

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from kombu.exceptions import OperationalError

from accounts.models import User
from catalog.models import Alert, SavedSearch
from catalog.models.saved import MOST_PER_PERSON, new_nonce
from catalog.saved import alerts, tokens
from config import sealing, webhooks

log = structlog.get_logger(__name__)

LOOK_TASK = "catalog.tasks.look_for_new_matches"
SEND_TASK = "catalog.tasks.send_alerts"
TESTS_AT_ONCE = 3


class TooMany(Exception):
    """This person has as many saved searches as one may have."""


class TestsWaiting(Exception):
    """The tests that were asked for before are still on their way."""


@transaction.atomic
def save(
    owner: User, *, name: str, query_string: str, mailing: str, webhook_url: str
) -> SavedSearch:
    """Raises TooMany."""
    # The lock keeps two clicks at once from passing the limit together.
    User.objects.select_for_update().get(pk=owner.pk)
    if SavedSearch.objects.filter(owner=owner).count() >= MOST_PER_PERSON:
        raise TooMany
    saved = SavedSearch.objects.create(
        owner=owner,
        name=name,
        query_string=query_string,
        mailing=mailing,
        webhook_url=webhook_url,
        language=get_language() or "en",
    )
    ring(LOOK_TASK)
    log.info("search saved", saved_search=saved.pk, by=owner.pk)
    return saved


@transaction.atomic
def change(
    saved: SavedSearch, *, name: str, query_string: str, mailing: str, webhook_url: str
) -> None:
    """With other parameters it is another search: what was found so far is forgotten."""
    fields: dict[str, object] = {
        "name": name,
        "mailing": mailing,
        "language": get_language() or "en",
        "webhook_url": webhook_url,
        "updated_at": Now(),
    }
    if webhook_url != saved.webhook_url:
        fields["webhook_ended_at"] = None
    if mailing == SavedSearch.Mailing.OFF:
        fields |= {"unmailed": 0, "unmailed_since": None}
    if query_string != saved.query_string:
        fields |= {"query_string": query_string, **_anew()}
        saved.matches.all().delete()
    SavedSearch.objects.filter(pk=saved.pk).update(**fields)
    ring(LOOK_TASK)
    log.info("saved search changed", saved_search=saved.pk, by=saved.owner_id)


@transaction.atomic
def pause(saved: SavedSearch) -> None:
    """Nothing is looked for, and what waits to be sent stays where it is."""
    SavedSearch.objects.filter(pk=saved.pk).update(is_paused=True, updated_at=Now())
    log.info("saved search paused", saved_search=saved.pk, by=saved.owner_id)


@transaction.atomic
def resume(saved: SavedSearch) -> None:
    """Goes on where it stopped: what came in meanwhile is found."""
    SavedSearch.objects.filter(pk=saved.pk).update(is_paused=False, look_at=Now(), updated_at=Now())
    ring(LOOK_TASK)
    log.info("saved search resumed", saved_search=saved.pk, by=saved.owner_id)


@transaction.atomic
def delete(saved: SavedSearch) -> None:
    log.info("saved search deleted", saved_search=saved.pk, by=saved.owner_id)
    saved.delete()


def note_seen(saved: SavedSearch) -> None:
    """Its owner looked at the new models."""
    if saved.unseen:
        SavedSearch.objects.filter(pk=saved.pk).update(unseen=0)


@transaction.atomic
def renew_feed(saved: SavedSearch) -> None:
    """The feed gets another address; the one before answers no more."""
    SavedSearch.objects.filter(pk=saved.pk).update(feed_nonce=new_nonce(), updated_at=Now())
    log.info("feed renewed", saved_search=saved.pk, by=saved.owner_id)


@transaction.atomic
def renew_webhook_secret(saved: SavedSearch) -> None:
    """Another secret; for a day calls are signed with the one before too."""
    SavedSearch.objects.filter(pk=saved.pk).update(
        webhook_secret=webhooks.new_secret(),
        former_webhook_secret=sealing.seal(tokens.webhook_key(saved).secret),
        webhook_renewed_at=Now(),
        updated_at=Now(),
    )
    log.info("webhook secret renewed", saved_search=saved.pk, by=saved.owner_id)


@transaction.atomic
def send_test(saved: SavedSearch, *, channel: str) -> Alert:
    """Raises TestsWaiting."""
    waiting = saved.alerts.filter(is_test=True, status=Alert.Status.WAITING)
    if waiting.count() >= TESTS_AT_ONCE:
        raise TestsWaiting
    alert = alerts.test(saved, channel=channel)
    ring(SEND_TASK)
    return alert


@transaction.atomic
def send_again(alert: Alert) -> None:
    """Deliver once more, with the same id, whatever came of it before."""
    Alert.objects.filter(pk=alert.pk).exclude(status=Alert.Status.WAITING).update(
        status=Alert.Status.WAITING,
        attempts=0,
        next_try_at=Now(),
        give_up_at=timezone.now() + alerts.GIVE_UP_AFTER,
        leased_until=None,
    )
    ring(SEND_TASK)


def stop_mail(saved_search_id: int) -> None:
    """From the link in an e-mail, which works without signing in."""
    SavedSearch.objects.filter(pk=saved_search_id).update(
        mailing=SavedSearch.Mailing.OFF, unmailed=0, unmailed_since=None, updated_at=Now()
    )
    log.info("e-mail stopped", saved_search=saved_search_id)


def ring(task: str) -> None:
    """Ask for a task once the rows are committed; the beat is the guarantee behind it."""
    transaction.on_commit(lambda: _send(task), robust=True)


def _send(task: str) -> None:
    try:
        current_app.send_task(task)
    except OperationalError:
        log.info("the queue is down; the next beat does it", task=task)


def _anew() -> dict[str, object]:
    return {
        "known": None,
        "looked_through": 0,
        "look_at": Now(),
        "edition": F("edition") + 1,
        "started_at": timezone.now(),
        "unseen": 0,
        "unmailed": 0,
        "unmailed_since": None,
    }
