"""Profiles: finding the fields of an item."""

from __future__ import annotations

import re

import pytest

from antq_llm.scoring.field_rules import EXACT, NAME
from antq_llm.scoring.profile import ObjectRule

ITEM = ObjectRule({"a": ObjectRule({"x": NAME}), "b": ObjectRule({"x": EXACT}), "c": NAME})


@pytest.mark.parametrize(
    ("path", "keys", "rule"),
    [("a.x", ("a", "x"), NAME), ("b.x", ("b", "x"), EXACT), ("c", ("c",), NAME)],
)
def test_a_dotted_path_leads_into_an_object(path: str, keys: tuple[str, ...], rule: object) -> None:
    """A dotted path finds a field of an object inside the item."""
    assert ITEM.located_slot(path) == (keys, rule)


@pytest.mark.parametrize("path", ["a", "x", "c.x", "b.y", "d"])
def test_a_path_to_no_value_is_an_error(path: str) -> None:
    """A path to an object, or to a missing field, raises an error that lists the valid paths."""
    message = f"'{path}' is not a field with a value: expected one of c, a.x, b.x"
    with pytest.raises(ValueError, match=re.escape(message)):
        ITEM.located_slot(path)


def test_a_key_may_contain_dots() -> None:
    """A key with dots is found, on its own and below another key."""
    item = ObjectRule(
        {"a": ObjectRule({"b.x": NAME}), "a.b": ObjectRule({"y": EXACT}), "a.c": NAME}
    )
    assert item.located_slot("a.b.x") == (("a", "b.x"), NAME)
    assert item.located_slot("a.b.y") == (("a.b", "y"), EXACT)
    assert item.located_slot("a.c") == (("a.c",), NAME)
