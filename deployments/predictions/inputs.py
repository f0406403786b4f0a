"""An input as the model gets it: files that it names are handed over as data: URLs.

A model has no network and no token, so it could fetch none of them.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from catalog import schemas
from deployments import files
from deployments.models import Prediction

from .checking import BadInput


class Missing(Exception):
    """A file that the input names is not there any more."""


def for_model(prediction: Prediction) -> dict[str, Any]:
    """Raises Missing."""
    given = dict(prediction.input)
    for name in file_fields(prediction.version.openapi_schema):
        value = given.get(name)
        if isinstance(value, str):
            given[name] = _as_data(value, prediction)
        elif isinstance(value, list):
            given[name] = [_as_data(each, prediction) for each in value]
    return given


def check(schema: dict[str, Any], given: Mapping[str, Any], user: User) -> None:
    """Every file that is named must be here before anything starts. Raises BadInput."""
    sentences = {
        f"input.{name}": [
            _(
                "There is no file %s here. Upload it (POST /v1/files) and give its `urls.get`, or "
                "send it as a data: URL; a model has no network to fetch it with."
            )
            % value[:200]
        ]
        for name in file_fields(schema)
        for value in _as_list(given.get(name))
        if isinstance(value, str) and not value.startswith("data:")
        if files.named_by(value, user) is None
    }
    if sentences:
        raise BadInput(sentences)


def file_fields(schema: dict[str, Any]) -> Iterator[str]:
    """Names of the fields that take a file, or a list of files."""
    for asked in schemas.inputs(schema):
        items = asked.schema.get("items", {})
        if "uri" in (asked.schema.get("format"), items.get("format")):
            yield asked.name


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _as_data(value: Any, prediction: Prediction) -> Any:
    if not isinstance(value, str) or value.startswith("data:"):
        return value
    stored = files.named_by(value, prediction.asker)
    if stored is None:
        raise Missing(_("There is no file %s any more; files are kept for a day.") % value[:200])
    try:
        with files.read(stored) as file:
            content = base64.b64encode(file.read()).decode()
    except FileNotFoundError as error:
        raise Missing(_("The bytes of the file %s are gone.") % stored.name) from error
    return f"data:{stored.content_type};base64,{content}"
