"""Roles behind references, which are found or refused but never silently ignored."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.errors import SchemaError
from antq_llm.schemas.declared.role_collection import declared_roles
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.roles import KEYWORD
from antq_llm.scoring.record_score import profile_for

NAME: dict[str, Any] = {"type": "string", KEYWORD: ["printed"]}
PERSON: dict[str, Any] = {"type": "object", "properties": {"name": NAME}}


def names(schema: dict[str, Any]) -> list[str]:
    """Return the fields of a valid schema that have roles."""
    return [declared.name for declared in JsonSchema("file", schema).roles.fields]


def one_of(reference: str, **document: Any) -> dict[str, Any]:
    """Return a schema with a field ``one``, whose ``$ref`` is the reference."""
    return {"type": "object", "properties": {"one": {"$ref": reference}}, **document}


@pytest.mark.parametrize(
    ("reference", "document"),
    [
        ("#/definitions/Person", {"definitions": {"Person": PERSON}}),
        ("#/$defs/a~1b", {"$defs": {"a/b": PERSON}}),
        ("#/$defs/a~0b", {"$defs": {"a~b": PERSON}}),
        ("#/$defs/a%20b", {"$defs": {"a b": PERSON}}),
        ("#/$defs/Ng%C6%B0%E1%BB%9Di", {"$defs": {"Người": PERSON}}),
    ],
)
def test_roles_in_a_named_definition_are_found(reference: str, document: dict[str, Any]) -> None:
    """Roles are found under both definition keywords, with any escapes; the schema is unchanged."""
    schema = one_of(reference, **document)
    assert names(schema) == ["one.name"]
    assert JsonSchema("file", schema).json_schema["properties"]["one"] == {"$ref": reference}


def test_definitions_of_both_keywords_are_told_apart() -> None:
    """Definitions with the same name under ``definitions`` and ``$defs`` are distinguished."""
    schema = one_of("#/definitions/P", definitions={"P": PERSON}, **{"$defs": {"P": {}}})
    schema["properties"]["two"] = {"$ref": "#/$defs/P"}
    assert names(schema) == ["one.name"]


@pytest.mark.parametrize("keyword", ["definitions", "$defs"])
def test_fields_behind_definitions_are_scored_by_their_roles(keyword: str) -> None:
    """A role found under either definition keyword also decides how its field is scored."""
    scored = {"type": "string", KEYWORD: [{"role": "scored", "rule": "name"}]}
    fields = {"name": scored, "title": {"type": "string"}}
    person = {"type": "object", "properties": fields}
    schema = JsonSchema("file", one_of(f"#/{keyword}/P", **{keyword: {"P": person}}))
    record = profile_for(schema).record
    assert record.slot("one.name").kind == "name"
    assert record.slot("one.title").kind != "name"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        (
            one_of("#/$defs/a/properties/p", **{"$defs": {"a": {"properties": {"p": PERSON}}}}),
            "one: roles behind $ref #/$defs/a/properties/p are not supported: put that schema",
        ),
        (
            {"properties": {"one": PERSON, "two": {"$ref": "#/properties/one"}}},
            "two: roles behind $ref #/properties/one are not supported",
        ),
        (
            one_of("#person", **{"$defs": {"a": {"$anchor": "person", **PERSON}}}),
            "one: roles behind $ref #person are not supported",
        ),
        (
            {
                "$id": "http://x.test/y.json",
                "properties": {
                    "one": {"$ref": "#/$defs/p"},
                    "two": {"$ref": "y.json#/$defs/p"},
                },
                "$defs": {"p": PERSON},
            },
            "two: roles behind $ref y.json#/$defs/p are not supported",
        ),
        (
            {"properties": {"name": NAME, "next": {"$ref": "#"}}},
            "next: the schema contains itself, so roles inside it are not supported",
        ),
        (
            {"properties": {"a": {"unevaluatedProperties": PERSON}}},
            f"/properties/a/unevaluatedProperties/properties/name/{KEYWORD}: this role does not",
        ),
        (
            {"properties": {"a": {"propertyNames": NAME}}},
            f"/properties/a/propertyNames/{KEYWORD}: this role does not belong to a field",
        ),
        (
            {"definitions": {"a/b": {KEYWORD: ["no such role"]}}},
            f"/definitions/a~1b/{KEYWORD}: this role does not belong to a field",
        ),
        (
            {"$defs": {"a": {"properties": {"b": NAME}}}},
            f"/$defs/a/properties/b/{KEYWORD}: this role does not belong to a field",
        ),
        (
            {"properties": {"a": {"type": "string", "x-antq-roles": ["printed"]}}},
            "/properties/a/x-antq-roles: unknown keyword 'x-antq-roles'",
        ),
    ],
)
def test_a_role_that_belongs_to_no_field_is_refused(schema: dict[str, Any], words: str) -> None:
    """A role that cannot be matched to a field is refused, and the message gives its place."""
    with pytest.raises(SchemaError) as caught:
        declared_roles(schema, "file")
    assert str(caught.value).startswith(f"file: {words}")


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"x-antq-roles": {"type": "string"}}},
        {"properties": {"a": {"const": {KEYWORD: 1, "x-antq-other": 1}}}},
        {"properties": {"title": {"type": "string"}, "next": {"$ref": "#"}}},
        {"properties": {"a": {"$ref": "#t"}}, "$defs": {"b": {"$anchor": "t", "type": "string"}}},
    ],
)
def test_references_without_roles_are_left_alone(schema: dict[str, Any]) -> None:
    """References of any kind are accepted if there are no roles behind them."""
    assert names(schema) == []
