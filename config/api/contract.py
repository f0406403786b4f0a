"""How drf-spectacular writes openapi.json, and the shapes that every route shares."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_mock_request
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

PREFIX_AGAIN = "/v1/v1/"


class FieldErrorShape(serializers.Serializer[None]):
    field = serializers.CharField()
    detail = serializers.CharField(help_text="What is wrong, and what would be right.")


class LimitShape(serializers.Serializer[None]):
    name = serializers.CharField()
    unit = serializers.CharField(help_text="`requests`, or a currency as in `USD`.")
    most = serializers.FloatField()
    used = serializers.FloatField()
    resets_at = serializers.DateTimeField(help_text="When there is room again.")
    url = serializers.URLField(allow_null=True, help_text="Where it is seen, and raised.")


class ProblemShape(serializers.Serializer[None]):
    """RFC 9457."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="For people.")
    instance = serializers.CharField(  # type: ignore[assignment]
        help_text="The path that was asked for."
    )
    request_id = serializers.CharField(help_text="As in X-Request-Id; the operator can look it up.")
    errors = FieldErrorShape(many=True, required=False)  # type: ignore[assignment]
    limit = LimitShape(required=False, help_text="The one that was reached, of 402 and 429.")


class RootShape(serializers.Serializer[None]):
    models = serializers.URLField()
    search = serializers.URLField()
    collections = serializers.URLField()
    openapi = serializers.URLField()
    docs = serializers.URLField()


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Known to drf-spectacular because it is defined: this module is read before any view."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of /account/tokens: `Authorization: Bearer slip_...`.",
        }


PROBLEM = OpenApiResponse(ProblemShape, description="What is wrong.")


# What any route may answer, whatever it is for.
ANYWHERE = {
    "400": "The address or the body cannot be understood, or a token stands in the address.",
    "401": "The token is wrong, expired or revoked; `detail` says which.",
    "404": "There is no such thing here, or it is not public.",
    "429": "Too many requests; `limit` and the header Retry-After say when to come again.",
}
QUERY_BODY = {
    "description": "The text to look for.",
    "required": False,
    "content": {
        media_type: {"schema": {"type": "string"}, "example": "image upscaler"}
        for media_type in ("text/plain", "application/json")
    },
}


def mock_request(method: str, *args: Any, **kwargs: Any) -> Request:
    """For a method that drf-spectacular does not know, as if it were GET."""
    known = "GET" if method == "QUERY" else method
    request: Request = build_mock_request(known, *args, **kwargs)  # type: ignore[no-untyped-call]
    return request


def without_the_second_prefix(endpoints: list[Any], **_: Any) -> list[Any]:
    """The same routes answer under /v1/v1 for clients that add a /v1 of their own."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(PREFIX_AGAIN)]


def finish(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Put QUERY where OpenAPI 3.1 allows it, errors under their own media type, and names short."""
    for item in result["paths"].values():
        if "query" in item:
            item["x-query"] = {**item.pop("query"), "requestBody": QUERY_BODY}
        for operation in item.values():
            _let_be_empty(operation.get("parameters", []))
            for status, description in ANYWHERE.items():
                operation["responses"].setdefault(status, _problem(description))
            _as_problems(operation["responses"])
    finished: dict[str, Any] = _tidied(result)
    return finished


def _problem(description: str) -> dict[str, Any]:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": description, "content": {"application/json": shape}}


def _let_be_empty(parameters: list[dict[str, Any]]) -> None:
    """Forms send parameters empty that are not wanted; so may anybody."""
    for parameter in parameters:
        schema = parameter["schema"]
        is_any_text = schema.get("type") == "string" and not {"enum", "format"} & schema.keys()
        takes_empty = is_any_text or schema.get("type") == "array"
        if parameter["in"] == "query" and not (parameter.get("required") or takes_empty):
            parameter["schema"] = {"anyOf": [schema, {"type": "string", "maxLength": 0}]}


def _as_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if int(status) >= 400:
            (shape,) = {media["schema"]["$ref"] for media in response["content"].values()}
            response["content"] = {"application/problem+json": {"schema": {"$ref": shape}}}


def _tidied(part: Any) -> Any:
    """Without drf-spectacular's own marks, and with ModelShape called Model."""
    if isinstance(part, list):
        return [_tidied(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        name.removesuffix("Shape"): each.removesuffix("Shape") if name == "$ref" else _tidied(each)
        for name, each in part.items()
        if name != "x-spec-enum-id"
    }
