"""Verdicts of the checks on the items of a movement report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.registry import load_schema
from antq_llm.validation.checks import check_record
from helpers.samples import full_report, report

REPORT = load_schema("movement_report/1")


def verdicts(text: str, metadata_day: str | None = None, **lists: Any) -> dict[str, str]:
    """Return the verdict on each doubtful value of a report, by pointer."""
    checked = check_record(report(**lists), REPORT, AnalyzedArticle(text, published=metadata_day))
    assert not checked.missing
    return {
        finding.fault.pointer: finding.verdict
        for finding in (*checked.contradicted, *checked.unverified)
    }


def indicator(value: float, quote: str, **fields: Any) -> dict[str, Any]:
    """Return the data of an indicator with a value and a quote."""
    of_seeds = full_report()["indicators"][0]
    return {**of_seeds, "value": value, "total": None, "quote": quote, **fields}


def figure_verdicts(text: str, value: float, quote: str, **fields: Any) -> dict[str, str]:
    """Return the verdict on each doubtful value of one indicator, by key."""
    found = verdicts(text, indicators=[indicator(value, quote, **fields)])
    return {pointer.rpartition("/")[2]: verdict for pointer, verdict in found.items()}


def event(date: str, quote: str) -> dict[str, Any]:
    """Return the data of an event with a date and a quote."""
    return {**full_report()["events"][0], "name": None, "date": date, "quote": quote}


def event_verdict(
    text: str,
    date: str,
    quote: str,
    documents: Sequence[Any] = (),
    published: str | None = None,
) -> str | None:
    """Return the verdict on the date of one event, or None if it is supported."""
    found = verdicts(text, published, events=[event(date, quote)], documents=list(documents))
    return found.get("/events/0/date")
