"""Errors as problem details (RFC 9457): what is wrong, in which field, and what would be right."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import PermissionDenied as Denied
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.text import slugify
from rest_framework.exceptions import (
    APIException,
    ErrorDetail,
    PermissionDenied,
    ValidationError,
)
from rest_framework.views import exception_handler

from accounts import audit

CONTENT_TYPE = "application/problem+json"
BROKEN_OFF = "The body broke off, or came too slowly; send the request again."
FieldErrors = list[dict[str, str]]


class BadParameters(ValidationError):
    """Fields of the request that are wrong, each with a sentence that says what would be right."""

    def __init__(self, sentences: dict[str, list[str]]) -> None:
        super().__init__(sentences)
        self.sentences = sentences

    def errors(self) -> FieldErrors:
        return [
            {"field": field, "detail": sentence}
            for field, found in self.sentences.items()
            for sentence in found
        ]


class Conflict(APIException):
    """It cannot be done as things stand; the sentence says what would have to change."""

    status_code = HTTPStatus.CONFLICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One that was reached, as programs are told of it."""

    name: str
    unit: str  # "requests", or a currency
    most: float
    used: float
    reset_in: int  # seconds until there is room again
    resets_at: datetime | None = None  # when that is known better than by the seconds
    page: str = ""  # where it is seen and raised, as a path

    def told(self) -> dict[str, Any]:
        resets_at = self.resets_at or timezone.now() + timedelta(seconds=self.reset_in)
        return {
            "name": self.name,
            "unit": self.unit,
            "most": self.most,
            "used": self.used,
            "resets_at": resets_at.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
            "url": f"{settings.PUBLIC_URL}{self.page}" if self.page else None,
        }


class LimitReached(APIException):
    """429, or 402 for a limit of money; the views of pages may raise it too."""

    status_code = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, sentence: str, limit: Limit, status: int = 429) -> None:
        super().__init__()
        self.detail = ErrorDetail(sentence, "limit_reached")
        self.limit = limit
        self.status_code = status  # type: ignore[assignment]
        self.wait = limit.reset_in  # the REST framework sends it as Retry-After


def problem(
    request: HttpRequest,
    status: int,
    detail: str,
    errors: FieldErrors | None = None,
    limit: Limit | None = None,
) -> JsonResponse:
    """The answer for one error. The official clients show title, status and detail."""
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": f"{settings.PUBLIC_URL}/docs/api#{slugify(title)}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "request_id": structlog.contextvars.get_contextvars().get("request_id", ""),
    }
    if errors:
        body["errors"] = errors
    if limit:
        body["limit"] = limit.told()
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def limit_reached(request: HttpRequest, error: LimitReached) -> JsonResponse:
    """The answer from outside of the API's views."""
    answer = problem(request, error.status_code, str(error.detail), limit=error.limit)
    answer["Retry-After"] = str(error.wait)
    return answer


def respond_to(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The REST framework's exception handler; what it does not know becomes a 500 further out."""
    if isinstance(error, UnreadablePostError):
        return problem(context["request"], 400, BROKEN_OFF)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, PermissionDenied | Denied):
        audit.note_refusal(context["request"])
    errors = error.errors() if isinstance(error, BadParameters) else []
    limit = error.limit if isinstance(error, LimitReached) else None
    detail = _detail(error, response.data, errors)
    answer = problem(context["request"], response.status_code, detail, errors, limit)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if name in response:
            answer[name] = response[name]
    return answer


def _detail(error: Exception, content: Any, errors: FieldErrors) -> str:
    if errors:
        return " ".join(f"{found['field']}: {found['detail']}" for found in errors)
    if isinstance(error, APIException) and not isinstance(content, dict):
        return " ".join(str(sentence) for sentence in content)
    return str(content.get("detail", ""))
