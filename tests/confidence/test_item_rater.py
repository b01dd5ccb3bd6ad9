"""The confidence in the items of an extraction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from antq_llm import Article, ConfigurationError, Extraction, Extractor, Options, ScriptedClient
from antq_llm.confidence.item_rater import ItemRater
from antq_llm.schemas.registry import load_schema
from helpers.asked_by_model import client_of_samples
from helpers.samples import ARTICLE, answer, full_report, person, report
from helpers.toy import Fair, fair, guest

SCHEMA = load_schema("movement_report/1")


def extracted(data: Any, schema: Any = None, **options: Any) -> Extraction[Any]:
    """Return the extraction of the article from one scripted answer."""
    client = ScriptedClient([answer(data)])
    made = Options(**{"confidence": True, "max_attempts": 1, **options})
    prompt = None if schema is None else "Extract."
    return Extractor(schema, prompt, client=client, model="m", options=made).extract(
        Article(ARTICLE, "a")
    )


def test_every_item_of_one_answer_has_a_probability() -> None:
    """Without samples, each item has a probability but no agreement."""
    result = extracted(full_report())
    assert [one.pointer for one in result.confidence] == [one.pointer for one in result.evidence]
    assert all(0.0 < (one.probability or 0.0) < 1.0 for one in result.confidence)
    assert {(one.agreement, one.samples) for one in result.confidence} == {(None, 1)}


def test_the_line_has_the_probabilities() -> None:
    """An entry of ``confidence`` has the documented keys; a record without items has no entries."""
    line = extracted(full_report()).as_line()
    assert list(line["confidence"][0]) == ["pointer", "probability", "agreement", "samples"]
    assert extracted(report()).as_line()["confidence"] == []


def test_confidence_is_computed_only_if_wanted() -> None:
    """Without the option ``confidence``, a record from one answer has no confidence."""
    result = extracted(full_report(), confidence=False)
    assert (result.confidence, "confidence" in result.as_line()) == ((), False)


def test_a_schema_without_a_fit_has_no_probability() -> None:
    """The items of a schema without a fitted model have no probability."""
    found = Extractor(
        Fair,
        "Extract.",
        client=ScriptedClient([answer(fair(guests=[guest()]))]),
        model="m",
        options=Options(confidence=True, max_attempts=1, ungrounded="keep"),
    ).extract("Spring Fair")
    assert found.confidence
    assert {one.probability for one in found.confidence} == {None}


async def test_samples_keep_their_agreement() -> None:
    """Items of a voted record also have an agreement, and disagreement lowers the probability."""
    samples = [report(people=[person()]), report(people=[person()])]
    others = [report(people=[person()]), report(people=[{**person(), "roles": ["chair"]}])]

    async def voted(answers: list[Any]) -> Any:
        options = Options(samples=2, confidence=True, max_attempts=1)
        client = client_of_samples(*answers)
        result = await Extractor(client=client, model="m", options=options).aextract(
            Article(ARTICLE, "a")
        )
        return result.confidence[0]

    agreed, differing = await voted(samples), await voted(others)
    assert (agreed.agreement, agreed.samples) == (1.0, 2)
    assert differing.probability < agreed.probability


def test_an_own_calibration_is_used(tmp_path: Path) -> None:
    """The option ``calibration`` gives items a probability, even without ``confidence``."""
    packaged = ItemRater.of(SCHEMA)._model
    assert packaged is not None
    single = packaged.single.model_copy(update={"intercept": -30.0, "weights": {}})
    packaged.model_copy(update={"single": single}).write(tmp_path / "own.json")
    result = extracted(full_report(), confidence=False, calibration=tmp_path / "own.json")
    assert {one.probability for one in result.confidence} == {0.0001}


def test_a_missing_calibration_is_a_wrong_call(tmp_path: Path) -> None:
    """A missing calibration file raises an error before any request is sent."""
    with pytest.raises(ConfigurationError, match=r"none\.json"):
        Extractor(
            client=ScriptedClient([]),
            model="m",
            options=Options(calibration=tmp_path / "none.json"),
        )


def test_articles_of_the_fit_are_counted() -> None:
    """The rater counts the articles that its model was fitted on."""
    packaged = ItemRater.of(SCHEMA)
    assert packaged._model is not None
    assert packaged.fitted_on(["another", packaged._model.articles[0]]) == 1
    assert ItemRater(SCHEMA, None).fitted_on(["another"]) == 0
