"""Dates and times that an article may print in a form that no rule reads."""

from __future__ import annotations

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.validation.rules.printed_dates import has_year, may_print_date, may_print_time

TEXT = (
    "Kỳ họp 5 / 10 - 7/10/2021 tại xã. Tháng 6 năm 2019, thôn lập tổ; mùa vụ 2016/17 tốt. "
    "Xã họp lúc 7g30, nghỉ lúc 11 giờ, và gặp lại lúc 3 giờ 15."
)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021-10-05", True),
        ("2021-10-06", True),  # Inside the range.
        ("2021-10-08", False),
        ("2019-06", True),
        ("2019-07", False),
        ("2017", True),
        ("2018", False),
        ("hôm-qua", False),
    ],
)
def test_dates(date: str, expected: bool) -> None:
    """A day counts as printed with any separator, and inside a range."""
    assert may_print_date(date, AnalyzedArticle(TEXT)) is expected


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2016-12-28", True),
        ("2016-12-30", True),
        ("2017-01-02", True),
        ("2017-01-03", True),
        ("2016-12-27", False),
        ("2017-01-04", False),
        ("2016-06-15", False),
    ],
)
def test_a_range_may_cross_the_end_of_a_year(date: str, expected: bool) -> None:
    """A range from December to January contains the days on both sides of New Year."""
    text = "Xã trực từ ngày 28/12/2016 đến ngày 3/1/2017."
    assert may_print_date(date, AnalyzedArticle(text)) is expected


def test_a_range_of_months_does_not_print_its_days() -> None:
    """Only a range of days may state a day inside it."""
    analyzed = AnalyzedArticle("Từ tháng 11 đến tháng 2, xã tuần tra.")
    assert not may_print_date("2017-12-20", analyzed)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("07:30", True),
        ("19:30", True),
        ("07:45", False),
        ("11:00", True),
        ("23:00", True),
        ("15:15", True),
        ("03:16", False),
        ("sáng", False),
    ],
)
def test_times(time: str, expected: bool) -> None:
    """A time may be printed on the 12- or 24-hour clock, with any separator."""
    assert may_print_time(time, AnalyzedArticle(TEXT)) is expected


def test_years() -> None:
    """The last two digits of a year count as the year only after a separator."""
    analyzed = AnalyzedArticle("Mùa 2016/17, xã có 18 hộ.")
    assert [has_year(year, analyzed) for year in ("2016", "2017", "2018")] == [True, True, False]


@pytest.mark.parametrize(("date", "expected"), [("2021-01-03", True), ("2021-01-04", False)])
def test_a_lunar_day_may_be_the_solar_day_of_the_same_numbers(date: str, expected: bool) -> None:
    """A day whose month and day are those of an uncertain mention counts as printed."""
    assert may_print_date(date, AnalyzedArticle("Mùng 3 Tết, xã họp.")) is expected
