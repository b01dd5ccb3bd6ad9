"""Numerals in words."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers.number_words import read_number_words, words_in
from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "end", "value"),
    [
        ("mười lăm", 8, 15),
        ("hai mươi ba người", 11, 23),
        ("ba mươi tư vụ", 10, 34),
        ("hai lăm", 7, 25),
        ("năm mươi mốt", 12, 51),
        ("ba trăm", 7, 300),
        ("một trăm rưỡi", 13, 150),
        ("một trăm linh năm", 17, 105),
        ("hai nghìn không trăm mười bảy", 29, 2017),
        ("ba nghìn lẻ năm", 15, 3005),
        ("ba nghìn năm trăm linh sáu", 26, 3506),
        ("hai triệu rưỡi", 14, 2_500_000),
        ("một tỷ hai trăm triệu", 21, 1_200_000_000),
        ("ba trăm nghìn tỷ", 16, 300_000_000_000_000),
        ("ba phẩy năm phần trăm", 11, 3.5),
        ("mười năm", 4, 10),
        ("hai mươi năm", 8, 20),
        ("hai trăm năm", 8, 200),
    ],
)
def test_numerals(text: str, end: int, value: float) -> None:
    """The longest numeral is read; ``năm`` after tens or hundreds means "year", not "five"."""
    number = read_number_words(text, 0)
    assert number is not None
    assert (number.end, number.value) == (end, value)


@pytest.mark.parametrize("text", ["không", "người", "mươi ba", "linh năm", "", "haimươi"])
def test_other_words(text: str) -> None:
    """A word that does not begin a numeral is not read."""
    assert read_number_words(text, 0) is None


def test_words() -> None:
    """Every number in words is found."""
    assert words_in("Ba tổ, một đội và mười hộ") == {3, 1, 10}
    assert words_in("Bắt mười lăm đối tượng") == {15, 5}


def test_a_year_in_words_is_not_a_five() -> None:
    """``Năm``, the word for five, is left out, since it is also the word for year."""
    assert words_in("Năm năm, bốn tổ") == {4}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("hai mươi ba hộ", {2, 3, 23}),
        ("hai ba hộ", {2, 3}),
        ("năm nay", set()),
        ("hai năm", {2}),
        ("trăm hộ", set()),
    ],
)
def test_the_numbers_in_a_text(text: str, values: set[int]) -> None:
    """The numbers in words, and the digits they consist of, are returned except for ``năm``."""
    assert words_in(text) == values


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("hai ba", [(2, 3)]),
        ("hai bốn", [(2, 4)]),
        ("hai sáu", [(2,), (6,)]),
        ("ba hai", [(3,), (2,)]),
    ],
)
def test_two_digits(words: str, bounds: list[tuple[int, ...]]) -> None:
    """Two digits in words are a range if the second is one or two more than the first."""
    assert [mention.values for mention in read_mentions(f"bắt {words} người")] == bounds
