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
        ("Tính đến 13.12.2003, xã họp", "2003-12-13"),
        ("tháng 6", "XXXX-06"),
        ("ngày 19", "XXXX-XX-19"),
        ("sáng 4/4 làng mở hội", "XXXX-04-04"),
    ],
)
def test_calendar_expressions(text: str, date: str) -> None:
    """Months, quarters, ranges of days and days with or without a month are read as EDTF."""
    assert [(mention.kind, value_of(mention)) for mention in read_mentions(text)] == [
        ("date", date)
    ]


@pytest.mark.parametrize("text", ["ngày 29/2/2023", "ngày 31/6/2023", "ngày 10/13/2023"])
def test_a_day_that_the_calendar_lacks_is_not_a_date(text: str) -> None:
    """Digits that give an impossible day are not read as a date."""
    assert text.removeprefix("ngày ") not in {mention.text for mention in read_mentions(text)}


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("họp 13-2, xã", "XXXX-02-13"),
        ("sáng 12-2, xã họp", "XXXX-02-12"),
        ("dịp 8/9", "XXXX-09-08"),
        ("rằm 2/9", "XXXX-09-02"),
        ("20 và 21-1", "XXXX-01-21"),
    ],
)
def test_a_day_with_its_month(text: str, date: str) -> None:
    """A day and a month are a date after a word for time or if they can be nothing else."""
    assert [value_of(mention) for mention in read_mentions(text)][-1] == date


@pytest.mark.parametrize("text", ["họp 12-2, xã", "10 đến 12-2", "giảm 8/9", "còn 8/9 thôn"])
def test_two_numbers_that_may_be_something_else(text: str) -> None:
    """Two numbers that may be a score, or a fraction with a noun or verb, are not a date."""
    assert "date" not in {mention.kind for mention in read_mentions(text)}


@pytest.mark.parametrize(
    ("text", "date", "is_certain"),
    [
        ("ngày 9, họ đến", "XXXX-XX-09", True),
        ("ngày 29 họ đến", "XXXX-XX-29", False),
        ("ngày 11 họ đến", "XXXX-XX-11", False),
    ],
)
def test_a_day_without_a_month(text: str, date: str, is_certain: bool) -> None:
    """A day without a month is certain at the end of a clause; elsewhere, it may be a count."""
    (mention,) = read_mentions(text)
    assert (mention.value, mention.is_certain) == (date, is_certain)


@pytest.mark.parametrize("text", ["ngày 9 họ đến", "ngày 10 họ đến"])
def test_a_small_number_after_day_may_count(text: str) -> None:
    """After the word for day, a number up to ten is a count if another word follows."""
    assert [mention.kind for mention in read_mentions(text)] == ["number"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("họp 7/2023, xã", ["date"]),
        ("5/2017 hộ", ["number"]),
        ("có 3/4 - 5/6 hộ", ["number", "number"]),
    ],
)
def test_a_month_with_its_year_and_ratios(text: str, kinds: list[str]) -> None:
    """Two numbers are a ratio before a counted noun, and otherwise a month with its year."""
    assert [mention.kind for mention in read_mentions(text)] == kinds


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("THÁNG 5", ["XXXX-05"]),
        ("HỌP NGÀY 12 THÁNG 5 NĂM 2017", ["2017-05-12"]),
        ("Ngày 12 Tháng 5 Năm 2017", ["2017-05-12"]),
        ("TỪ NGÀY 12 THÁNG 5", ["XXXX-05-12"]),
        ("TỪ NGÀY 12 ĐẾN 15-5", ["XXXX-05-12/XXXX-05-15"]),
        ("NGÀY 5 VÀ 6 THÁNG 5", ["XXXX-05-05/XXXX-05-06"]),
        ("TỪ THÁNG 3 ĐẾN THÁNG 5", ["XXXX-03/XXXX-05"]),
        ("THÁNG 5, 6 VÀ 7", ["XXXX-05", "XXXX-06", "XXXX-07"]),
        ("THÁNG 5 NĂM 2017", ["2017-05"]),
        ("THÁNG TƯ", ["XXXX-04"]),
        ("QUÝ 2 NĂM 2017", ["2017-04/2017-06"]),
        ("QUÝ II", ["XXXX-04/XXXX-06"]),
        ("Quý II, xã họp", ["XXXX-04/XXXX-06"]),
        ("THẾ KỶ XX", ["19XX"]),
    ],
)
def test_dates_in_capitals(text: str, values: list[str]) -> None:
    """Dates in the capitals of a headline are read like those in small letters."""
    mentions = read_mentions(text)
    assert [(mention.kind, mention.edtf) for mention in mentions] == [
        ("date", value) for value in values
    ]
    assert all(mention.is_certain for mention in mentions)


@pytest.mark.parametrize("text", ["mỗi tháng 5 hộ", "MỖI THÁNG 5 HỘ", "trong 3 tháng 5 người"])
def test_a_month_after_a_number_of_months_is_not_certain(text: str) -> None:
    """After a number of months, digits before a counted noun may be a count."""
    month = read_mentions(text)[-1]
    assert (month.value, month.is_certain) == ("XXXX-05", False)
