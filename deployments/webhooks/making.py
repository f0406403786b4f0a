"""One more thing to be told to a receiver."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import User
from deployments.models import Delivery, Prediction

from . import bell

GIVE_UP_AFTER = timedelta(days=3)


def make(
    owner: User, url: str, *, event: str, body: str, prediction: Prediction | None = None
) -> Delivery:
    delivery = Delivery.objects.create(
        owner=owner,
        prediction=prediction,
        url=url,
        host=urlsplit(url).netloc.lower()[:255],
        event=event,
        body=body,
        give_up_at=timezone.now() + GIVE_UP_AFTER,
    )
    bell.ring()
    return delivery
