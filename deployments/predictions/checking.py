"""Whether an input fits what a version takes, told field by field before anything starts."""

import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from catalog import schemas
from catalog.models import Version
from catalog.schemas import Schema
from config.api.problems import BadParameters

MOST_LOOKED_AT = 1000  # of a list; the model looks at the others
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


class BadInput(BadParameters):
    """As BadParameters, under the status that Replicate answers for it."""

    status_code = 422


def check(version: Version, given: object) -> None:
    """Raises BadInput, which names each wrong field. Defaults and patterns are left to Cog."""
    if not isinstance(given, Mapping):
        raise BadInput({"input": ["Send an object, as in {}."]})
    asked = schemas.inputs(version.openapi_schema)
    known = {one.name: one.schema for one in asked}
    sentences = {f"input.{name}": [_unknown(known)] for name in given if name not in known}
    for name, value in given.items():
        if _holds_unstorable(value):
            sentences.setdefault(f"input.{name}", []).append(
                "Leave out the characters U+0000 and U+D800 to U+DFFF; they are no text."
            )
    validator = Draft202012Validator(schemas.checkable(asked))
    for error in validator.iter_errors(_looked_at(given, known)):
        for field, sentence in _told(error):
            sentences.setdefault(f"input.{field}", []).append(sentence)
    if sentences:
        raise BadInput(sentences)


def _looked_at(given: Mapping[str, Any], known: Mapping[str, Schema]) -> dict[str, Any]:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type for it."""
    return {
        name: value[:MOST_LOOKED_AT] if isinstance(value, list) else value
        for name, value in given.items()
        if value is not None or not known.get(name, {}).get("nullable")
    }


def _holds_unstorable(value: Any) -> bool:
    if isinstance(value, str):
        return bool(UNSTORABLE.search(value))
    if isinstance(value, list):
        return any(map(_holds_unstorable, value))
    if isinstance(value, dict):
        return any(map(_holds_unstorable, [*value, *value.values()]))
    return False


def _unknown(known: Mapping[str, Schema]) -> str:
    names = ", ".join(known) or "none at all"
    return f"This model takes no such field; it takes {names}."


def _told(error: ValidationError) -> list[tuple[str, str]]:
    if error.validator == "required" and not error.absolute_path:
        missing = [name for name in error.validator_value if name not in error.instance]
        return [
            (name, "This field is required.")
            for name in missing
            if error.message.startswith(repr(name))
        ]
    field = ".".join(str(step) for step in error.absolute_path)
    return [(field, _sentence(error))]


def _sentence(error: ValidationError) -> str:
    wanted = error.validator_value
    match error.validator:
        case "type":
            return f"Give {' or '.join(TYPES.get(one, one) for one in wanted)}."
        case "enum":
            return f"Give one of {', '.join(str(value) for value in wanted)}."
        case "minimum":
            return f"Give {wanted} or more."
        case "maximum":
            return f"Give {wanted} or less."
        case "minLength":
            return f"Give at least {wanted} characters."
        case "maxLength":
            return f"Give at most {wanted} characters."
    return f"{error.message[:200]}."
