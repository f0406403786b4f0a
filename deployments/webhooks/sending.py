"""Calls receivers: many at once, few of one receiver or person, each try written down.

The threads only call. A call that is still on its way holds up nothing: what falls due meanwhile
is taken too, by this round or by another process's.
"""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from config import webhooks
from config.webhooks import Outcome, next_try_at
from deployments.models import Attempt, Delivery

from . import keys

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=30)  # longer than any try takes
AT_ONCE = 64
AT_ONCE_A_RECEIVER = 4
AT_ONCE_A_PERSON = 16
LOOK = 0.25  # seconds until it looks for more while calls are on their way

Status = Delivery.Status
_round = threading.Lock()
_is_rung = threading.Event()


@dataclass(frozen=True)
class Tried:
    outcome: Outcome
    milliseconds: int


def send_due() -> int:
    """Send what is due and what falls due meanwhile; returns how many tries it took.

    One round at a time in a process: who comes while it goes on has rung for it, and leaves.
    """
    _is_rung.set()
    tries = 0
    while _is_rung.is_set() and _round.acquire(blocking=False):
        try:
            _is_rung.clear()
            tries += _go_round()
        finally:
            _round.release()
    return tries


def _go_round() -> int:
    tries = 0
    flying: dict[Future[Tried], Delivery] = {}
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        while True:
            taken = _take_due(flying.values())
            for delivery in taken:
                flying[pool.submit(_timed, _prepared(delivery))] = delivery
            tries += len(taken)
            if not flying:
                return tries
            done, _still = wait(flying, timeout=LOOK, return_when=FIRST_COMPLETED)
            for future in done:
                _note(flying.pop(future), future.result())


def _take_due(flying: Iterable[Delivery]) -> list[Delivery]:
    """Within the limits of each receiver and person, so that none fills the round."""
    of_receiver = Counter(delivery.host for delivery in flying)
    of_person = Counter(delivery.owner_id for delivery in flying)
    free = AT_ONCE - of_receiver.total()
    taken: list[Delivery] = []
    while free > len(taken):
        chosen = _next_one(of_receiver, of_person)
        if chosen is None:
            break
        if _take(chosen):
            taken.append(chosen)
            of_receiver[chosen.host] += 1
            of_person[chosen.owner_id] += 1
    return taken


def _next_one(of_receiver: Counter[str], of_person: Counter[int]) -> Delivery | None:
    busy_hosts = [host for host, count in of_receiver.items() if count >= AT_ONCE_A_RECEIVER]
    busy_people = [owner for owner, count in of_person.items() if count >= AT_ONCE_A_PERSON]
    is_busy = Q(host__in=busy_hosts) | Q(owner__in=busy_people)
    return Delivery.objects.due().exclude(is_busy).select_related("owner").first()


def _take(delivery: Delivery) -> bool:
    """With a lease: whoever comes second finds nothing to take."""
    lease = secrets.token_hex(8)
    free = Delivery.objects.due().filter(pk=delivery.pk, lease=delivery.lease).order_by()
    if not free.update(lease=lease, leased_until=Now() + LEASE, tries=F("tries") + 1):
        return False
    delivery.lease = lease
    delivery.tries += 1
    return True


def _prepared(delivery: Delivery) -> Callable[[], Outcome]:
    """All that the database knows of it is read here."""
    body = delivery.body.encode()
    headers = keys.of(delivery.owner).headers(f"msg_{delivery.pk.hex}", body)
    return partial(webhooks.call, delivery.url, body=body, headers=headers)


def _timed(call: Callable[[], Outcome]) -> Tried:
    started = time.monotonic()
    return Tried(call(), round((time.monotonic() - started) * 1000))


@transaction.atomic
def _note(delivery: Delivery, tried: Tried) -> None:
    """What came of a try, unless its lease ran out and another has it."""
    outcome = tried.outcome
    changes = {
        "answer": outcome.answer,
        "problem": outcome.problem,
        "leased_until": None,
        **_next_step(delivery, outcome),
    }
    if not Delivery.objects.filter(pk=delivery.pk, lease=delivery.lease).update(**changes):
        return
    Attempt.objects.create(
        delivery=delivery,
        answer=outcome.answer,
        problem=outcome.problem,
        detail=outcome.detail[:200],
        text=outcome.text[:1000],
        milliseconds=tried.milliseconds,
    )
    if outcome.problem == "gone":
        _end_the_others(delivery)
    log.info(
        "webhook called",
        delivery=str(delivery.pk),
        status=changes["status"],
        answer=outcome.answer,
        problem=outcome.problem,
    )


def _next_step(delivery: Delivery, outcome: Outcome) -> dict[str, object]:
    if not outcome.problem:
        return {"status": Status.SENT}
    again = next_try_at(outcome, tries=delivery.tries, give_up_at=delivery.give_up_at)
    return {"status": Status.WAITING, "next_try_at": again} if again else {"status": Status.FAILED}


def _end_the_others(delivery: Delivery) -> None:
    """The receiver said 410, gone for good: what else waits for it is not sent."""
    others = Delivery.objects.of_receiver(delivery).waiting().free()
    others.update(status=Status.FAILED, problem="gone", answer=410)
