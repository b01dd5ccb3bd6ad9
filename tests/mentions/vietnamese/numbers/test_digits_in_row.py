"""Digits in words, one after another."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "lower", "upper"),
    [
        ("bắt hai ba người", 2, 3),
        ("bắt hai ba bốn người", 2, 4),
        ("có một hai nghìn người", 1000, 2000),
        ("có một, hai nghìn người", 1000, 2000),
        ("có hai, ba triệu đồng", 2 * 10**6, 3 * 10**6),
        ("có hai hoặc ba nghìn người", 2000, 3000),
        ("có hai hay ba nghìn người", 2000, 3000),
        ("có hai - ba nghìn người", 2000, 3000),
        ("có hai ba trăm nghìn đồng", 200_000, 300_000),
        ("có ba bốn mươi người", 30, 40),
        ("có bốn năm nghìn người", 4000, 5000),
        ("ở tù ba bốn năm", 3, 4),
    ],
)
def test_digits_in_a_row(text: str, lower: int, upper: int) -> None:
    """Digits in a row are the bounds of an estimate in the scale of the last, never certain."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.upper, mention.is_certain) == (lower, upper, False)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("bắt hai, ba người", [3]),
        ("trong năm, sáu nghìn người dự", [6000]),
        ("hai năm sáu tháng", [2, 6]),
        ("thứ bảy hai người", [2]),
    ],
)
def test_digits_apart(text: str, values: list[int]) -> None:
    """Digits that no estimate joins are certain."""
    assert [mention.value for mention in read_mentions(text) if mention.is_certain] == values


@pytest.mark.parametrize("text", ["hai ba nghìn năm trăm hộ", "chín mười người"])
def test_a_number_after_a_lower_digit(text: str) -> None:
    """A number after a digit one lower may be part of an estimate, so it is not certain."""
    assert not any(mention.is_certain for mention in read_mentions(text))
