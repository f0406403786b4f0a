"""The form that is made of a version's schema: what it asks for, and what it makes of answers."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from catalog.models import Version
from deployments.forms import InputForm
from deployments.predictions.checking import BadInput

FILE = {"type": "string", "format": "uri"}


def form(
    properties: dict[str, Any],
    data: dict[str, Any] | None = None,
    files: dict[str, list[Any]] | None = None,
    required: list[str] | None = None,
    **options: Any,
) -> InputForm:
    schemas = {"Input": {"properties": properties, "required": required or []}}
    schemas["mode"] = {"type": "string", "enum": ["fast", "good"]}
    version = Version(openapi_schema={"components": {"schemas": schemas}})
    if data is None:
        return InputForm(version, **options)
    sent = MultiValueDict({f"input-{name}": [value] for name, value in data.items()})
    sent_files = MultiValueDict({f"input-{name}": each for name, each in (files or {}).items()})
    return InputForm(version, sent, sent_files, **options)


def wished(properties: dict[str, Any], data: dict[str, Any], **options: Any) -> dict[str, Any]:
    made = form(properties, data, **options)
    assert made.is_valid(), made.errors
    return made.wished()


def upload(name: str = "a.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"some", "text/plain")


@pytest.mark.parametrize(
    ("schema", "typed", "meant"),
    [
        ({"type": "string"}, "  two words\n", "  two words\n"),
        ({"type": "integer", "minimum": 1, "maximum": 9}, "4", 4),
        ({"type": "number"}, "0.25", 0.25),
        ({"type": "boolean"}, "on", True),
        ({"type": "string", "enum": ["a", "b"]}, '"b"', "b"),
        ({"type": "integer", "enum": [1, 2]}, "2", 2),
        ({"allOf": [{"$ref": "#/components/schemas/mode"}]}, '"good"', "good"),
        ({"type": "array", "items": {"type": "string"}}, "a\n\n b ", ["a", "b"]),
        ({"type": "array", "items": {"type": "integer"}}, "1\n2", [1, 2]),
        ({"type": "object"}, '{"a": [1]}', {"a": [1]}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "7", 7),
        ({"type": "string", "format": "password"}, " secret ", " secret "),
        ({}, "[1, 2]", [1, 2]),
        ({}, "no json", "no json"),
    ],
)
def test_what_is_typed_becomes_what_the_schema_means(
    schema: dict[str, Any], typed: str, meant: Any
) -> None:
    assert wished({"field": schema}, {"field": typed}) == {"field": meant}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string"},
        {"type": "integer"},
        {"type": "number"},
        {"type": "string", "enum": ["a"]},
        {"type": "array", "items": {"type": "string"}},
        {"type": "object"},
        {"type": "string", "format": "password"},
        FILE,
        {"type": "array", "items": FILE},
    ],
)
def test_what_is_left_empty_is_left_out(schema: dict[str, Any]) -> None:
    assert wished({"field": schema}, {"field": ""}) == {}


def test_a_text_that_is_emptied_is_empty_and_not_the_default() -> None:
    schema = {"type": "string", "default": "something"}

    assert wished({"field": schema}, {"field": ""}) == {"field": ""}


def test_a_box_that_is_not_ticked_says_no() -> None:
    assert wished({"field": {"type": "boolean", "default": True}}, {}) == {"field": False}


@pytest.mark.parametrize(
    ("schema", "typed", "told"),
    [
        ({"type": "integer", "maximum": 9}, "10", "less than or equal to 9"),
        ({"type": "number", "minimum": 0.5}, "0.1", "greater than or equal to 0.5"),
        ({"type": "integer"}, "many", "Enter a whole number."),
        ({"type": "string", "enum": ["a"]}, '"x"', "Select a valid choice"),
        ({"type": "string", "maxLength": 2}, "abc", "at most 2 characters"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(
    schema: dict[str, Any], typed: str, told: str
) -> None:
    made = form({"field": schema}, {"field": typed})

    assert not made.is_valid()
    assert told in made.errors["field"][0]


def test_a_required_field_must_be_there() -> None:
    made = form({"text": {"type": "string"}}, {"text": ""}, required=["text"])

    assert made.errors == {"text": ["This field is required."]}


def test_one_file_and_many_files_are_taken() -> None:
    properties = {"one": FILE, "many": {"type": "array", "items": FILE}}
    sent = {"one": [upload()], "many": [upload("b.txt"), upload("c.txt")]}

    given = wished(properties, {}, files=sent)

    assert given["one"].name == "a.txt"
    assert [each.name for each in given["many"]] == ["b.txt", "c.txt"]


def test_a_file_of_a_former_prediction_stands_until_another_is_chosen() -> None:
    given = {"one": "http://testserver/v1/files/x/download"}
    required = {"required": ["one"], "given": given}

    assert wished({"one": FILE}, {"one-kept": "1"}, **required) == given
    assert wished({"one": FILE}, {}, files={"one": [upload()]}, **required)["one"].size == 4
    assert not form({"one": FILE}, {}, **required).is_valid()


def test_a_form_begins_with_defaults_or_with_what_was_given_before() -> None:
    properties = {"steps": {"type": "integer", "default": 20}, "mode": {"enum": ["a", "b"]}}

    assert form(properties)["steps"].value() == 20
    again = form(properties, given={"steps": 7, "mode": "b"})
    assert (again["steps"].value(), again["mode"].value()) == (7, '"b"')


def test_a_secret_is_never_written_into_a_form() -> None:
    secret = {"type": "string", "format": "password", "writeOnly": True}

    assert "sesame" not in form({"key": secret}, given={"key": "sesame"}).as_p()


def test_fields_come_in_the_order_of_the_schema() -> None:
    properties = {
        "second": {"type": "string", "x-order": 1},
        "first": {"type": "string", "x-order": 0},
    }

    assert list(form(properties).fields) == ["first", "second"]


def test_sentences_of_the_check_are_told_at_their_fields() -> None:
    made = form({"text": {"type": "string"}}, {"text": "a"})
    assert made.is_valid()

    made.refuse(BadInput({"input.text": ["Give more."], "input.other": ["No such field."]}))

    assert made.errors == {"text": ["Give more."], "__all__": ["No such field."]}


@pytest.mark.parametrize("document", [{}, [], None, {"components": 7}, "text"])
def test_a_schema_that_tells_nothing_makes_an_empty_form(document: Any) -> None:
    assert not InputForm(Version(openapi_schema=document)).fields
