"""The confidence model and its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm import ConfigurationError
from antq_llm.confidence.confidence_model import (
    ConfidenceModel,
    LogOdds,
    packaged_model,
    read_model,
)
from antq_llm.confidence.item_signals import ItemSignals
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from helpers.support import Person

SCHEMA = PydanticSchema(Person)


def model(sampled: LogOdds | None = None) -> ConfidenceModel:
    """Return a confidence model for the schema ``Person``."""
    return ConfidenceModel(
        schema=SCHEMA.reference,
        schema_sha256=SCHEMA.digest,
        single=LogOdds(intercept=1.0, weights={"quote_length": -0.5}),
        sampled=sampled,
    )


def test_the_probability_is_that_of_the_log_odds() -> None:
    """Signals are weighted and summed; those without a weight do not count."""
    odds = LogOdds(intercept=0.0, weights={"a": 2.0})
    assert odds.probability({"b": 3.0}) == 0.5
    assert odds.probability({"a": 1.0}) == 0.8808


@pytest.mark.parametrize(("value", "probability"), [(1e9, 0.9999), (-1e9, 0.0001)])
def test_no_item_is_certain(value: float, probability: float) -> None:
    """Even for very large sums, the probability is neither 0 nor 1."""
    assert LogOdds(intercept=0.0, weights={"a": 1.0}).probability({"a": value}) == probability


def test_voted_records_have_their_own_weights() -> None:
    """An item with an agreement is rated with the weights for samples, if the model has them."""
    single = ItemSignals("/p/0", {"quote_length": 2.0})
    voted = ItemSignals("/p/0", {"quote_length": 2.0, "disagreement": 1.0}, 0.0, 3)
    with_samples = model(LogOdds(intercept=0.0, weights={"disagreement": -2.0}))
    assert (model().probability(single), model().probability(voted)) == (0.5, 0.5)
    assert (with_samples.probability(single), with_samples.probability(voted)) == (0.5, 0.1192)


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A model that is written and read again is unchanged."""
    model().write(tmp_path / "made.json")
    assert read_model(tmp_path / "made.json", SCHEMA) == model()


def test_a_file_of_another_schema_is_refused(tmp_path: Path) -> None:
    """A calibration for another schema raises an error that says what to run."""
    model().write(tmp_path / "made.json")
    with pytest.raises(ConfigurationError, match=r"movement_report/1: run antq-llm calibrate"):
        read_model(tmp_path / "made.json", load_schema("movement_report/1"))


@pytest.mark.parametrize("text", ["", "[]", "{", '{"schema": "a"}'])
def test_what_is_no_calibration_is_refused(tmp_path: Path, text: str) -> None:
    """A file that is not a calibration raises an error that names it."""
    (tmp_path / "other.json").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"other\.json is not a calibration"):
        read_model(tmp_path / "other.json", SCHEMA)


def test_a_model_of_reports_is_packaged() -> None:
    """The packaged schema has a model with quality figures, and a user's schema has none."""
    packaged = packaged_model(load_schema("movement_report/1"))
    assert packaged is not None
    assert set(packaged.figures) == {"single", "sampled"}
    assert packaged_model(SCHEMA) is None
