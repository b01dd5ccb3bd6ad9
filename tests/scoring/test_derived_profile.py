"""Scoring profiles derived from a JSON Schema and its roles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from antq_llm.errors import SchemaError
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import Figure, Identity, Name, PrintedTime, Scored
from antq_llm.scoring.derived_profile import derive_profile
from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    TITLE,
    FieldRule,
    set_of,
)
from antq_llm.scoring.profile import ListRule, ObjectRule
from antq_llm.scoring.record_score import profile_for, score_record
from helpers.shop import Shop
from helpers.toy import TITLES, Fair, schema_file

GUEST = FieldRule("name", class_words=TITLES)
FAIR = ObjectRule(
    {
        "source": TITLE,
        "mood": EXACT,
        "stamp": ObjectRule({"date": DATE, "time": EXACT, "quote": PASSAGE}),
        "guests": ListRule(
            ObjectRule({"name": GUEST, "badge": TITLE, "friends": set_of(TITLE), "quote": PASSAGE}),
            identity={"name": 1.0},
        ),
        "shows": ListRule(
            ObjectRule(
                {
                    "kind": EXACT,
                    "day": DATE,
                    "season": PERIOD,
                    "acts": ListRule(
                        ObjectRule({"title": TITLE, "rating": EXACT, "quote": PASSAGE}),
                        identity={"title": 1.0},
                    ),
                    "quote": PASSAGE,
                }
            ),
            identity={"kind": 0.4, "day": 0.6},
            threshold=0.4,
        ),
        "stalls": EXACT,
        "sayings": ListRule(
            ObjectRule({"guest": GUEST, "words": PASSAGE}), identity={"guest": 0.3, "words": 0.7}
        ),
    }
)


class Node(BaseModel):
    """A recursive schema."""

    name: str
    children: list[Node]


SHOP = profile_for(PydanticSchema(Shop))


def test_the_kinds_of_fields_follow_the_json_schema() -> None:
    """Types decide how fields are compared, and a map is compared as one exact value."""
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
    """A recursive schema is compared as one value from its first repetition on."""
    profile = profile_for(PydanticSchema(Node))
    gold = {"name": "a", "children": [{"name": "b", "children": []}]}
    assert profile.record.fields["children"] == set_of(EXACT)
    assert score_record(gold, gold, profile).strict["overall"] == (2, 0, 0)


def test_roles_say_how_fields_are_compared_and_items_identified(tmp_path: Path) -> None:
    """The same roles in a model and in a JSON Schema file give the same scoring rules."""
    assert profile_for(PydanticSchema(Fair)).record == FAIR
    assert profile_for(schema_file(tmp_path)).record == FAIR


def test_what_a_field_says_itself_comes_before_what_its_roles_imply() -> None:
    """``Scored`` takes precedence over other roles, and other roles over the JSON type."""

    class Record(BaseModel):
        name: Annotated[str, Name()]
        other: Annotated[str, Name(), Scored("text")]
        value: Annotated[float | None, Figure()]
        time: Annotated[str, PrintedTime()]
        day: Annotated[str, Scored("date")]
        text: Annotated[str, Scored("passage")]
        code: Annotated[str, Scored("exact")]

    assert profile_for(PydanticSchema(Record)).record == ObjectRule(
        {
            "name": NAME,
            "other": TITLE,
            "value": EXACT,
            "time": EXACT,
            "day": DATE,
            "text": PASSAGE,
            "code": EXACT,
        }
    )


def test_roles_of_lists_are_for_their_elements() -> None:
    """A role on a list of scalars or on its elements decides how the elements are compared."""

    class Item(BaseModel):
        names: Annotated[list[str], Scored("name"), Identity(2)]
        words: list[Annotated[str, Scored("name"), Identity(1)]]

    class Record(BaseModel):
        items: list[Item]
        whole: Annotated[list[Item], Scored("exact")]

    fields = profile_for(PydanticSchema(Record)).record.fields
    assert fields["items"] == ListRule(
        ObjectRule({"names": set_of(NAME), "words": set_of(NAME)}),
        identity={"names": 2, "words": 1},
    )
    assert fields["whole"] == EXACT


def test_identity_reaches_into_parts_but_not_into_lists() -> None:
    """A field of a part identifies the item around it, but a field of a nested list does not."""

    class Place(BaseModel):
        city: Annotated[str, Identity(3)]

    class Line(BaseModel):
        number: Annotated[int, Identity(1)]
        note: str

    class Order(BaseModel):
        place: Place
        lines: list[Line]
        note: str

    class Record(BaseModel):
        orders: list[Order]

    orders = profile_for(PydanticSchema(Record)).record.fields["orders"]
    assert isinstance(orders, ListRule)
    lines = orders.item.fields["lines"]
    assert isinstance(lines, ListRule)
    assert (orders.identity, lines.identity) == ({"place.city": 3}, {"number": 1})


def test_an_object_cannot_identify_an_item() -> None:
    """Identity on an object is refused on loading, unless the object is compared as one value."""

    class Place(BaseModel):
        city: str

    class Order(BaseModel):
        place: Annotated[Place, Identity(1)]

    class Whole(BaseModel):
        place: Annotated[Place, Scored("exact"), Identity(1)]

    class Record(BaseModel):
        orders: list[Order]

    class Other(BaseModel):
        orders: list[Whole]

    with pytest.raises(SchemaError, match=r"orders\.\*\.place: the role 'identity' is not for"):
        PydanticSchema(Record)
    orders = profile_for(PydanticSchema(Other)).record.fields["orders"]
    assert orders == ListRule(ObjectRule({"place": EXACT}), identity={"place": 1})


def test_keys_may_hold_dots() -> None:
    """A key that contains a dot is one field, even in items."""
    part = {"type": "object", "properties": {"d.e": {"type": "string"}}}
    item = {"type": "object", "properties": {"a.b": {"type": "string"}, "c": part}}
    schema = JsonSchema(
        "dots", {"type": "object", "properties": {"rows": {"type": "array", "items": item}}}
    )
    profile = profile_for(schema)
    rows = profile.record.fields["rows"]
    assert isinstance(rows, ListRule)
    assert rows.item.located_slot("c.d.e") == (("c", "d.e"), TITLE)
    gold = {"rows": [{"a.b": "x", "c": {"d.e": "y"}}, {"a.b": "z", "c": {"d.e": "w"}}]}
    extracted = {"rows": gold["rows"][::-1]}
    assert score_record(gold, extracted, profile).strict["overall"] == (4, 0, 0)
