"""Dates in English text, as EDTF."""

from __future__ import annotations

import pytest

from antq_llm.mentions.english.dates import read_date, read_month
from antq_llm.mentions.english.numbers_and_dates import read_mentions


@pytest.mark.parametrize(
    ("text", "end", "value"),
    [
        ("March 30-31", 11, "XXXX-03-30/XXXX-03-31"),
        ("March 30-32", 8, "XXXX-03-30"),
        ("March 9-5", 7, "XXXX-03-09"),
        ("March 5 to the 9th, 2024", 24, "2024-03-05/2024-03-09"),
        ("Feb. 29, 2024", 13, "2024-02-29"),
        ("Sept 2023", 9, "2023-09"),
        ("DECEMBER 24", 11, "XXXX-12-24"),
    ],
)
def test_dates_that_begin_with_a_month(text: str, end: int, value: str) -> None:
    """Days after a month are a range if they ascend and exist."""
    assert read_month(text, 0) == (end, value)


@pytest.mark.parametrize(
    ("text", "end", "value"),
    [
        ("31-12-2023", 10, "2023-12-31"),
        ("12-31-2023", 10, "2023-12-31"),
        ("2023-12-31", 10, "2023-12-31"),
        ("11/12/2023", 10, None),
        ("12/12/2023", 10, "2023-12-12"),
        ("31/12/23", 8, None),
        ("2016-2020", 9, "2016/2020"),
        ("2016-17", 7, "2016/2017"),
        ("2016/17", 7, "2016/2017"),
        ("2016-2016", 4, None),
        ("2020-2016", 4, None),
        ("2023-31-12", 10, None),
        ("1800", 4, "1800"),
        ("2099", 4, "2099"),
        ("1990s", 5, "199X"),
        ("2020", 4, "2020"),
        ("2020-style", 4, None),
    ],
)
def test_dates_in_digits(text: str, end: int, value: str | None) -> None:
    """Digits are a date if they can be read in only one way; two years must ascend."""
    assert read_date(text, 0) == (end, value)


@pytest.mark.parametrize("text", ["2016/18", "2020 people", "2020%", "1799", "2100"])
def test_digits_that_are_no_year(text: str) -> None:
    """Digits that count people, or that are outside 1800 to 2099, are not a year."""
    assert read_date(text, 0) is None


@pytest.mark.parametrize(
    ("day", "value"), [("1st", "XXXX-XX-01"), ("31st", "XXXX-XX-31"), ("32nd", None)]
)
def test_a_day_without_a_month(day: str, value: str | None) -> None:
    """After ``on the``, an ordinal up to 31 is a day."""
    reading = read_date(f"on the {day}, they met", 7)
    assert (reading and reading.value) == value


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("the first quarter of 2023", "2023-01/2023-03"),
        ("the fourth quarter of 2023", "2023-10/2023-12"),
        ("Q1 2023", "2023-01/2023-03"),
        ("Q4 2023", "2023-10/2023-12"),
        ("the first half of 2023", "2023-01/2023-06"),
        ("the second half of 2023", "2023-07/2023-12"),
    ],
)
def test_parts_of_a_year(text: str, months: str) -> None:
    """A quarter or a half of a year is the range of its months."""
    assert [mention.edtf for mention in read_mentions(text) if mention.kind == "date"] == [months]


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("Dec. 28, 2023 to Jan. 3", ["2023-12-28", "2024-01-03"]),
        ("Dec. 28 to Jan. 3, 2024", ["2023-12-28", "2024-01-03"]),
        ("May 28 to June 3, 2024", ["2024-05-28", "2024-06-03"]),
        ("May 28, 2024 to June 3", ["2024-05-28", "2024-06-03"]),
        ("May 28 and June 3, 2024", ["XXXX-05-28", "2024-06-03"]),
    ],
)
def test_the_year_of_a_range(text: str, dates: list[str]) -> None:
    """The end of a range without a year gets the year that puts the ends in order."""
    assert [mention.value for mention in read_mentions(text)] == dates
