"""Measuring the confidence in the lines of ``records.jsonl`` against gold."""

from __future__ import annotations

import copy
from typing import Any

from antq_llm.confidence.item_rater import ItemRater
from antq_llm.confidence.line_quality import line_quality
from antq_llm.schemas.registry import load_schema
from helpers.samples import ARTICLE, full_report

SCHEMA = load_schema("movement_report/1")
GOLD = {"a": full_report()}
RECORD = copy.deepcopy(full_report())
RECORD["people"][0]["roles"] = ["chair"]
EVIDENCE = [{"pointer": "/people/0", "start": 0, "end": 5, "match": "exact"}]


def quality_of(rater: ItemRater, *, anew: bool = False, **keys: Any) -> Any:
    """Return the quality of the confidence in one line, in which the person is wrong."""
    line = {"article_id": "a", "record": RECORD, "evidence": EVIDENCE, "attempts": 1, **keys}
    return line_quality([line], GOLD, {"a": ARTICLE}, SCHEMA, rater, anew=anew)


def rated(person: float, indicator: float) -> list[dict[str, Any]]:
    """Return the confidence in two items with the given probabilities."""
    return [
        {"pointer": "/people/0", "probability": person, "agreement": None, "samples": 1},
        {"pointer": "/indicators/0", "probability": indicator, "agreement": None, "samples": 1},
    ]


def test_the_probabilities_of_the_line_are_measured() -> None:
    """The probabilities in a line are measured against gold, even without a calibration."""
    rater = ItemRater(SCHEMA, None)
    assert quality_of(rater, confidence=rated(0.2, 0.9)).auroc.value == 1.0
    assert quality_of(rater, confidence=rated(0.9, 0.2)).auroc.value == 0.0


def test_lines_without_probabilities_are_rated() -> None:
    """The items of a line without confidence are rated with the calibration."""
    quality = quality_of(ItemRater.of(SCHEMA))
    assert (quality.items, quality.errors) == (8, 1)


def test_probabilities_can_be_computed_anew() -> None:
    """With ``anew``, the calibration replaces the probabilities in the lines."""
    quality = quality_of(ItemRater.of(SCHEMA), anew=True, confidence=rated(0.2, 0.9))
    assert quality.items == 8


def test_agreement_alone_is_no_probability() -> None:
    """A line with agreement but no probability is rated with the calibration, if there is one."""
    votes = [{"pointer": "/people/0", "probability": None, "agreement": 0.5, "samples": 2}]
    assert quality_of(ItemRater.of(SCHEMA), confidence=votes).items == 8
    assert quality_of(ItemRater(SCHEMA, None), confidence=votes) is None


def test_without_a_model_there_are_no_figures() -> None:
    """Lines without probabilities cannot be measured without a fitted model."""
    assert quality_of(ItemRater(SCHEMA, None)) is None
