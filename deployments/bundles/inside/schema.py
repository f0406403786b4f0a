"""Runs in a bundle's environment and folder: prints the OpenAPI schema of its predictor.

Cog's server checks inputs by this schema but does not make it; Cog's own command line does, which
comes with Docker alone. `cog._inspector` is private: environments pin the release of Cog.
"""

import contextlib
import json
import sys
from typing import Any

from cog import _adt as adt
from cog import _inspector


def main(predictor: str, is_streaming: str) -> None:
    file, _, name = predictor.partition(":")
    sys.path.insert(0, ".")
    with contextlib.redirect_stdout(sys.stderr):
        info = _inspector.create_predictor(file.removesuffix(".py").replace("/", "."), name)
    print(json.dumps(_document(info, is_streaming=is_streaming == "streaming")))


def _document(info: Any, *, is_streaming: bool) -> dict[str, Any]:
    schemas = {
        **_choices(info),
        "Input": _input(info),
        "Output": info.output.json_type(),
        "PredictionRequest": {
            "title": "PredictionRequest",
            "type": "object",
            "properties": {"input": {"$ref": "#/components/schemas/Input"}},
        },
        "PredictionResponse": {
            "title": "PredictionResponse",
            "type": "object",
            "properties": {
                "input": {"$ref": "#/components/schemas/Input"},
                "output": {"$ref": "#/components/schemas/Output"},
                "status": {"type": "string"},
                "error": {"type": "string"},
                "logs": {"type": "string"},
            },
        },
    }
    asked: dict[str, Any] = {
        "summary": "Predict",
        "requestBody": _json("PredictionRequest"),
        "responses": {"200": {"description": "OK", **_json("PredictionResponse")}},
    }
    if is_streaming:
        asked["x-cog-streaming"] = True
    return {
        "openapi": "3.0.2",
        "info": {"title": "Cog", "version": "0.1.0"},
        "paths": {"/predictions": {"post": asked}},
        "components": {"schemas": schemas},
    }


def _json(name: str) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _input(info: Any) -> dict[str, Any]:
    properties = {name: _property(name, field) for name, field in info.inputs.items()}
    required = [name for name, field in info.inputs.items() if _is_required(field)]
    whole = {"title": "Input", "type": "object", "properties": properties}
    return {**whole, "required": required} if required else whole


def _property(name: str, field: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"x-order": field.order}
    if field.choices:
        said["allOf"] = [{"$ref": f"#/components/schemas/{name}"}]
    else:
        said |= {"title": _title(name), **field.type.json_type()}
    if field.type.repetition in (adt.Repetition.OPTIONAL, adt.Repetition.OPTIONAL_REPEATED):
        said["nullable"] = True
    if field.default is not None:
        said["default"] = field.type.json_encode(field.default)
    bounds = {
        "description": field.description,
        "minimum": _whole(field, field.ge),
        "maximum": _whole(field, field.le),
        "minLength": field.min_length,
        "maxLength": field.max_length,
        "pattern": field.regex,
        "deprecated": field.deprecated,
    }
    return said | {key: bound for key, bound in bounds.items() if bound is not None}


def _whole(field: Any, bound: float | None) -> float | None:
    """Cog makes every bound a float."""
    is_whole = field.type.json_type().get("type") == "integer"
    return bound if bound is None or not is_whole else int(bound)


def _choices(info: Any) -> dict[str, Any]:
    return {
        name: {
            "title": name,
            "description": "An enumeration.",
            "enum": field.choices,
            **field.type.json_type(),
        }
        for name, field in info.inputs.items()
        if field.choices
    }


def _is_required(field: Any) -> bool:
    is_optional = field.type.repetition in (
        adt.Repetition.OPTIONAL,
        adt.Repetition.OPTIONAL_REPEATED,
    )
    return field.default is None and not is_optional


def _title(name: str) -> str:
    return name.replace("_", " ").title()


main(sys.argv[1], sys.argv[2])
