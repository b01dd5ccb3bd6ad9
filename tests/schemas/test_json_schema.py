"""JSON Schema documents: validation, faults and refusals."""

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
    """Return the faults of an answer with the given data, as strings."""
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
def test_a_valid_document_is_returned_unchanged(schema: Any, data: Any) -> None:
    """References, recursion, combinators and older drafts work, and the data is unchanged."""
    loaded = JsonSchema("s", schema)
    record = loaded.read_json(json.dumps(data))
    assert (record, loaded.dump(record)) == (JsonRecord(data), data)


@pytest.mark.parametrize(
    ("schema", "data", "faults"),
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
                "/: these keys are not in the schema: 'x', 'y' "
                '(given: {"name": "a", "x": 1, "y": 2})'
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
                "/: this fits more than one of the alternatives of oneOf: "
                "write what fits exactly one (given: 3)"
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
def test_a_fault_has_a_pointer_and_a_message(schema: Any, data: Any, faults: list[str]) -> None:
    """A fault has the pointer of the wrong value, at any depth, and says what to write."""
    assert faults_of(schema, data) == faults


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
def test_other_kinds_of_faults_have_a_pointer(schema: Any, data: Any, pointer: str) -> None:
    """Formats, bounds and rarer keywords are checked, and their faults have pointers."""
    [fault] = faults_of(schema, data)
    assert fault.startswith(pointer)


def test_the_fault_of_a_combinator_is_that_of_the_closest_alternative() -> None:
    """If no alternative fits, the fault is the deepest fault of the closest alternative."""
    assert faults_of(SHAPES, {"shape": {"kind": "circle", "radius": "1,5"}}) == [
        '/shape/radius: write a value of type number (given: "1,5")'
    ]


def test_the_closest_alternative_is_found_through_references() -> None:
    """The closest alternative is found through ``anyOf`` and a reference."""
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
def test_a_malformed_schema_is_refused_by_name(schema: Any) -> None:
    """A malformed JSON Schema raises a SchemaError that names it and says to correct it."""
    with pytest.raises(
        SchemaError, match=r"^mine is not a valid JSON Schema: .+\. Correct the schema"
    ):
        JsonSchema("mine", schema)


def test_a_remote_reference_is_refused_without_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reference to another host raises a SchemaError, and no socket is opened."""
    made: list[Any] = []
    monkeypatch.setattr(socket, "socket", lambda *args, **_: made.append(args))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **_: made.append(args))
    with pytest.raises(SchemaError, match="remote references are not fetched"):
        JsonSchema("mine", {"$ref": "https://schemas.example.com/person.json"})
    assert made == []


def test_a_reference_to_a_file_is_refused(tmp_path: Any) -> None:
    """A reference to another file raises a SchemaError."""
    other = tmp_path / "other.json"
    other.write_text('{"type": "integer"}', encoding="utf-8")
    with pytest.raises(SchemaError, match="mine is not a valid JSON Schema"):
        JsonSchema("mine", {"$ref": other.as_uri()})


def test_the_document_is_not_changed() -> None:
    """Reading a record leaves the caller's document unchanged."""
    document = json.loads(json.dumps(NODE))
    JsonSchema("s", document).read_data({"name": "a"})
    assert document == NODE
