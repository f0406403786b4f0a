"""What becomes of deployments, predictions, files and webhooks when their owner closes."""

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import ngettext

from accounts.closing.parts import Line
from accounts.models import User
from catalog.pages import figures
from deployments import actions, files, moves
from deployments.models import Delivery, Deployment, Instance, Prediction, StoredFile, WebhookKey
from deployments.models.deployments import DeploymentQuerySet
from deployments.models.instances import InstanceQuerySet
from deployments.predictions import actions as asked

AT_ONCE = 200


def told(owner: User) -> list[Line]:
    deployments = _deployments(owner).count()
    running = _living(owner).values("deployment").distinct().count()
    predictions = Prediction.objects.filter(owner=owner).count()
    stored = StoredFile.objects.filter(owner=owner)
    count, size = stored.count(), stored.aggregate(all=Sum("size"))["all"]
    calls = Delivery.objects.filter(owner=owner).count()
    return [
        Line(deployments, _deployments_said(deployments, running), is_kept=True),
        Line(
            predictions,
            ngettext("%(count)s prediction", "%(count)s predictions", predictions)
            % {"count": figures.whole(predictions)},
            is_kept=True,
        ),
        Line(
            count,
            ngettext("%(count)s file, %(size)s", "%(count)s files, %(size)s", count)
            % {"count": figures.whole(count), "size": figures.size(size)},
            is_kept=True,
        ),
        Line(
            calls,
            ngettext("%(count)s call of a webhook", "%(count)s calls of webhooks", calls)
            % {"count": figures.whole(calls)},
            is_kept=True,
        ),
    ]


def hand_over(owner: User, to: User) -> None:
    """All of it; a name that the receiver has already gets a number."""
    for deployment in _deployments(owner):
        moves.move(deployment, to, by=None, is_renamed=True)
    moves.follow(Prediction.objects.filter(owner=owner), to.pk)
    StoredFile.objects.filter(owner=owner).update(owner=to)
    Delivery.objects.filter(owner=owner).update(owner=to)


def end(owner: User) -> bool:
    """Some of what is left; True when nothing is, and nothing of it runs."""
    for deployment in _deployments(owner):
        actions.delete(deployment, by=None)
    unfinished = Prediction.objects.unfinished().filter(owner=owner)
    for prediction in unfinished[:AT_ONCE]:
        asked.cancel(prediction)
    _delete_files(owner)
    Delivery.objects.filter(owner=owner, prediction=None).delete()
    WebhookKey.objects.filter(owner=owner).delete()
    _delete_predictions(owner)
    return not (Prediction.objects.filter(owner=owner).exists() or _living(owner).exists())


def _deployments(owner: User) -> DeploymentQuerySet:
    return Deployment.objects.of_somebody().filter(owner=owner)


def _living(owner: User) -> InstanceQuerySet:
    return Instance.objects.living().filter(deployment__owner=owner)


def _delete_files(owner: User) -> None:
    rows = StoredFile.objects.filter(owner=owner)
    while batch := list(rows[:AT_ONCE]):
        with transaction.atomic():
            for stored in batch:
                files.delete(stored)


def _delete_predictions(owner: User) -> None:
    """Those that are over: whoever runs one writes to it until it ends."""
    over = Prediction.objects.filter(owner=owner).exclude(status__in=Prediction.UNFINISHED)
    while ids := list(over.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        Prediction.objects.filter(pk__in=ids).delete()


def _deployments_said(count: int, running: int) -> str:
    said = ngettext("%(count)s deployment", "%(count)s deployments", count) % {"count": count}
    if not running:
        return said
    sentence = ngettext(
        "%(deployments)s, of which %(count)s runs now",
        "%(deployments)s, of which %(count)s run now",
        running,
    )
    return sentence % {"deployments": said, "count": running}
