"""What others want to hand over to somebody, made ready to print."""

from dataclasses import dataclass
from datetime import datetime

from accounts.reach import Who
from deployments.models import Deployment, Offer
from deployments.pages import listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    pk: int
    name: str
    by: str
    model: str
    status: str
    per_hour: str  # empty when it costs nothing
    expires_at: datetime


def rows(user: Who) -> list[Row]:
    found = (
        Offer.objects.open()
        .filter(to=user.pk)
        .select_related(
            *("created_by", "deployment__owner", "deployment__ai_model__publisher"),
            "deployment__release_wanted__hardware",
        )
    )
    return [_row(offer, offer.deployment) for offer in found]


def _row(offer: Offer, deployment: Deployment) -> Row:
    release = deployment.release_wanted
    hardware = release.hardware if release else None
    has_price = hardware is not None and hardware.price_per_second
    return Row(
        pk=offer.pk,
        name=str(deployment),
        by=offer.created_by.get_username() if offer.created_by else "",
        model=deployment.ai_model.full_name,
        status=deployment.get_status_display(),
        per_hour=listing.cost(hardware.price_per_hour, hardware.currency)
        if hardware and has_price
        else "",
        expires_at=offer.expires_at,
    )
