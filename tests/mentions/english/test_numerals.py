"""Numerals in English notation."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.numerals import parse_numeral, read_numeral


@pytest.mark.parametrize(
    ("digits", "value"),
    [
        ("0", 0),
        ("0.5", 0.5),
        ("007", None),
        ("00", None),
        ("1,250", 1250),
        ("12,50", None),
        ("1,50,000", 150_000),
        ("1.250.000", None),
        ("264.930,8", None),
        ("1,250.75", 1250.75),
        ("1" * 40, int("1" * 40)),
        ("1" * 41, None),
    ],
)
def test_parsing(digits: str, value: float | None) -> None:
    """Digits of up to 40 characters in English notation are a number unless they begin with 0."""
    assert parse_numeral(digits) == value


@pytest.mark.parametrize(
    ("text", "end", "value", "possible"),
    [
        ("3 dozen", 7, 36, ()),
        ("5 hundred", 9, 500, ()),
        ("5 hundred thousand", 18, 500_000, ()),
        ("2 thousand", 10, 2000, ()),
        ("2 lakh", 6, 200_000, ()),
        ("2 lakhs", 7, 200_000, ()),
        ("2 crore", 7, 20_000_000, ()),
        ("2 crores", 8, 20_000_000, ()),
        ("1.4 million", 11, 1_400_000, ()),
        ("3 billion", 9, 3 * 10**9, ()),
        ("3-trillion", 10, 3 * 10**12, ()),
        ("3bn", 3, 3 * 10**9, ()),
        ("3bln", 4, 3 * 10**9, ()),
        ("3mn", 3, 3 * 10**6, ()),
        ("3mln", 4, 3 * 10**6, ()),
        ("3tn", 3, 3 * 10**12, ()),
        ("3trn", 4, 3 * 10**12, ()),
        ("5m", 2, None, (5, 5_000_000)),
        ("5b", 2, None, (5, 5 * 10**9)),
        ("5k", 2, None, (5, 5000)),
        ("5km", 1, 5, ()),
        ("5xyz", 4, None, ()),
        ("007", 3, None, ()),
    ],
)
def test_scales(text: str, end: int, value: float | None, possible: tuple[float, ...]) -> None:
    """A scale word multiplies, a letter such as ``m`` is ambiguous, and ``xyz`` makes a code."""
    assert read_numeral(text, 0) == (end, value, possible)


@pytest.mark.parametrize("before", ["$", "£ ", "€"])
def test_a_letter_after_an_amount_of_money(before: str) -> None:
    """After a currency sign, a letter is a scale."""
    assert read_numeral(f"{before}5m", len(before)) == (len(before) + 2, 5_000_000, ())
