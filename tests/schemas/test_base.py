"""Features of all schemas: strict JSON, wire names and digests."""

from __future__ import annotations

import json

import pytest

from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.json_schema import JsonSchema


@pytest.mark.parametrize("text", ["", "{", '{"a": 1} {"a": 2}', "```json\n{}\n```"])
def test_broken_json_is_an_invalid_answer(text: str) -> None:
    """An answer that is not JSON is a fault at the root."""
    with pytest.raises(InvalidAnswer, match=r"^/: not valid JSON: "):
        JsonSchema("s", {}).read_json(text)


@pytest.mark.parametrize("text", ['{"a": NaN}', "[Infinity]", "-Infinity"])
def test_nan_and_infinity_are_an_invalid_answer(text: str) -> None:
    """NaN and the infinities are refused, since JSON cannot express them."""
    with pytest.raises(InvalidAnswer):
        JsonSchema("s", {}).read_json(text)


def test_half_a_surrogate_pair_is_an_invalid_answer() -> None:
    """A string with half a surrogate pair is refused, since it cannot be encoded."""
    with pytest.raises(InvalidAnswer):
        JsonSchema("s", {}).read_json('{"a": "\\ud83d"}')


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_json_nested_too_deep_is_an_invalid_answer_or_a_record(depth: int) -> None:
    """A deeply nested answer gives a fault or a record that can be dumped."""
    schema = JsonSchema("s", {})
    try:
        record = schema.read_json("[" * depth + "]" * depth)
    except InvalidAnswer as invalid:
        outcome = str(invalid)
    else:
        outcome = json.dumps(schema.dump(record))
    assert outcome


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("báo cáo", "b_o_c_o"),
        ("a.b:C", "a_b_C"),
        ("movement_report/1", "movement_report"),
        ("x" * 90, "x" * 64),
    ],
)
def test_the_wire_name_has_the_characters_that_endpoints_allow(reference: str, name: str) -> None:
    """The wire name has at most 64 characters, all of them letters, digits, ``_`` or ``-``."""
    assert JsonSchema(reference, {}).wire_name == name


def test_equal_schemas_have_one_digest() -> None:
    """The digest depends on neither the order of keys nor the reference."""
    assert (
        JsonSchema("a", {"type": "string", "minLength": 1}).digest
        == JsonSchema("b", {"minLength": 1, "type": "string"}).digest
    )


def test_a_changed_schema_has_another_digest() -> None:
    """A changed description changes the digest."""
    assert (
        JsonSchema("a", {"description": "x"}).digest != JsonSchema("a", {"description": "y"}).digest
    )
