"""How a prediction looks as JSON: Replicate's fields under its names, then ours."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request

from deployments.models import Prediction

from . import outputs, pieces, queueing, streams

Shape = dict[str, Any]
Asked = Request | HttpRequest | None


def shape(prediction: Prediction, request: Asked = None) -> Shape:
    """One prediction as it is now, with what a running one has answered so far.

    Without a request its addresses are those of PUBLIC_URL, as a webhook's receiver needs them.
    """
    told = in_list(prediction, request)
    told["queue_position"] = queueing.position(prediction)
    if prediction.status == Prediction.Status.PROCESSING and prediction.event_count:
        so_far, told["logs"] = pieces.told(prediction)
        told["output"] = outputs.shown(so_far, prediction, request)
    return told


def in_list(prediction: Prediction, request: Asked = None) -> Shape:
    """Without what would take a query for each."""
    told: Shape = {
        "id": prediction.pk,
        "model": prediction.ai_model.full_name,
        "version": prediction.version.version_id,
        "input": prediction.input,
        "output": outputs.shown(prediction.output, prediction, request),
        "logs": prediction.logs,
        "error": prediction.error or None,
        "status": prediction.status,
        "source": prediction.source,
        "owner": prediction.owner.get_username(),
        "data_removed": prediction.is_data_removed,
        "keep_until": prediction.keep_until,
        "created_at": prediction.created_at,
        "started_at": prediction.started_at,
        "completed_at": prediction.completed_at,
        "metrics": prediction.metrics,
        "urls": _urls(prediction, request),
        "cost": _cost(prediction),
        "hardware": prediction.hardware or None,
        "queue_position": None,
        "reason": prediction.reason or None,
    }
    deployment = prediction.deployment
    if deployment and not deployment.is_shared:
        told["deployment"] = f"{deployment.owner.get_username()}/{deployment.name}"
    if prediction.deadline_at:
        told["deadline"] = prediction.deadline_at
    if prediction.webhook:
        told["webhook"] = prediction.webhook
        told["webhook_events_filter"] = prediction.webhook_events
    return told


def _urls(prediction: Prediction, request: Asked) -> Shape:
    origin = request.build_absolute_uri("/")[:-1] if request else settings.PUBLIC_URL
    api = f"{origin}/v1/predictions/{prediction.pk}"
    return {
        "web": f"{origin}/predictions/{prediction.pk}",
        "get": api,
        "cancel": f"{api}/cancel",
        "stream": f"{api}/stream?{urlencode(streams.LINKS.signed(prediction.pk))}",
    }


def _cost(prediction: Prediction) -> Shape | None:
    """What its seconds cost on its hardware; None until it has run."""
    if prediction.cost is None:
        return None
    return {
        "amount": float(prediction.cost),
        "currency": prediction.currency,
        "seconds": prediction.metrics.get("predict_time"),
    }
