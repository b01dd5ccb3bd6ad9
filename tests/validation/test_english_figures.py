"""English figures: right values are accepted in any wording, and wrong ones are refused."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import Figure, Quote
from antq_llm.validation.checks import check_answer


class Count(BaseModel):
    """A figure with its comparator."""

    value: Annotated[float, Figure(comparator="comparator")]
    comparator: str
    quote: Annotated[str, Quote()]


class Counts(BaseModel):
    """The figures of an article."""

    counts: list[Count]


SCHEMA = PydanticSchema(Counts)


def pointers(text: str, value: float, comparator: str = "=") -> list[str]:
    """Return the pointers of the faults of one figure whose quote is the whole text."""
    answer: Any = {"counts": [{"value": value, "comparator": comparator, "quote": text}]}
    checked = check_answer(json.dumps(answer), SCHEMA, AnalyzedArticle(text, "en"))
    return [fault.pointer for fault in checked.faults]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sales rose from 1.25 million to 1.40 million in the year.", 1_250_000),
        ("Sales rose from 1.25 million to 1.40 million in the year.", 1_400_000),
        ("The index fell by 1.15 points on the day.", 1.15),
        ("The bank raised rates by 0.25 percentage points.", 0.25),
        ("The pound traded at 1.27 against the dollar.", 1.27),
        ("The index closed at 31.50 in London.", 31.5),
        ("The share closed at 7.40 in London.", 7.4),
    ],
)
def test_decimals_after_a_preposition(text: str, value: float) -> None:
    """A number with two decimals is accepted as a figure after ``at``, ``by`` and ``from``."""
    assert pointers(text, value) == []
    assert pointers(text, value + 1) == ["/counts/0/value"]


@pytest.mark.parametrize(
    ("text", "value", "sign"),
    [
        ("It was built over six weeks by the town.", 6, ">"),
        ("He was charged over two deaths on the road.", 2, ">"),
        ("It is a film about two brothers.", 2, "~"),
        ("They sat under two trees in the park.", 2, "<"),
        ("She lives above two shops in the town.", 2, ">"),
        ("They walked around two lakes.", 2, "~"),
        ("The house is close to 2 schools.", 2, "~"),
        ("The van ran over 20 people.", 20, ">"),
        ("The total passed 12 people.", 12, ">"),
        ("The dead topped 12 on Monday.", 12, ">"),
        ("The dead exceeded 12 on Monday.", 12, ">"),
        ("There were 12 people at least in the house.", 12, ">="),
        ("There were 12 at the very least.", 12, ">="),
        ("There were 12 people at most in the house.", 12, "<="),
        ("There were around 40 to 50 people.", 40, "~"),
        ("There were around 40 to 50 people.", 50, "~"),
        ("There were some 40-50 people.", 40, "~"),
        ("There were some 40-50 people.", 50, "~"),
        ("There were between 40 and 50 people.", 40, ">="),
        ("There were about forty to fifty people.", 50, "~"),
    ],
)
def test_words_that_may_be_comparators(text: str, value: float, sign: str) -> None:
    """A word that can be a comparator, but need not be, allows both its sign and ``=``."""
    assert pointers(text, value, sign) == []
    assert pointers(text, value, "=") == []
    assert pointers(text, value + 1, sign) == ["/counts/0/value"]


@pytest.mark.parametrize(
    ("text", "sign", "wrong"),
    [
        ("There were at the very least 12 people.", ">=", "="),
        ("There were at the very most 12 people.", "<=", "="),
        ("More than 12 people came.", ">", "="),
        ("Nearly 12 people came.", "~", "="),
        ("At least 12 people came.", ">=", "<="),
        ("They walked over 12 bridges.", ">", "<"),
        ("It is a film about 12 brothers.", "~", ">"),
        ("The dead topped 12 on Monday.", ">", "<"),
        ("The town has 12 people.", "=", ">"),
        ("It killed 12 men and hurt 14.", "=", "~"),
    ],
)
def test_comparators_that_are_sure(text: str, sign: str, wrong: str) -> None:
    """A comparator that the wording excludes is refused."""
    assert pointers(text, 12, sign) == []
    assert pointers(text, 12, wrong) == ["/counts/0/comparator"]


@pytest.mark.parametrize(
    ("text", "value", "wrong"),
    [
        ("It was -12 degrees in the town.", -12, -13),
        ("It was 12 degrees below zero in the town.", -12, -13),
        ("It was minus 12 in the town.", -12, -13),
        ("It was minus twelve degrees in the town.", -12, -13),
        ("It rose .5 percent in the year.", 0.5, 0.6),
        ("It cost 3 to 4 million dollars.", 3_000_000, 5_000_000),
        ("It cost 3 to 4 million dollars.", 4_000_000, 5_000_000),
        ("It cost $3-4 million.", 3_000_000, 5_000_000),
        ("It cost $3-4 million.", 4_000_000, 5_000_000),
        ("It cost £3-4m.", 3_000_000, 5_000_000),
        ("Some three to four million people came.", 3_000_000, 5_000_000),
        ("It took 12 and a half hours.", 12.5, 13.5),
        ("It took 4½ hours.", 4.5, 5.5),
        ("It took 4 ½ hours.", 4.5, 5.5),
        ("It took 4 1/2 hours.", 4.5, 5.5),
        ("The share fell to 340p.", 340, 341),
        ("It was 12C in the town.", 12, 13),
        ("It was 12°C in the town.", 12, 13),
        ("The bank cut rates by 50bp.", 50, 51),
        ("A magnitude-6.4 quake hit the town.", 6.4, 6.5),
        ("The hall is 30x40 metres.", 30, 31),
        ("The hall is 30x40 metres.", 40, 41),
        ("Sales grew tenfold.", 10, 11),
        ("A group of 1900 people came.", 1900, 1901),
        ("By March 12 men had died.", 12, 13),
    ],
)
def test_figures_that_are_not_sure(text: str, value: float, wrong: float) -> None:
    """A figure next to signs, units or words is accepted, and another value is refused."""
    assert pointers(text, value) == []
    assert pointers(text, wrong) == ["/counts/0/value"]
