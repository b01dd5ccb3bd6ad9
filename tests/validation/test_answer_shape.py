"""Answers that satisfy a schema without being a record, and wrapped records."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.answer import read_answer
from antq_llm.validation.answer_shape import root_keys


class Optional(BaseModel):
    """A schema that any object satisfies."""

    name: str | None = None
    title: str | None = None


class Titled(BaseModel):
    """A schema with a key that JSON Schemas also have."""

    title: str | None = None


class Open(BaseModel):
    """A schema that keeps unknown keys."""

    model_config = ConfigDict(extra="allow")

    name: str | None = None


class Renamed(BaseModel):
    """A schema whose validator reads other keys."""

    name: str | None = None

    @model_validator(mode="before")
    @classmethod
    def rename(cls, data: Any) -> Any:
        """Read the name from the German key ``Name``."""
        return {"name": data["Name"]} if "Name" in data else data


class Alias(BaseModel):
    """A schema with an alias."""

    name: str | None = Field(default=None, alias="tên")


class Person(BaseModel):
    """A schema with a key that tool calls also have."""

    name: str


OPTIONAL = PydanticSchema(Optional)
AS_FILE = JsonSchema("optional", json.loads(json.dumps(OPTIONAL.json_schema)))
BOTH = pytest.mark.parametrize("schema", [OPTIONAL, AS_FILE], ids=["model", "file"])


@BOTH
@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"ten": "Lan"},
        {"name_of_person": "Lan", "titel": "x"},
        {"error": {"message": "overloaded", "code": 503}},
        OPTIONAL.json_schema,
        {"type": "object", "properties": {"name": {"type": "string"}}},
        {"properties": {"name": {"type": "string"}}},
        {"name": "Optional", "schema": {"type": "object", "properties": {}}},
        {"title": "Optional", "type": "object", "properties": {"title": {"type": "string"}}},
        {"name": "other_tool", "arguments": {"name": "Lan"}},
        {"type": "function", "function": {"name": "search", "arguments": '{"q": "Lan"}'}},
        [{"name": "find", "arguments": {"q": 2}}, {"name": "search", "arguments": {"q": 1}}],
        [
            {"name": "optional", "arguments": {"name": "Lan"}},
            {"name": "optional", "arguments": {"name": "Minh"}},
        ],
    ],
    ids=str,
)
def test_an_answer_that_is_not_a_record_is_refused(schema: Schema[Any], answer: Any) -> None:
    """Even with optional keys only, an empty object, echoed schema or other call is refused."""
    with pytest.raises(InvalidAnswer):
        read_answer(json.dumps(answer), schema)


@BOTH
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (OPTIONAL.json_schema, "this is the schema"),
        ({"properties": {"name": {"type": "string"}}}, "this is the schema"),
        ({"properties": {"area": 3}, "id": 7}, "none of the schema's keys"),
    ],
)
def test_an_echoed_schema_is_named_as_such(schema: Schema[Any], answer: Any, fault: str) -> None:
    """The fault of an echoed schema differs from that of an object with other keys."""
    with pytest.raises(InvalidAnswer, match=fault):
        read_answer(json.dumps(answer), schema)


def calls_of(tool: str) -> list[Any]:
    """Return calls to a tool in each form that models write."""
    arguments = {"name": "Lan"}
    text = json.dumps(arguments)
    return [
        {"name": tool, "arguments": arguments},
        {"name": tool, "arguments": text},
        {"name": f"functions.{tool}:0", "arguments": text},
        {"name": tool, "parameters": arguments},
        {"type": "function", "function": {"name": tool, "arguments": text}},
        {"function": tool, "arguments": arguments},
        {"id": "call_1", "type": "function", "function": {"name": tool, "arguments": text}},
        [{"name": tool, "arguments": arguments}],
        [{"name": tool, "arguments": text}, {"name": tool, "arguments": arguments}],
        [{"name": tool, "arguments": {}}, {"name": tool, "arguments": arguments}],
        [{"name": "search", "arguments": {"q": "Lan"}}, {"name": tool, "arguments": arguments}],
        {"tool_calls": [{"function": {"name": tool, "arguments": text}}]},
    ]


@pytest.mark.parametrize("number", range(len(calls_of(""))))
@pytest.mark.parametrize("around", ["{}", "<tool_call>\n{}\n</tool_call>", "[TOOL_CALLS]{}"])
def test_a_call_of_the_tool_written_as_text_is_read(number: int, around: str) -> None:
    """The arguments of a call to the schema's tool are the record, even with a field ``name``."""
    for schema in (OPTIONAL, AS_FILE, PydanticSchema(Person)):
        call = calls_of(schema.wire_name)[number]
        record = read_answer(around.replace("{}", json.dumps(call)), schema).model_dump()
        assert record["name"] == "Lan"


@pytest.mark.parametrize(
    "answer",
    [
        [{"name": "Lan"}],
        {"record": {"name": "Lan"}},
        {"Person": {"name": "Lan"}},
        [[{"name": "Lan"}]],
        json.dumps({"name": "Lan"}),
        json.dumps(json.dumps({"name": "Lan"})),
        [json.dumps({"name": "Lan"})],
    ],
    ids=str,
)
def test_a_wrapped_record_is_read(answer: Any) -> None:
    """A record that is in a list of one, under a single key or in a JSON string is unwrapped."""
    assert read_answer(json.dumps(answer), PydanticSchema(Person)).name == "Lan"


@pytest.mark.parametrize("answer", [[{"name": "Lan"}, {"name": "Minh"}], [], [[]], "Lan", 5, None])
def test_what_is_not_clearly_one_record_is_refused(answer: Any) -> None:
    """A list of several records, an empty list and a scalar are refused."""
    with pytest.raises(InvalidAnswer):
        read_answer(json.dumps(answer), PydanticSchema(Person))


@pytest.mark.parametrize(
    ("schema", "answer"),
    [
        (PydanticSchema(Open), {"other": 1}),
        (PydanticSchema(Open), {"name": "x", "arguments": {"a": 1}}),
        (PydanticSchema(Renamed), {"Name": "Lan"}),
        (PydanticSchema(Alias), {"tên": "Lan"}),
        (PydanticSchema(Titled), {"title": "Lan", "type": "x"}),
        (JsonSchema("any", {}), {"type": "Feature", "properties": {"a": 1}}),
        (JsonSchema("any", {"type": "object"}), {}),
        (JsonSchema("map", {"additionalProperties": {"type": "number"}}), {"a": 1}),
        (JsonSchema("p", {"properties": {"properties": {}, "type": {}}}), {"properties": {}}),
        (JsonSchema("f", {"properties": {"name": {}, "arguments": {}}}), {"arguments": {"a": 1}}),
        (JsonSchema("i", {"properties": {"a": {}}, "if": {"required": ["b"]}}), {"b": 1}),
    ],
    ids=lambda value: value.name if isinstance(value, Schema) else str(value),
)
def test_an_answer_whose_keys_may_be_meant_is_accepted(schema: Schema[Any], answer: Any) -> None:
    """Keys that a schema declares or allows, or that a validator reads, are accepted."""
    assert read_answer(json.dumps(answer), schema) is not None


@pytest.mark.parametrize("depth", [90, 150, 300, 5000])
def test_an_ignored_value_of_any_depth_is_an_answer_or_a_fault(depth: int) -> None:
    """Nesting in an ignored key is accepted or, if it is too deep, raises InvalidAnswer."""
    text = f'{{"name": "Lan", "x": {"[" * depth}{"]" * depth}}}'
    try:
        name = read_answer(text, PydanticSchema(Person)).name
    except InvalidAnswer:
        name = "refused"
    assert name == ("Lan" if depth <= 150 else "refused")


def test_a_list_of_calls_and_other_objects_is_refused() -> None:
    """A list is unwrapped only if all its items are calls of a tool."""
    call = {"name": OPTIONAL.wire_name, "arguments": {"name": "Lan"}}
    with pytest.raises(InvalidAnswer):
        read_answer(json.dumps([call, {"q": 1}]), OPTIONAL)


@pytest.mark.parametrize(("lists", "is_read"), [(3, True), (4, False)])
def test_the_number_of_wrappers(lists: int, is_read: bool) -> None:
    """A record inside up to three wrappers is read."""
    text = "[" * lists + '{"name": "Lan"}' + "]" * lists
    try:
        name = read_answer(text, PydanticSchema(Person)).name
    except InvalidAnswer:
        name = "refused"
    assert name == ("Lan" if is_read else "refused")


def test_the_keys_of_a_record() -> None:
    """The keys of a record include the aliases of its fields, unless it may have any keys."""

    class Several(Alias):
        """A schema with an alias and another field."""

        title: str | None = None

    assert root_keys(PydanticSchema(Several)) == {"tên", "title"}
    assert root_keys(PydanticSchema(Open)) is None
