"""A version's OpenAPI schema as tables: what it says is shown, what is odd is left out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog import schemas


def document(properties: Any, **rest: Any) -> dict[str, Any]:
    inputs = {"type": "object", "properties": properties, **rest.pop("inputs", {})}
    return {"components": {"schemas": {"Input": inputs, **rest}}}


def test_a_field_tells_type_default_range_and_whether_it_is_required() -> None:
    steps = {"type": "integer", "default": 28, "minimum": 1, "maximum": 50, "description": "Steps."}

    [field] = schemas.signature(document({"steps": steps}, inputs={"required": ["steps"]})).inputs

    assert field == schemas.Field(
        name="steps",
        type="integer",
        is_required=True,
        default="28",
        range="1 - 50",
        description="Steps.",
    )


def test_references_and_allof_are_followed() -> None:
    size = {"allOf": [{"$ref": "#/components/schemas/size"}], "default": "1:1"}
    sizes = {"type": "string", "enum": ["1:1", "16:9"]}

    [field] = schemas.signature(document({"size": size}, size=sizes)).inputs

    assert (field.type, field.values, field.default) == ("string", ("1:1", "16:9"), "1:1")


def test_fields_stand_in_the_order_that_the_schema_gives() -> None:
    properties = {"b": {"x-order": 1}, "z": {}, "a": {"x-order": 0}}

    names = [field.name for field in schemas.signature(document(properties)).inputs]

    assert names == ["a", "b", "z"]


def test_an_output_without_fields_is_one_line() -> None:
    files = {"type": "array", "items": {"type": "string", "format": "uri"}}

    [field] = schemas.signature(document({}, Output=files)).outputs

    assert (field.name, field.type) == ("", "list of file")


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        "text",
        {"components": []},
        {"components": {"schemas": {"Input": "x", "Output": 7}}},
        document(["not", "an", "object"]),
        document({"a": None, "b": 3, "c": {"enum": "x", "minimum": "1", "type": {"a": 1}}}),
        document({"a": {"$ref": 7}, "b": {"$ref": "https://evil.example/x"}}),
        document({"a": {"allOf": "x"}, "b": {"anyOf": [None, 3]}}),
        document(
            {"a": {"$ref": "#/components/schemas/loop"}}, loop={"$ref": "#/components/schemas/loop"}
        ),
        document({"a": {"type": "array", "items": {"type": "array", "items": None}}}),
        document({"a": {"x-order": "first", "default": {"deep": [1, 2]}, "description": 3}}),
        document({"a": {"x-order": float("nan"), "minimum": float("nan")}}),
    ],
)
def test_an_odd_schema_never_raises(odd: Any) -> None:
    signature = schemas.signature(odd)

    assert isinstance(signature.inputs, list)


KEYS = ["components", "schemas", "Input", "Output", "properties", "$ref", "allOf", "enum", "items"]
LEAVES = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["#/components/schemas/Input", "array", "#/"])
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=25,
)


@settings(max_examples=200, deadline=None)
@given(JSON)
def test_no_json_at_all_raises(value: Any) -> None:
    schemas.signature(value)
    schemas.signature({"components": {"schemas": {"Input": value, "Output": value}}})


def test_a_schema_that_spreads_is_cut_not_followed_to_the_end() -> None:
    bomb = {"allOf": [{"$ref": "#/components/schemas/bomb"}] * 40}

    signature = schemas.signature(document({"a": {"$ref": "#/components/schemas/bomb"}}, bomb=bomb))

    assert [field.name for field in signature.inputs] == ["a"]


def test_a_schema_that_spreads_without_a_circle_is_cut_too() -> None:
    steps = {
        f"s{step}": {"allOf": [{"$ref": f"#/components/schemas/s{step + 1}"}] * 40}
        for step in range(12)
    }

    signature = schemas.signature(document({"a": {"$ref": "#/components/schemas/s0"}}, **steps))

    assert [field.name for field in signature.inputs] == ["a"]


def test_types_of_types_are_told_some_steps_deep_however_many_there_are() -> None:
    """Eight of each of eight of each would be looked at for days."""
    tower = {
        f"step{number}": {"anyOf": [{"$ref": f"#/components/schemas/step{number + 1}"}] * 8}
        for number in range(20)
    }

    [field] = schemas.signature(
        document({"x": {"$ref": "#/components/schemas/step0"}}, **tower)
    ).inputs

    assert field.type == "any"
