"""Quarters, parts of a year, decades, centuries and months in words."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tháng tư năm ngoái", [("tháng tư", "XXXX-04", None)]),
        ("hồi tháng Năm.", [("tháng Năm", "XXXX-05", None)]),
        ("thập niên 90", [("90", "199X", None)]),
        ("những năm 70-80", [("70-80", "197X", "198X")]),
        ("những năm 1980", [("1980", "198X", None)]),
        ("thế kỷ XX", [("thế kỷ XX", "19XX", None)]),
        ("thế kỷ XIX", [("thế kỷ XIX", "18XX", None)]),
        ("thế kỷ 21", [("21", "20XX", None)]),
        ("quý III", [("quý III", "XXXX-07", "XXXX-09")]),
        ("quý II-2020", [("2020", "2020-04", "2020-06")]),
        ("quý 1/2017", [("1/2017", "2017-01", "2017-03")]),
        ("6 tháng đầu năm 2017", [("6 tháng đầu năm 2017", "2017-01", "2017-06")]),
        ("8 tháng năm 2019", [("8 tháng năm 2019", "2019-01", "2019-08")]),
        ("9 tháng của năm 2018", [("9 tháng của năm 2018", "2018-01", "2018-09")]),
        ("8 tháng 5 năm 2019", [("8 tháng 5 năm 2019", "2019-05-08", None)]),
        ("4 tháng đầu năm", [("4 tháng đầu năm", "XXXX-01", "XXXX-04")]),
        ("sáu tháng cuối năm 2016", [("sáu tháng cuối năm 2016", "2016-07", "2016-12")]),
        ("cuối năm 2016", [("2016", "2016", None)]),
        ("nửa đầu năm 2018", [("2018", "2018-01", "2018-06")]),
        ("nửa cuối của năm 2018", [("2018", "2018-07", "2018-12")]),
    ],
)
def test_periods(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """A period is read as its first and last months; a decade or century has unknown digits."""
    assert bounds_of(text, "date") == expected


MONTHS_FROM_TWO = (
    "hai", "ba", "tư", "Năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai",
)  # fmt: skip


@pytest.mark.parametrize(("number", "word"), list(enumerate(MONTHS_FROM_TWO, start=2)))
def test_months_in_words(number: int, word: str) -> None:
    """Each month from February on is recognised by its number in words."""
    (mention,) = read_mentions(f"trong tháng {word}, xã họp")
    assert mention.value == f"XXXX-{number:02d}"


@pytest.mark.parametrize(
    ("number", "value"), [(1, "00XX"), (2, "01XX"), (20, "19XX"), (21, "20XX"), (22, None)]
)
def test_the_number_of_a_century(number: int, value: str | None) -> None:
    """A century in digits is the first to the twenty-first."""
    found = [mention.value for mention in read_mentions(f"thế kỷ {number}, có mưa")]
    assert found == [value] if value else found == [number]


@pytest.mark.parametrize(
    ("roman", "value"),
    [
        ("I", "00XX"),
        ("IX", "08XX"),
        ("XIV", "13XX"),
        ("XVI", "15XX"),
        ("XIX", "18XX"),
        ("XX", "19XX"),
    ],
)
def test_roman_centuries(roman: str, value: str) -> None:
    """In a Roman numeral, a letter before a larger one is subtracted."""
    (mention,) = read_mentions(f"thế kỷ {roman} có mưa")
    assert mention.value == value


@pytest.mark.parametrize(
    ("months", "side", "bounds"),
    [
        (1, "đầu", ("2017-01", "2017-01")),
        (11, "đầu", ("2017-01", "2017-11")),
        (1, "cuối", ("2017-12", "2017-12")),
        (11, "cuối", ("2017-02", "2017-12")),
        (0, "đầu", None),
        (12, "đầu", None),
    ],
)
def test_the_months_of_a_part_of_a_year(
    months: int, side: str, bounds: tuple[str, str] | None
) -> None:
    """A part of a year has 1 to 11 months."""
    first = read_mentions(f"{months} tháng {side} năm 2017")[0]
    assert (first.values if first.kind == "date" else None) == bounds


@pytest.mark.parametrize(
    ("month", "value", "is_certain"),
    [
        ("hai", "XXXX-02", False),
        ("ba", "XXXX-03", False),
        ("tư", "XXXX-04", True),
        ("Sáu", "XXXX-06", True),
        ("tám", "XXXX-08", False),
        ("mười", "XXXX-10", False),
        ("mười một", "XXXX-11", True),
        ("mười hai", "XXXX-12", True),
    ],
)
def test_months_that_may_be_a_number_of_months(month: str, value: str, is_certain: bool) -> None:
    """A month in lower case is certain only if the words cannot count months."""
    (mention,) = read_mentions(f"vào tháng {month}, xã họp")
    assert (mention.value, mention.is_certain) == (value, is_certain)
