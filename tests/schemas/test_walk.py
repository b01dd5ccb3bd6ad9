"""Walking through a JSON Schema: references, alternatives, cycles and changed copies."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.schemas.walk import (
    alternatives,
    count_references,
    definition_name,
    is_recursive,
    rebuild,
)

NAME = {"type": "string"}
NODE = {"type": "object", "properties": {"parts": {"items": {"$ref": "#/$defs/Node"}}}}
LEFT = {"properties": {"right": {"$ref": "#/$defs/Right"}}}
RIGHT = {"anyOf": [{"$ref": "#/$defs/Left"}, {"type": "null"}]}
DEFINITIONS = {"Name": NAME, "Node": NODE, "Left": LEFT, "Right": RIGHT}


def walked(schema: Any, **options: Any) -> list[tuple[Any, str]]:
    """Return the schema and the kind of each alternative."""
    return [(part.schema, part.kind) for part in alternatives(schema, DEFINITIONS, **options)]


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("#/$defs/Name", "Name"),
        ("#/$defs/a~1b", "a~1b"),
        ("#", None),
        ("#/definitions/Name", None),
        ("https://example.com/s#/$defs/Name", None),
        (None, None),
        (5, None),
    ],
)
def test_a_local_reference_names_a_definition(reference: Any, name: str | None) -> None:
    """Only references below ``#/$defs/`` name a definition."""
    assert definition_name(reference) == name


def test_alternatives_come_before_what_leads_to_them() -> None:
    """Referenced and combined schemas are yielded before the schema that refers to them."""
    optional = {"anyOf": [{"$ref": "#/$defs/Name"}, {"type": "null"}]}
    assert walked(optional) == [
        (NAME, "leaf"),
        ({"$ref": "#/$defs/Name"}, "reference"),
        ({"type": "null"}, "leaf"),
        (optional, "combined"),
    ]


def test_an_alternative_has_its_depth_and_the_definitions_entered() -> None:
    """Each alternative has the number of steps to it and the definitions entered."""
    found = [
        (part.depth, set(part.entered))
        for part in alternatives({"oneOf": [{"$ref": "#/$defs/Name"}]}, DEFINITIONS)
    ]
    assert found == [(2, {"Name"}), (1, set()), (0, set())]


def test_a_definition_is_not_entered_twice() -> None:
    """A reference to a definition that was already entered is not followed."""
    reference = {"$ref": "#/$defs/Name"}
    assert walked(reference, entered=frozenset({"Name"})) == [(reference, "unresolved")]


def test_an_endless_definition_ends() -> None:
    """A definition that only refers to itself does not cause an endless loop."""
    loop = {"$ref": "#/$defs/Loop"}
    found = [part.kind for part in alternatives(loop, {"Loop": loop})]
    assert found == ["unresolved", "reference"]


def test_an_unknown_reference_is_not_followed() -> None:
    """A reference to a missing definition is yielded as unresolved."""
    assert walked({"$ref": "#/$defs/Gone"}) == [({"$ref": "#/$defs/Gone"}, "unresolved")]


def test_combinators_beside_a_reference_can_be_ignored() -> None:
    """Combinators next to a reference are followed unless ``beside_references`` is false."""
    schema = {"$ref": "#/$defs/Name", "allOf": [{"minLength": 1}]}
    beside = [kind for _, kind in walked(schema)]
    ignored = [kind for _, kind in walked(schema, beside_references=False)]
    assert beside == ["leaf", "leaf", "reference"]
    assert ignored == ["leaf", "reference"]


@pytest.mark.parametrize("schema", [True, False, None, "x"])
def test_a_boolean_schema_has_no_alternatives(schema: Any) -> None:
    """Only an object is an alternative, even inside a combinator."""
    assert walked(schema) == []
    assert walked({"anyOf": [schema]}) == [({"anyOf": [schema]}, "combined")]


def test_references_are_counted_everywhere() -> None:
    """References in properties, combinators and the mapping of a discriminator are counted."""
    schema = {
        "properties": {"a": {"$ref": "#/$defs/Name"}, "b": {"oneOf": [{"$ref": "#/$defs/Name"}]}},
        "discriminator": {"mapping": {"x": "#/$defs/Node"}},
    }
    assert count_references([schema, NODE]) == {"Name": 2, "Node": 2}


@pytest.mark.parametrize(
    ("name", "expected"), [("Name", False), ("Node", True), ("Left", True), ("Right", True)]
)
def test_a_definition_that_reaches_itself_is_recursive(name: str, *, expected: bool) -> None:
    """A definition is recursive if it reaches itself, directly or through others."""
    assert is_recursive(name, DEFINITIONS) == expected


def test_a_rebuilt_schema_is_changed_part_by_part() -> None:
    """Each part is passed to the function with its place, but literal values are kept."""
    schema = {
        "properties": {"enum": NAME, "items": NAME},
        "anyOf": [NAME, True],
        "items": [[NAME]],
        "const": {"type": "string"},
        "description": "x",
    }
    assert rebuild(schema, lambda _, place: place) == {
        "properties": {"enum": "properties/enum", "items": "properties/items"},
        "anyOf": ["anyOf/0", "anyOf/1"],
        "items": [["items/0/0"]],
        "const": {"type": "string"},
        "description": "description",
    }


def test_rebuilding_leaves_the_schema_unchanged() -> None:
    """Rebuilding a schema does not change the original."""
    schema = {"properties": {"a": NAME}}
    rebuild(schema, lambda part, _: {**part, "description": "x"})
    assert schema == {"properties": {"a": {"type": "string"}}}
