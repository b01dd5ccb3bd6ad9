"""Merging the records of an article's chunks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm.core.json_pointer import child_pointer
from antq_llm.evidence.spans import Span
from antq_llm.records.answered import AnsweredRecord
from antq_llm.records.merging import ChunkRecord, merge_records
from antq_llm.schemas.declared.declared_roles import NO_ROLES, DeclaredRoles
from antq_llm.schemas.declared.role_collection import declared_roles
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.toy import ARTICLE, Fair, act, fair, guest, saying, schema_file, show, stall

SCHEMA = PydanticSchema(Fair)


def spans_in(data: Any, pointer: str = "") -> dict[str, Span]:
    """Return the span of each quote in a record, by pointer; every quote must be in the article."""
    found: dict[str, Span] = {}
    if isinstance(data, dict):
        for key in ("quote", "words"):
            if key in data:
                start = ARTICLE.index(data[key])
                found[pointer] = start, start + len(data[key])
    parts = data.items() if isinstance(data, dict) else enumerate(data)
    for key, value in parts:
        if isinstance(value, dict | list):
            found |= spans_in(value, child_pointer(pointer, key))
    return found


def merged(*chunks: Any, roles: DeclaredRoles = SCHEMA.roles) -> Any:
    """Merge records that quote ``ARTICLE``, and return the data, which must equal the answer."""
    record = merged_record(*chunks, roles=roles)
    assert record.answer == record.data
    return record.data


def merged_record(*chunks: Any, roles: DeclaredRoles = SCHEMA.roles) -> AnsweredRecord:
    """Return the merged record with its answer."""
    located = [ChunkRecord(data, spans_in(data)) for data in chunks]
    return merge_records(located, roles, ARTICLE)


@pytest.mark.parametrize(("key", "pointer"), [("a/b", "/a~1b/0"), ("a~b", "/a~0b/0")])
def test_spans_of_lists_with_reserved_names_are_found(key: str, pointer: str) -> None:
    """Items of a list whose key contains a slash or a tilde are merged by their spans."""
    text = "Xã Tân Lâm có 3 tổ."
    chunks = [ChunkRecord({key: [{"quote": quote}]}, {pointer: (0, 10)}) for quote in ("Xã", "xã")]
    assert merge_records(chunks, NO_ROLES, text).data == {key: [{"quote": "Xã"}]}


def test_items_with_the_same_name_are_one() -> None:
    """Items with different spellings of a name become one; nulls are filled and lists combined."""
    first = guest("Ann Reed", friends=["Bob Lake"])
    second = guest("ANN REED", quote="Ann Reed said", badge="7", friends=["Cy Orr", "Bob Lake"])
    data = merged(fair(guests=[first]), fair(guests=[second]))
    assert data["guests"] == [{**first, "badge": "7", "friends": ["Bob Lake", "Cy Orr"]}]


def test_items_with_overlapping_quotes_and_equal_fields_are_one() -> None:
    """Items are merged if the rule's fields match and the quotes share half of the shorter one."""
    one, same = show("The show ran on 05/04/2024"), show("ran on 05/04/2024 with a march")
    other_kind = show("The show ran on 05/04/2024", kind="play")
    apart = show("with a march and a waltz")
    data = merged(fair(shows=[one]), fair(shows=[same, other_kind, apart]))
    assert data["shows"] == [one, other_kind, apart]


def test_lists_inside_items_are_merged_by_their_own_rule() -> None:
    """Nested items are merged by their own rule, in the order of the article."""
    quote = "The show ran on 05/04/2024 with a march and a waltz"
    first = show(quote, act("Waltz", "a waltz", "good"))
    second = show(quote, act("WALTZ", "waltz", "best"), act("March", "a march"))
    (item,) = merged(fair(shows=[first]), fair(shows=[second]))["shows"]
    assert item["acts"] == [act("March", "a march"), act("Waltz", "a waltz", "best")]


def test_lists_in_maps_are_merged_by_their_rule() -> None:
    """A rule applies to the lists in a map, and a key that only one chunk has is kept."""
    row, whole = stall(12, "12 stalls"), stall(12, "There were 12 stalls")
    other = stall(None, "fruit")
    data = merged(fair(stalls={"a/b": [row]}), fair(stalls={"a/b": [whole, other], "c": [row]}))
    assert data["stalls"] == {"a/b": [row, other], "c": [row]}


def test_a_cut_passage_is_joined_and_quoted_anew() -> None:
    """A passage cut between two chunks is joined, even if its quote is not under ``quote``."""
    halves = saying(words="the fair was a joy for all"), saying(words="for all who came, and that")
    others = saying("Bob Lake", "for all who came"), saying(words="it would be back")
    guests = [guest(), guest("Bob Lake", "Mr Bob Lake")]
    data = merged(
        fair(guests=guests, sayings=[halves[0]]), fair(guests=guests, sayings=[halves[1], *others])
    )
    assert data["sayings"] == [
        saying(words="the fair was a joy for all who came, and that"),
        *others,
    ]


def test_passages_that_only_touch_are_two() -> None:
    """Even with an overlap of 0, two passages are joined only if they share a character."""
    halves = saying(words="the fair was"), saying(words=" a joy")
    assert merged(fair(sayings=[halves[0]]), fair(sayings=[halves[1]]))["sayings"] == list(halves)


@pytest.mark.parametrize(
    ("moods", "strongest"),
    [
        (("dull", "joyful", "calm"), "joyful"),
        (("calm", "dull"), "calm"),
        ((None, "dull"), "dull"),
        (("odd", "joyful"), "odd"),
    ],
)
def test_the_strongest_value_is_kept(moods: tuple[Any, ...], strongest: str) -> None:
    """The strongest value is kept; if a value is not ranked, the first that is not null is kept."""
    assert merged(*(fair(mood=mood) for mood in moods))["mood"] == strongest


def test_references_are_spelled_as_the_items_are() -> None:
    """References to a merged item take the item's spelling, even in nested lists."""
    first = fair(guests=[guest("Ann Reed")], sayings=[saying("Ann Reed")])
    bob = guest("Bob Lake", "Mr Bob Lake", friends=["ANN REED", "Cy Orr"])
    second = fair(guests=[guest("ANN REED"), bob], sayings=[saying("ANN REED", "it would be back")])
    data = merged(first, second)
    assert [item["guest"] for item in data["sayings"]] == ["Ann Reed"] * 2
    assert data["guests"][1]["friends"] == ["Ann Reed", "Cy Orr"]


def test_items_that_spell_a_reference_in_two_ways_are_one() -> None:
    """Overlapping sayings of one guest become one passage, however the guest is spelled."""
    first = fair(guests=[guest()], sayings=[saying("Ann Reed", "the fair was a joy")])
    second = fair(
        guests=[guest("ANN REED")], sayings=[saying("ANN REED", "was a joy for all who came")]
    )
    assert merged(first, second)["sayings"] == [
        saying("Ann Reed", "the fair was a joy for all who came")
    ]


def test_references_to_one_item_are_one() -> None:
    """A merged list contains a reference once, even if the chunks spell it differently."""
    bob = guest("Bob Lake", "Mr Bob Lake", friends=["Ann Reed"])
    first = fair(guests=[guest("Ann Reed"), bob])
    second = fair(guests=[guest("ANN REED"), {**bob, "friends": ["ANN REED", "Cy Orr"]}])
    assert merged(first, second)["guests"][1]["friends"] == ["Ann Reed", "Cy Orr"]


def test_items_come_in_the_order_of_the_article() -> None:
    """Items are sorted by their quotes, and those without a quote come last."""
    guests = [guest("Bob Lake", "Mr Bob Lake"), guest()]
    assert merged(fair(guests=guests[:1]), fair(guests=guests[1:]))["guests"] == guests[::-1]


def test_without_a_rule_equal_items_with_overlapping_quotes_are_one() -> None:
    """Without roles, equal items are merged, and their quotes need only overlap by half."""
    rows = [
        {"n": 1, "quote": "The show ran"},
        {"n": 1, "quote": "show ran on"},
        {"n": 2, "quote": "show ran on"},
        {"n": 1, "quote": "12 stalls"},
    ]
    data = merged(
        {"rows": rows[:1], "tags": ["a", "a"], "plain": [{"n": 1}], "x": None},
        {"rows": rows[1:], "tags": ["b", "a"], "plain": [{"n": 1}, {"n": 2}], "x": {"y": 1}},
        roles=NO_ROLES,
    )
    assert data["rows"] == [rows[0], rows[2], rows[3]]
    assert data["tags"] == ["a", "a", "b"]
    assert (data["plain"], data["x"]) == ([{"n": 1}, {"n": 2}], {"y": 1})


def test_objects_inside_items_are_kept_whole() -> None:
    """An object inside an item stays as in the first chunk, while the item's nulls are filled."""
    quote = "There were 12 stalls"
    first = {"place": {"city": None, "hall": "A"}, "note": None, "rows": None, "quote": quote}
    second = {"place": {"city": "X", "hall": "B"}, "note": "n", "rows": [1], "quote": quote}
    rule = {"role": "same_item", "overlap": 0.5}
    part = {"type": "object", "properties": {"quote": {"type": "string"}}}
    items = {"type": "array", "items": part, "x-antq-role": [rule]}
    roles = declared_roles({"type": "object", "properties": {"items": items}}, "parts")
    (item,) = merged({"items": [first]}, {"items": [second]}, roles=roles)["items"]
    assert item == {**first, "note": "n", "rows": [1]}


def test_roles_of_a_json_schema_file_merge_the_same(tmp_path: Path) -> None:
    """A JSON Schema file with the same roles gives the same merged record as the Pydantic model."""
    roles = schema_file(tmp_path).roles
    chunks = [
        fair(mood="dull", guests=[guest()], sayings=[saying(words="the fair was a joy")]),
        fair(guests=[guest("ANN REED")], sayings=[saying(words="was a joy for all")]),
    ]
    assert merged(*chunks, roles=roles) == merged(*chunks)


def test_the_answer_is_merged_beside_the_dump() -> None:
    """The parts of the answer are merged like their dumps, under their own keys."""
    dumps = [
        {"name": "A", "rows": [{"share": 0.9, "quote": "12 stalls"}], "note": None, "key": "***"},
        {"name": "A", "rows": [{"share": 0.1, "quote": "The show"}], "note": "x", "key": "***"},
    ]
    answers = [
        {"n": "A", "rows": [{"share": 90, "quote": "12 stalls"}], "key": "one", "extra": None},
        {"m": "A", "rows": [{"share": 10, "quote": "The show"}], "note": "X", "extra": 2},
    ]
    located = [
        ChunkRecord(data, spans_in(data), answer)
        for data, answer in zip(dumps, answers, strict=True)
    ]
    record = merge_records(located, NO_ROLES, ARTICLE, {"name": ["m", "n"]})
    assert record.data == {**dumps[0], "note": "x", "rows": [*dumps[1]["rows"], *dumps[0]["rows"]]}
    assert record.answer == {
        "n": "A",
        "rows": [*answers[1]["rows"], *answers[0]["rows"]],
        "note": "X",
        "key": "one",
        "extra": 2,
    }


def test_a_list_that_was_given_as_text_is_kept_whole() -> None:
    """A value whose parts are not in the answer comes from the first chunk that has it."""
    chunks = [ChunkRecord({"rows": [1]}, {}, {"rows": "1"}), ChunkRecord({"rows": [2]}, {})]
    record = merge_records(chunks, NO_ROLES, ARTICLE)
    assert (record.data, record.answer) == ({"rows": [1]}, {"rows": "1"})
