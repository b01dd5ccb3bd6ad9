"""Pydantic models as schemas: their JSON Schema, and reading and dumping records."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from antq_llm.errors import SchemaError
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema, json_schema_of


class Place(BaseModel):
    """A place."""

    commune: str = Field(description="The commune.")


class Meeting(BaseModel):
    """A model that uses a part once."""

    place: Place


class Journey(BaseModel):
    """A model that uses a part twice."""

    start: Place
    end: Place


class Book(BaseModel):
    """A model with a field named ``title``."""

    title: str
    chapters: list[Meeting]


class Node(BaseModel):
    """A model that contains itself."""

    name: str
    parts: list[Node]


class Forest(BaseModel):
    """A model that uses a recursive part once."""

    oak: Node


class Left(BaseModel):
    """One of two models that contain each other."""

    right: Right | None


class Right(BaseModel):
    """The other of two models that contain each other."""

    left: Left | None


class Pair(BaseModel):
    """A model that uses two models that contain each other."""

    left: Left


class Aliased(BaseModel):
    """A model whose keys differ from the names of its fields."""

    full_name: str = Field(alias="họ tên")
    born: date = Field(alias="born-on")


class Apart(BaseModel):
    """A model that reads one key and would write another."""

    name: str = Field(validation_alias="given_name", serialization_alias="name_given")


class OddNames(BaseModel):
    """A model with fields that are models and are named like keywords of JSON Schema."""

    examples: Place
    default: Meeting
    const: Node


class Cat(BaseModel):
    """A cat."""

    kind: Literal["cat"]


class Dog(BaseModel):
    """A dog."""

    kind: Literal["dog"]


class Owner(BaseModel):
    """A model whose field holds one of two models, distinguished by a key."""

    pet: Annotated[Cat | Dog, Field(discriminator="kind")]


class Titled(BaseModel):
    """A model with a default that contains a title."""

    model_config = ConfigDict(title="Made up")

    table: dict[str, str] = {"title": "x", "type": "y"}


def nodes_of(schema: Any) -> list[dict[str, Any]]:
    """Return every object in a JSON Schema."""
    if isinstance(schema, dict):
        return [schema, *(node for value in schema.values() for node in nodes_of(value))]
    return (
        [node for value in schema for node in nodes_of(value)] if isinstance(schema, list) else []
    )


def dangling(schema: dict[str, Any]) -> set[str]:
    """Return the references of a JSON Schema that do not resolve."""
    references = {node["$ref"] for node in nodes_of(schema) if isinstance(node.get("$ref"), str)}
    return references - {f"#/$defs/{name}" for name in schema.get("$defs", {})}


def test_titles_derived_from_names_are_dropped() -> None:
    """Only the root keeps a title, the name of its model."""
    schema = json_schema_of(Meeting)
    titles = [node["title"] for node in nodes_of(schema) if isinstance(node.get("title"), str)]
    assert (titles, schema["title"]) == (["Meeting"], "Meeting")


def test_a_property_named_title_is_kept() -> None:
    """A field named ``title`` stays a property and is required."""
    schema = json_schema_of(Book)
    assert (schema["properties"]["title"], schema["required"]) == (
        {"type": "string"},
        ["title", "chapters"],
    )


def test_a_part_used_once_is_put_where_it_is_used() -> None:
    """A definition used once is inlined, and no definitions are left."""
    schema = json_schema_of(Meeting)
    assert (schema["properties"]["place"]["properties"], "$defs" in schema) == (
        {"commune": {"type": "string", "description": "The commune."}},
        False,
    )


def test_nested_parts_are_put_in_place() -> None:
    """Definitions used once are inlined at all levels."""
    schema = json_schema_of(Book)
    assert (
        schema["properties"]["chapters"]["items"]["properties"]["place"]["type"],
        dangling(schema),
    ) == ("object", set())


def test_a_part_used_twice_stays_a_definition() -> None:
    """A definition used twice is kept and referred to."""
    schema = json_schema_of(Journey)
    assert (schema["properties"]["start"]["$ref"], list(schema["$defs"])) == (
        "#/$defs/Place",
        ["Place"],
    )


@pytest.mark.parametrize("model", [Node, Forest, Pair])
def test_a_recursive_part_stays_a_definition(model: type[BaseModel]) -> None:
    """A recursive definition is kept, and every reference resolves."""
    schema = json_schema_of(model)
    assert (bool(schema["$defs"]), dangling(schema)) == (True, set())


@pytest.mark.parametrize(
    "model", [Meeting, Journey, Book, Node, Forest, Pair, Aliased, OddNames, Owner, Titled]
)
def test_every_json_schema_can_be_used_as_one(model: type[BaseModel]) -> None:
    """The JSON Schema of a model is valid, and every reference in it resolves."""
    schema = json_schema_of(model)
    assert dangling(schema) == set()
    assert JsonSchema("s", schema).json_schema == schema


def test_the_json_schema_accepts_what_the_model_accepts() -> None:
    """A document that a recursive model accepts satisfies the model's JSON Schema."""
    data = {"oak": {"name": "a", "parts": [{"name": "b", "parts": []}]}}
    record = PydanticSchema(Forest).read_data(data)
    assert JsonSchema("s", json_schema_of(Forest)).read_data(data).root == record.model_dump()


def test_the_mapping_of_a_discriminator_resolves() -> None:
    """The mapping of a discriminator is kept, and so are the definitions that it names."""
    schema = json_schema_of(Owner)
    assert schema["properties"]["pet"]["discriminator"] == {
        "propertyName": "kind",
        "mapping": {"cat": "#/$defs/Cat", "dog": "#/$defs/Dog"},
    }
    kinds = {name: part["properties"]["kind"]["const"] for name, part in schema["$defs"].items()}
    assert kinds == {"Cat": "cat", "Dog": "dog"}


def test_a_default_is_kept_as_it_is() -> None:
    """A default is data, so a ``title`` in it is kept."""
    assert json_schema_of(Titled)["properties"]["table"]["default"] == {"title": "x", "type": "y"}


def test_a_description_beside_a_reference_is_kept() -> None:
    """The description of a field takes precedence over that of the inlined part."""

    class Visit(BaseModel):
        """A visit."""

        place: Place = Field(description="Where they went.")

    assert json_schema_of(Visit)["properties"]["place"]["description"] == "Where they went."


def test_a_record_with_aliases_is_dumped_as_in_the_schema() -> None:
    """A dumped record has the keys of the JSON Schema and can be read back."""
    schema = PydanticSchema(Aliased)
    data = {"họ tên": "Lò Thị Mai", "born-on": "1980-05-01"}
    dumped = schema.dump(schema.read_json(json.dumps(data)))
    assert (dumped, sorted(schema.json_schema["properties"])) == (data, sorted(data))


def test_a_field_with_two_aliases_is_refused() -> None:
    """A field that is read under one alias and written under another raises a SchemaError."""
    with pytest.raises(
        SchemaError, match=r"Apart\.name is read under one alias and written under another"
    ):
        PydanticSchema(Apart)


def test_a_model_without_a_json_schema_is_refused() -> None:
    """A model with a field that JSON cannot express raises a SchemaError that names it."""

    class Calls(BaseModel):
        """A model with a field that holds a class."""

        model_config = ConfigDict(arbitrary_types_allowed=True)

        thing: object

        other: type[Any] = Field(default=int)

    with pytest.raises(SchemaError, match="Calls has no JSON Schema"):
        json_schema_of(Calls)


def test_the_reference_of_a_model_is_its_name() -> None:
    """A schema made from a model without a reference has the model's name as its reference."""
    assert PydanticSchema(Meeting).reference == "Meeting"


def test_the_model_itself_is_not_changed() -> None:
    """Making the JSON Schema of a model changes neither pydantic's JSON Schema nor the next one."""
    before = Book.model_json_schema()
    first = json_schema_of(Book)
    kept = copy.deepcopy(first)
    first["properties"].clear()
    assert (json_schema_of(Book), Book.model_json_schema()) == (kept, before)
