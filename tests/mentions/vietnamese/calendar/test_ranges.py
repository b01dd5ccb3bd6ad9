"""Ranges of dates, lists of days, and seasons."""

from __future__ import annotations

import pytest

from helpers.mentions import bounds_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("từ 26/1-1/2", [("26/1-1/2", "XXXX-01-26", "XXXX-02-01")]),
        ("đêm 5 rạng sáng 6/7", [("5 rạng sáng 6/7", "XXXX-07-05", "XXXX-07-06")]),
        ("ngày 15/3-19/3/2017", [("15/3-19/3/2017", "2017-03-15", "2017-03-19")]),
        ("Ngày 20 và 21-1, trường thi", [("20 và 21-1", "XXXX-01-20", "XXXX-01-21")]),
        ("từ 10 đến 12-2", [("10 đến 12-2", "XXXX-02-10", "XXXX-02-12")]),
        ("từ ngày 3 đến 5/6", [("3 đến 5/6", "XXXX-06-03", "XXXX-06-05")]),
        ("ngày 2, 3 và 4/5", [("2, 3 và 4/5", "XXXX-05-02", "XXXX-05-04")]),
        ("ngày 12 và 15/5", [("12", "XXXX-05-12", None), ("15/5", "XXXX-05-15", None)]),
        ("từ 28/2 đến hết 3/3", [("28/2 đến hết 3/3", "XXXX-02-28", "XXXX-03-03")]),
        (
            "từ ngày 28/12 đến ngày 3/1/2018",
            [("28/12 đến ngày 3/1/2018", "2017-12-28", "2018-01-03")],
        ),
        ("từ ngày 17- 21/5/2017", [("17- 21/5/2017", "2017-05-17", "2017-05-21")]),
        ("(21/6/1925 - 21/6/2017)", [("21/6/1925 - 21/6/2017", "1925-06-21", "2017-06-21")]),
        ("Trong 2 ngày (19 và 20/6)", [("19 và 20/6", "XXXX-06-19", "XXXX-06-20")]),
        ("tháng 3 - 5/2017", [("3 - 5/2017", "2017-03", "2017-05")]),
        ("từ tháng 4 đến tháng 8/2016", [("4 đến tháng 8/2016", "2016-04", "2016-08")]),
        ("tháng 7 và tháng 12/2016", [("7", "2016-07", None), ("12/2016", "2016-12", None)]),
        ("từ tháng 10 đến tháng 3/2018", [("10 đến tháng 3/2018", "2017-10", "2018-03")]),
        ("mùa giải 2016/17", [("2016/17", "2016", "2017")]),
        ("mùa 2016-17", [("2016-17", "2016", "2017")]),
        ("năm học 2016-2017", [("2016-2017", "2016", "2017")]),
        ("mùa giải 2016/2017", [("2016/2017", "2016", "2017")]),
        ("từ năm 2014 đến 2016", [("2014 đến 2016", "2014", "2016")]),
        ("từ năm 2014 đến năm 2016", [("2014 đến năm 2016", "2014", "2016")]),
        ("Trong ngày 3 và 4-9", [("3 và 4-9", "XXXX-09-03", "XXXX-09-04")]),
        ("dịp 30-4 và 1-5", [("30-4", "XXXX-04-30", None), ("1-5", "XXXX-05-01", None)]),
        (
            "vào ngày 17.7, tới trưa ngày 18.7",
            [("17.7, tới trưa ngày 18.7", "XXXX-07-17", "XXXX-07-18")],
        ),
        (
            "từ ngày 20 đến ngày 25 tháng 5",
            [("20 đến ngày 25 tháng 5", "XXXX-05-20", "XXXX-05-25")],
        ),
        ("Từ năm 2012 đến tháng 10/2016", [("2012 đến tháng 10/2016", "2012", "2016-10")]),
        ("từ 12/5 đến 2019", [("12/5", "XXXX-05-12", None), ("2019", "2019", None)]),
        ("họp 2021 – 5/2024", [("2021", "2021", None), ("5/2024", "2024-05", None)]),
        ("trong 3 ngày 14 -15/5", [("14 -15/5", "XXXX-05-14", "XXXX-05-15")]),
    ],
)
def test_ranges(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """A range, or a list of consecutive days, is one mention with two bounds."""
    assert bounds_of(text, "date") == expected


@pytest.mark.parametrize(
    "text",
    [
        "từ 20/5 đến 20/5",
        "từ ngày 3 đến 1/6",
        "từ ngày 12 đến 12/2",
        "ngày 24 - 21/5",
        "từ 20 đến 12-2",
        "từ ngày 5 đến 5/6",
    ],
)
def test_days_that_do_not_ascend_are_no_range(text: str) -> None:
    """Two days of one month are a range only if the second is later."""
    assert [upper for _, _, upper in bounds_of(text, "date") if upper] == []


@pytest.mark.parametrize("text", ["tháng 2- 25", "năm 3 đến 90", "từ tháng 29-1001"])
def test_numbers_after_a_calendar_word_are_no_range_of_a_quantity(text: str) -> None:
    """Numbers after a word for month or year are not a range of amounts."""
    assert [upper for _, _, upper in bounds_of(text, "number")] == [None, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mùa giải 2016/17", ("2016", "2017")),
        ("mùa giải 2016/2017", ("2016", "2017")),
        ("mùa giải 2016-17", ("2016", "2017")),
        ("mùa giải 2016-2020", ("2016", "2020")),
        ("mùa 1999-00", ("1999", "2000")),
        ("mùa 1999/00", ("1999", "2000")),
        ("mùa 2000-00", None),
        ("mùa giải 2016-2016", None),
        ("từ năm 2016 đến năm 2016", None),
        ("mùa giải 2016/2020", None),
        ("mùa giải 2020-2016", None),
    ],
)
def test_seasons(text: str, expected: tuple[str, str] | None) -> None:
    """In a season, a slash joins only consecutive years, and a dash any two ascending years."""
    found = [(first, last) for _, first, last in bounds_of(text, "date") if last]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("từ ngày 28/12/2017 đến ngày 3/1", ("2017-12-28", "2018-01-03")),
        ("từ ngày 5/3/2017 đến ngày 9/4", ("2017-03-05", "2017-04-09")),
        ("từ ngày 5/3 đến ngày 9/4/2017", ("2017-03-05", "2017-04-09")),
        ("từ năm 2017 đến tháng 1/2017", ("2017", "2017-01")),
    ],
)
def test_the_year_of_a_range_puts_its_bounds_in_order(text: str, expected: tuple[str, str]) -> None:
    """A bound without a year gets the year of the other bound, or the year next to it."""
    ((_, first, last),) = bounds_of(text, "date")
    assert (first, last) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ngày 10 đến 12, trời mưa", [("10 đến 12", "XXXX-XX-10", "XXXX-XX-12")]),
        ("từ ngày 28 đến 3, trời mưa", [("28 đến 3", "XXXX-XX-28", "XXXX-XX-03")]),
        ("Trong ngày 10 đến 12 hộ", [("10", "XXXX-XX-10", None)]),
        ("từ 3/2 đến ngày 5, trời rét", [("3/2 đến ngày 5", "XXXX-02-03", "XXXX-02-05")]),
        ("từ 3/2 đến 5", [("3/2", "XXXX-02-03", None)]),
    ],
)
def test_bounds_without_a_month(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    """A day without a month is a bound of a range of days unless it counts a noun."""
    assert bounds_of(text, "date") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ngày 2, 3 và 5/5", ["XXXX-05-02", "XXXX-05-03", "XXXX-05-05"]),
        ("họp 3 - 5/2017", ["2017-05"]),
    ],
)
def test_numbers_that_are_no_range(text: str, expected: list[str]) -> None:
    """Only consecutive days are a range, and only a number after ``tháng`` is a first month."""
    assert [first for _, first, _ in bounds_of(text, "date")] == expected


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("từ 5/3/2017 đến 5/3/2017", 2),
        ("từ 5/3/2017 đến 6/3/2017", 1),
        ("họp 12/5 đến 20/5 tại xã", 1),
        ("họp 12/5 đến 20-5 tại xã", 2),
        ("họp 12/5 đến 20/5 hộ", 2),
        ("họp 12/5/2017 đến 20-5 tại xã", 1),
        ("tháng 3 và 4/2017", 1),
        ("từ 3 - 5/2017", 1),
        ("(3 - 5/2017)", 1),
        ("từ 4/2016 đến 8/2016", 1),
        ("từ 5/3 đến 5/3/2017", 2),
        ("từ 5/3/2017 đến 5/3", 2),
        ("từ 5/3 đến 6/3/2017", 1),
        ("ngày 30 và 31/5", 1),
        ("ngày 30 và 31/4", 1),
        ("ngày 0 và 1/5", 1),
        ("tháng 11 và 12/2017", 1),
        ("tháng 12 và 13/2017", 1),
        ("vụ 2014-2016 trời hạn", 1),
        ("ngày 3 và 4/2017", 2),
        ("mùa 1998-99", 1),
    ],
)
def test_whether_two_dates_are_a_range(text: str, count: int) -> None:
    """Two dates are a range if they ascend, and are surely dates or both have a slash."""
    assert len(bounds_of(text, "date")) == count


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("ngày 1, 2, 3, 4, 5 và 6/7", [("XXXX-07-01", "XXXX-07-06")]),
        (
            "ngày 1, 2, 3, 4, 5, 6 và 7/8",
            [("XXXX-XX-01", None), ("XXXX-08-02", "XXXX-08-07")],
        ),
    ],
)
def test_the_length_of_a_list(text: str, days: list[tuple[str, str | None]]) -> None:
    """A list of days has at most six items."""
    assert [(first, last) for _, first, last in bounds_of(text, "date")] == days
