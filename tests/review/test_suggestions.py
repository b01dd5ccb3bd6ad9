"""Field values suggested from a selected passage."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.record import MovementReport
from antq_llm.review.form_layout import sections_of
from antq_llm.review.suggestions import source_span, suggest
from antq_llm.schemas.registry import schema_from
from helpers.reviewing import SCHEMA, TEXT

SECTIONS = {section.name: section for section in sections_of(schema_from(SCHEMA))}
ARTICLE = AnalyzedArticle(TEXT)


def read(section: str, passage: str) -> dict[str, tuple[object, ...]]:
    start = TEXT.index(passage)
    return dict(suggest(SECTIONS[section], ARTICLE, (start, start + len(passage))))


def test_a_figure_and_its_comparator_are_read() -> None:
    """The number in a passage and its comparator are suggested."""
    assert read("figures", "More than 1,200 people") == {
        "/value": (1200,),
        "/comparator": (">",),
        "/quote": ("More than 1,200 people",),
    }


def test_a_date_is_read() -> None:
    """A printed date is suggested in EDTF."""
    assert read("published", "on 4 March 2024")["/date"] == ("2024-03-04",)


def test_names_are_read() -> None:
    """Words that look like a name are suggested, and so is a short selection as a whole."""
    assert read("people", "Peter Lowe")["/name"] == ("Peter Lowe",)
    assert "Peter Lowe" in read("people", "came, and Peter Lowe showed")["/name"]


def test_names_have_no_words_that_the_field_leaves_out() -> None:
    """A form of address is not suggested as part of a name, even in decomposed Unicode (NFD)."""
    text = unicodedata.normalize("NFD", "Bà Lê Thị Hạnh trao giải.")
    analyzed = AnalyzedArticle(text)
    people = next(one for one in sections_of(schema_from(MovementReport)) if one.name == "people")
    assert set(suggest(people, analyzed, (0, text.index("trao")))["/name"]) == {"Lê Thị Hạnh"}


@given(st.text(alphabet="a \r\n", max_size=12), st.integers(0, 14), st.integers(0, 14))
def test_a_selection_is_the_same_words_in_the_source(text: str, start: int, end: int) -> None:
    """Page offsets, which count CR LF as one character, select the same words in the source."""
    first, last = source_span(text, start, end)
    start, end = sorted((start, end))
    assert text[first:last].replace("\r\n", "\n") == text.replace("\r\n", "\n")[start:end].strip()
