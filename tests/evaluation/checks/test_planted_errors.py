"""Planting errors in gold by the roles of its fields, for any schema."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from antq_llm.core.json_pointer import value_at
from antq_llm.evaluation.checks.planted_errors import PlantedError, plant_errors
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.registry import load_schema
from helpers import toy_articles

SCHEMA = load_schema("helpers.toy:Fair")
GOLD = toy_articles.GOLD["a"]


def planted(seed: str = "1:a", data: Any = GOLD) -> list[PlantedError]:
    """Return the errors planted in the gold of article a."""
    others = [toy_articles.GOLD["b"]]
    return list(plant_errors(data, SCHEMA, AnalyzedArticle(toy_articles.TEXTS["a"]), seed, others))


def test_every_role_that_is_checked_has_its_errors() -> None:
    """Each value with a checked role gets one error of each kind that applies to it."""
    assert Counter(error.kind for error in planted()) == {
        "printed": 3,  # The source and two badges.
        "day": 2,
        "year": 2,
        "time": 1,
        "name": 2,
        "invented": 1,
        "period": 1,
        "digit": 3,
        "tenfold": 3,
        "comparator": 3,
        "total": 1,
    }


def test_only_the_place_of_an_error_differs() -> None:
    """An error changes the value at its pointer in a copy of gold, and gold itself is unchanged."""
    before = json.dumps(GOLD)
    for error in planted():
        if error.kind == "invented":
            continue
        assert value_at(error.record, error.pointer) == error.given
        assert value_at(GOLD, error.pointer) != error.given
    assert json.dumps(GOLD) == before


def test_a_renamed_item_is_renamed_where_it_is_referred_to() -> None:
    """References to a renamed item get the wrong name too, so that only the name is wrong."""
    error = next(error for error in planted() if error.pointer == "/guests/0/name")
    assert error.record["guests"][1]["friends"] == [error.given]
    assert error.record["sayings"][0]["guest"] == error.given


def test_a_seed_gives_the_same_errors() -> None:
    """The same seed gives the same errors, and another seed gives other errors."""
    values = [[str(error.given) for error in planted(seed)] for seed in ("1:a", "1:a", "2:a")]
    assert values[0] == values[1]
    assert values[0] != values[2]


@pytest.mark.parametrize(
    ("count", "added", "expected"),
    [(1, "", False), (1, " 10 stalls", True), (77, " 10 stalls", False), (0.3, "", True)],
)
def test_what_the_article_prints_is_known(count: float, added: str, expected: bool) -> None:
    """Each error records whether its value appears elsewhere in the article."""
    data = json.loads(json.dumps(GOLD))
    data["stalls"] = {"row": [{**GOLD["stalls"]["row"][0], "count": count}]}
    text = AnalyzedArticle(toy_articles.TEXTS["a"] + added)
    [tenfold] = [e for e in plant_errors(data, SCHEMA, text, "1") if e.kind == "tenfold"]
    assert tenfold.given == count * 10
    assert tenfold.printed_elsewhere is expected
