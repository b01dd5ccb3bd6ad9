"""Numerals in digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers.numerals import (
    Numeral,
    parse_numeral,
    read_numeral,
    times_scale,
)
from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


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
    """Points and commas are read in the language's notation if it fits, or else in the other."""
    assert parse_numeral(text, english=english) == value


@pytest.mark.parametrize(
    ("text", "expression", "value", "is_certain"),
    [
        ("thu 21, 218 tỷ đồng", "21, 218 tỷ", 21_218_000_000, True),
        ("có 1 .250 hộ", "1 .250", 1250, True),
        ("có 2. 700 hộ", "2. 700", 2700, False),
        ("có 1. 250.000 đồng", "1. 250.000", 1_250_000, True),
        ("giá 12 000 đồng", "12 000", 12_000, True),
        ("có 20,000 người", "20,000", 20_000, True),
        ("có 1,250 người", "1,250", 1250, False),
        ("bán $1,500 một đôi", "1,500", 1500, True),
        ("nặng 12,315 gam", "12,315", 12.315, False),
        ("thu 3,859 tỷ đồng", "3,859 tỷ", 3_859_000_000, True),
        ("đạt 0.250 điểm", "0.250", 0.25, True),
        ("thu 16.5 tỷ đồng", "16.5 tỷ", 16_500_000_000, True),
    ],
)
def test_slips_of_the_typist(text: str, expression: str, value: float, is_certain: bool) -> None:
    """Numbers with stray spaces or in English notation are read; ambiguous ones are not certain."""
    (mention,) = read_mentions(text)
    assert (mention.text, mention.value) == (expression, value)
    assert mention.is_certain is is_certain


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("có lần lượt 21, 218 tỷ đồng", [21, 218_000_000_000]),
        ("lãi 5, 10, 20%", [5, 10, 20]),
        ("2. 700 hộ nghèo", [2, 700]),
    ],
)
def test_lists_of_numbers(text: str, values: list[int]) -> None:
    """Numbers in a list, or at the start of a list item, are not joined to the next number."""
    assert [mention.value for mention in read_mentions(text)] == values


@pytest.mark.parametrize(
    ("scale", "value"),
    [
        ("trăm", 100),
        ("nghìn", 1000),
        ("ngàn", 1000),
        ("vạn", 10_000),
        ("triệu", 10**6),
        ("tr", 10**6),
        ("tỷ", 10**9),
        ("tỉ", 10**9),
        ("thousand", 1000),
        ("million", 10**6),
        ("billion", 10**9),
        ("trillion", 10**12),
        ("nghìn tỷ", 10**12),
    ],
)
def test_scales(scale: str, value: int) -> None:
    """Each scale word multiplies a number by its power of ten."""
    assert times_scale(5, scale) == 5 * value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("có 2 .700 hộ", [2700]),
        ("khu 2 .700 hộ", ["2", 700]),
        ("tháng 2 .700 hộ", ["XXXX-02", 700]),
    ],
)
def test_a_stray_space_after_an_identifier(text: str, values: list[str | int]) -> None:
    """A number with a stray space is not read after a word for a date or an identifier."""
    assert [mention.value for mention in read_mentions(text)] == values


def test_ten_groups_of_digits() -> None:
    """Up to nine groups of digits are one number; of more groups, only the first is read."""
    nine = "1" + ".234" * 8
    assert read_numeral(nine, 0, english=False) == Numeral(len(nine), int(nine.replace(".", "")))
    assert read_numeral(f"{nine}.234", 0, english=False) == Numeral(1, 1, is_certain=False)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("có 1 250 000 hộ", [1_250_000]),
        ("có 12 000 hộ", [12_000]),
        ("có 12 250 hộ", [12, 250]),
        ("có 0,1 250 hộ", [0.1, 250]),
        ("x,1 250 000 hộ", [1, 250_000]),
        (".1 250 000 hộ", [1, 250_000]),
    ],
)
def test_groups_with_spaces(text: str, values: list[float]) -> None:
    """Groups with spaces are one number if there are three or the second is ``000``."""
    assert [mention.value for mention in read_mentions(text)] == values
