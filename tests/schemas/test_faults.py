"""The faults of an answer: stable messages, pointers and short values."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import MAX_FAULTS, Fault, InvalidAnswer, fault_at
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema


class Inner(BaseModel):
    """A part."""

    x: int


class Everything(BaseModel):
    """One field for each kind of fault."""

    model_config = ConfigDict(extra="forbid")

    text: str = "a"
    coded: Annotated[str, Field(pattern="^[a-z]+$")] = "a"
    long: Annotated[str, Field(min_length=2, max_length=4)] = "ab"
    whole: int = 1
    real: float = 1.0
    yes: bool = True
    word: Literal["a", "b"] = "a"
    many: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    table: dict[str, int] = {}
    part: Inner = Inner(x=1)
    nothing: None = None
    above: Annotated[int, Field(gt=3)] = 4
    least: Annotated[int, Field(ge=3)] = 4
    below: Annotated[int, Field(lt=3)] = 2
    most: Annotated[int, Field(le=3)] = 2
    own: str = "fine"

    @field_validator("own")
    @classmethod
    def _own_rule(cls, value: str) -> str:
        if value != "fine":
            raise PydanticCustomError("own", "write the word {word}", {"word": "fine"})
        return value


SCHEMA = PydanticSchema(Everything)


def faults_of(schema: PydanticSchema[Any], data: Any) -> list[str]:
    """Return the faults of an answer with the given data, as strings."""
    with pytest.raises(InvalidAnswer) as caught:
        schema.read_json(json.dumps(data))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ({"text": 5}, "/text: write a string (given: 5)"),
        ({"text": None}, "/text: write a string (given: null)"),
        ({"coded": "A1"}, '/coded: write a string that matches ^[a-z]+$ (given: "A1")'),
        ({"long": "a"}, '/long: write at least 2 characters (given: "a")'),
        ({"long": "abcde"}, '/long: write at most 4 characters (given: "abcde")'),
        ({"whole": "x"}, '/whole: write a whole number (given: "x")'),
        ({"whole": 1.5}, "/whole: write a whole number (given: 1.5)"),
        ({"whole": []}, "/whole: write a whole number (given: [])"),
        ({"real": "x"}, '/real: write a number (given: "x")'),
        ({"real": {}}, "/real: write a number (given: {})"),
        ({"yes": "perhaps"}, '/yes: write true or false (given: "perhaps")'),
        ({"yes": []}, "/yes: write true or false (given: [])"),
        ({"word": "c"}, "/word: write one of 'a' or 'b' (given: \"c\")"),
        ({"many": 5}, "/many: write an array (given: 5)"),
        ({"many": []}, "/many: write at least 1 items (given: [])"),
        ({"many": [1, 2, 3]}, "/many: write at most 2 items (given: [1, 2, 3])"),
        ({"many": [1, "x"]}, '/many/1: write a whole number (given: "x")'),
        ({"table": []}, "/table: write an object (given: [])"),
        ({"table": {"k": "x"}}, '/table/k: write a whole number (given: "x")'),
        ({"part": "x"}, '/part: write an object (given: "x")'),
        (
            {"part": {}},
            "/part/x: this key is required: write null or an empty array where nothing is said",
        ),
        ({"nothing": 1}, "/nothing: write null (given: 1)"),
        ({"above": 3}, "/above: write a number greater than 3 (given: 3)"),
        ({"least": 2}, "/least: write a number of at least 3 (given: 2)"),
        ({"below": 3}, "/below: write a number less than 3 (given: 3)"),
        ({"most": 4}, "/most: write a number of at most 3 (given: 4)"),
        ({"extra": [1]}, "/extra: this key is not in the schema: leave it out (given: [1])"),
        ({"own": "bad"}, '/own: write the word fine (given: "bad")'),
        ([], "/: write an object (given: [])"),
    ],
)
def test_each_kind_of_fault_has_its_message(data: Any, fault: str) -> None:
    """A fault gives its place, the expected value and the given value."""
    assert faults_of(SCHEMA, data) == [fault]


def test_all_faults_of_an_answer_are_named() -> None:
    """All faults of an answer are reported, in the order of the model's fields."""
    assert [
        fault.partition(":")[0]
        for fault in faults_of(SCHEMA, {"most": 9, "text": 5, "part": {"x": "y"}})
    ] == ["/text", "/part/x", "/most"]


def test_the_pointer_of_a_strange_key_is_escaped() -> None:
    """A fault at a key with a slash and a tilde has an escaped pointer."""
    assert faults_of(SCHEMA, {"table": {"a/b~c": "x"}}) == [
        '/table/a~1b~0c: write a whole number (given: "x")'
    ]


@pytest.mark.parametrize(("length", "shown"), [(198, 198), (199, 199), (5000, 199)])
def test_a_given_value_is_cut_at_two_hundred_characters(length: int, shown: int) -> None:
    """Only the first 200 characters of a value's JSON are shown, so re-asks stay small."""
    fault = fault_at("/a", "write less", "x" * length)
    whole = '"' + "x" * length + '"'
    assert fault.given == (whole if length == 198 else whole[: shown + 1] + "…")


def test_a_given_value_is_shown_unescaped() -> None:
    """Vietnamese letters in a given value stay readable."""
    assert fault_at("/a", "write less", {"thôn": "Tân Lâm"}).given == '{"thôn": "Tân Lâm"}'


def test_a_given_null_is_shown() -> None:
    """A given null is shown, unlike a missing value."""
    assert (fault_at("/a", "m", None).given, fault_at("/a", "m").given) == ("null", None)


def test_a_fault_at_the_root_is_shown_with_a_slash() -> None:
    """The empty pointer is shown as a slash, so a line never begins with a colon."""
    assert str(Fault("", "write an object")) == "/: write an object"


def test_the_message_of_an_invalid_answer_has_all_faults() -> None:
    """The message of an invalid answer lists all its faults."""
    assert (
        str(InvalidAnswer([Fault("/a", "one"), Fault("/b", "two", "5")]))
        == "/a: one; /b: two (given: 5)"
    )


@pytest.mark.parametrize("data", [{"text": 5}, {"extra": 1}, {"own": "bad"}, {"part": 5}])
def test_no_fault_contains_a_link(data: Any) -> None:
    """Faults contain no links to pydantic's manual, which would only cost tokens."""
    assert not [
        fault for fault in faults_of(SCHEMA, data) if "http" in fault or "pydantic" in fault.lower()
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "/: not valid JSON: Expecting value at line 1 column 1"),
        ("no JSON", "/: not valid JSON: Expecting value at line 1 column 1"),
        (
            '{"text":\n "a",}',
            "/: not valid JSON: Expecting property name enclosed in double quotes "
            "at line 2 column 6",
        ),
        (
            '{"text": "a',
            "/: not valid JSON: Unterminated string starting at at line 1 column 10",
        ),
        ("[" * 100_000, "/: not valid JSON: nested too deep"),
    ],
)
def test_broken_json_is_placed_by_line_and_column(text: str, message: str) -> None:
    """The fault for broken JSON has the standard library's message, with the line and column."""
    with pytest.raises(InvalidAnswer) as caught:
        SCHEMA.read_json(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ['{"text": 1, "own": "\\ud83d"}', '{"text": ["\\ud83d"]}'])
def test_a_fault_with_half_a_surrogate_pair_can_be_encoded(text: str) -> None:
    """A fault about an answer with half a surrogate pair can be sent as UTF-8."""
    with pytest.raises(InvalidAnswer) as caught:
        SCHEMA.read_json(text)
    assert str(caught.value).encode()


def test_half_a_surrogate_pair_is_refused() -> None:
    """A string with half a surrogate pair is refused, since it cannot be encoded."""
    with pytest.raises(InvalidAnswer, match="surrogate pair"):
        SCHEMA.read_json('{"text": "\\ud83d"}')


def test_a_huge_number_is_a_fault() -> None:
    """A number with thousands of digits makes the answer invalid but does not end the run."""
    with pytest.raises(InvalidAnswer):
        SCHEMA.read_json('{"text": ' + "9" * 5000 + "}")


class Names(BaseModel):
    """A list of names."""

    names: list[str]


@pytest.mark.parametrize(
    "schema",
    [PydanticSchema(Names), JsonSchema("names", PydanticSchema(Names).json_schema)],
    ids=["model", "file"],
)
@pytest.mark.parametrize(("count", "faults"), [(MAX_FAULTS, MAX_FAULTS), (MAX_FAULTS + 1, 1)])
def test_an_answer_with_too_many_faults_has_one(
    schema: Schema[Any], count: int, faults: int
) -> None:
    """An answer with more than 1000 faults is refused as a whole, with a single fault."""
    with pytest.raises(InvalidAnswer) as caught:
        schema.read_json(json.dumps({"names": [5] * count}))
    assert len(caught.value.faults) == faults
