"""Descriptions of errors for the model that revises instructions."""

from __future__ import annotations

from typing import Any

from antq_llm.articles.article import Article
from antq_llm.improve.feedback import MAX_ERRORS, feedback_on
from antq_llm.improve.trials import Trial
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for, score_record
from helpers.samples import person, report

SCHEMA = load_schema("movement_report/1")


def feedback(gold: Any, extracted: Any, failure: str | None = None) -> str:
    """Return the feedback on an extracted record, compared with a gold record."""
    score = score_record(gold, extracted, profile_for(SCHEMA))
    return feedback_on(Trial(Article("x", "a"), score, failure))


def test_the_worst_errors_come_first() -> None:
    """A missed item comes before a wrong value, which is shown with the annotated value."""
    gold = report(headline="Đúng", people=[person()])
    lines = feedback(gold, report(headline="Sai")).splitlines()
    assert lines[0].startswith("- people: missed; annotation {")
    assert lines[-1] == '- headline: wrong value; annotation "Đúng"; extracted "Sai"'


def test_errors_that_are_not_shown_are_counted() -> None:
    """Errors beyond the limit are counted but not listed."""
    extracted = report(people=[person(name=f"Lan {number}") for number in range(MAX_ERRORS + 5)])
    lines = feedback(report(), extracted).splitlines()
    assert (len(lines), lines[-1]) == (MAX_ERRORS + 1, "- and 5 more")


def test_a_failure_and_a_perfect_record_are_named() -> None:
    """A failure is described by its message, and a perfect record as having no errors."""
    assert feedback(report(), {}, "no valid answer") == "No record: no valid answer"
    assert feedback(report(), report()) == "No errors."
