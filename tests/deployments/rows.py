"""Rows of deployments and predictions as tests of pages need them; nothing runs behind them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from catalog.models import AIModel, Publisher, Version
from deployments.bundles import keeping
from deployments.models import (
    Bundle,
    Deployment,
    Environment,
    Hardware,
    Instance,
    Prediction,
    Release,
    Status,
)

GB = 10**9
INPUT = {
    "type": "object",
    "required": ["text"],
    "properties": {"text": {"type": "string", "x-order": 0, "description": "Whom to greet."}},
}


def schema(input: dict[str, Any] | None = None, output: dict[str, Any] | None = None) -> Any:
    made = {"Input": input or INPUT, "Output": output or {"type": "string"}}
    return {"openapi": "3.0.2", "components": {"schemas": made}}


def user(name: str = "ada") -> User:
    return User.objects.create_user(name, f"{name}@example.org", "a-long-password")


def version(full_name: str = "slipway/hello", **fields: Any) -> Version:
    """One that has a bundle, as far as rows tell."""
    owner, name = full_name.split("/")
    publisher, _ = Publisher.objects.get_or_create(key=owner, defaults={"slug": owner})
    ai_model, _ = AIModel.objects.get_or_create(
        publisher=publisher, name=name, defaults={"is_runnable": True, "license_class": "open"}
    )
    number = Version.objects.count()
    usual = {"version_id": f"{number:064x}", "openapi_schema": schema()}
    made = Version.objects.create(ai_model=ai_model, **{**usual, **fields})
    environment, _ = Environment.objects.get_or_create(
        key="e" * 64, defaults={"python_version": "3.11", "status": "ready"}
    )
    bundle = Bundle.objects.create(
        version=made,
        environment=environment,
        digest=made.version_id,
        predictor="predict.py:Predictor",
        size=1000,
        memory=GB // 2,
    )
    keeping.folder(bundle).mkdir(parents=True, exist_ok=True)
    return made


def hardware(sku: str = "cpu-small", **fields: Any) -> Hardware:
    """As small as the first one of an installation, and not for nothing."""
    usual = {"name": "CPU small", "cpus": 1, "memory": GB, "price_per_second": Decimal("0.0001")}
    return Hardware.objects.update_or_create(sku=sku, defaults={**usual, **fields})[0]


def deployment(
    owner: User,
    version: Version,
    name: str = "hello",
    status: Status = Status.RUNNING,
    **fields: Any,
) -> Deployment:
    """With one release, which serves when it is running."""
    fields.setdefault("reason", "")
    made = Deployment.objects.create(
        owner=owner,
        name=name,
        ai_model=version.ai_model,
        status=status,
        observed_generation=1,
        **fields,
    )
    made.release_wanted = release(made, version)
    if status in (Status.RUNNING, Status.SCALED_TO_ZERO, Status.UPDATING):
        made.release_serving = made.release_wanted
        made.release_wanted.status = Release.Status.SERVING
        made.release_wanted.save()
    made.save()
    return made


def release(deployment: Deployment, version: Version, number: int = 1, **fields: Any) -> Release:
    fields.setdefault("hardware", None)
    fields["hardware"] = fields["hardware"] or hardware()
    fields.setdefault("created_by", deployment.owner)
    return Release.objects.create(deployment=deployment, version=version, number=number, **fields)


def instance(deployment: Deployment, number: int = 1, **fields: Any) -> Instance:
    assert deployment.release_wanted is not None
    usual = {"status": Instance.Status.READY, "memory": GB, "memory_used": GB // 4}
    usual |= {"isolation": "landlock", "price_per_second": Decimal("0.0001")}
    return Instance.objects.create(
        key=f"d{deployment.pk}-r1-i{number}",
        deployment=deployment,
        release=deployment.release_wanted,
        **{**usual, **fields},
    )


def prediction(owner: User, version: Version, **fields: Any) -> Prediction:
    """One that has succeeded, unless said."""
    now = timezone.now()
    usual = {
        "status": Prediction.Status.SUCCEEDED,
        "input": {"text": "you"},
        "output": "hello you",
        "metrics": {"predict_time": 0.5},
        "created_at": now - timedelta(seconds=2),
        "started_at": now - timedelta(seconds=1),
        "completed_at": now,
    }
    if fields.get("status") in Prediction.UNFINISHED:
        usual |= {"output": None, "metrics": {}, "completed_at": None, "started_at": None}
    return Prediction.objects.create(
        owner=owner, ai_model=version.ai_model, version=version, **{**usual, **fields}
    )
