"""Building, splitting and following JSON Pointers."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_llm.core.json_pointer import (
    before_removal,
    child_pointer,
    find_value,
    last_part,
    parent_of,
    parts_of,
    pointer_to,
    remove_items,
    value_at,
)

POINTERS = pytest.mark.parametrize(
    ("location", "pointer"),
    [
        ((), ""),
        (("people", 0, "name"), "/people/0/name"),
        (("a/b",), "/a~1b"),
        (("a~b",), "/a~0b"),
        (("~1",), "/~01"),
        (("",), "/"),
        (("thôn",), "/thôn"),
    ],
)


@POINTERS
def test_a_pointer_is_a_json_pointer(location: tuple[str | int, ...], pointer: str) -> None:
    """Keys that contain a slash or a tilde are escaped as in RFC 6901."""
    assert pointer_to(location) == pointer


@POINTERS
def test_a_pointer_is_taken_apart(location: tuple[str | int, ...], pointer: str) -> None:
    """The parts of a pointer are its keys and indices, unescaped."""
    assert parts_of(pointer) == [str(part) for part in location]


@given(st.lists(st.text(alphabet="~/01aô", max_size=4), min_size=1, max_size=4))
def test_building_and_taking_apart_are_inverse(parts: list[str]) -> None:
    """A pointer can be split into the keys that it was built from, or into parent and last part."""
    pointer = pointer_to(parts)
    assert parts_of(pointer) == parts
    assert (parent_of(pointer), last_part(pointer)) == (pointer_to(parts[:-1]), parts[-1])
    assert child_pointer(parent_of(pointer), last_part(pointer)) == pointer


def test_the_root_has_no_last_part() -> None:
    """The parent and the last part of the pointer to the whole document are empty."""
    assert (parent_of(""), last_part("")) == ("", "")


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", {"a/b": [{"~": 1}, 2], "0": "key"}),
        ("/a~1b/1", 2),
        ("/a~1b/0/~0", 1),
        ("/0", "key"),
    ],
)
def test_a_pointer_is_followed(pointer: str, value: Any) -> None:
    """A pointer follows objects by key and lists by index."""
    assert value_at({"a/b": [{"~": 1}, 2], "0": "key"}, pointer) == value


@pytest.mark.parametrize("pointer", ["/b", "/a/2", "/a/x", "/a/0/b", "/n/b", "/s/b", "/a/ /0"])
def test_a_pointer_to_nothing_is_an_error(pointer: str) -> None:
    """A missing key or index, or one in a value without parts, raises LookupError."""
    data = {"a": [0, 1], "n": None, "s": "text"}
    with pytest.raises(LookupError):
        value_at(data, pointer)
    assert find_value(data, pointer) is None
    assert find_value(data, pointer, "default") == "default"


@pytest.mark.parametrize(
    ("pointers", "left"),
    [
        ([], {"a": [0, 1, 2], "b/c": {"d": 1}}),
        (["/a/0", "/a/2"], {"a": [1], "b/c": {"d": 1}}),
        (["/a/2", "/a/0"], {"a": [1], "b/c": {"d": 1}}),
        (["/b~1c/d"], {"a": [0, 1, 2], "b/c": {"d": None}}),
        (["/b~1c", "/a/1"], {"a": [0, 2], "b/c": None}),
    ],
)
def test_items_are_removed_in_any_order(pointers: list[str], left: Any) -> None:
    """List items are removed for pointers in any order, and values of object keys become null."""
    data = {"a": [0, 1, 2], "b/c": {"d": 1}}
    assert (remove_items(data, pointers), data) == (True, left)


def test_later_items_are_removed_first_by_number() -> None:
    """Indices are sorted as numbers, so item 10 is removed before item 9."""
    data = list(range(12))
    assert remove_items(data, ["/9", "/10", "/1"])
    assert data == [0, *range(2, 9), 11]


def test_the_root_cannot_be_removed() -> None:
    """``remove_items`` returns False for the root, which cannot be removed."""
    assert not remove_items({"a": 1}, [""])


@given(st.data())
def test_pointers_before_a_removal_lead_to_the_same_items(data: st.DataObject) -> None:
    """The earlier pointer of a remaining item leads to it in the list before the removal."""
    size = data.draw(st.integers(1, 14))
    removed = data.draw(st.sets(st.integers(0, size - 1), max_size=size - 1))
    before = {"a~b": list(range(size)), "other": [1, 2]}
    after = copy.deepcopy(before)
    gone = [pointer_to(("a~b", index)) for index in removed]
    assert remove_items(after, gone)
    now = [pointer_to(("a~b", index)) for index in range(size - len(removed))]
    earlier = before_removal(now, gone)
    assert [value_at(before, pointer) for pointer in earlier] == [
        value_at(after, pointer) for pointer in now
    ]


def test_only_removals_from_the_same_list_count() -> None:
    """Items removed from other lists, and values set to null, do not shift pointers."""
    assert before_removal(["/a/1", "/b/0"], ["/a/0", "/c/0", "/title"]) == ["/a/2", "/b/0"]


def test_values_of_maps_are_removed_with_their_keys() -> None:
    """A map entry is removed with its key, while the values of other keys become null."""
    data = {"map": {"a": 1, "b/c": 2}, "title": "x"}
    assert remove_items(data, ["/map/b~1c", "/title"], {"/map/b~1c"})
    assert data == {"map": {"a": 1}, "title": None}
