"""How a program asks what a page asks: the same request in three languages."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from catalog import schemas
from catalog.models import Version
from deployments.models import Deployment

SAMPLES = {"string": "...", "integer": 1, "number": 1.0, "boolean": True, "array": []}


@dataclass(frozen=True, slots=True)
class Call:
    id: str
    title: str
    text: str


def of_version(version: Version) -> list[Call]:
    """Of a model, by its name: its newest version answers."""
    full_name, example = version.ai_model.full_name, _example(version)
    return [
        _curl(f"/v1/models/{full_name}/predictions", example),
        _python(f'print(client.run("{full_name}", input={example!r}))'),
        _javascript(
            f'console.log(await replicate.run("{full_name}", {{ input: {json.dumps(example)} }}));'
        ),
    ]


def of_deployment(deployment: Deployment, version: Version) -> list[Call]:
    owner, name, example = deployment.owner.get_username(), deployment.name, _example(version)
    python = (
        f'deployment = client.deployments.get("{owner}/{name}")\n'
        f"prediction = deployment.predictions.create(input={example!r})\n"
        "prediction.wait()\n"
        "print(prediction.output)"
    )
    javascript = (
        f'const made = await replicate.deployments.predictions.create("{owner}", "{name}", '
        f"{{ input: {json.dumps(example)} }});\n"
        "console.log((await replicate.wait(made)).output);"
    )
    path = f"/v1/deployments/{owner}/{name}/predictions"
    return [_curl(path, example), _python(python), _javascript(javascript)]


def _curl(path: str, example: Mapping[str, Any]) -> Call:
    body = shlex.quote(json.dumps({"input": example}, ensure_ascii=False))
    text = (
        f"curl {settings.PUBLIC_URL}{path} \\\n"
        '  -H "Authorization: Bearer $SLIPWAY_TOKEN" -H "Prefer: wait" \\\n'
        f"  --json {body}"
    )
    return Call("curl", "curl", text)


def _python(lines: str) -> Call:
    client = (
        "from replicate.client import Client\n\n"
        f'client = Client(base_url="{settings.PUBLIC_URL}", api_token="slip_...")\n'
    )
    return Call("python", "Python", client + lines)


def _javascript(lines: str) -> Call:
    client = (
        'import Replicate from "replicate";\n\n'
        f'const replicate = new Replicate({{ baseUrl: "{settings.PUBLIC_URL}/v1", '
        'auth: "slip_..." });\n'
    )
    return Call("javascript", "JavaScript", client + lines)


def _example(version: Version) -> dict[str, Any]:
    """The required inputs, each with some value of its type."""
    return {
        asked.name: _sample(asked.schema)
        for asked in schemas.inputs(version.openapi_schema)
        if asked.is_required
    }


def _sample(schema: Mapping[str, Any]) -> Any:
    if schema.get("default") is not None:
        return schema["default"]
    values = schema.get("enum")
    if isinstance(values, list) and values:
        return values[0]
    if schema.get("format") == "uri":
        return "https://..."
    return SAMPLES.get(str(schema.get("type")), {})
