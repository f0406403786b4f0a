"""Models that the tests of predictions ask, each a real Cog server, and the rows around them."""

import hashlib
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts import tokens
from accounts.models import User
from catalog.models import AIModel, Publisher, Version
from deployments.models import (
    Bundle,
    Deployment,
    Environment,
    Hardware,
    Instance,
    Release,
    Status,
)

GREETER = """
    import os, time
    from typing import Optional
    from cog import BasePredictor, Input, Path

    class Predictor(BasePredictor):
        def predict(
            self,
            text: str,
            seconds: float = Input(default=0, ge=0, le=60),
            how: str = "",
            file: Optional[Path] = Input(default=None),
        ) -> str:
            print("greeting", text)
            if how == "fail":
                raise ValueError("no greeting for " + text)
            if how == "die":
                os._exit(3)
            if how == "nul":
                return "a\\0b"
            if file:
                return file.read_text().upper()
            ends = time.monotonic() + seconds
            while time.monotonic() < ends:
                time.sleep(0.01)
            return f"hello {text}"
"""
COUNTER = """
    import time
    import cog
    from cog import BasePredictor, ConcatenateIterator

    class Predictor(BasePredictor):
        @cog.streaming
        def predict(self, text: str, pause: float = 0) -> ConcatenateIterator[str]:
            for word in text.split():
                print("saying", word)
                yield word + " "
                time.sleep(pause)
"""
PAINTER = """
    from cog import BasePredictor, Path

    class Predictor(BasePredictor):
        def predict(self, text: str) -> list[Path]:
            made = []
            for number in (1, 2):
                path = Path(f"/tmp/{number}.txt")
                path.write_text(f"{text} {number}")
                made.append(path)
            return made
"""
TEXT = {"type": "string", "x-order": 0}


def schema(output: dict[str, Any], *, is_streaming: bool = False, **fields: Any) -> dict[str, Any]:
    """As bundles have it beside them; Cog streams only what it marks."""
    known = {"text": TEXT, **fields}
    wanted = {"type": "object", "required": ["text"], "properties": known}
    return {
        "openapi": "3.0.2",
        "info": {"title": "Cog", "version": "0.1.0"},
        "paths": {"/predictions": {"post": {"x-cog-streaming": is_streaming, "responses": {}}}},
        "components": {"schemas": {"Input": wanted, "Output": output}},
    }


GREETER_SCHEMA = schema(
    {"type": "string"},
    seconds={"type": "number", "minimum": 0, "maximum": 60, "x-order": 1},
    how={"type": "string", "x-order": 2},
    file={"type": "string", "format": "uri", "nullable": True, "x-order": 3},
)
COUNTER_SCHEMA = schema(
    {
        "type": "array",
        "items": {"type": "string"},
        "x-cog-array-type": "iterator",
        "x-cog-array-display": "concatenate",
    },
    is_streaming=True,
    pause={"type": "number", "x-order": 1},
)
PAINTER_SCHEMA = schema({"type": "array", "items": {"type": "string", "format": "uri"}})


@dataclass(frozen=True)
class Served:
    """A deployment that serves, with its only instance."""

    version: Version
    deployment: Deployment
    instance: Instance


def version(full_name: str, openapi_schema: dict[str, Any], *, is_streaming: bool) -> Version:
    owner, name = full_name.split("/")
    publisher, _ = Publisher.objects.get_or_create(key=owner, defaults={"slug": owner})
    ai_model = AIModel.objects.create(publisher=publisher, name=name, is_runnable=True)
    made = Version.objects.create(
        ai_model=ai_model,
        version_id=hashlib.sha256(full_name.encode()).hexdigest(),
        openapi_schema=openapi_schema,
    )
    environment, _ = Environment.objects.get_or_create(key="e" * 64, python_version="3.11")
    Bundle.objects.create(
        version=made,
        environment=environment,
        digest="d" * 64,
        predictor="predict.py:Predictor",
        size=1,
        memory=2**29,
        is_streaming=is_streaming,
    )
    return made


def serve(owner: User, served: Version, address: str, *, slots: int = 1) -> Served:
    """Rows as the lifecycle leaves them once an instance is ready."""
    hardware, _ = Hardware.objects.get_or_create(
        sku="cpu", defaults={"name": "CPU", "cpus": 1, "memory": 2**30, "price_per_second": "0.001"}
    )
    deployment = Deployment.objects.create(
        owner=owner, name=served.ai_model.name, ai_model=served.ai_model, status=Status.RUNNING
    )
    release = Release.objects.create(
        deployment=deployment, number=1, version=served, hardware=hardware
    )
    Deployment.objects.filter(pk=deployment.pk).update(
        release_serving=release, release_wanted=release
    )
    deployment.refresh_from_db()
    instance = Instance.objects.create(
        key=f"d{deployment.pk}-r1-1",
        deployment=deployment,
        release=release,
        status=Instance.Status.READY,
        address=address,
        memory=2**29,
        slots=slots,
        price_per_second="0.001",
    )
    return Served(served, deployment, instance)


def as_(user: User, *scopes: str) -> Client:
    text = tokens.make(user, name="test", scopes=list(scopes or ["all"]))[1]
    return Client(headers={"Authorization": f"Bearer {text}"})
