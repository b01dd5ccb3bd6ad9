"""The strict form of a JSON Schema, and schemas that it cannot express."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.clients.openai.strict_schema import NotStrict, strict_form
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.registry import load_schema
from helpers.samples import full_report


def object_of(**properties: Any) -> dict[str, Any]:
    """Return the schema of an object with the given properties, all of them required."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@pytest.mark.parametrize(
    "node",
    [
        {"type": "string", "description": "Tên xã."},
        {"type": "string", "pattern": "^[0-9]+$"},
        {"type": "string", "format": "date"},
        {"type": "integer", "minimum": 0, "maximum": 9},
        {"type": ["string", "null"]},
        {"enum": ["a", "b"]},
        {"const": "a"},
        {"anyOf": [{"type": "string"}, {"type": "null"}]},
        {"type": "array", "items": {"type": "number"}, "minItems": 1, "maxItems": 3},
        object_of(inner={"type": "boolean"}),
    ],
)
def test_the_strict_subset_is_kept(node: dict[str, Any]) -> None:
    """A schema in the strict subset is unchanged."""
    assert strict_form(object_of(a=node))["properties"]["a"] == node


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", "A"),
        ("default", "x"),
        ("examples", ["x"]),
        ("minLength", 1),
        ("maxLength", 9),
        ("$comment", "x"),
        ("deprecated", True),
        ("format", "phone-number"),
        ("format", "uri"),
    ],
)
def test_what_only_narrows_or_describes_is_left_out(key: str, value: Any) -> None:
    """Unsupported keywords that only restrict or describe values are removed."""
    assert strict_form(object_of(a={"type": "string", key: value}))["properties"]["a"] == {
        "type": "string"
    }


def test_a_property_named_like_a_keyword_is_kept() -> None:
    """A property named title or default is kept."""
    assert list(
        strict_form(object_of(title={"type": "string"}, default={"type": "null"}))["properties"]
    ) == ["title", "default"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "array", "items": {"type": "string"}}, "the root is not an object"),
        ({"$ref": "#/$defs/n", "$defs": {"n": object_of()}}, "the root is not an object"),
        ({"anyOf": [object_of(), object_of(a={"type": "null"})]}, "the root is not an object"),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, r"# has optional keys \(a\)"),
        (
            {"type": "object", "properties": {"a": {}, "b": {}, "c": {}}, "required": ["b"]},
            r"# has optional keys \(a, c\)",
        ),
        ({**object_of(), "additionalProperties": True}, "# allows other keys"),
        ({**object_of(), "additionalProperties": {"type": "string"}}, "# allows other keys"),
        (object_of(a={"oneOf": [{"type": "string"}]}), "#/properties/a uses oneOf"),
        (object_of(a={"allOf": [{"type": "string"}]}), "#/properties/a uses allOf"),
        (object_of(a={"not": {"type": "string"}}), "#/properties/a uses not"),
        (object_of(a={"type": "array", "prefixItems": []}), "#/properties/a uses prefixItems"),
        (
            object_of(a={"patternProperties": {}, "if": {}}),
            "#/properties/a uses if, patternProperties",
        ),
        (object_of(a={"type": "object", "propertyNames": {}}), "#/properties/a uses propertyNames"),
        (
            object_of(a=object_of(b={"type": "object", "properties": {"c": {}}})),
            r"#/properties/a/properties/b has optional keys \(c\)",
        ),
        (
            object_of(a={"anyOf": [{"type": "string"}, {"oneOf": []}]}),
            "#/properties/a/anyOf/1 uses oneOf",
        ),
        (object_of(a={"type": "array", "items": {"oneOf": []}}), "#/properties/a/items uses oneOf"),
        ({**object_of(), "$defs": {"n": {"oneOf": []}}}, r"#/\$defs/n uses oneOf"),
        (object_of(a=True), "#/properties/a is not a schema object"),
        (
            object_of(a={"$ref": "https://example.com/a.json"}),
            "#/properties/a refers to another document",
        ),
    ],
)
def test_what_the_strict_mode_cannot_express_is_named(schema: dict[str, Any], words: str) -> None:
    """A schema outside the subset is refused, and the error gives the place and the reason."""
    with pytest.raises(NotStrict, match=f"^{words}$"):
        strict_form(schema)


@pytest.mark.parametrize(
    "part",
    [
        {"type": "object"},
        {"type": ["object", "null"]},
        {"type": "object", "description": "Any keys."},
    ],
)
def test_an_object_of_any_keys_cannot_be_expressed(part: dict[str, Any]) -> None:
    """An object without properties is refused, since it could only be empty in strict form."""
    with pytest.raises(NotStrict):
        strict_form(object_of(table=part))


def test_an_object_is_closed() -> None:
    """In the strict form, an object with listed properties forbids other keys."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert strict_form(schema)["additionalProperties"] is False


def test_a_reference_with_a_description_is_wrapped() -> None:
    """A reference with a description is wrapped, since strict mode allows no sibling keywords."""
    schema = {
        **object_of(a={"$ref": "#/$defs/n", "description": "Tên."}),
        "$defs": {"n": {"type": "string"}},
    }
    assert strict_form(schema)["properties"]["a"] == {
        "anyOf": [{"$ref": "#/$defs/n"}],
        "description": "Tên.",
    }


def test_a_bare_reference_is_kept() -> None:
    """A reference without sibling keywords is kept, and its definition is made strict."""
    schema = {
        **object_of(a={"$ref": "#/$defs/n"}),
        "$defs": {"n": {"type": "string", "minLength": 1}},
    }
    strict = strict_form(schema)
    assert (strict["properties"]["a"], strict["$defs"]) == (
        {"$ref": "#/$defs/n"},
        {"n": {"type": "string"}},
    )


def test_a_recursive_schema_is_expressed() -> None:
    """A recursive schema keeps its references."""
    node = object_of(parts={"type": "array", "items": {"$ref": "#/$defs/node"}})
    schema = {**object_of(top={"$ref": "#/$defs/node"}), "$defs": {"node": node}}
    assert strict_form(schema) == schema


def test_the_schema_given_is_not_changed() -> None:
    """``strict_form`` does not modify the given schema."""
    schema = {
        "type": "object",
        "title": "A",
        "properties": {"a": {"type": "string", "minLength": 1}},
        "required": ["a"],
    }
    strict_form(schema)
    assert schema == {
        "type": "object",
        "title": "A",
        "properties": {"a": {"type": "string", "minLength": 1}},
        "required": ["a"],
    }


def test_the_strict_form_of_the_report_accepts_a_report() -> None:
    """A valid report satisfies the packaged schema's strict form."""
    strict = JsonSchema("strict", strict_form(load_schema("movement_report").json_schema))
    assert strict.read_data(full_report()).root == full_report()
