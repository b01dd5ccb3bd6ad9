"""The model that computes an item's probability from its signals, stored as a JSON file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from antq_llm.core.atomic_write import write_atomically
from antq_llm.core.json_file import UnreadableJson, read_json_file
from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.schemas.base import Schema

if TYPE_CHECKING:
    # Pairing items needs scipy, which is slow to import.
    from antq_llm.confidence.item_signals import ItemSignals

_PROBABILITY_DIGITS = 4
_LEAST = 0.0001
_LARGEST_EXPONENT = 30.0


class LogOdds(BaseModel):
    """The log odds that an item is right, as a weighted sum of its signals."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    intercept: float = Field(allow_inf_nan=False)
    weights: dict[str, float]
    """The weight of each signal; signals without a weight are ignored."""

    def probability(self, signals: Mapping[str, float]) -> float:
        """Return the probability that an item is right, rounded to 4 decimals but never 0 or 1."""
        total = self.intercept + math.fsum(
            weight * signals.get(name, 0.0) for name, weight in self.weights.items()
        )
        bounded = max(-_LARGEST_EXPONENT, min(_LARGEST_EXPONENT, total))
        probability = 1.0 / (1.0 + math.exp(-bounded))
        return round(min(1.0 - _LEAST, max(_LEAST, probability)), _PROBABILITY_DIGITS)


class ConfidenceModel(BaseModel):
    """A model of the probability that a schema's items are right, with its measured quality."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_reference: str = Field(alias="schema")
    schema_sha256: str
    """The digest of the JSON Schema that the model was fitted for."""
    single: LogOdds
    """The log odds for records that were made from one answer."""
    sampled: LogOdds | None = None
    """The log odds for records from a vote of samples; None if too few articles had a vote."""
    least_sure: float = 0.0
    """The 0.1 quantile of the items' probabilities, each from a fit on all other articles.

    Items with at most this probability count as unsure.
    """
    articles: list[str] = Field(default_factory=list)
    """The digests of the articles that the model was fitted on."""
    figures: dict[str, Any] = Field(default_factory=dict)
    """The quality of the items' probabilities, each from a fit on all other articles."""

    def probability(self, item: ItemSignals) -> float:
        """Return the probability that every field of an item is right."""
        odds = self.single if item.agreement is None or self.sampled is None else self.sampled
        return odds.probability(item.values)

    def is_for(self, schema: Schema[Any]) -> bool:
        """Return whether the model was fitted for a schema."""
        return self.schema_reference == schema.reference and self.schema_sha256 == schema.digest

    def write(self, path: Path) -> None:
        """Write the model to a JSON file."""
        data = self.model_dump(mode="json", by_alias=True)
        write_atomically(path, [json.dumps(data, ensure_ascii=False, indent=1), "\n"])


def read_model(path: Path, schema: Schema[Any]) -> ConfidenceModel:
    """Read the model from a file that ``antq-llm calibrate`` wrote.

    Raises ConfigurationError if the file cannot be read or the model was fitted for another schema.
    """
    try:
        model = ConfidenceModel.model_validate(read_json_file(path))
    except (UnreadableJson, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise ConfigurationError(
            f"{path} is not a calibration ({reason}): name a file that antq-llm calibrate wrote"
        ) from error
    if not model.is_for(schema):
        raise ConfigurationError(
            f"{path} was fitted for {model.schema_reference}, not for this version of "
            f"{schema.reference}: run antq-llm calibrate for this version"
        )
    return model


def packaged_model(schema: Schema[Any]) -> ConfidenceModel | None:
    """Return the packaged model for this version of a schema, or None if there is none."""
    name, _, version = schema.reference.partition("/")
    path = data_folder("confidence") / name / f"v{version}.json"
    if not version.isdecimal() or not path.is_file():
        return None
    model = ConfidenceModel.model_validate(read_json_file(path))
    return model if model.is_for(schema) else None
