"""Inputs are held against the version's schema, and each wrong field is named."""

from typing import Any

import pytest

from catalog.models import Version
from config.api.problems import BadParameters
from deployments.predictions import checking

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
