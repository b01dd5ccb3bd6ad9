"""The values of an item, by the rules that compare them."""

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
    """The texts of inner items and fields of other kinds are not part of them."""
    assert list(texts_of(ITEM, RULE, TEXTS)) == ["A", "B", "C", "D"]
    assert list(texts_of(ITEM, RULE, {"passage"})) == ["Q"]


def test_fields_with_a_value_are_counted() -> None:
    """A list of inner items is one field."""
    assert filled_fields(ITEM, RULE) == 6
    assert filled_fields(None, RULE) == 0


def test_the_share_of_empty_texts() -> None:
    """One of four fields for texts is empty; the fields of a missing object are empty too."""
    assert empty_share(ITEM, RULE, TEXTS) == 0.25
    assert empty_share({**ITEM, "place": None}, RULE, TEXTS) == 0.5
    assert empty_share(ITEM, RULE, {"period"}) == 0.0
