"""Measuring the checks: false faults in gold, and the planted errors that are noticed."""

from __future__ import annotations

import copy
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.evaluation.checks.check_quality import CheckQuality, measure_checks
from antq_llm.schemas.registry import load_schema
from helpers import toy_articles

SCHEMA = load_schema("helpers.toy:Fair")
ARTICLES = [Article(text, name) for name, text in toy_articles.TEXTS.items()]


def measured(gold: dict[str, Any]) -> CheckQuality:
    """Return the measurements for the toy articles."""
    return measure_checks(gold, ARTICLES, SCHEMA)


def test_gold_of_any_schema_has_no_faults() -> None:
    """Every check with values in gold has a row, and no check objects to gold."""
    quality = measured(toy_articles.GOLD)
    assert [(row.check, row.faults.total) for row in quality.gold if row.check != "schema"] == [
        ("quote", 30),
        ("value", 9),
        ("comparator", 9),
        ("total", 9),
        ("date", 3),
        ("stamp", 3),
        ("period", 3),
        ("time", 3),
        ("name", 6),
        ("printed", 9),
        ("hook", 30),
    ]
    assert quality.false_faults == []


def test_planted_errors_are_noticed() -> None:
    """In the toy articles, every wrong value that the article does not print is contradicted."""
    quality = measured(toy_articles.GOLD)
    assert {row.contradicted.value for row in quality.planted if row.contradicted.total} == {1.0}
    assert {(row.check, row.kind) for row in quality.planted} >= {
        ("value", "tenfold"),
        ("comparator", "comparator"),
        ("total", "total"),
        ("stamp", "year"),
        ("name", "invented"),
    }


def test_a_false_fault_is_listed_with_its_article() -> None:
    """A gold value that the check contradicts is counted and shown."""
    gold = copy.deepcopy(toy_articles.GOLD)
    gold["b"]["stalls"]["row"][0]["count"] = 99
    quality = measured(gold)
    [false] = quality.false_faults
    assert (false.article, false.check) == ("b", "value")
    [row] = [row for row in quality.gold if row.check == "value"]
    assert (row.faults.hits, row.faults.value) == (1, 1 / 9)
    assert quality.as_dict()["false_faults"][0]["pointer"] == "/stalls/row/0/count"


def test_gold_that_is_no_record_is_a_fault_of_the_schema() -> None:
    """Gold that the schema refuses is reported, and no errors are planted in it."""
    gold = {**copy.deepcopy(toy_articles.GOLD), "c": {"mood": "glum"}}
    quality = measured(gold)
    assert {false.check for false in quality.false_faults} == {"schema"}
    assert sum(row.contradicted.total for row in quality.planted if row.check == "time") == 2
