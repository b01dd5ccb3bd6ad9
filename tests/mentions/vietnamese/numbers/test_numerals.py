"""Numerals in digits and in words."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers.numerals import parse_numeral, words_in


@pytest.mark.parametrize(
    ("text", "english", "value"),
    [
        ("1.234", False, 1234),
        ("1.234", True, 1.234),
        ("1,234", False, 1.234),
        ("1,234", True, 1234),
        ("1.44", False, 1.44),
        ("12.34.56", False, None),
    ],
)
def test_notation(text: str, english: bool, value: float | None) -> None:
    """Points and commas are read in the language's notation, else in the only one that fits."""
    assert parse_numeral(text, english=english) == value


def test_words() -> None:
    """Numbers up to ten are read in words."""
    assert words_in("Ba tổ, một đội và mười hộ") == {3, 1, 10}


def test_a_year_in_words_is_not_a_five() -> None:
    """The word for five is left out, since it is the word for a year too."""
    assert words_in("Năm năm, bốn tổ") == {4}
