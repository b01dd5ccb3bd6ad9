"""Numerals in digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers.numerals import parse_numeral


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
