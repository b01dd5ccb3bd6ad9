"""Selecting the values of an item by the rules that compare them."""

from __future__ import annotations

from antq_llm.confidence.field_values import empty_share, filled_fields, texts_of
from antq_llm.scoring.field_rules import DATE, EXACT, NAME, PASSAGE, TITLE, set_of
from antq_llm.scoring.profile import ListRule, ObjectRule

LINE = ListRule(ObjectRule({"note": TITLE}), {"note": 1.0})
PLACE = ObjectRule({"province": NAME, "venue": TITLE})
RULE = ObjectRule(
    {
        "name": NAME,
        "kind": EXACT,
        "date": DATE,
        "places": set_of(TITLE),
        "place": PLACE,
        "lines": LINE,
        "quote": PASSAGE,
    }
)
ITEM = {
    "name": "A",
    "kind": "x",
    "date": None,
    "places": ["B", "C"],
    "place": {"province": "D", "venue": None},
    "lines": [{"note": "E"}],
    "quote": "Q",
}
TEXTS = frozenset({"name", "title"})


def test_texts_are_found_in_sets_and_objects() -> None:
    """Texts in sets and objects are found, but not those of inner items or in other fields."""
    assert list(texts_of(ITEM, RULE, TEXTS)) == ["A", "B", "C", "D"]
    assert list(texts_of(ITEM, RULE, {"passage"})) == ["Q"]


def test_fields_with_a_value_are_counted() -> None:
    """A list of inner items counts as one field."""
    assert filled_fields(ITEM, RULE) == 6
    assert filled_fields(None, RULE) == 0


def test_the_share_of_empty_texts() -> None:
    """Text fields in an inner object count too, and those of a missing object are empty."""
    assert empty_share(ITEM, RULE, TEXTS) == 0.25
    assert empty_share({**ITEM, "place": None}, RULE, TEXTS) == 0.5
    assert empty_share(ITEM, RULE, {"period"}) == 0.0
