"""Dates read from digits."""

from __future__ import annotations

import pytest

from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from helpers.mentions import value_of


@pytest.mark.parametrize("text", ["ngày 1-2/3/4/2020", "1 - 2/3.4/2020", "1–2.3.4/2020"])
def test_days_with_too_many_numbers_are_read_without_an_error(text: str) -> None:
    """A range of days followed by three numbers is not read as a range."""
    assert not [mention for mention in read_mentions(text) if mention.upper]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("ngày 29/2/2024", "2024-02-29"),
        ("ngày 29/2", "XXXX-02-29"),
        ("ngày 01-03/8/2023", "2023-08-01/2023-08-03"),
        ("quý III/2018", "2018-07/2018-09"),
        ("tháng 6", "XXXX-06"),
        ("ngày 19", "XXXX-XX-19"),
        ("sáng 4/4 làng mở hội", "XXXX-04-04"),
    ],
)
def test_calendar_expressions(text: str, date: str) -> None:
    """Days, ranges of days, quarters, months and days alone are read in EDTF."""
    assert [(mention.kind, value_of(mention)) for mention in read_mentions(text)] == [
        ("date", date)
    ]


@pytest.mark.parametrize("text", ["ngày 29/2/2023", "ngày 31/6/2023", "ngày 10/13/2023"])
def test_a_day_that_the_calendar_lacks_is_not_a_date(text: str) -> None:
    """Digits in the form of a day that does not exist are not read as that day."""
    assert text.removeprefix("ngày ") not in {mention.text for mention in read_mentions(text)}
