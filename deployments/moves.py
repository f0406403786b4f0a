"""Handing a deployment over to another owner: at once, or to somebody who takes it.

The deployment goes in one step; its predictions, which may be many, follow in small ones, and a
sweep goes on with what was interrupted.
"""

from datetime import timedelta
from itertools import count

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from accounts import audit, reach
from accounts.models import Role, User
from deployments import doorbell, mails
from deployments.models import (
    Delivery,
    Deployment,
    Event,
    FormerAddress,
    Offer,
    Prediction,
    StoredFile,
)
from deployments.models.predictions import PredictionQuerySet
from deployments.wishes import Refused

SETTLE = "deployments.tasks.settle_moves"
AT_ONCE = 1000
IN_FLIGHT = timedelta(minutes=2)  # longer than any request takes


@transaction.atomic
def hand_over(deployment: Deployment, name: str, *, by: User) -> Deployment | Offer:
    """To an organisation in which one is a developer at once, to a person by an offer.

    Raises Refused, which names what is wrong.
    """
    to = _receiver(deployment, name, by)
    if to.is_organization:
        return move(deployment, to, by=by)
    Offer.objects.filter(deployment=deployment).delete()
    offer = Offer.objects.create(deployment=deployment, to=to, created_by=by)
    audit.note("deployment.offered", about=deployment, after={"to": to})
    transaction.on_commit(lambda: mails.tell_of(offer, by), robust=True)
    return offer


@transaction.atomic
def take(offer: Offer, user: User) -> Deployment:
    """Raises Refused."""
    taken = Offer.objects.open().select_for_update(of=("self",)).filter(pk=offer.pk, to=user)
    if not taken.exists():
        raise Refused("to", _("The offer was taken back, or its week is over."))
    offer.delete()
    return move(offer.deployment, user, by=user)


@transaction.atomic
def end_offer(offer: Offer) -> None:
    """Whoever it was made to does not want it, or whoever made it thought better of it."""
    if Offer.objects.filter(pk=offer.pk).delete()[0]:
        audit.note("deployment.offer_ended", about=offer.deployment, before={"to": offer.to})


@transaction.atomic
def move(
    deployment: Deployment, to: User, *, by: User | None, is_renamed: bool = False
) -> Deployment:
    """Its old address tells the new one. Raises Refused when the name is taken, or renames it."""
    rows = Deployment.objects.existing().select_for_update(of=("self",)).select_related("owner")
    deployment = rows.get(pk=deployment.pk)
    before, name = deployment.owner, _free_name(deployment, to, is_renamed)
    FormerAddress.objects.filter(owner=to, name=name).delete()
    FormerAddress.objects.update_or_create(
        owner=before,
        name=deployment.name,
        defaults={"deployment": deployment, "moved_at": Now(), "is_settled": False},
    )
    Offer.objects.filter(deployment=deployment).delete()
    old_address = str(deployment)
    deployment.owner, deployment.name, deployment.idempotency_key = to, name, ""
    deployment.charged_token_id = None  # the former owner's
    deployment.save(update_fields=["owner", "name", "idempotency_key", "charged_token_id"])
    told = {"from": old_address, "to": str(deployment)}
    Event.objects.create(
        deployment=deployment, kind="settings", code="HandedOver", by=by, detail=old_address
    )
    audit.note("deployment.handed_over", about=deployment, before=told, after=told, by=by)
    doorbell.ring(SETTLE)
    return deployment


def settle() -> None:
    """Let predictions follow the deployments that went to another owner."""
    moved = FormerAddress.objects.filter(is_settled=False).select_related("deployment")
    for former in moved:
        deployment = former.deployment
        rows = Prediction.objects.filter(deployment=deployment)
        follow(rows.exclude(owner=deployment.owner_id), deployment.owner_id)
        # One that was asked for in the moment of the move may come to light a little later.
        long_ago = FormerAddress.objects.filter(
            pk=former.pk, moved_at__lt=Now() - IN_FLIGHT, moved_at=former.moved_at
        )
        long_ago.update(is_settled=True)


def follow(predictions: PredictionQuerySet, owner_id: int) -> None:
    """With their files and deliveries. Who asked stays told."""
    while ids := list(predictions.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Prediction.objects.filter(pk__in=ids).update(
                created_by=Coalesce("created_by", F("owner")),
                owner=owner_id,
                idempotency_key="",
                idempotency_digest="",
            )
            StoredFile.objects.filter(prediction__in=ids).update(owner=owner_id)
            Delivery.objects.filter(prediction__in=ids).update(owner=owner_id)


def new_address(owner: str, name: str, user: reach.Who) -> Deployment | None:
    """Where what was there has gone, for who may see it there."""
    former = FormerAddress.objects.filter(owner__username=owner, name=name)
    seen = Deployment.objects.visible_to(user).select_related("owner")
    return seen.filter(pk__in=former.values("deployment")).first()


def _receiver(deployment: Deployment, name: str, by: User) -> User:
    to = User.objects.filter(username=name.strip(), is_active=True).first()
    if to is None or (to.is_organization and not reach.may(by, to, Role.DEVELOPER)):
        said = _("There is no person of this name, and no organisation where you are a developer.")
        raise Refused("to", said)
    if to == deployment.owner:
        raise Refused("to", _("It belongs there already."))
    return to


def _free_name(deployment: Deployment, to: User, is_renamed: bool) -> str:
    names = Deployment.objects.existing().filter(owner=to)
    taken = set(names.filter(name__startswith=deployment.name[:56]).values_list("name", flat=True))
    if deployment.name not in taken:
        return deployment.name
    if not is_renamed:
        said = _(
            "%(owner)s has a deployment named %(name)s already: delete or move that one first."
        )
        raise Refused("to", said % {"owner": to, "name": deployment.name})
    wanted = (f"{deployment.name[:56]}-{number}" for number in count(2))
    return next(name for name in wanted if name not in taken)
