"""Scoring profiles, derived from a JSON Schema or declared."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.scoring.derived_profile import derive_profile
from antq_llm.scoring.field_rules import DATE, EXACT, PASSAGE, PERIOD, TITLE, set_of
from antq_llm.scoring.profile import ListRule, ObjectRule
from antq_llm.scoring.record_score import profile_for, score_record
from helpers.shop import Shop


class Node(BaseModel):
    """A schema inside itself."""

    name: str
    children: list[Node]


SHOP = profile_for(PydanticSchema(Shop))


def test_the_kinds_of_fields_follow_the_json_schema() -> None:
    """Types decide how fields are compared; a map is one exact value."""
    orders = SHOP.record.fields["orders"]
    assert isinstance(orders, ListRule)
    assert {name: SHOP.record.fields[name] for name in ("day", "season", "extra")} == {
        "day": DATE,
        "season": PERIOD,
        "extra": EXACT,
    }
    assert orders.item.fields["address"] == ObjectRule({"city": TITLE, "zone": EXACT})
    assert orders.item.fields["lines"] == ListRule(
        ObjectRule({"sku": EXACT, "note": TITLE}), identity={"sku": 1.0, "note": 1.0}
    )
    assert orders.item.fields["tags"] == set_of(TITLE)
    assert orders.identity == {"number": 1.0, "address.city": 1.0, "address.zone": 1.0, "tags": 1.0}


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "string", "format": "date"}, DATE),
        ({"type": ["string", "null"]}, TITLE),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, EXACT),
        ({"type": "boolean"}, EXACT),
        ({"const": "x"}, EXACT),
        ({}, EXACT),
        ({"type": "array", "items": {"type": "array", "items": {"type": "string"}}}, set_of(EXACT)),
        ({"type": "array", "prefixItems": [{"type": "string"}]}, EXACT),
        ({"allOf": [{"$ref": "#/$defs/part"}]}, ObjectRule({"a": EXACT, "quote": PASSAGE})),
        (
            {"oneOf": [{"$ref": "#/$defs/part"}, {"type": "null"}]},
            ObjectRule({"a": EXACT, "quote": PASSAGE}),
        ),
        ({"$ref": "#/$defs/absent"}, EXACT),
        ({"anyOf": [{"$ref": "#/$defs/part"}, {"$ref": "#/$defs/part"}]}, EXACT),
        (True, EXACT),
        ({"anyOf": [True, {"type": "string"}]}, TITLE),
    ],
)
def test_a_rule_is_derived_for_every_form_of_schema(schema: Any, rule: Any) -> None:
    """Formats, unions, references and tuples have a rule that suits their values."""
    part = {"type": "object", "properties": {"a": {"type": "integer"}, "quote": {"type": "string"}}}
    profile = derive_profile(
        {"type": "object", "properties": {"field": schema}, "$defs": {"part": part}}, reference="x"
    )
    assert profile.record.fields["field"] == rule


def test_a_recursive_schema_is_compared_as_one_value() -> None:
    """A recursive schema ends at its first repetition."""
    profile = profile_for(PydanticSchema(Node))
    gold = {"name": "a", "children": [{"name": "b", "children": []}]}
    assert profile.record.fields["children"] == set_of(EXACT)
    assert score_record(gold, gold, profile).strict["overall"] == (2, 0, 0)
