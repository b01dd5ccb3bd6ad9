"""Finding the items of a record in their article."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import ground, items_with_quotes


def spans_of(text: str, data: Any) -> dict[str, tuple[int, int]]:
    """Return the spans of the items that are found, by JSON Pointer."""
    found = ground(data, Aligner(text)).evidence
    return {evidence.pointer: (evidence.start, evidence.end) for evidence in found}


def test_items_with_quotes_come_in_document_order() -> None:
    """Objects with a quote are found at any depth, each before its nested objects."""
    data = {
        "a/b": [{"quote": "x", "inner": {"quote": "y"}}, {"quote": None}, {}],
        "c": {"quote": "z"},
        "quote": "w",
    }
    assert [(pointer, item["quote"]) for pointer, item in items_with_quotes(data)] == [
        ("", "w"),
        ("/a~1b/0", "x"),
        ("/a~1b/0/inner", "y"),
        ("/c", "z"),
    ]


def test_quotes_become_the_characters_of_the_article() -> None:
    """In a copy of the data, a quote in another spelling is replaced by the article's spelling."""
    data = {"items": [{"quote": "XÃ TÂN LÂM"}]}
    before = copy.deepcopy(data)
    grounding = ground(data, Aligner("Tại xã Tân Lâm."))
    assert grounding.data == {"items": [{"quote": "xã Tân Lâm"}]}
    assert data == before
    assert [evidence.match for evidence in grounding.evidence] == ["normalized"]


def test_data_with_exact_quotes_is_not_copied() -> None:
    """Data with only exact quotes is not copied."""
    data = {"items": [{"quote": "xã Tân Lâm"}]}
    assert ground(data, Aligner("Tại xã Tân Lâm.")).data is data


def test_items_that_are_not_found_are_named() -> None:
    """Items whose quotes are not in the article are listed by pointer, and the others are found."""
    data = {"items": [{"quote": "huyện Di Linh"}, {"quote": "xã Tân Lâm"}]}
    grounding = ground(data, Aligner("Tại xã Tân Lâm."))
    assert grounding.missing == ("/items/0",)
    assert [evidence.pointer for evidence in grounding.evidence] == ["/items/1"]


@pytest.mark.parametrize(
    ("quotes", "starts"),
    [
        (["an ninh", "hai"], [4, 12]),
        (["hai", "an ninh"], [12, 16]),
        (["một", "an ninh", "ba"], [0, 4, 24]),
        (["hai", "an ninh", "ba"], [12, 16, 24]),
        (["an ninh"], [4]),
        (["an ninh", "ba"], [16, 24]),
        (["an ninh", "an ninh", "ba"], [16, 16, 24]),
    ],
)
def test_an_ambiguous_quote_is_placed_by_its_neighbours(
    quotes: list[str], starts: list[int]
) -> None:
    """Of two occurrences of a quote, the one between the list's neighbouring items is chosen."""
    text = "một an ninh hai an ninh ba"
    spans = spans_of(text, {"items": [{"quote": quote} for quote in quotes]})
    assert [start for start, _ in spans.values()] == starts


def test_items_of_other_lists_are_not_neighbours() -> None:
    """Items of another list do not affect which occurrence of a quote is chosen."""
    text = "một an ninh hai an ninh ba"
    spans = spans_of(text, {"first": [{"quote": "hai"}], "second": [{"quote": "an ninh"}]})
    assert spans["/second/0"] == (4, 11)


def test_the_occurrence_nearest_to_a_neighbour_is_chosen() -> None:
    """Of two occurrences between the neighbouring items, the nearest to one of them is chosen."""
    text = "xx hai an ninh bốn năm sáu bảy tám chín an ninh ba"
    spans = spans_of(text, {"items": [{"quote": quote} for quote in ("hai", "an ninh", "ba")]})
    assert spans["/items/1"] == (7, 14)
