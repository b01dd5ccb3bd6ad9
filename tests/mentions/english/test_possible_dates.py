"""Dates that an English text may state although they are not read as mentions."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from pydantic import create_model

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.english.dates import days_in_digits
from antq_llm.mentions.english.possible_dates import possible_dates
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import CalendarDate
from antq_llm.validation.checks import check_answer

SCHEMA = PydanticSchema(create_model("Dated", day=(Annotated[str, CalendarDate()], ...)))


def pointers(text: str, day: str) -> list[str]:
    """Return the pointers of the faults found for a date in an article without a stamp."""
    checked = check_answer(json.dumps({"day": day}), SCHEMA, AnalyzedArticle(text, "en"))
    return [fault.pointer for fault in checked.faults]


@pytest.mark.parametrize(
    ("text", "day", "wrong"),
    [
        ("It rained on March 1, 2 and 3 in the town.", "XXXX-03-02", "XXXX-03-04"),
        ("It rained on March 1, 2 and 3 in the town.", "XXXX-03-03", "XXXX-04-03"),
        ("It rained on March 1, 2 and 3, 2024.", "2024-03-02", "2023-03-02"),
        ("It rained on 1, 2 and 3 March 2024.", "2024-03-01", "2024-03-04"),
        ("It opened on 05-Mar-2024.", "2024-03-05", "2024-05-03"),
        ("It opened on March fifth.", "XXXX-03-05", "XXXX-03-15"),
        ("It opened on the third of May 2022.", "2022-05-03", "2023-05-03"),
        ("It opened on the twenty-third of May 2022.", "2022-05-23", "2022-05-03"),
        ("It opened on Christmas Day 2023.", "2023-12-25", "2022-12-25"),
        ("It opened on New Year's Eve 2023.", "2023-12-31", "2024-12-31"),
        ("He left in 2019 and died on March 5 that year.", "2019-03-05", "2021-03-05"),
        ("It was sold in 2019. It closed in March of the same year.", "2019-03", "2019-04"),
        ("It was sold on May 1, 2019. It closed a year later, on March 5.", "2020-03-05",
         "2020-03-06"),
        ("It ran in March 2023 and April.", "2023-04", "2023-05"),
        ("It closed in mid-March 2023.", "2023-03", "2022-03"),
        ("He died on March 5, 2024. He was buried on March 9.", "2024-03-09", "2023-03-09"),
        ("He died on March 5, 2024. He was buried on March 9.", "2024-03-05", "2024-03-10"),
    ],
)  # fmt: skip
def test_dates_that_are_not_sure(text: str, day: str, wrong: str) -> None:
    """A date is accepted if the article's words may state it, and is faulted otherwise."""
    assert pointers(text, day) == []
    assert pointers(text, wrong) == ["/day"]


@pytest.mark.parametrize(
    ("digits", "days"),
    [
        ("5/3/24", {"2024-03-05", "2024-05-03"}),
        ("25/3/2024", {"2024-03-25"}),
        ("2024-3-5", {"2024-03-05"}),
        ("30.2.2024", set()),
    ],
)
def test_days_in_digits(digits: str, days: set[str]) -> None:
    """Either the day or the month may come first, and the year may have two digits."""
    assert days_in_digits(f"It opened on {digits}.") == days


def test_a_month_after_a_dash_at_the_start_is_possible() -> None:
    """A month after a dash is not a mention but a possible date, even at the start of a text."""
    assert possible_dates("–March 2024") == {"2024-03"}


def test_the_years_around_a_printed_year() -> None:
    """Near a phrase such as ``that year``, a date has the printed year or one next to it."""
    found = possible_dates("He left in 2019 and died on March 5 that year.")
    assert {date[:4] for date in found} == {"2018", "2019", "2020"}


@pytest.mark.parametrize(("characters", "is_near"), [(100, True), (150, False)])
@pytest.mark.parametrize(
    "text", ["That year, 2019,{}on March 5, he died", "On March 5{}2019 that year"]
)
def test_the_distance_of_a_phrase_for_a_year(characters: int, is_near: bool, text: str) -> None:
    """A phrase such as ``that year`` counts only near the date, before or after it."""
    found = possible_dates(text.format(f" {'x' * characters} "))
    assert bool(found) is is_near
