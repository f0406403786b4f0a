"""The input and output of a version as tables, read from its OpenAPI schema.

Schemas come from outside: whatever stands where an object, a list or a text was due is left out,
references are followed a few steps and never in circles, and nothing here raises, asks another host
or takes longer than the schema is large.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_FIELDS = 200
MOST_VALUES = 50
LONGEST_TEXT = 2000
LONGEST_VALUE = 200
DEEPEST = 8
MOST_PARTS = 4
MOST_ALTERNATIVES = 8  # of a type; half as many of each of these, and so on
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
LENGTHS = ("minLength", "maxLength")

Schema = Mapping[str, Any]
EMPTY: Schema = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One input or output; `name` is empty when the output is one thing without fields."""

    name: str
    type: str
    is_required: bool = False
    default: str = ""
    range: str = ""
    values: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One input as its schema says it, for those who make a form of it."""

    name: str
    schema: Schema
    is_required: bool


@dataclass(frozen=True, slots=True)
class Signature:
    inputs: list[Field]
    outputs: list[Field]


def signature(document: object) -> Signature:
    """What a version takes and answers; empty lists where its schema does not tell."""
    root = _object(document)
    schemas = _object(_object(root.get("components")).get("schemas"))
    return Signature(
        inputs=_fields(_resolve(schemas.get("Input"), root), root),
        outputs=_outputs(_resolve(schemas.get("Output"), root), root),
    )


def inputs(document: object) -> list[Asked]:
    """Each input with its schema, references followed, in the order in which it is asked for."""
    root = _object(document)
    schemas = _object(_object(root.get("components")).get("schemas"))
    schema = _resolve(schemas.get("Input"), root)
    required = {name for name in _list(schema.get("required")) if isinstance(name, str)}
    return [
        Asked(name, _with_items(value, root), name in required)
        for name, value in _ordered(schema, root)[:MOST_FIELDS]
    ]


def checkable(asked: list[Asked]) -> dict[str, Any]:
    """A JSON Schema that an input can be held against, whoever wrote the document.

    Without references, which may lead to any host or back to themselves, and without patterns, of
    which one can keep a process busy for ever; where it says more than this, anything fits.
    """
    return {
        "type": "object",
        "properties": {one.name: _checkable(one.schema) for one in asked},
        "required": [one.name for one in asked if one.is_required],
    }


def output(document: object) -> Schema:
    """The schema of what is answered; empty when it is not told."""
    root = _object(document)
    schemas = _object(_object(root.get("components")).get("schemas"))
    return _with_items(_resolve(schemas.get("Output"), root), root)


def _checkable(schema: Schema, depth: int = 0) -> dict[str, Any]:
    kept: dict[str, Any] = {
        **{name: schema[name] for name in BOUNDS if _is_number(schema.get(name))},
        **{name: schema[name] for name in LENGTHS if isinstance(schema.get(name), int)},
    }
    if kinds := [one for one in _as_list(schema.get("type")) if one in TYPES]:
        kept["type"] = kinds
    if isinstance(schema.get("enum"), list):
        kept["enum"] = schema["enum"]
    alternatives = _list(schema.get("anyOf")) or _list(schema.get("oneOf"))
    if 0 < len(alternatives) <= MOST_ALTERNATIVES >> depth:
        kept["anyOf"] = [_checkable(_object(one), depth + 1) for one in alternatives]
    if isinstance(schema.get("items"), Mapping) and depth < MOST_PARTS:
        kept["items"] = _checkable(schema["items"], depth + 1)
    return kept


def _with_items(schema: Schema, root: Schema) -> Schema:
    return {**schema, "items": _items(schema, root)} if "items" in schema else schema


def _outputs(schema: Schema, root: Schema) -> list[Field]:
    if not schema:
        return []
    return _fields(schema, root) or [_field("", schema, root, is_required=False)]


def _fields(schema: Schema, root: Schema) -> list[Field]:
    required = {name for name in _list(schema.get("required")) if isinstance(name, str)}
    return [
        _field(name, value, root, is_required=name in required)
        for name, value in _ordered(schema, root)[:MOST_FIELDS]
    ]


def _ordered(schema: Schema, root: Schema) -> list[tuple[str, Schema]]:
    properties = _object(schema.get("properties"))
    resolved = {str(name): _resolve(value, root) for name, value in properties.items()}
    return sorted(resolved.items(), key=lambda pair: _order(pair[1]))


def _field(name: str, schema: Schema, root: Schema, *, is_required: bool) -> Field:
    values = _list(schema.get("enum")) or _list(_items(schema, root).get("enum"))
    return Field(
        name=name[:LONGEST_VALUE],
        type=_type(schema, root),
        is_required=is_required,
        default=_written(schema["default"]) if schema.get("default") is not None else "",
        range=_range(schema),
        values=tuple(_written(value) for value in values[:MOST_VALUES]),
        description=_text(schema.get("description"))[:LONGEST_TEXT],
    )


def _order(schema: Schema) -> float:
    order = schema.get("x-order")
    return float(order) if isinstance(order, int | float) else float("inf")


def _resolve(value: object, root: Schema, seen: frozenset[str] = frozenset()) -> Schema:
    """A schema with its `$ref` and `allOf` merged in; what stands beside them wins."""
    schema = _object(value)
    reference = schema.get("$ref")
    if "$ref" not in schema and "allOf" not in schema:
        return schema
    if (isinstance(reference, str) and reference in seen) or len(seen) > DEEPEST:
        return EMPTY
    within = seen | {str(reference or len(seen))}
    merged: dict[str, Any] = {}
    for part in [_referred(reference, root), *_list(schema.get("allOf"))[:MOST_PARTS]]:
        merged.update(_resolve(part, root, within))
    own = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
    return {**merged, **own}


def _referred(reference: object, root: Schema) -> object:
    """What `#/components/schemas/name` points at. Nothing outside this document is read."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    found: object = root
    for step in reference[2:].split("/")[:DEEPEST]:
        found = _object(found).get(step.replace("~1", "/").replace("~0", "~"))
    return found


def _type(schema: Schema, root: Schema, depth: int = 0) -> str:
    if depth > DEEPEST:
        return "any"
    alternatives = [*_list(schema.get("anyOf")), *_list(schema.get("oneOf"))]
    if few := alternatives[: MOST_ALTERNATIVES >> depth]:
        named = [_type(_resolve(one, root), root, depth + 1) for one in few]
        return " | ".join(dict.fromkeys(named))
    if schema.get("type") == "array":
        return f"list of {_type(_items(schema, root), root, depth + 1)}"
    return _simple_type(schema)


def _simple_type(schema: Schema) -> str:
    kind, form = schema.get("type"), schema.get("format")
    if isinstance(kind, list):
        return " | ".join(str(one)[:20] for one in kind[:DEEPEST])
    if kind == "string" and form == "uri":
        return "file"
    if kind == "string" and form in ("date", "date-time", "password"):
        return str(form)
    return str(kind)[:40] if kind else "any"


def _items(schema: Schema, root: Schema) -> Schema:
    return _resolve(schema.get("items"), root)


def _range(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if _is_number(least) and _is_number(most):
        return f"{_written(least)} - {_written(most)}"
    if _is_number(least):
        return f"≥ {_written(least)}"
    return f"≤ {_written(most)}" if _is_number(most) else ""


def _written(value: object) -> str:
    """A value as JSON, cut; text as it is."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _object(value: object) -> Schema:
    return value if isinstance(value, Mapping) else EMPTY


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
