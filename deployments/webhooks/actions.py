"""What people may ask for with the webhooks of their predictions."""

import orjson
import structlog
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from config import outbound
from deployments.models import Delivery

from . import bell, making

log = structlog.get_logger(__name__)

TESTS_AT_ONCE = 3


class TestsWaiting(Exception):
    """The tests that were asked for before are still on their way."""


class BodyGone(Exception):
    """The data of its prediction was removed, and what was to be said with it."""


@transaction.atomic
def send_test(owner: User, url: str) -> Delivery:
    """Raises outbound.Refused or TestsWaiting."""
    outbound.check(url)
    # The lock keeps many clicks at once from passing the limit together.
    User.objects.select_for_update().get(pk=owner.pk)
    if Delivery.objects.waiting().filter(owner=owner, event="test").count() >= TESTS_AT_ONCE:
        raise TestsWaiting
    delivery = making.make(owner, url, event="test", body=_example())
    log.info("webhook test asked for", delivery=str(delivery.pk), by=owner.pk)
    return delivery


@transaction.atomic
def send_again(delivery: Delivery) -> bool:
    """Deliver once more, under the same id, whatever came of it before; False: it waits already.

    Raises BodyGone.
    """
    if not delivery.body:
        raise BodyGone
    settled = Delivery.objects.filter(pk=delivery.pk).exclude(status=Delivery.Status.WAITING)
    is_done = settled.update(
        status=Delivery.Status.WAITING,
        tries=0,
        next_try_at=Now(),
        give_up_at=timezone.now() + making.GIVE_UP_AFTER,
        leased_until=None,
    )
    bell.ring()
    return bool(is_done)


def _example() -> str:
    """Looks as a prediction does, and says that it is none."""
    now = timezone.now()
    return orjson.dumps(
        {
            "id": "test",
            "is_test": True,
            "model": "slipway/hello",
            "version": "0" * 64,
            "input": {"text": "Ada"},
            "output": "Hello, Ada!",
            "logs": "",
            "error": None,
            "status": "succeeded",
            "source": "web",
            "data_removed": False,
            "created_at": now,
            "started_at": now,
            "completed_at": now,
            "metrics": {"predict_time": 0.1},
            "urls": {"web": f"{settings.PUBLIC_URL}/account/webhooks"},
        }
    ).decode()
