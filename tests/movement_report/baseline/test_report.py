"""Records that the rules baseline makes from arbitrary texts."""

from __future__ import annotations

from hypothesis import given, settings

from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.movement_report.baseline.report import rules_report
from antq_llm.schemas.registry import load_schema
from helpers.rules import TEXTS

REPORT = load_schema("movement_report")


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_any_text_gives_a_valid_record(text: str) -> None:
    """For any text, the rules baseline gives a valid record whose quotes are in the text."""
    report = rules_report(text)
    REPORT.read_data(report)
    assert all(item["quote"] in text for _, item in items_with_quotes(report))
