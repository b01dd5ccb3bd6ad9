"""Times that an English text may state although they are not read as mentions."""

from __future__ import annotations

import json
from typing import Annotated

import pytest
from pydantic import create_model

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.english.possible_times import possible_times
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import PrintedTime
from antq_llm.validation.checks import check_answer

SCHEMA = PydanticSchema(create_model("Timed", time=(Annotated[str, PrintedTime()], ...)))


def pointers(text: str, time: str) -> list[str]:
    """Return the pointers of the faults found for a time in an article."""
    checked = check_answer(json.dumps({"time": time}), SCHEMA, AnalyzedArticle(text, "en"))
    return [fault.pointer for fault in checked.faults]


@pytest.mark.parametrize(
    ("text", "time", "wrong"),
    [
        ("It began at 19.00 in the town.", "19:00", "18:00"),
        ("It began at 7.40 in the town.", "07:40", "08:40"),
        ("It began at 7.40 in the town.", "19:40", "08:40"),
        ("It began at 7.30 in the evening.", "19:30", "07:30"),
        ("It began at 7:30 in the evening.", "19:30", "20:30"),
        ("It began at 7 o'clock in the evening.", "19:00", "07:00"),
        ("It began at seven o'clock.", "19:00", "20:00"),
        ("It began at half past seven.", "07:30", "08:30"),
        ("It began at half past seven in the evening.", "19:30", "07:30"),
        ("It began at quarter to nine.", "20:45", "21:15"),
        ("It began at twenty-five past nine.", "09:25", "09:20"),
        ("It ran from 7 to 9pm.", "19:00", "18:00"),
        ("It ran from 7 to 9pm.", "21:00", "09:00"),
        ("It ran from 7.30-9pm.", "19:30", "18:30"),
        ("It began at 6 this morning.", "06:00", "18:00"),
        ("It began at 7:05:33 PM.", "19:05", "19:06"),
        ("It began at 7:05:33 PM.", "19:05", "20:05"),
        ("It began at 1930 hours.", "19:30", "18:30"),
        ("It began at 12 noon and sales rose from 1.25 million.", "12:00", "01:25"),
        ("It fell by 1.15 points.\nIt began at 9am.", "09:00", "01:15"),
        ("It began at 0730 on the day.", "07:30", "08:30"),
        ("It began at half seven.", "19:30", "20:30"),
        ("It began at a quarter past 7pm.", "19:15", "07:15"),
        ("It began at seven-thirty.", "07:30", "08:30"),
        ("It began at seven thirty in the evening.", "19:30", "07:30"),
        ("It began at 7h30 in the town.", "07:30", "08:30"),
        ("It hurt 12 people at 9am.", "09:00", "12:00"),
    ],
)
def test_times_that_are_not_sure(text: str, time: str, wrong: str) -> None:
    """A time is accepted if the article's words may state it, and is faulted otherwise."""
    assert pointers(text, time) == []
    assert pointers(text, wrong) == ["/time"]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("half past 12", {"00:30", "12:30"}),
        ("half past 13", {"13:30"}),
        ("quarter to 1", {"00:45", "12:45", "01:00", "13:00"}),
        ("quarter to 12", {"11:45", "23:45", "00:00", "12:00"}),
        ("59 past 3", {"03:59", "15:59"}),
        ("60 past 3", set()),
        ("0 past 3", set()),
        ("ten past 24", {"00:10"}),
        ("2359 hours", {"23:59"}),
        ("2400 hours", set()),
        ("2410 hours", set()),
        ("seven thirty", {"07:30", "19:30"}),
        ("half seven", {"07:30", "19:30"}),
        ("half twelve", {"00:30", "12:30"}),
        ("half thirteen", set()),
        ("12 a.m.", {"00:00"}),
        ("12 p.m.", {"12:00"}),
        ("1 p.m.", {"13:00"}),
        ("at 13 o'clock", {"13:00"}),
    ],
)
def test_what_a_text_may_mean(text: str, times: set[str]) -> None:
    """A time without am or pm may be in either half of the day; impossible times are left out."""
    assert set(possible_times(text)) == times
