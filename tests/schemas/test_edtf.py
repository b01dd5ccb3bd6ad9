"""Dates and periods: accepted forms, and messages about rejected ones."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError

from antq_llm.schemas.edtf import Date, Period, is_in_calendar

DATES = [
    "2023-07-24",
    "2023-07",
    "2023",
    "XXXX-07-24",
    "2024-02-29",
    "2000-02-29",
    "XXXX-02-29",
    "0000-02-29",
    "9999-12-31",
    "2023-01-31",
]
NO_DATES = [
    "",
    "23",
    "02023",
    "2023-7-24",
    "2023-07-2",
    "2023-00",
    "2023-13",
    "2023-07-00",
    "2023-07-32",
    "24/07/2023",
    "2023/07/24",
    "2023-07-24T07:45",
    "2023-07-24Z",
    "XXXX",
    "XXXX-07",
    "xxxx-07-24",
    "202X",
    "2023-XX-24",
    "2023-07-24\n",
    "2023?",
    "2023-07~",
    "-2023",
    "..",
    "2023/2024",
    "\u0662\u0660\u0662\u0663",
]
NO_DAYS = [
    "2023-02-29",
    "1900-02-29",
    "2023-02-30",
    "2024-02-30",
    "XXXX-02-30",
    "2023-04-31",
    "XXXX-04-31",
    "2023-06-31",
    "2023-09-31",
    "2023-11-31",
]
PERIODS = [
    "2013/2023",
    "2023/2023",
    "2017-06/..",
    "../2017-06",
    "2022-04/2022-06",
    "2022-04-01/2022-04-01",
    "2022/2022-06",
    "2022-06/2022",
    "2022-06-15/2022-06",
    "2022-06/2022-06-15",
    "2021-12-31/2022",
    *DATES,
]
NO_PERIODS = [
    "",
    "..",
    "/",
    "2013-2023",
    "2013 - 2023",
    "2013/",
    "/2023",
    "2013//2023",
    "2013/2018/2023",
    "2013/…",
    "2013/...",
    "XXXX-07-24/2023",
    "XXXX-07-24/XXXX-07-25",
    "XXXX-07-24/..",
    "2013 / 2023",
    "2013/2023\n",
]
BACKWARDS = [
    "2024/2023",
    "2023-07/2023-06",
    "2023-07-24/2023-07-23",
    "2023-07/2022",
    "2024-01-01/2023",
    "2023-07-01/2023-06",
]


@pytest.mark.parametrize("text", DATES)
def test_a_date_in_one_of_the_four_forms_is_kept_as_it_is(text: str) -> None:
    """A valid date in one of the four forms is returned unchanged."""
    assert Date.parse(text) == text


@pytest.mark.parametrize("text", NO_DATES)
def test_a_text_in_another_form_is_not_a_date(text: str) -> None:
    """Text in another form is refused, and the message lists the four forms of dates."""
    with pytest.raises(ValueError, match="write 2021-09-30, 2021-09, 2021, or XXXX-09-30"):
        Date.parse(text)


@pytest.mark.parametrize("text", NO_DAYS)
def test_a_day_not_in_the_calendar_is_not_a_date(text: str) -> None:
    """A well-formed day that is not in the calendar is refused and named."""
    with pytest.raises(ValueError, match=f"'{text}' is no day of the calendar"):
        Date.parse(text)


@pytest.mark.parametrize(
    ("text", "year"),
    [("2023-07-24", 2023), ("2023-07", 2023), ("2023", 2023), ("0987", 987), ("XXXX-07-24", None)],
)
def test_the_year_of_a_date(text: str, year: int | None) -> None:
    """The year of a date is a number, or None if the date does not give it."""
    assert Date.parse(text).year == year


@pytest.mark.parametrize("text", PERIODS)
def test_a_period_with_a_settled_end_is_kept_as_it_is(text: str) -> None:
    """An interval, an interval with one open end and a single date are returned unchanged."""
    assert Period.parse(text) == text


@pytest.mark.parametrize("text", NO_PERIODS)
def test_a_text_in_another_form_is_not_a_period(text: str) -> None:
    """Text in another form is refused, and the message lists the forms of periods."""
    with pytest.raises(
        ValueError,
        match=r"write START/END such as 2016/2020, 2016-05/\.\. where an end is open, "
        r"or a single date",
    ):
        Period.parse(text)


@pytest.mark.parametrize("text", BACKWARDS)
def test_a_period_that_ends_before_it_starts_is_refused(text: str) -> None:
    """An interval that ends entirely before its start is refused."""
    with pytest.raises(ValueError, match=f"'{text}' ends before it starts"):
        Period.parse(text)


def test_a_period_without_any_end_is_refused() -> None:
    """An interval open at both ends is refused, and the message says to write null."""
    with pytest.raises(ValueError, match="neither a start nor an end: write null"):
        Period.parse("../..")


@pytest.mark.parametrize(
    "text", ["2023-02-29/2024", "2022/2023-02-29", "XXXX-02-30", "2023-04-31/..", "../2023-04-31"]
)
def test_each_end_of_a_period_is_a_day_of_the_calendar(text: str) -> None:
    """A day that is not in the calendar is refused at either end of a period."""
    with pytest.raises(ValueError, match="is no day of the calendar"):
        Period.parse(text)


@pytest.mark.parametrize("kind", [Date, Period])
@pytest.mark.parametrize("text", [*NO_DATES, *NO_PERIODS, *DATES, *PERIODS])
def test_the_pattern_of_the_json_schema_agrees_with_parsing(
    kind: type[Date | Period], text: str
) -> None:
    """The pattern in the JSON Schema accepts the same forms as the parser."""
    pattern = TypeAdapter(kind).json_schema()["pattern"]
    try:
        kind.parse(text)
    except ValueError:
        parsed = False
    else:
        parsed = True
    assert (re.fullmatch(pattern, text, re.ASCII) is not None) == parsed


@settings(deadline=None, database=None)
@given(st.dates())
def test_every_day_of_the_calendar_is_a_date(day: object) -> None:
    """Every day of the standard library's calendar is a date in its ISO form."""
    assert Date.parse(str(day)) == str(day)


@settings(deadline=None, database=None)
@given(st.dates(), st.dates())
def test_two_days_in_order_are_a_period(first: object, second: object) -> None:
    """Any two days in order make a period."""
    start, end = sorted([str(first), str(second)])
    assert Period.parse(f"{start}/{end}") == f"{start}/{end}"


@pytest.mark.parametrize(
    ("date", "exists"),
    [
        ("2023-02-28", True),
        ("2023-02-29", False),
        ("2024-02-29", True),
        ("XXXX-02-29", True),
        ("XXXX-02-30", False),
        ("0000-02-29", True),
        ("2023-13-01", False),
        ("2023-00-10", False),
        ("2023-06-00", False),
        ("XXXX-XX-19", False),
        ("2023-06", True),
        ("2023", True),
    ],
)
def test_the_calendar_has_a_day_or_not(date: str, exists: bool) -> None:
    """A day without a year is checked against the calendar of a leap year."""
    assert is_in_calendar(date) == exists


class Dated(BaseModel):
    """A model with a date and a period."""

    date: Date
    period: Period


def test_a_model_strips_white_space_around_a_date() -> None:
    """White space around a date or period is removed."""
    assert Dated.model_validate_json(
        '{"date": " 2023-07-24\\n", "period": " 2013/2023 "}'
    ).model_dump() == {"date": "2023-07-24", "period": "2013/2023"}


def test_a_model_reports_the_reason_of_a_bad_date() -> None:
    """The validation error for a field contains the parser's message."""
    with pytest.raises(ValidationError, match="'2023-02-29' is no day of the calendar"):
        Dated.model_validate({"date": "2023-02-29", "period": "2013/2023"})


def test_a_year_as_a_number_is_not_a_date() -> None:
    """A JSON number is not accepted as a year."""
    with pytest.raises(ValidationError, match="string"):
        Dated.model_validate({"date": 2023, "period": "2013/2023"})
