"""A record's dump paired, part by part, with the answer that it was read from."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.errors import SchemaError
from antq_llm.records.answered import (
    ABSENT,
    Answered,
    AnsweredRecord,
    fields_of,
    items_of,
    list_of,
    object_of,
)
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.toy import Fair, fair, guest, saying

ROLES = PydanticSchema(Fair).roles


def test_fields_have_the_keys_of_the_dump_and_of_the_answer() -> None:
    """A field may have another key in the answer, or be missing from either side."""
    part = Answered({"share": 0.9, "note": None}, {"s": 90, "secret": "x"})
    assert fields_of(part, {"share": ["pct", "s"]}) == {
        "share": Answered(0.9, 90, "s"),
        "note": Answered(None, ABSENT, "note"),
        "secret": Answered(ABSENT, "x", "secret"),
    }


def test_an_object_is_built_from_its_fields() -> None:
    """An object rebuilt from its fields has the same dump and the same answer."""
    part = Answered({"share": 0.9, "note": None}, {"s": 90, "secret": "x"})
    built = object_of(fields_of(part, {"share": ["pct", "s"]}))
    assert (built.value, built.answer) == (part.value, part.answer)


def test_what_the_answer_leaves_out_is_given_as_it_is_dumped() -> None:
    """If the answer omits an object or a list, the dump of its parts serves as their answer."""
    assert fields_of(Answered({"a": 1}, ABSENT)) == {"a": Answered(1, 1, "a")}
    assert items_of(Answered([1], ABSENT)) == [Answered(1, 1)]


@pytest.mark.parametrize(
    ("values", "answers", "expected"),
    [
        ([0.9, 1.0], [90, 100], [90, 100]),
        ([1.0, 0.01], [100, 1], [100, 1]),
        (["a", "b"], ["b", "a"], ["a", "b"]),
        (["a"], ["a", "a"], ["a"]),
        ([], [1], []),
        (
            [{"name": "A", "share": 0.9}],
            [{"name": "A", "share": "10"}, {"name": "A", "share": "20"}],
            [{"name": "A", "share": 0.9}],
        ),
        (
            [{"name": "A", "share": 0.9}],
            [
                {"name": "B", "share": "5"},
                {"name": "A", "share": "10"},
                {"name": "A", "share": "10"},
            ],
            [{"name": "A", "share": "10"}],
        ),
        (
            [{"name": "A", "id": "2", "share": 0.9}],
            [{"name": "A", "id": "1", "share": "10"}, {"name": "A", "id": "2", "share": "20"}],
            [{"name": "A", "id": "2", "share": "20"}],
        ),
        (
            [{"name": "A", "share": 0.2}, {"name": "B", "share": 0.1}],
            [{"name": "B", "share": 10}, {"name": "A", "share": 20}],
            [{"name": "A", "share": 20}, {"name": "B", "share": 10}],
        ),
        (
            [{"words": "x", "n": 0.1}],
            [{"words": "y", "n": 20}, {"words": "x", "n": 10}],
            [{"words": "x", "n": 10}],
        ),
        ([{"n": 1, "m": 5}, {"n": 2}], [{"n": 2}, {"n": 1}], [{"n": 1}, {"n": 2}]),
        ([0.5], [10, 20], [0.5]),
    ],
)
def test_items_are_found_where_a_validator_has_put_them(
    values: list[Any], answers: list[Any], expected: list[Any]
) -> None:
    """An item's answer is found by its value, a text field or its position, or is its own dump."""
    assert items_of(Answered(values, answers)) == [
        Answered(value, answer) for value, answer in zip(values, expected, strict=True)
    ]


def test_a_value_in_another_form_has_no_parts() -> None:
    """A list or an object that was given as text is treated as one value without parts."""
    assert not Answered([1], "1").is_parted(list)
    assert not Answered({"a": 1}, '{"a": 1}').is_parted(dict)


def test_empty_values_have_parts_whatever_the_answer() -> None:
    """An empty list is treated as a list even if the answer is null."""
    assert Answered([], None).is_parted(list)


def test_a_copy_shares_nothing() -> None:
    """In a copy, a change to the dump does not change the answer."""
    copied = Answered.same({"a": [1]}).copied()
    copied.value["a"].append(2)
    assert copied.answer == {"a": [1]}


def record(value: Any, answer: Any, **aliases: list[str]) -> AnsweredRecord:
    """Return a record of the toy schema."""
    return AnsweredRecord(Answered(value, answer), ROLES, aliases)


def test_references_are_respelled_in_the_answer_as_it_names_them() -> None:
    """In the dump and in the answer, a reference takes the spelling that its item has there."""
    edited = record(
        fair(guests=[guest("ANN REED")], sayings=[saying("Ann Reed")]),
        fair(guests=[guest("ann reed ")], sayings=[saying("Ann Reed")]),
    )
    edited.respell_references()
    assert edited.data["sayings"][0]["guest"] == "ANN REED"
    assert edited.answer["sayings"][0]["guest"] == "ann reed "


def test_dependents_are_dropped_from_both() -> None:
    """References to missing items are dropped from dump and answer, along with dependent items."""
    data = fair(guests=[guest(friends=["Bob Lake", "Ann Reed"])], sayings=[saying("Bob Lake")])
    edited = record(data, data)
    assert edited.drop_dependents() == ["/guests/0/friends/0", "/sayings/0"]
    assert edited.data == edited.answer == fair(guests=[guest(friends=["Ann Reed"])])


def test_what_names_nobody_in_any_source_stays() -> None:
    """A reference to a name is kept if no source has an item with that name."""
    data = fair(guests=[guest()], sayings=[saying("Bob Lake"), saying("a passer-by")])
    edited = record(data, data)
    source = fair(guests=[guest(), guest("Bob Lake")])
    assert edited.drop_dependents([source]) == ["/sayings/0"]
    assert edited.answer["sayings"] == [saying("a passer-by")]


def test_a_field_is_replaced_under_the_key_of_the_new_answer() -> None:
    """In the answer, a replaced field takes the new key, or is removed if it has no new answer."""
    edited = record({"a": 1, "b": 2}, {"x": 10, "b": 20}, a=["x", "y"])
    assert edited.replace("/a", Answered(3, 30, "y"))
    assert (edited.data, edited.answer) == ({"a": 3, "b": 2}, {"b": 20, "y": 30})
    assert edited.replace("/b", Answered(0, ABSENT, "b"))
    assert (edited.data, edited.answer) == ({"a": 3, "b": 0}, {"y": 30})


def test_an_item_is_replaced_in_its_place() -> None:
    """A list item is replaced in the dump and the answer, and an equal item changes nothing."""
    edited = record({"rows": [1, 2]}, {"rows": [10, 20]})
    assert edited.replace("/rows/1", Answered(3, 30))
    assert not edited.replace("/rows/1", Answered(3, 30))
    assert (edited.data, edited.answer) == ({"rows": [1, 3]}, {"rows": [10, 30]})


def test_what_has_no_place_in_the_answer_cannot_be_edited() -> None:
    """Editing an item of a list that was given as text raises a SchemaError."""
    edited = record({"rows": [{"a": 1}]}, {"rows": '[{"a": 1}]'})
    with pytest.raises(SchemaError, match="/rows/0 of the record has no counterpart in the answer"):
        edited.replace("/rows/0/a", Answered(2, 2))


def test_a_list_is_built_from_its_items() -> None:
    """The values and answers of a list keep their order."""
    assert list_of([Answered(1, 10), Answered(2, 20)], "key") == Answered([1, 2], [10, 20], "key")
