"""Makes e-mails and webhook calls of new matches, sends them, and notes what came of each."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from catalog.models import AIModel, Alert, ImportRun, SavedSearch
from catalog.saved import mails, webhooks
from config.webhooks import Outcome, next_try_at

log = structlog.get_logger(__name__)

GIVE_UP_AFTER = timedelta(days=2)
LEASE = timedelta(seconds=60)  # longer than any try takes
AT_ONCE = 32
AT_ONCE_A_PERSON = 4
CONSIDERED = 500

# An import comes in batches: one e-mail tells of all of it, unless that would take too long.
SETTLES_WITHIN = timedelta(minutes=15)
MAILED_MODELS = 20
CALLED_MODELS = 100

Status, Channel, Mailing = Alert.Status, Alert.Channel, SavedSearch.Mailing


def of_matches(saved: SavedSearch, *, total: int, ai_models: Sequence[int]) -> None:
    """In the transaction that notes the matches; e-mails are made of them later."""
    if saved.has_webhook:
        _make(saved, Channel.WEBHOOK, total=total, ai_models=ai_models[:CALLED_MODELS])


def test(saved: SavedSearch, *, channel: str) -> Alert:
    """Tells of a few popular models, and that it is a test."""
    popular = AIModel.objects.listed().by_popularity().values_list("pk", flat=True)[:3]
    return _make(saved, channel, total=len(popular), ai_models=list(popular), is_test=True)


def make_due_mails() -> int:
    """One e-mail for each search that has something to tell and whose time has come."""
    waiting = SavedSearch.objects.followed().filter(unmailed_since__isnull=False)
    if not waiting.exists():
        return 0
    due = waiting.annotate(last=Coalesce("mailed_at", "started_at")).filter(_is_mail_due())
    return sum(map(_make_mail, due.defer("known")))


def send_due() -> int:
    """Send what is due, all at once, so that none waits for another; returns how many."""
    taken = [alert for alert in map(_take, _next_ones()) if alert]
    if not taken:
        return 0
    tries = {alert: _prepared(alert) for alert in taken}
    with ThreadPoolExecutor(max_workers=len(taken)) as pool:
        running = {pool.submit(send): alert for alert, send in tries.items()}
        for done in as_completed(running):
            _note(running[done], done.result())
    return len(taken)


def _is_mail_due() -> Q:
    now = timezone.now()
    is_settled = Q() if not _is_busy() else Q(unmailed_since__lte=now - SETTLES_WITHIN)
    due = Q(mailing=Mailing.AT_ONCE) & is_settled
    for mailing, period in SavedSearch.PERIODS.items():
        due |= Q(mailing=mailing, last__lte=now - period)
    return Q(unmailed__gt=0) & due


def _is_busy() -> bool:
    """More is coming: an import runs, or the index is behind."""
    recently = timezone.now() - SETTLES_WITHIN
    runs = ImportRun.objects.filter(finished_at=None, started_at__gte=recently)
    return runs.exists() or AIModel.objects.stale_in_index().exists()


@transaction.atomic
def _make_mail(saved: SavedSearch) -> int:
    same = SavedSearch.objects.filter(
        pk=saved.pk, unmailed=saved.unmailed, unmailed_since__isnull=False
    )
    if not same.update(unmailed=0, unmailed_since=None, mailed_at=timezone.now()):
        return 0  # another was first
    found = saved.matches.filter(found_at__gte=saved.unmailed_since)
    best = found.order_by("-ai_model__popularity", "ai_model_id")[:MAILED_MODELS]
    ids = list(best.values_list("ai_model_id", flat=True))
    _make(saved, Channel.EMAIL, total=saved.unmailed, ai_models=ids)
    return 1


def _make(
    saved: SavedSearch,
    channel: str,
    *,
    total: int,
    ai_models: Sequence[int],
    is_test: bool = False,
) -> Alert:
    return Alert.objects.create(
        saved_search=saved,
        channel=channel,
        total=total,
        ai_models=list(ai_models),
        is_test=is_test,
        give_up_at=timezone.now() + GIVE_UP_AFTER,
    )


def _next_ones() -> list[Alert]:
    """Not all of one person's before the others'."""
    counted: Counter[int] = Counter()
    chosen: list[Alert] = []
    for alert in Alert.objects.due().select_related("saved_search")[:CONSIDERED]:
        owner = alert.saved_search.owner_id
        counted[owner] += 1
        if counted[owner] <= AT_ONCE_A_PERSON and len(chosen) < AT_ONCE:
            chosen.append(alert)
    return chosen


def _take(alert: Alert) -> Alert | None:
    """With a lease: whoever comes second finds nothing to take."""
    lease = secrets.token_hex(8)
    free = Alert.objects.due().filter(pk=alert.pk, lease=alert.lease).order_by()
    if not free.update(
        lease=lease, leased_until=Now() + LEASE, tried_at=Now(), attempts=F("attempts") + 1
    ):
        return None
    alert.lease = lease
    alert.attempts += 1
    return alert


def _prepared(alert: Alert) -> Callable[[], Outcome]:
    """All that the database knows of it is read here: the threads only send."""
    if alert.channel == Channel.EMAIL:
        return mails.prepared(alert)
    return webhooks.prepared(alert)


@transaction.atomic
def _note(alert: Alert, outcome: Outcome) -> None:
    """What came of a try, unless its lease ran out and another has it."""
    changes = {
        "answer": outcome.answer,
        "problem": outcome.problem,
        "detail": outcome.detail[:200],
        "leased_until": None,
        **_next_step(alert, outcome),
    }
    if not Alert.objects.filter(pk=alert.pk, lease=alert.lease).update(**changes):
        return
    if outcome.problem == Alert.Problem.GONE:
        url = alert.saved_search.webhook_url
        same = SavedSearch.objects.filter(pk=alert.saved_search_id, webhook_url=url)
        same.update(webhook_ended_at=Now())
    log.info(
        "alert tried",
        alert=str(alert.pk),
        channel=alert.channel,
        status=changes["status"],
        answer=outcome.answer,
        problem=outcome.problem,
    )


def _next_step(alert: Alert, outcome: Outcome) -> dict[str, object]:
    if not outcome.problem:
        return {"status": Status.SENT}
    again = next_try_at(outcome, tries=alert.attempts, give_up_at=alert.give_up_at)
    return {"status": Status.WAITING, "next_try_at": again} if again else {"status": Status.FAILED}
