"""The mapping of values to checks."""

from __future__ import annotations

from antq_llm.evaluation.checks.checked_values import check_of, checked_values
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.registry import load_schema
from antq_llm.validation.checks import check_record
from helpers.samples import ABSENT, ARTICLE, full_report, person

SCHEMA = load_schema("movement_report/1")


def test_each_value_has_its_check() -> None:
    """The check follows from the role of the field, or from the figure that it belongs to."""
    data = full_report()
    data["people"].append(person("Lò Thị Mai", ABSENT))
    checked = check_record(data, SCHEMA, AnalyzedArticle(ARTICLE))
    expected = {
        "/indicators/0/value": "value",
        "/indicators/0/comparator": "comparator",
        "/indicators/0/total": "total",
        "/awards/0/count": "value",
        "/awards/0/comparator": "comparator",
        "/events/0/date": "date",
        "/published/date": "stamp",
        "/published/time": "time",
        "/indicators/0/period": "period",
        "/people/0/name": "name",
        "/byline/0": "printed",
        "/people/1/quote": "quote",
        "/people/0/roles/0": "hook",
    }
    assert {pointer: check_of(pointer, checked, SCHEMA) for pointer in expected} == expected


def test_filled_values_are_counted() -> None:
    """Nulls are not counted, except for totals, which are checked with their figures."""
    counts = checked_values(check_record(full_report(), SCHEMA, AnalyzedArticle(ARTICLE)), SCHEMA)
    assert (counts["value"], counts["comparator"], counts["total"]) == (2, 2, 1)
    assert (counts["time"], counts["period"], counts["quote"]) == (1, 0, 8)
