"""Roles in models and JSON Schemas, which are checked on loading and never sent."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, create_model

from antq_llm.errors import SchemaError
from antq_llm.schemas.declared.role_collection import declared_roles, without_roles
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import (
    KEYWORD,
    ROLES,
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Quote,
    Refers,
    SameItem,
    Scored,
    Strongest,
    role_from_json,
)


class Person(BaseModel):
    """A person."""

    name: Annotated[str, Name(noun="person"), Identity(1.0)]
    rank: Annotated[str, Printed()] | None
    offices: list[Annotated[str, Scored("text")]]
    quote: str


class Report(BaseModel):
    """A record with roles in every position."""

    relevance: Annotated[Literal["a", "b"], Strongest()]
    people: Annotated[list[Person], SameItem(any_of=("name",)), Items(0.4)]
    said: list[Statement]


class Statement(BaseModel):
    """A person's statement."""

    speaker: Annotated[str | None, Refers(to="/people/*/name")]
    quote: Annotated[str, Passage()]


def one_field(kind: Any, role: Any) -> dict[str, Any]:
    """Return the JSON Schema of a model with one field of the given type and role."""
    return create_model("Model", field=(Annotated[kind, role], ...)).model_json_schema()


def names(schema: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the roles of a schema by field."""
    return {declared.name: declared.roles for declared in declared_roles(schema, "Report").fields}


def test_roles_are_found_wherever_annotated_stands() -> None:
    """Roles are found inside and outside a union with None, on lists and on their elements."""
    assert names(Report.model_json_schema()) == {
        "relevance": [Strongest()],
        "people": [SameItem(any_of=("name",)), Items(0.4)],
        "people.*.name": [Name(noun="person"), Identity(1.0)],
        "people.*.rank": [Printed()],
        "people.*.offices.*": [Scored("text")],
        "said.*.speaker": [Refers(to="/people/*/name")],
        "said.*.quote": [Passage()],
    }


def test_the_json_schema_of_a_model_has_the_same_roles_when_read_from_a_file() -> None:
    """A model's JSON Schema declares the same roles when read from a file."""
    schema = Report.model_json_schema()
    again = json.loads(json.dumps(schema))
    assert names(again) == names(schema)


def test_what_is_sent_is_what_a_model_without_roles_would_send() -> None:
    """With its roles removed, a JSON Schema equals that of the same model without roles."""

    class Plain(BaseModel):
        name: str
        rank: str | None
        offices: list[str]
        quote: str

    plain = Plain.model_json_schema()
    sent = without_roles(Person.model_json_schema())
    del sent["description"]
    assert {**sent, "title": "Plain"} == plain


def test_a_property_may_have_the_name_of_the_keyword() -> None:
    """A property may be named ``x-antq-role``."""
    schema = {"type": "object", "properties": {KEYWORD: {"type": "string", "const": KEYWORD}}}
    assert without_roles(schema) == schema
    assert not declared_roles(schema, "file")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_can_be_written_as_json(role: str) -> None:
    """A role's JSON is read back as the same role."""
    arguments: dict[str, dict[str, Any]] = {
        "scored": {"rule": "name", "ignore": ["Mr"]},
        "refers": {"to": "/people/*/name"},
        "identity": {"weight": 2},
        "same_item": {"overlap": 0.5, "equal": ["value"]},
    }
    made = ROLES[role](**arguments.get(role, {}))
    assert role_from_json(json.loads(json.dumps(made.as_json()))) == made


@pytest.mark.parametrize(
    ("kind", "role", "message"),
    [
        (int, Printed(), "the role 'printed' is for text, but the type of this field is integer"),
        (str, Figure(), "the role 'figure' is for numbers, but the type of this field is string"),
        (float, Figure(comparator="sign"), "'comparator' names 'sign', but there is no such field"),
        (float, Figure(total="whole"), "'total' names 'whole', but there is no such field"),
        (str, Strongest(), "the role 'strongest' is for an enumeration"),
        (list[str], Items(0.4), "the role 'items' is for a list of objects"),
        (str, SameItem(any_of=("name",)), "the role 'same_item' is for a list of objects"),
        (list[Person], SameItem(any_of=("title",)), "the items have no field 'title'"),
        (list[Person], SameItem(overlap=0.5, equal=("age",)), "the items have no field 'age'"),
        (str, Refers(to="name"), "the argument 'to' must name a field of list items"),
        (str, Refers(to="/people/*/name"), "the argument 'to' names /people/*/name, but the"),
        (str, Identity(1.0), "the role 'identity' is for a field of list items"),
        (str, Passage(), "the role 'passage' is for a quote"),
        (list[str], Quote(), "the role 'quote' is for text, but the type of this field is array"),
        (dict[str, int], CalendarDate(), "the role 'calendar_date' is for text"),
        (time, PrintedTime(), "the role 'printed_time' cannot be used with the format time: use a"),
        (date, PrintedTime(), "used with the format date: use a string such as 18:30"),
        (datetime, CalendarDate(), "the role 'calendar_date' cannot be used with the format"),
        (datetime | None, PublicationDate(), "used with the format date-time: use a string such"),
        (date, PrintedPeriod(), "the role 'printed_period' cannot be used with the format date"),
        (Decimal, Figure(), "the type of this field is number or string: use int or float"),
        (float, Figure(total="x"), "(if the field has an alias, give the alias)"),
    ],
)
def test_a_wrong_declaration_names_the_field(kind: Any, role: Any, message: str) -> None:
    """A role that does not suit its field raises an error with the field and the reason."""
    with pytest.raises(SchemaError) as caught:
        declared_roles(one_field(kind, role), "Model")
    assert str(caught.value).startswith("Model: field: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("printd", "unknown role 'printd'"),
        ({"role": "printed", "where": "here"}, "no argument 'where': it takes no arguments"),
        ({"role": "scored"}, "needs the argument 'rule'"),
        ({"role": "scored", "rule": "fuzzy"}, "unknown rule 'fuzzy'"),
        ({"role": "scored", "rule": "name", "ignore": "Mr"}, "ignore must be a list of words"),
        ({"role": "scored", "rule": "exact", "ignore": ["Mr"]}, "'ignore' needs the rule"),
        ({"role": "identity", "weight": 0}, "weight must be a finite number above 0"),
        ({"role": "identity", "weight": "much"}, "weight must be a number"),
        ({"role": "items", "threshold": 1.5}, "threshold must be above 0 and at most 1"),
        ({"role": "same_item"}, "give either any_of or overlap"),
        ({"role": "same_item", "overlap": 2}, "overlap must be from 0 to 1"),
        ({"role": "same_item", "any_of": ["a"], "equal": ["b"]}, "'equal' needs 'overlap'"),
        ({"role": "calendar_date", "settles": "no"}, "settles must be true or false"),
        ({"role": "name", "noun": 3}, "noun must be a string"),
        ({"role": "refers", "to": ""}, "to must not be empty"),
        (7, "a role must be an object"),
        (
            {"role": "same_item", "any_of": [1]},
            "any_of must be a list of field names, but it contains 1",
        ),
        ({"role": "same_item", "any_of": 5}, "any_of must be a list of field names, not 5"),
        (
            {"role": "same_item", "overlap": 0.5, "equal": [None]},
            "equal must be a list of field names, but it contains None",
        ),
        ({"role": "same_item", "overlap": "much"}, "overlap must be a number from 0 to 1"),
        (
            {"role": "scored", "rule": "name", "ignore": ["Mr", 3]},
            "ignore must be a list of words, but it contains 3",
        ),
        ({"role": "identity"}, "the role 'identity' needs the argument 'weight'"),
    ],
)
def test_a_wrong_role_in_a_file_is_explained(given: Any, message: str) -> None:
    """An invalid role in a JSON Schema file raises an error with the field and the reason."""
    schema = {"type": "object", "properties": {"a": {"type": "string", KEYWORD: [given]}}}
    with pytest.raises(SchemaError) as caught:
        declared_roles(schema, "file")
    assert str(caught.value).startswith("file: a: ")
    assert message in str(caught.value)


@pytest.mark.parametrize("kind", [Annotated[int, Figure], list[Annotated[int, Figure]]])
def test_a_class_is_not_a_role(kind: Any) -> None:
    """A role class without parentheses in ``Annotated`` raises an error that says to add them."""
    model = create_model("Model", field=(kind, ...))
    with pytest.raises(SchemaError, match=r"Model.*the role Figure .* write Figure\(\)"):
        PydanticSchema(model)


def test_a_whole_day_may_be_a_date() -> None:
    """A field of type ``datetime.date`` may be a ``CalendarDate``."""
    assert names(one_field(date, CalendarDate())) == {"field": [CalendarDate()]}


def test_roles_inside_a_definition_that_contains_itself_are_refused() -> None:
    """Roles in a recursive definition, which has no fixed paths, are refused."""
    node = {
        "properties": {
            "name": {"type": "string", KEYWORD: ["printed"]},
            "next": {"$ref": "#/$defs/node"},
        }
    }
    with pytest.raises(SchemaError, match="contains itself"):
        declared_roles({"$ref": "#/$defs/node", "$defs": {"node": node}}, "file")


def test_a_recursive_schema_without_roles_is_fine() -> None:
    """A recursive schema without roles is accepted."""
    node = {"properties": {"next": {"$ref": "#/$defs/node"}}}
    schema = {
        "properties": {
            "tree": {"$ref": "#/$defs/node"},
            "title": {"type": "string", KEYWORD: ["printed"]},
        },
        "$defs": {"node": node},
    }
    assert names(schema) == {"title": [Printed()]}


@pytest.mark.parametrize("keyword", ["prefixItems", "if", "not", "patternProperties"])
def test_roles_where_they_cannot_be_obeyed_are_refused(keyword: str) -> None:
    """Roles under keywords without fixed paths are refused, not ignored."""
    part: Any = {"type": "string", KEYWORD: ["printed"]}
    under = (
        [part]
        if keyword == "prefixItems"
        else {"^a": part}
        if keyword == "patternProperties"
        else part
    )
    with pytest.raises(SchemaError, match=f"roles inside {keyword} are not supported"):
        declared_roles({"properties": {"a": {keyword: under}}}, "file")


def test_one_role_declared_twice_differently_is_refused() -> None:
    """A role declared twice on one field is accepted only if the arguments are the same."""
    same = one_field(Annotated[str, Printed()], Printed())
    assert names(same) == {"field": [Printed()]}
    with pytest.raises(SchemaError, match="twice with different arguments: declare the same"):
        declared_roles(one_field(Annotated[str, Scored("name")], Scored("text")), "Model")


class Plain(BaseModel):
    """A name and a list, both without a role."""

    name: str
    tags: list[str] = []


class Named(BaseModel):
    """A name with a role."""

    name: Annotated[str, Printed()]


class NamedOtherwise(BaseModel):
    """A name with another role."""

    name: Annotated[str, Scored("name")]


class Tagged(BaseModel):
    """A list whose elements have a role."""

    tags: list[Annotated[str, Printed()]]


class Other(BaseModel):
    """A model without the fields of the others."""

    title: str


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        (Plain | Named, "field.name"),
        (list[Named | Plain], "field.*.name"),
        (Named | NamedOtherwise | None, "field.name"),
        (Tagged | Plain, "field.tags.*"),
        (Other | dict[str, Plain | Named], "field.*.name"),
    ],
)
def test_the_alternatives_of_a_union_share_their_roles(kind: Any, place: str) -> None:
    """A field whose roles differ between the alternatives of a union is refused."""
    schema = create_model("Model", field=(kind, ...)).model_json_schema()
    with pytest.raises(SchemaError) as caught:
        declared_roles(schema, "Model")
    assert str(caught.value) == (
        f"Model: {place}: the roles of this field differ between alternatives: "
        "declare the same roles in each alternative of a union"
    )


@pytest.mark.parametrize("kind", [Named | Other, Named | None, list[Other | Named | None]])
def test_an_alternative_may_lack_a_field_with_a_role(kind: Any) -> None:
    """A field with roles may be absent from other alternatives of a union."""
    schema = create_model("Model", field=(kind, ...)).model_json_schema()
    assert list(names(schema).values()) == [[Printed()]]


def test_an_object_has_one_quote() -> None:
    """Two quotes in one object are refused, since they would give it two spans."""
    model = create_model("Model", quote=(str, ...), source=(Annotated[str, Quote()], ...))
    with pytest.raises(
        SchemaError,
        match="an object can have only one quote, but this one has several: quote, source",
    ):
        declared_roles(model.model_json_schema(), "Model")


def test_the_digest_covers_roles_alone() -> None:
    """The digest of roles changes with a role, but not with a description."""
    first = declared_roles(one_field(str, Printed()), "Model").digest
    described = {**one_field(str, Printed()), "description": "Something else."}
    assert declared_roles(described, "Model").digest == first
    assert declared_roles(one_field(str, Scored("name")), "Model").digest != first


def test_the_item_of_a_field_is_the_nearest_object_with_a_quote() -> None:
    """The item of a field is the innermost object with a quote, or the field if there is none."""
    roles = declared_roles(Report.model_json_schema(), "Report")
    assert roles.item_of(("people", "*", "offices", "*")) == ("people", "*")
    assert roles.item_of(("relevance",)) == ("relevance",)
