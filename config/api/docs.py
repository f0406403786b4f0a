"""The contract as a page for people: openapi.json, unfolded into what a template can show."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from catalog.models import AIModel, Collection, Version
from config.api import root

# What is worth trying, where a bare address shows little.
QUERIES = {
    "models.list": "?q=llama&license_class=open&facets=task,library&limit=3",
    "search": "?query=upscale+image&limit=3",
}

CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """One field or parameter. `shape` is the one to look up when the kind is one of ours."""

    name: str
    kind: str
    shape: str = ""
    values: tuple[str, ...] = ()
    description: str = ""
    is_required: bool = False


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    paragraphs: list[str]
    parameters: list[Row]
    answers: list[Row]
    example: str
    needs_token: bool

    @property
    def can_be_asked(self) -> bool:
        return self.method == "GET" and "{" not in self.example

    @property
    def can_be_opened(self) -> bool:
        return self.can_be_asked and not self.needs_token


@dataclass(frozen=True)
class Group:
    title: str
    operations: list[Operation] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        return slugify(self.title)


@dataclass(frozen=True)
class Problem:
    """One kind of error; its type is the address of its anchor on this page."""

    status: int
    meaning: Any  # translated when it is shown

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase

    @property
    def anchor(self) -> str:
        return slugify(self.title)


PROBLEMS = [
    Problem(400, _("A parameter or the body is wrong; errors names each field.")),
    Problem(401, _("There is no token, or it is wrong, expired or revoked; detail says which.")),
    Problem(403, _("The token may not do this; detail names the scope that it lacks.")),
    Problem(404, _("There is no such thing here, or it is not public.")),
    Problem(405, _("The address knows other methods; Allow lists them.")),
    Problem(406, _("The address cannot answer in the media type that Accept asks for.")),
    Problem(409, _("It cannot be done in the state that the thing is in; detail says why.")),
    Problem(413, _("The body is too large.")),
    Problem(415, _("The body comes in a media type that is not read here.")),
    Problem(422, _("The same Idempotency-Key came with another body before.")),
    Problem(429, _("Too many requests; Retry-After says when to come back.")),
    Problem(500, _("A bug here. Tell the operator the request_id.")),
    Problem(503, _("A part that is needed does not answer; try again later.")),
]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Works without JavaScript and without another host; each address can be opened as it is."""
    names = _names_of_ours()
    origin = request.build_absolute_uri("/").removesuffix("/")
    return render(
        request,
        "docs/api.html",
        {
            "section": "api",
            "origin": origin,
            "canonical_url": f"{settings.PUBLIC_URL}{reverse('api-docs')}",
            "model": names,
            "groups": groups(names),
            "shapes": shapes(),
            "problems": PROBLEMS,
        },
    )


def groups(names: dict[str, str]) -> list[Group]:
    """The operations by their tag, in the order of the contract, with examples about `names`."""
    found = {tag["name"]: Group(tag["name"]) for tag in _contract()["tags"]}
    for path, method, operation in _operations():
        group = found[operation["tags"][0]]
        group.operations.append(_operation(path, method, operation, names))
    return list(found.values())


def shapes() -> list[tuple[str, list[Row]]]:
    """Every named shape with its fields."""
    return [
        (name, [_row(key, part, schema) for key, part in schema["properties"].items()])
        for name, schema in _contract()["components"]["schemas"].items()
    ]


@cache
def _contract() -> Any:
    return json.loads(root.CONTRACT.read_bytes())


def _operations() -> Iterator[tuple[str, str, Any]]:
    for path, item in _contract()["paths"].items():
        for method, operation in item.items():
            yield path, method.removeprefix("x-").upper(), operation


def _operation(path: str, method: str, operation: Any, names: dict[str, str]) -> Operation:
    example = path
    for name, value in names.items():
        example = example.replace(f"{{{name}}}", quote(value))
    return Operation(
        anchor=slugify(operation["operationId"].replace(".", "-")),
        method=method,
        path=path,
        summary=operation["summary"],
        paragraphs=[_marked(each) for each in _paragraphs(operation)],
        parameters=[_parameter(each) for each in operation.get("parameters", [])],
        answers=[_answer(*each) for each in operation["responses"].items()],
        example=f"{example}{QUERIES.get(operation['operationId'], '')}",
        needs_token=any(operation.get("security", [])),
    )


def _paragraphs(operation: Any) -> list[str]:
    return [each for each in operation.get("description", "").split("\n\n") if each]


def _marked(text: str) -> str:
    """HTML in which what stood between backticks is code."""
    return mark_safe(CODE.sub(r"<code>\1</code>", escape(text)))  # noqa: S308 - escaped before  # nosec B308 B703


def _parameter(parameter: Any) -> Row:
    schema = _when_given(parameter["schema"])
    kind, shape = _kind(schema)
    return Row(
        name=parameter["name"],
        kind=kind,
        shape=shape,
        values=_values(schema),
        description=_marked(parameter["description"]),
        is_required=parameter.get("required", False),
    )


def _answer(status: str, response: Any) -> Row:
    if "content" not in response:
        return Row(name=status, kind=response["description"])
    media_type, media = next(iter(response["content"].items()))
    kind, shape = _kind(media["schema"])
    return Row(name=status, kind=media_type if kind == "string" else kind, shape=shape)


def _row(name: str, schema: Any, parent: Any) -> Row:
    kind, shape = _kind(schema)
    return Row(
        name=name,
        kind=kind,
        shape=shape,
        values=_values(schema),
        description=_marked(schema.get("description", "")),
        is_required=name in parent.get("required", []),
    )


def _when_given(schema: Any) -> Any:
    """Without the words that it may be empty (config/api/contract.py), as nearly all may."""
    return schema["anyOf"][0] if "anyOf" in schema else schema


def _kind(schema: Any) -> tuple[str, str]:
    """What a value is, in words, and the named shape in it."""
    if "$ref" in schema:
        shape = schema["$ref"].rpartition("/")[2]
        return shape, shape
    if "allOf" in schema:  # a shape with a description of its own
        return _kind(schema["allOf"][0])
    if "oneOf" in schema:
        kind, shape = _kind(schema["oneOf"][0])
        return f"{kind} or null", shape
    types = schema.get("type", "any value")
    known, *others = types if isinstance(types, list) else [types]
    kind, shape = _composed(known, schema)
    return " or ".join([kind, *others]), shape


def _composed(known: str, schema: Any) -> tuple[str, str]:
    if known == "array":
        kind, shape = _kind(schema["items"])
        return f"list of {kind}", shape
    if known == "object" and schema.get("additionalProperties"):
        kind, shape = _kind(schema["additionalProperties"])
        return f"object of {kind}", shape
    return schema.get("format", known), ""


def _values(schema: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in schema.get("enum", []) if value is not None)


def _names_of_ours() -> dict[str, str]:
    """Names that exist here, so that the examples can be run as they stand."""
    version = Version.objects.filter(ai_model__in=AIModel.objects.listed()).defer("openapi_schema")
    collection = Collection.objects.listed().first()
    names = {"slug": collection.slug} if collection else {}
    newest = version.select_related("ai_model__publisher").first()
    if newest:
        return {**names, **_name(newest.ai_model), "version_id": newest.version_id}
    popular = AIModel.objects.listed().select_related("publisher").by_popularity().first()
    return {**names, **_name(popular)} if popular else names


def _name(ai_model: AIModel) -> dict[str, str]:
    return {"owner": ai_model.publisher.slug, "name": ai_model.name}
