"""Whether an input fits what a version takes, told field by field before anything starts."""

import re
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from catalog.models import Version
from config.api.problems import BadParameters

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


class BadInput(BadParameters):
    """As BadParameters, under the status that Replicate answers for it."""

    status_code = 422


def check(version: Version, given: object) -> None:
    """Raises BadInput, which names each wrong field. Defaults are left to Cog."""
    if not isinstance(given, Mapping):
        raise BadInput({"input": ["Send an object, as in {}."]})
    document = version.openapi_schema
    known = _schema(document).get("properties", {})
    sentences = {f"input.{name}": [_unknown(known)] for name in given if name not in known}
    for name, value in given.items():
        if _holds_unstorable(value):
            sentences.setdefault(f"input.{name}", []).append(
                "Leave out the characters U+0000 and U+D800 to U+DFFF; they are no text."
            )
    for error in _validator(document).iter_errors(_without_allowed_nulls(given, known)):
        for field, sentence in _told(error):
            sentences.setdefault(f"input.{field}", []).append(sentence)
    if sentences:
        raise BadInput(sentences)


def _without_allowed_nulls(given: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """OpenAPI 3.0 says `nullable` where JSON Schema has a type for it."""
    return {
        name: value
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


def _schema(document: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document.get("components", {}).get("schemas", {}).get("Input", {})
    return found


def _validator(document: Mapping[str, Any]) -> Draft202012Validator:
    """References of the schema point into the document, so it is all handed over."""
    return Draft202012Validator({**document, "$ref": "#/components/schemas/Input"})


def _unknown(known: Mapping[str, Any]) -> str:
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
        case "type" if isinstance(wanted, str):
            return f"Give {TYPES.get(wanted, wanted)}."
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
        case "pattern":
            return f"Give text that matches {wanted}."
    return f"{error.message[:200]}."
