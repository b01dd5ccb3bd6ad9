"""What the rules read from articles in any spelling."""

from __future__ import annotations

import json

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from helpers.forms import FORMS, SPELLINGS, span_in
from helpers.mentions import value_of
from helpers.paths import DATA

MENTIONS = json.loads((DATA / "mentions_seeds.json").read_text("utf-8"))
TEXT = "Đại tá Phạm Quốc Bình nói: ngày 24/7, 30 hộ tham gia. Trung tá Lò Thị Mai, 5 tổ."


def test_numbers_and_dates_of_decomposed_articles() -> None:
    """For articles in decomposed letters, precision and recall with offsets are at least 0.98."""
    right = found = wanted = 0
    for stem, mentions in MENTIONS.items():
        text = (data_folder("seeds") / f"{stem}.txt").read_bytes().decode()
        by_hand = {
            (
                *span_in("decomposed", text, mention["start"], mention["end"]),
                mention["value"],
                mention.get("total"),
            )
            for mention in mentions
            if mention["kind"] in {"number", "date"}
        }
        analyzed = AnalyzedArticle(FORMS["decomposed"](text))
        read = {
            (mention.start, mention.end, value_of(mention), mention.total)
            for mention in (*analyzed.numbers, *analyzed.dates)
        }
        right, found, wanted = right + len(read & by_hand), found + len(read), wanted + len(by_hand)
    assert right / found >= 0.98
    assert right / wanted >= 0.98


@pytest.mark.parametrize("form", SPELLINGS)
def test_mentions_have_their_spans_in_the_text(form: str) -> None:
    """The spans of numbers, dates and names refer to the original text, whatever its spelling."""
    plain, spelled = AnalyzedArticle(TEXT), AnalyzedArticle(FORMS[form](TEXT))
    mentions = [*plain.numbers, *plain.dates, *plain.names]
    spans = [
        (mention.start, mention.end)
        for mention in (*spelled.numbers, *spelled.dates, *spelled.names)
    ]
    assert spans == [span_in(form, TEXT, mention.start, mention.end) for mention in mentions]


def test_ranks_are_those_before_each_name() -> None:
    """All ranks of a name are collected in lower case."""
    analyzed = AnalyzedArticle(f"{TEXT} Thượng tá Lò Thị Mai về dự.")
    assert analyzed.ranks == {
        "Phạm Quốc Bình": {"đại tá"},
        "Lò Thị Mai": {"trung tá", "thượng tá"},
    }


def test_a_value_is_contained_in_any_spelling() -> None:
    """A value is found in another case or in decomposed letters, but not with another tone."""
    analyzed = AnalyzedArticle(TEXT)
    assert analyzed.contains("PHẠM QUỐC BÌNH")
    assert analyzed.contains(FORMS["decomposed"]("Lò Thị Mai"))
    assert not analyzed.contains("Lo Thị Mai")


@pytest.mark.parametrize("form", SPELLINGS)
def test_boilerplate_starts_at_the_links_to_other_stories(form: str) -> None:
    """In any spelling, a line in the second half that announces links starts the boilerplate."""
    head = f"Tin khác\n{TEXT}\n"
    text = FORMS[form](head) + FORMS[form]("Tin liên quan:\n- 12 vụ việc")
    assert AnalyzedArticle(text).boilerplate_start == len(FORMS[form](head))


def test_a_text_without_links_has_no_boilerplate() -> None:
    """In a text without links to other stories, the boilerplate starts at the end."""
    assert AnalyzedArticle(TEXT).boilerplate_start == len(TEXT)


def test_the_language_is_detected_unless_it_is_named() -> None:
    """The same digits are read in the notation of the detected or named language.

    Without Vietnamese letters, they are read in English notation even if Vietnamese is named.
    """
    text = "The county looks after 1.250 of the lanes, and it was said that this is not enough."
    assert [number.value for number in AnalyzedArticle(text).numbers] == [1.25]
    assert [number.value for number in AnalyzedArticle(text, "vi").numbers] == [1.25]
    assert [number.value for number in AnalyzedArticle(f"{text} Đường xã", "vi").numbers] == [1250]
    assert [number.value for number in AnalyzedArticle("1.250 hộ", "en").numbers] == [1.25]


@pytest.mark.parametrize("form", SPELLINGS)
def test_a_text_in_another_spelling_has_the_same_language(form: str) -> None:
    """The language of a text is detected in any spelling."""
    assert AnalyzedArticle(FORMS[form](TEXT)).language.code == "vi"
    english = AnalyzedArticle(FORMS[form]("Two cars were hit by the bus, and it was closed."))
    assert english.language.code == "en"
    assert [(number.value, number.text) for number in english.numbers] == [(2, "Two")]


def test_english_boilerplate() -> None:
    """A line that announces links in English starts the boilerplate of an English text."""
    head = "The bridge was closed for nine hours, and two of the drivers were taken to hospital.\n"
    assert AnalyzedArticle(f"{head}Read more:\n12 hurt").boilerplate_start == len(head)
