"""A rater that computes the ``confidence`` of an extraction's items."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from antq_llm.confidence.confidence_model import ConfidenceModel, packaged_model, read_model
from antq_llm.records.result import Confidence, Extraction
from antq_llm.schemas.base import Schema

T = TypeVar("T", bound=BaseModel)


class ItemRater:
    """A rater that computes the probability that each item of a record is right, for one schema."""

    def __init__(self, schema: Schema[Any], model: ConfidenceModel | None) -> None:
        """Create a rater; without a model, probabilities are None."""
        self._schema = schema
        self._model = model

    @classmethod
    def of(cls, schema: Schema[Any], calibration: Path | None = None) -> ItemRater:
        """Return a rater with the model in ``calibration`` or else the packaged model, if any.

        Raises ConfigurationError if the file cannot be read or is for another schema.
        """
        model = read_model(calibration, schema) if calibration else packaged_model(schema)
        return cls(schema, model)

    @property
    def has_model(self) -> bool:
        """Whether the rater has a model and therefore computes probabilities."""
        return self._model is not None

    def fitted_on(self, digests: Iterable[str]) -> int:
        """Return how many of the articles with these digests were used to fit the model."""
        return len(set(digests) & set(self._model.articles)) if self._model else 0

    def unsure_items(self, confidence: Iterable[Confidence]) -> list[str]:
        """Return pointers to the items whose probability is at most the model's ``least_sure``."""
        if self._model is None:
            return []
        return [
            rated.pointer
            for rated in confidence
            if rated.probability is not None and rated.probability <= self._model.least_sure
        ]

    def rate(self, extraction: Extraction[T]) -> Extraction[T]:
        """Return an extraction with the confidence of its items added."""
        rated = tuple(self.confidence(extraction.as_line(), extraction.article.text))
        return replace(extraction, confidence=rated, rated=True)

    def confidence(self, line: Mapping[str, Any], text: str) -> Iterator[Confidence]:
        """Yield the confidence of each item in a line, given the article's ``text``."""
        # Pairing items needs scipy, which is slow to import.
        from antq_llm.confidence.item_signals import item_signals

        for item in item_signals(line, text, self._schema):
            yield Confidence(
                pointer=item.pointer,
                probability=self._model.probability(item) if self._model else None,
                agreement=item.agreement,
                samples=item.samples,
            )
