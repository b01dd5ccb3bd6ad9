"""The outline of an article, and the cursor that moves over its text."""

from __future__ import annotations

import re

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.baseline.outline import Cursor, Outline, is_title
from helpers.rules import HEADLINE


def test_headline_lines_and_sentences_have_their_spans() -> None:
    """The spans of lines and sentences exclude the white space around them."""
    text = f"{HEADLINE}\n\n  Hội nghị kết thúc. Xã Tân Lâm họp.\n"
    outline = Outline(AnalyzedArticle(text))
    assert [text[slice(*line)] for line in outline.lines] == [
        HEADLINE,
        "Hội nghị kết thúc. Xã Tân Lâm họp.",
    ]
    assert [text[slice(*sentence)] for sentence in outline.sentences] == [
        "Hội nghị kết thúc.",
        "Xã Tân Lâm họp.",
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (HEADLINE, True),
        ("Hội nghị kết thúc", False),
        ("TTXVN - Ngày 12/9, huyện Di Linh tổ chức hội nghị", False),
        ("30/09/2021 | 07:45 - 08:00 / 1", False),
        ("xã Tân Lâm ra mắt mô hình", False),
    ],
)
def test_title_has_words_and_a_capital(line: str, expected: bool) -> None:
    """A title has several words, begins with a capital and is not a dateline or stamp."""
    assert is_title(line) is expected


def test_cursor_moves_over_what_it_takes() -> None:
    """A cursor moves to the end of a match or group, and stays if nothing matches."""
    cursor = Cursor("một hai ba", 0, 10)
    assert cursor.take(re.compile("hai")) is None
    assert cursor.take(re.compile("một (?P<second>hai) ba"), group="second")
    assert cursor.position == len("một hai")


def test_cursor_sees_behind_its_limit_only_with_a_lookahead() -> None:
    """A pattern sees only as many characters after the limit as the lookahead allows."""
    cursor = Cursor("một hai", 0, 3)
    assert cursor.take(re.compile("một(?= )")) is None
    assert cursor.take(re.compile("một(?= )"), lookahead=1)


def test_cursor_takes_a_date_only_right_behind_its_words() -> None:
    """A date is taken only if it directly follows the given words; otherwise, the cursor stays."""
    text = " ngày 1/2/2019, 3/4/2019"
    dates = AnalyzedArticle(text).dates
    cursor = Cursor(text, 0, len(text))
    assert cursor.take_date(re.compile(" ngày "), dates[1:]) is None
    assert (cursor.position, cursor.take_date(re.compile(" ngày "), dates)) == (0, dates[0])
    assert cursor.position == dates[0].end
