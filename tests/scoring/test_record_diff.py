"""The differences between two records."""

from __future__ import annotations

import pytest

from antq_llm.scoring.field_rules import EXACT, PASSAGE, TITLE, set_of
from antq_llm.scoring.profile import ListRule, ObjectRule
from antq_llm.scoring.record_diff import RecordDiff, SlotCounts


def test_errors_have_their_places_and_values() -> None:
    """Each error has its field, both values, both pointers and both quotes."""
    rule = ObjectRule(
        {
            "facts": ListRule(
                ObjectRule({"id": EXACT, "value": EXACT, "tags": set_of(TITLE), "quote": PASSAGE}),
                identity={"id": 1.0},
            )
        }
    )
    gold = {
        "facts": [
            {"id": 1, "value": 5, "tags": ["một hai ba", "bốn"], "quote": "a b c"},
            {"id": 2, "value": 6, "tags": [], "quote": "d e f"},
        ]
    }
    extracted = {
        "facts": [
            {"id": 3, "value": 6, "tags": [], "quote": "g"},
            {"id": 1, "value": 7, "tags": ["một hai"], "quote": "b"},
        ]
    }
    errors = RecordDiff(gold, extracted, rule).discrepancies
    shown = [
        (
            error.kind,
            error.field,
            error.gold,
            error.extracted,
            error.gold_pointer,
            error.extracted_pointer,
        )
        for error in errors
    ]
    assert shown == [
        ("wrong_value", "facts.value", 5, 7, "/facts/0/value", "/facts/1/value"),
        (
            "wrong_value",
            "facts.tags",
            "một hai ba",
            "một hai",
            "/facts/0/tags/0",
            "/facts/1/tags/0",
        ),
        ("missed", "facts.tags", "bốn", None, "/facts/0/tags/1", "/facts/1/tags"),
        ("wrong_span", "facts.quote", "a b c", "b", "/facts/0/quote", "/facts/1/quote"),
        ("missed", "facts", gold["facts"][1], None, "/facts/1", None),
        ("spurious", "facts", None, extracted["facts"][0], None, "/facts/0"),
    ]
    assert [(error.gold_quote, error.extracted_quote) for error in errors] == [
        ("a b c", "b")
    ] * 4 + [("d e f", None), (None, "g")]
    assert [error.similarity for error in errors] == [
        0.0,
        pytest.approx(0.8),
        0.0,
        pytest.approx(0.5),
        0.0,
        0.0,
    ]


def test_pointers_are_escaped() -> None:
    """Slashes and tildes in field names are escaped as in RFC 6901."""
    errors = RecordDiff({"a/b~c": 1}, {}, ObjectRule({"a/b~c": EXACT})).discrepancies
    assert [error.gold_pointer for error in errors] == ["/a~1b~0c"]


@pytest.mark.parametrize("name", ["gold", "extracted", "same"])
def test_counts_are_added_one_by_one(name: str) -> None:
    """Only the counts that are given are added."""
    counts = SlotCounts()
    counts.add(**{name: 2})
    expected = {"gold": 0, "extracted": 0, "same": 0} | {name: 2}
    assert {key: getattr(counts, key) for key in expected} == expected


def test_what_is_missed_has_no_similarity() -> None:
    """The similarity of an item that is only in one record is zero."""
    rule = ObjectRule({"facts": ListRule(ObjectRule({"id": EXACT}), identity={"id": 1.0})})
    diff = RecordDiff({"facts": [{"id": 1}]}, {"facts": [{"id": 2}]}, rule)
    assert [(error.kind, error.similarity) for error in diff.discrepancies] == [
        ("missed", 0.0),
        ("spurious", 0.0),
    ]
