"""Bodies: JSON that is read no further than it may be long or deep, and plain text."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any

import orjson
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser, JSONParser
from rest_framework.renderers import BaseRenderer, JSONRenderer

BYTES_MAX = 20_000
BODY_MAX = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class TooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = _("A request may have 20 MB at most; upload larger files to /v1/files.")


class TextParser(BaseParser):
    """Text as it is (Replicate's Python client 1) or as a JSON string (its JavaScript client)."""

    media_type = "text/plain"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        text = _read(stream)
        if not (len(text) > 1 and text.startswith('"') and text.endswith('"')):
            return text
        try:
            return str(json.loads(text))
        except ValueError:
            return text


class JSONTextParser(BaseParser):
    """One JSON string (Replicate's Python client 2)."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        text = _read(stream)
        try:
            content = json.loads(text) if text else ""
        except (ValueError, RecursionError) as error:
            raise ParseError("The body is not JSON; send one JSON string, the query.") from error
        if not isinstance(content, str):
            raise ParseError("The body must be one JSON string, the query.")
        return content


class BodyParser(JSONParser):
    """JSON of a bounded size and depth, read no further than that."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        content = stream.read(BODY_MAX + 1)
        if len(content) > BODY_MAX:
            raise TooLarge
        try:
            return json.loads(content, parse_constant=_no_number) if content else {}
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON that can be read.")) from error


class FastJSONRenderer(JSONRenderer):
    """JSON by orjson, many times as fast; numbers beyond 64 bits go the slow way."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""  # a body after 204 would be read as the beginning of the next answer
        try:
            return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z)
        except TypeError:
            rendered: bytes = super().render(data, accepted_media_type, renderer_context)
            return rendered


class TextRenderer(BaseRenderer):
    media_type = "text/plain"
    format = "txt"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return str(data).encode(errors="replace")


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _read(stream: IO[Any]) -> str:
    content = stream.read(BYTES_MAX + 1)
    if len(content) > BYTES_MAX:
        raise ParseError(f"The body is longer than {BYTES_MAX:,} bytes; shorten the query.")
    try:
        return str(content.decode()).strip()
    except UnicodeDecodeError as error:
        raise ParseError("The body is not UTF-8; send the query as UTF-8 text.") from error
