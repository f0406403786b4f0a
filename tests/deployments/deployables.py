"""Versions that can be deployed in tests: a bundle written on the spot, an environment with Cog."""

import hashlib
import shutil
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalog.models import AIModel, Publisher, Version
from deployments.models import Bundle, Environment, Hardware
from tests.deployments import cog_environment, instances

MB = 2**20
SCHEMA = {
    "openapi": "3.0.2",
    "components": {
        "schemas": {
            "Input": {"type": "object", "properties": {"text": {"type": "string"}}},
            "Output": {"type": "string"},
        }
    },
}
DIES_AT_SETUP = """
    from cog import BasePredictor

    class Predictor(BasePredictor):
        def setup(self) -> None:
            print("looking for the weights")
            raise RuntimeError("no weights here")

        def predict(self, text: str) -> str:
            return text
"""
SLOW_SETUP = """
    import time
    from cog import BasePredictor

    class Predictor(BasePredictor):
        def setup(self) -> None:
            time.sleep(60)

        def predict(self, text: str) -> str:
            return text
"""


def version(
    code: str = instances.HELLO,
    *,
    full_name: str = "slipway/hello",
    real: bool = True,
    **fields: Any,
) -> Version:
    """`real`: with an environment in which it runs; the runtime in memory needs none."""
    owner, name = full_name.split("/", 1)
    publisher, _ = Publisher.objects.get_or_create(key=owner.lower(), defaults={"slug": owner})
    ai_model, _ = AIModel.objects.get_or_create(publisher=publisher, name=name)
    digest = hashlib.sha256(f"{full_name} {code}".encode()).hexdigest()
    made = Version.objects.create(ai_model=ai_model, version_id=digest, openapi_schema=SCHEMA)
    wanted = {"memory": 256 * MB, "setup_seconds": 60, **fields}
    Bundle.objects.create(
        version=made,
        environment=_environment(real=real),
        digest=digest,
        predictor="predict.py:Predictor",
        size=1000,
        **wanted,
    )
    instances.bundle(_bundles() / digest, code)
    return made


def hardware(sku: str = "cpu", **fields: Any) -> Hardware:
    amounts = {"name": "CPU", "cpus": 1, "memory": 300 * MB, **fields}
    return Hardware.objects.get_or_create(sku=sku, defaults=amounts)[0]


def _bundles() -> Any:
    place = settings.VAR_DIR / "bundles"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _environment(*, real: bool) -> Environment:
    key = hashlib.sha256(f"for tests {real}".encode()).hexdigest()
    place = settings.VAR_DIR / "environments"
    place.mkdir(parents=True, exist_ok=True)
    (place / key).mkdir(exist_ok=True)
    (place / key / "built").touch()
    if real and not (place / key / "environment").exists():
        (place / key / "environment").symlink_to(cog_environment.made())
    ready = {
        "python_version": "3.11",
        "status": Environment.Status.READY,
        "built_at": timezone.now(),
    }
    return Environment.objects.get_or_create(key=key, defaults=ready)[0]


def forget_files() -> None:
    for name in ("bundles", "environments"):
        shutil.rmtree(settings.VAR_DIR / name, ignore_errors=True)
