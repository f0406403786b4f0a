"""What a model answered, made fit to be kept: its files as files of ours, nothing unstorable."""

import base64
import binascii
import io
import math
import mimetypes
import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request

from deployments import files
from deployments.models import Prediction, StoredFile

# How a row tells a file that the model made; only its own prediction's files are meant by it.
MARK = "slipway-file:"
DATA_URL = re.compile(r"data:([a-zA-Z0-9.+/-]*)(?:;[a-zA-Z0-9=.+-]+)*;base64,", re.ASCII)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Unkept(Exception):
    """A file or the shape of the answer could not be kept; the message says why, for its owner."""


def kept(prediction: Prediction, output: Any) -> Any:
    """The same, with files stored and marked in place of their bytes. Raises Unkept."""
    try:
        clean = storable(output)
        return _stored(prediction, clean) if _makes_files(prediction) else clean
    except RecursionError as error:
        raise Unkept(_("The model's output is nested too deeply to be kept.")) from error
    except (files.TooLarge, files.OverQuota) as error:
        raise Unkept(_("A file that the model made cannot be kept. %s") % error) from error


def shown(output: Any, prediction: Prediction, request: Request | HttpRequest | None) -> Any:
    """With the addresses of its files, which open for a day."""
    if MARK not in str(output):
        return output
    made = {stored.pk: stored for stored in prediction.files.select_related("owner")}
    return _with_addresses(output, made, request)


def storable(value: Any) -> Any:
    """Without what a database refuses: NUL, halves of characters, numbers that are none."""
    if isinstance(value, str):
        return UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable(each) for each in value]
    if isinstance(value, dict):
        return {UNSTORABLE.sub("\ufffd", key): storable(each) for key, each in value.items()}
    return value


def forget(prediction: Prediction) -> None:
    files.delete_of(prediction)


def _makes_files(prediction: Prediction) -> bool:
    schemas = prediction.version.openapi_schema.get("components", {}).get("schemas", {})
    return '"uri"' in str(schemas.get("Output", {})).replace("'", '"')


def _stored(prediction: Prediction, value: Any, name: str = "output") -> Any:
    if isinstance(value, str):
        match = DATA_URL.match(value)
        return _store(prediction, value, match, name) if match else value
    if isinstance(value, list):
        return [_stored(prediction, each, f"{name}-{index}") for index, each in enumerate(value, 1)]
    if isinstance(value, dict):
        return {key: _stored(prediction, each, key) for key, each in value.items()}
    return value


def _store(prediction: Prediction, url: str, match: re.Match[str], name: str) -> str:
    try:
        content = base64.b64decode(url[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        return url
    ending = mimetypes.guess_extension(match[1]) or ""
    stored = files.store(prediction.owner, name + ending, match[1], io.BytesIO(content), prediction)
    return f"{MARK}{stored.pk}"


def _with_addresses(
    value: Any, made: dict[str, StoredFile], request: Request | HttpRequest | None
) -> Any:
    if isinstance(value, str) and value.startswith(MARK):
        stored = made.get(value.removeprefix(MARK))
        return files.url_of(stored, request) if stored else value
    if isinstance(value, list):
        return [_with_addresses(each, made, request) for each in value]
    if isinstance(value, dict):
        return {key: _with_addresses(each, made, request) for key, each in value.items()}
    return value
