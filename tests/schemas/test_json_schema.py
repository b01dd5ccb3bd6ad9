"""Schemas given as JSON Schema documents: what holds, where a fault is placed, and what is refused."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from antq_llm.errors import SchemaError
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.json_schema import JsonRecord, JsonSchema

NODE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
    },
}
SHAPES = {
    "type": "object",
    "properties": {
        "shape": {
            "oneOf": [
                {
                    "type": "object",
                    "properties": {"kind": {"const": "circle"}, "radius": {"type": "number"}},
                    "required": ["kind", "radius"],
                },
                {"type": "string"},
            ]
        }
    },
}


def faults_of(schema: Any, data: Any) -> list[str]:
    """Return the faults of data as text."""
    with pytest.raises(InvalidAnswer) as caught:
        JsonSchema("s", schema).read_json(json.dumps(data))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (NODE, {"name": "a", "parts": [{"name": "b", "parts": [{"name": "c"}]}]}),
        (SHAPES, {"shape": {"kind": "circle", "radius": 1.5}}),
        (SHAPES, {"shape": "round"}),
        ({"type": ["string", "null"]}, None),
        ({"type": "array", "items": {"type": "integer"}}, [1, 2]),
        ({"allOf": [{"minimum": 1}, {"maximum": 3}]}, 2),
        ({"if": {"type": "string"}, "then": {"minLength": 2}}, "ab"),
        ({"type": "string", "format": "date"}, "2021-09-30"),
        ({"definitions": {"n": {"type": "integer"}}, "$ref": "#/definitions/n"}, 3),
        ({"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer"}, 3),
        ({}, {"any": ["thing", 1, None]}),
    ],
)
def test_a_document_that_fits_its_schema_comes_out_as_it_went_in(schema: Any, data: Any) -> None:
    """References, recursion, combinators and older drafts hold, and the data is not changed."""
    held = JsonSchema("s", schema)
    record = held.read_json(json.dumps(data))
    assert (record, held.dump(record)) == (JsonRecord(data), data)


@pytest.mark.parametrize(
    ("schema", "data", "words"),
    [
        (
            NODE,
            {"name": "a", "parts": [{"name": "b", "parts": [{"name": 3}]}]},
            ["/parts/0/parts/0/name: write a value of type string (given: 3)"],
        ),
        (NODE, {"name": "a", "parts": [{}]}, ["/parts/0: the key 'name' is required (given: {})"]),
        (
            NODE,
            {"name": "a", "x": 1, "y": 2},
            [
                '/: these keys are not in the schema: \'x\', \'y\' (given: {"name": "a", "x": 1, "y": 2})'
            ],
        ),
        ({"type": ["string", "null"]}, 3, ["/: write a value of type null or string (given: 3)"]),
        (
            {"enum": ["sơ kết", "tổng kết"]},
            "hội nghị",
            ['/: write one of ["sơ kết","tổng kết"] (given: "hội nghị")'],
        ),
        (
            {"type": "string", "pattern": "^[0-9]+$"},
            "x1",
            ['/: write a string that matches ^[0-9]+$ (given: "x1")'],
        ),
        (
            {"oneOf": [{"type": "number"}, {"minimum": 1}]},
            3,
            [
                "/: this fits more than one of the alternatives of oneOf: write what fits exactly one (given: 3)"
            ],
        ),
        (
            {"properties": {"a/b": {"properties": {"c~d": {"type": "null"}}}}},
            {"a/b": {"c~d": 1}},
            ["/a~1b/c~0d: write a value of type null (given: 1)"],
        ),
        (
            {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
            {"a": 1, "b": 2},
            [
                "/a: write a value of type string (given: 1)",
                "/b: write a value of type string (given: 2)",
            ],
        ),
    ],
)
def test_a_fault_is_placed_and_worded(schema: Any, data: Any, words: list[str]) -> None:
    """A fault names the pointer of the value that is wrong, deep ones included, and what to write there."""
    assert faults_of(schema, data) == words


@pytest.mark.parametrize(
    ("schema", "data", "pointer"),
    [
        ({"properties": {"d": {"type": "string", "format": "date"}}}, {"d": "2021-09-31"}, "/d: "),
        ({"properties": {"d": {"type": "string", "format": "date"}}}, {"d": "30/09/2021"}, "/d: "),
        ({"properties": {"m": {"type": "string", "format": "email"}}}, {"m": "nobody"}, "/m: "),
        ({"properties": {"n": {"minimum": 3}}}, {"n": 2}, "/n: "),
        ({"items": {"minLength": 3}}, ["abc", "ab"], "/1: "),
        ({"items": {"const": 1}}, [1, 1, 2], "/2: "),
        ({"uniqueItems": True}, [1, 1], "/: "),
        ({"not": {"type": "null"}}, None, "/: "),
    ],
)
def test_other_kinds_of_fault_are_placed(schema: Any, data: Any, pointer: str) -> None:
    """Formats, bounds and the rarer keywords hold as well, and their faults are placed."""
    [fault] = faults_of(schema, data)
    assert fault.startswith(pointer)


def test_the_fault_of_a_combinator_is_that_of_the_nearest_alternative() -> None:
    """Where no alternative fits, the deep fault of the one that comes nearest is told, not that none fits."""
    assert faults_of(SHAPES, {"shape": {"kind": "circle", "radius": "1,5"}}) == [
        '/shape/radius: write a value of type number (given: "1,5")'
    ]


def test_the_alternatives_of_any_of_are_told_alike() -> None:
    """The deep fault is found through anyOf and a reference too."""
    schema = {
        "anyOf": [{"type": "null"}, {"$ref": "#/$defs/p"}],
        "$defs": {"p": {"properties": {"age": {"type": "integer"}}, "type": "object"}},
    }
    assert faults_of(schema, {"age": "5"}) == ['/age: write a value of type integer (given: "5")']


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "objekt"},
        {"properties": []},
        {"required": "name"},
        {"pattern": "("},
        {"$ref": "#/$defs/gone"},
        {"minimum": "3"},
    ],
)
def test_a_document_that_is_no_schema_is_refused_by_name(schema: Any) -> None:
    """A document that is no valid JSON Schema is a SchemaError that names it and says to correct it."""
    with pytest.raises(
        SchemaError, match=r"^mine is no valid JSON Schema: .+\. Correct the schema"
    ):
        JsonSchema("mine", schema)


def test_a_remote_reference_is_refused_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to another host is an error that says that it is not fetched, and no socket is made."""
    made: list[Any] = []
    monkeypatch.setattr(socket, "socket", lambda *given, **named: made.append(given))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *given, **named: made.append(given))
    with pytest.raises(SchemaError, match="remote references are not fetched"):
        JsonSchema("mine", {"$ref": "https://schemas.example.com/person.json"})
    assert made == []


def test_a_reference_to_a_file_is_refused(tmp_path: Any) -> None:
    """A reference to a file is not followed either."""
    other = tmp_path / "other.json"
    other.write_text('{"type": "integer"}', encoding="utf-8")
    with pytest.raises(SchemaError, match="mine is no valid JSON Schema"):
        JsonSchema("mine", {"$ref": other.as_uri()})


@pytest.mark.parametrize("text", ["", "{", '{"a": 1} {"a": 2}', "```json\n{}\n```"])
def test_broken_json_is_an_invalid_answer(text: str) -> None:
    """An answer that is no JSON is a fault at the root."""
    with pytest.raises(InvalidAnswer, match=r"^/: not valid JSON: "):
        JsonSchema("s", {}).read_json(text)


@pytest.mark.parametrize("text", ['{"a": NaN}', "[Infinity]", "-Infinity"])
def test_what_json_does_not_have_is_an_invalid_answer(text: str) -> None:
    """NaN and the infinities are no JSON, and a record that held them could not be written."""
    with pytest.raises(InvalidAnswer):
        JsonSchema("s", {}).read_json(text)


def test_half_a_surrogate_pair_is_an_invalid_answer() -> None:
    """A string with half of a surrogate pair is refused, since no file can hold it."""
    with pytest.raises(InvalidAnswer):
        JsonSchema("s", {}).read_json('{"a": "\\ud83d"}')


@pytest.mark.parametrize("depth", [300, 900, 100_000])
def test_json_nested_too_deep_is_an_invalid_answer_or_a_record(depth: int) -> None:
    """An answer nested without end is a fault, and one that is read can be dumped."""
    schema = JsonSchema("s", {})
    try:
        record = schema.read_json("[" * depth + "]" * depth)
    except InvalidAnswer as invalid:
        told = str(invalid)
    else:
        told = json.dumps(schema.dump(record))
    assert told


def test_the_schema_given_is_not_changed() -> None:
    """The document stays the caller's own."""
    given = json.loads(json.dumps(NODE))
    JsonSchema("s", given).read_data({"name": "a"})
    assert given == NODE


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
    """The name on the wire is of letters, digits, _ and -, at most 64 of them."""
    assert JsonSchema(reference, {}).wire_name == name


def test_equal_schemas_have_one_digest() -> None:
    """The digest is of the document, whatever the order of its keys or the name it is called by."""
    assert (
        JsonSchema("a", {"type": "string", "minLength": 1}).digest
        == JsonSchema("b", {"minLength": 1, "type": "string"}).digest
    )


def test_a_changed_schema_has_another_digest() -> None:
    """A change of a description is a change of what a model reads."""
    assert (
        JsonSchema("a", {"description": "x"}).digest != JsonSchema("a", {"description": "y"}).digest
    )
