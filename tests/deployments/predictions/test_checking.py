"""Inputs are held against the version's schema, and each wrong field is named."""

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Version
from config.api.problems import BadParameters
from deployments.predictions import checking
from tests import servers

SCHEMA = {
    "openapi": "3.0.2",
    "components": {
        "schemas": {
            "size": {"enum": ["small", "large"], "type": "string"},
            "Input": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"type": "string", "x-order": 0},
                    "times": {"type": "integer", "minimum": 1, "maximum": 9, "x-order": 1},
                    "size": {"allOf": [{"$ref": "#/components/schemas/size"}], "x-order": 2},
                },
            },
        }
    },
}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, {"input.text": ["This field is required."]}),
        (
            {"text": 3, "times": "x"},
            {"input.text": ["Give text."], "input.times": ["Give a whole number."]},
        ),
        ({"text": 3}, {"input.text": ["Give text."]}),
        ({"text": "a", "times": 0}, {"input.times": ["Give 1 or more."]}),
        ({"text": "a", "times": 10}, {"input.times": ["Give 9 or less."]}),
        ({"text": "a", "size": "huge"}, {"input.size": ["Give one of small, large."]}),
        (
            {"text": "a", "txt": "b"},
            {"input.txt": ["This model takes no such field; it takes text, times, size."]},
        ),
        ([], {"input": ["Send an object, as in {}."]}),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(given: Any, told: Any) -> None:
    with pytest.raises(BadParameters) as refused:
        checking.check(Version(openapi_schema=SCHEMA), given)

    assert refused.value.sentences == told


def test_an_input_that_fits_passes() -> None:
    checking.check(Version(openapi_schema=SCHEMA), {"text": "a", "times": 2, "size": "small"})


def of_one_input(field: dict[str, Any], **parts: Any) -> Version:
    whole = {"type": "object", "properties": {"text": field}}
    return Version(openapi_schema={"components": {"schemas": {"Input": whole, **parts}}})


def test_a_schema_has_us_ask_no_other_host() -> None:
    """It would be told that nobody listens there."""
    nobody = f"http://127.0.0.1:{servers.free_port()}/schema.json"

    checking.check(of_one_input({"$ref": nobody}), {"text": "a"})


def test_a_schema_reads_no_file_of_ours(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"enum": ["the secret"]}')

    checking.check(of_one_input({"$ref": f"file://{tmp_path}/secret"}), {"text": "a"})


def test_a_pattern_of_whoever_made_the_model_keeps_nobody_waiting() -> None:
    """It is left to the model, which has a process of its own to be kept in."""
    checking.check(of_one_input({"type": "string", "pattern": "^(a+)+$"}), {"text": "a" * 60 + "!"})


def test_a_schema_that_leads_back_to_itself_asks_for_anything() -> None:
    whole = {"allOf": [{"$ref": "#/components/schemas/again"}]}

    checking.check(of_one_input(whole, again=whole), {"text": "a"})


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "tensor"},
        {"type": [7]},
        {"minimum": "one"},
        {"maxLength": "long"},
        {"enum": 3},
        {"multipleOf": 0},
        {"anyOf": 5},
        "text",
    ],
)
def test_an_odd_schema_asks_for_anything(odd: Any) -> None:
    checking.check(of_one_input(odd), {"text": 3})


def test_one_of_several_types_fits() -> None:
    version = of_one_input({"anyOf": [{"type": "integer"}, {"type": "null"}]})

    checking.check(version, {"text": None})
    with pytest.raises(BadParameters):
        checking.check(version, {"text": "three"})


def test_each_of_a_list_must_fit() -> None:
    version = of_one_input({"type": "array", "items": {"type": "integer", "maximum": 9}})

    with pytest.raises(BadParameters) as refused:
        checking.check(version, {"text": [1, "two", 10]})

    assert refused.value.sentences == {
        "input.text.1": ["Give a whole number."],
        "input.text.2": ["Give 9 or less."],
    }
