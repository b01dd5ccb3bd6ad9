"""English figures: a right answer is accepted in any wording, and a wrong one is refused."""

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
    """A number with two decimals after ``at``, ``by`` or ``from`` is not only a time."""
    assert pointers(text, value) == []
    assert pointers(text, value + 1) == ["/counts/0/value"]
