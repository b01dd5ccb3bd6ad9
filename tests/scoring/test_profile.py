"""Profiles: finding the fields of an item."""

from __future__ import annotations

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
    """A path to an object, or to a missing field, raises an error."""
    with pytest.raises(ValueError, match="is not a field with a value"):
        ITEM.located_slot(path)
