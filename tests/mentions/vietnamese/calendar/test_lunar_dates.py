"""Dates of the lunar calendar."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mùng 3 Tết", [("3 Tết", "XXXX-01-03", None)]),
        ("đêm 30 Tết", [("30 Tết", "XXXX-12-30", None)]),
        ("rằm tháng Giêng", [("rằm tháng Giêng", "XXXX-01-15", None)]),
        ("rằm tháng 7", [("7", "XXXX-07-15", None)]),
        ("10/3 âm lịch", [("10/3 âm lịch", "XXXX-03-10", None)]),
        ("23 tháng Chạp", [("23 tháng Chạp", "XXXX-12-23", None)]),
    ],
)
def test_lunar_dates(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """A lunar date is read as a month and day of the lunar calendar."""
    assert bounds_of(text, "date") == expected


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("ngày 11 và 12 tháng Giêng", "XXXX-01-11", "XXXX-01-12"),
        ("từ 13 - 18 tháng Giêng âm lịch", "XXXX-01-13", "XXXX-01-18"),
        ("từ ngày 4 đến hết 17 tháng Giêng", "XXXX-01-04", "XXXX-01-17"),
        ("từ 3/12 đến 30/2 âm lịch", "XXXX-12-03", "XXXX-02-30"),
        ("từ ngày 29 đến mùng 5 Tết", "XXXX-12-29", "XXXX-01-05"),
        ("mùng 3 và mùng 5 Tết", "XXXX-01-03", "XXXX-01-05"),
    ],
)
def test_lunar_ranges(text: str, first: str, last: str) -> None:
    """Two lunar days joined by a word or a dash are read as a range of lunar dates."""
    assert [found[1:] for found in bounds_of(text, "date")] == [(first, last)]


@pytest.mark.parametrize("text", ["mùng 3 Tết", "rằm tháng 7", "mùng một Tết", "tháng Chạp"])
def test_lunar_dates_are_never_certain(text: str) -> None:
    """A lunar date is not certain, so it contradicts no solar date."""
    (mention,) = read_mentions(text)
    assert (mention.form, mention.is_certain) == ("lunar", False)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("mùng 3", "XXXX-XX-03"),
        ("mùng 8 họ ăn cỗ", "XXXX-XX-08"),
        ("mùng 10 Tết", "XXXX-01-10"),
        ("ngày 30 Tết", "XXXX-12-30"),
        ("30 tháng Chạp", "XXXX-12-30"),
        ("rằm tháng 12", "XXXX-12-15"),
    ],
)
def test_days_of_lunar_months(text: str, date: str) -> None:
    """The first days of Tết are in the first lunar month, and the 30th is in the twelfth."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.form) == (date, "lunar")


@pytest.mark.parametrize(
    ("text", "values"),
    [("rằm tháng 13", [13]), ("31 tháng Chạp", [31, "XXXX-12"]), ("mùng 0 Tết", [0])],
)
def test_days_that_the_lunar_calendar_lacks(text: str, values: list[int | str]) -> None:
    """A lunar date with a month above 12 or a day outside 1 to 30 is not read."""
    assert [mention.value for mention in read_mentions(text)] == values


LUNAR_MONTHS = (
    "giêng", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một",
    "chạp",
)  # fmt: skip


@pytest.mark.parametrize(("number", "word"), list(enumerate(LUNAR_MONTHS, start=1)))
def test_the_months_of_the_lunar_year(number: int, word: str) -> None:
    """Each lunar month is recognised by its name."""
    (mention,) = read_mentions(f"rằm tháng {word}")
    assert mention.value == f"XXXX-{number:02d}-15"


LUNAR_DAYS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")


@pytest.mark.parametrize(("number", "word"), list(enumerate(LUNAR_DAYS, start=1)))
def test_the_first_days_of_a_lunar_month(number: int, word: str) -> None:
    """Each of the first ten days of a lunar month is recognised by its number in words."""
    (mention,) = read_mentions(f"mùng {word} Tết")
    assert mention.value == f"XXXX-01-{number:02d}"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("mùng 3, 5 Tết", ["XXXX-01-03", "XXXX-01-05"]),
        ("mùng 3, 5 hộ", ["XXXX-XX-03"]),
        ("mùng 3, 32 hộ", ["XXXX-XX-03"]),
    ],
)
def test_a_number_after_a_comma(text: str, values: list[str]) -> None:
    """A number after a comma is a second lunar day only if its month follows."""
    mention = read_mentions(text)[0]
    assert list(mention.values) == values


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("từ mùng 4 đến mùng 6 Tết", [("XXXX-01-04", "XXXX-01-06")]),
        ("từ mùng 5 đến 5 Tết", [("XXXX-XX-05", None), ("XXXX-01-05", None)]),
        ("từ mùng 5 đến 4 Tết", [("XXXX-XX-05", None), ("XXXX-01-04", None)]),
    ],
)
def test_lunar_ranges_ascend(text: str, bounds: list[tuple[str, str | None]]) -> None:
    """Two days of one lunar month are a range only if the second is later."""
    assert [(first, last) for _, first, last in bounds_of(text, "date")] == bounds


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("ngày 28 đến mùng 4 Tết", ("XXXX-12-28", "XXXX-01-04")),
        ("từ 16 đến mùng 4 Tết", ("XXXX-12-16", "XXXX-01-04")),
        ("mùng 14 đến 15 Tết", ("XXXX-01-14", "XXXX-01-15")),
        ("từ 16 đến 20 Tết", ("XXXX-12-16", "XXXX-12-20")),
        ("từ 23 đến 30 tháng Chạp", ("XXXX-12-23", "XXXX-12-30")),
        ("từ 5/1 đến 10/1 âm lịch", ("XXXX-01-05", "XXXX-01-10")),
    ],
)
def test_the_month_of_the_first_day(text: str, bounds: tuple[str, str]) -> None:
    """Before Tết, days from 16 on are in the twelfth month, and up to 15 in the first."""
    ((_, first, last),) = bounds_of(text, "date")
    assert (first, last) == bounds


@pytest.mark.parametrize(
    ("day", "value"),
    [(15, "XXXX-01-15"), (16, "XXXX-12-16"), (30, "XXXX-12-30"), (1, "XXXX-01-01")],
)
def test_the_days_around_tet(day: int, value: str) -> None:
    """A day of Tết is in the first month up to 15, and in the twelfth from 16 on."""
    (mention,) = read_mentions(f"vào ngày {day} Tết, xã họp")
    assert (mention.value, mention.form) == (value, "lunar")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("mùng một Tết", ["XXXX-01-01"]),
        ("rằm tháng tư, 5 hộ", ["XXXX-04-15", 5]),
        ("rằm tháng năm 2017", ["2017"]),
        ("mùng một Tết 2017", ["XXXX-01-01", "2017"]),
        ("tháng Chạp 12 hộ", ["XXXX-12", 12]),
        ("rằm tháng tư 5 hộ", ["XXXX-04-15", 5]),
        ("rằm tháng năm 5 hộ", ["XXXX-05-15", 5]),
        ("mùng một Tết 20 người", ["XXXX-01-01", 20]),
        ("mùng ba tháng ba 20/4", ["XXXX-03-03", "XXXX-04-20"]),
        ("tháng Giêng 1.200 người", ["XXXX-01", 1200]),
        ("rằm tháng Giêng 2017", ["XXXX-01-15", "2017"]),
        ("đến mùng năm 2017", ["2017"]),
    ],
)
def test_digits_after_a_lunar_date_in_words(text: str, values: list[str | int]) -> None:
    """Digits after a lunar date in words are read separately; before a year, ``năm`` is "year"."""
    assert [mention.value for mention in read_mentions(text)] == values
