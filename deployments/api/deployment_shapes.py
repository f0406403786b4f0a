"""A deployment as the API tells it: Replicate's fields, ours beside them."""

from typing import Any

from django.conf import settings
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce
from rest_framework.request import Request

from config.api import pages
from deployments import conditions, reasons
from deployments.models import Deployment, Instance, Prediction, Release
from deployments.models.deployments import DeploymentQuerySet


def told(rows: DeploymentQuerySet) -> DeploymentQuerySet:
    """With all that shape() reads, in three queries whatever their number."""
    living = Instance.objects.living().select_related("release").order_by("pk")
    waiting = Prediction.objects.queued().filter(deployment=OuterRef("pk")).order_by()
    queued = waiting.values("deployment").annotate(count=Count("*")).values("count")
    return (
        rows.select_related(
            "owner",
            "ai_model__publisher",
            "release_wanted__hardware",
            "release_wanted__created_by",
            "release_wanted__version__bundle__environment",
            "release_serving",
        )
        .defer("release_wanted__version__openapi_schema")
        .prefetch_related(Prefetch("instances", living, to_attr="living"))
        .annotate(queued=Coalesce(Subquery(queued), 0))
    )


def shape(deployment: Any, request: Request) -> dict[str, Any]:
    """Of a row that told() read."""
    why = reasons.told(deployment)
    release, serving = deployment.release_wanted, deployment.release_serving
    model = deployment.ai_model.full_name
    return {
        "owner": deployment.owner.get_username(),
        "name": deployment.name,
        "current_release": release and release_shape(release, model),
        "serving_release": serving and serving.number,
        "wanted": deployment.wanted,
        "status": deployment.status,
        "reason": why.reason or None,
        "sentence": why.sentence,
        "next_action": why.next_action,
        "detail": deployment.detail,
        "conditions": [
            {
                "type": each.type,
                "status": each.status,
                "reason": each.reason or None,
                "since": each.since,
            }
            for each in conditions.of(deployment, deployment.living)
        ],
        "instances": [_instance(each) for each in deployment.living],
        "metrics": _load(deployment),
        "created_at": deployment.created_at,
        "status_changed_at": deployment.status_changed_at,
        "stop_at": deployment.stop_at,
        "budget": _number(deployment.budget),
        "cost": _number(deployment.cost),
        "currency": settings.CURRENCY,
        "price_per_second": _number(release.hardware.price_per_second) if release else 0.0,
        "urls": _urls(deployment, request),
    }


def release_shape(release: Release, model: str) -> dict[str, Any]:
    who = release.created_by
    return {
        "number": release.number,
        "model": model,
        "version": release.version.version_id,
        "created_at": release.created_at,
        "created_by": who
        and {
            "type": "user",
            "username": who.get_username(),
            "name": who.get_full_name() or who.get_username(),
            "avatar_url": None,
            "github_url": None,
        },
        "configuration": {
            "hardware": release.hardware.sku,
            "min_instances": release.min_instances,
            "max_instances": release.max_instances,
            "idle_seconds": release.idle_seconds,
        },
        "status": release.status,
        "reason": release.reason or None,
        "detail": release.detail,
        "note": release.note,
        "served_at": release.served_at,
        "ended_at": release.ended_at,
    }


def _instance(instance: Instance) -> dict[str, Any]:
    return {
        "key": instance.key,
        "release": instance.release.number,
        "status": instance.status,
        "reason": instance.reason or None,
        "isolation": instance.isolation,
        "memory": instance.memory,
        "memory_used": instance.memory_used,
        "slots": instance.slots,
        "slots_taken": instance.slots_taken,
        "started_at": instance.started_at,
        "ready_at": instance.ready_at,
    }


def _load(deployment: Any) -> dict[str, int]:
    ready = [each for each in deployment.living if each.status == Instance.Status.READY]
    return {
        "queued": deployment.queued,
        "instances_ready": len(ready),
        "instances": len(deployment.living),
        "slots_taken": sum(each.slots_taken for each in ready),
    }


def _urls(deployment: Deployment, request: Request) -> dict[str, str]:
    origin = pages.origin(request)
    mine = f"{origin}/v1/deployments/{deployment.owner.get_username()}/{deployment.name}"
    web = f"{origin}{deployment.get_absolute_url()}"
    return {"web": web, "get": mine, "predictions": f"{mine}/predictions"}


def _number(amount: Any) -> float | None:
    return None if amount is None else float(amount)
