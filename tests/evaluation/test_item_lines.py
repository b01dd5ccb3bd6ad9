"""Items of a record as lines of text."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.schemas.json_schema import JsonSchema
from helpers.evaluations import GOLD as REPORTS
from helpers.evaluations import SCHEMA as REPORT
from helpers.road_accidents import GOLD, SCHEMA

LINES = ItemLines(SCHEMA.roles)
NO_ROLES = ItemLines(JsonSchema("none", {"type": "object"}).roles)


def test_names_come_first_then_what_identifies_most() -> None:
    """A line begins with the name or the main identifying field and leaves out the quote."""
    record = GOLD["ring-road"]
    assert LINES.line(record["people"][0], "people") == "name: Lena Brandt · part: official"
    assert LINES.line(record["casualties"][0], "casualties") == (
        "count: 14 · outcome: injured · comparator: ="
    )


def test_a_passage_is_shown() -> None:
    """A quote that is the content of its item is part of the line."""
    said = GOLD["ring-road"]["statements"][0]
    assert LINES.line(said, "statements") == f"quote: {said['quote']} · speaker: Lena Brandt"


def test_values_of_enumerations_alone_are_followed_by_the_quote() -> None:
    """If an item has only enumeration values, its quote follows them."""
    lines = ItemLines(REPORT.roles)
    award = {"form": None, "recipients": "collective", "count": None, "quote": "some groups"}
    assert lines.line(award, "awards") == "recipients: collective · quote: some groups"
    with_form = award | {"form": "a medal"}
    assert "quote" not in lines.line(with_form, "awards")


def test_words_of_a_language_name_fields_and_values() -> None:
    """A line can show fields and enumeration values in the words of a language."""
    lines = ItemLines(REPORT.roles, SchemaWords(REPORT, "vi"))
    award = {"form": "bằng khen", "recipients": "collective", "count": 3, "quote": "q"}
    assert lines.line(award, "awards") == (
        "Đối tượng: tập thể · Số lượng: 3 · Hình thức: bằng khen"
    )
    assert lines.line(["chair", "speaker"], "people.roles") == "chủ trì, phát biểu"


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ({"b": 1, "a": "x", "quote": "q"}, "b: 1 · a: x"),
        ({"quote": "q", "a": None}, "quote: q"),
        ({"a": {"x": 1, "y": None, "z": ["p", {"k": "v"}]}, "b": [], "c": {}}, "a: 1, p, v"),
        ("plain", "plain"),
        ([1, "two"], "1, two"),
        (0, "0"),
    ],
)
def test_items_without_roles_keep_their_order(item: Any, line: str) -> None:
    """Without roles, keys keep their order; empty values and the quote are left out."""
    assert NO_ROLES.line(item, "items") == line


def test_a_title_is_the_first_printed_text() -> None:
    """The title of an article is the first printed text of its record, if any."""
    titles = {LINES.title(record) for record in GOLD.values()}
    assert titles == {record["headline"] for record in GOLD.values()}
    report = next(iter(REPORTS.values()))
    assert ItemLines(REPORT.roles).title(report) == report["headline"]
    assert (LINES.title({}), LINES.title([]), NO_ROLES.title({"headline": "x"})) == ("", "", "")
