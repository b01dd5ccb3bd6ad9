"""Fitting a confidence model to gold."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

from antq_llm import ConfigurationError
from antq_llm.confidence.calibration import (
    LabelledItem,
    calibrate,
    labelled_items,
    rate_left_out,
    right_items,
)
from antq_llm.confidence.item_signals import ItemSignals
from antq_llm.schemas.registry import load_schema
from helpers.samples import ARTICLE, full_report, person, report

SCHEMA = load_schema("movement_report/1")
DIGESTS = {str(number): f"digest {number}" for number in range(12)}


def made_items(articles: int = 12, *, voted: bool = False) -> list[LabelledItem]:
    """Return items that are more often wrong if ``doubt`` is high or their samples disagree."""
    random = np.random.default_rng(5)
    made = []
    for number in range(articles * 20):
        doubt, disagreement = random.random(), random.random() if voted else 0.0
        is_right = bool(random.random() > 0.8 * max(doubt, disagreement))
        values = {"doubt": doubt} | ({"disagreement": disagreement} if voted else {})
        signals = ItemSignals(
            f"/people/{number}",
            values,
            1.0 - disagreement if voted else None,
            3 if voted else 1,
        )
        made.append(LabelledItem(str(number % articles), signals, is_right))
    return made


def test_an_item_is_right_if_all_of_it_is() -> None:
    """A wrong field makes only its own item wrong, and an item that gold lacks is wrong."""
    data = full_report()
    data["indicators"][0]["scope"] = "huyện khác"
    data["people"].append(person("Lò Thị Mai", "Bà Lò Thị Mai"))
    found = right_items(data, full_report(), SCHEMA)
    assert {pointer for pointer, is_right in found.items() if not is_right} == {
        "/indicators/0",
        "/people/1",
    }


def test_a_missing_value_makes_an_item_wrong() -> None:
    """A value that only gold has makes the item wrong."""
    data = copy.deepcopy(full_report())
    data["people"][0]["roles"] = []
    assert right_items(data, full_report(), SCHEMA)["/people/0"] is False


def test_articles_without_gold_are_left_out() -> None:
    """Only lines whose article has both gold and a text are labelled."""
    evidence = [{"pointer": "/people/0", "start": 0, "end": 9, "match": "exact"}]
    lines = [
        {"article_id": name, "record": report(people=[person()]), "evidence": evidence}
        for name in ("a", "b", "c")
    ]
    gold = {"a": full_report(), "b": full_report()}
    found = labelled_items(lines, gold, {"a": ARTICLE, "c": ARTICLE}, SCHEMA)
    assert [item.article for item in found] == ["a"]


def test_a_fit_finds_what_makes_items_wrong() -> None:
    """A signal that predicts errors gets a negative weight and ranks items of left-out articles."""
    calibration = calibrate(made_items(), SCHEMA, DIGESTS)
    assert calibration.model.single.weights["doubt"] < 0
    auroc = calibration.quality["single"].auroc.value
    assert auroc is not None
    assert auroc > 0.6


def test_a_signal_of_few_articles_has_no_weight() -> None:
    """A signal that occurs in two articles is not fitted, but one that occurs in three is."""
    items = [
        replace(
            item,
            signals=replace(
                item.signals,
                values={
                    **item.signals.values,
                    "in two": float(item.article in {"0", "1"}),
                    "in three": float(item.article in {"0", "1", "2"}),
                },
            ),
        )
        for item in made_items()
    ]
    weights = calibrate(items, SCHEMA, DIGESTS).model.single.weights
    assert set(weights) == {"doubt", "in three"}


def test_voted_records_are_fitted_apart() -> None:
    """The disagreement of samples has a weight only for voted records."""
    calibration = calibrate([*made_items(), *made_items(voted=True)], SCHEMA, DIGESTS)
    sampled = calibration.model.sampled
    assert sampled is not None
    assert sampled.weights["disagreement"] < 0
    assert "disagreement" not in calibration.model.single.weights
    assert set(calibration.model.figures) == {"single", "sampled"}


def test_voted_records_alone_also_rate_single_answers() -> None:
    """Without single answers, voted records are also fitted without their agreement."""
    calibration = calibrate(made_items(voted=True), SCHEMA, DIGESTS)
    assert set(calibration.model.single.weights) == {"doubt"}
    assert calibration.model.sampled is not None


def test_an_article_is_rated_by_the_others() -> None:
    """An article's labels do not affect the probabilities of its own items."""
    items = made_items()
    flipped = [
        LabelledItem(item.article, item.signals, not item.is_right) if item.article == "0" else item
        for item in items
    ]
    first = [item.probability for item in rate_left_out(items, sampled=False)]
    second = [item.probability for item in rate_left_out(flipped, sampled=False)]
    assert first[:20] == second[:20]
    assert first[20:] != second[20:]


def test_the_model_names_its_articles() -> None:
    """The model keeps its articles' digests and the bound of the least sure tenth."""
    model = calibrate(made_items(), SCHEMA, DIGESTS).model
    assert set(model.articles) == set(DIGESTS.values())
    assert 0.0 < model.least_sure < 1.0


def test_too_few_articles_are_refused() -> None:
    """Four articles are refused, and the error says how many are needed."""
    with pytest.raises(ConfigurationError, match=r"items \(4\).*at least 5"):
        calibrate(made_items(4), SCHEMA, DIGESTS)
