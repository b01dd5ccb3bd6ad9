"""Precision, recall and F1 from counts, for one article or several (micro and macro)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple


class Counts(NamedTuple):
    """The numbers of true positives, false positives and false negatives.

    They are whole numbers in a strict score and can be fractions in a relaxed score.
    """

    tp: float = 0
    fp: float = 0
    fn: float = 0

    @classmethod
    def total(cls, counts: Iterable[Counts]) -> Counts:
        """Return the sum of ``counts``, rounded only once so that their order does not matter."""
        columns = list(zip(*counts, strict=True))
        return cls(*(_sum(column) for column in columns)) if columns else cls()

    @property
    def precision(self) -> float | None:
        """The share of extracted values that are right; None if nothing was extracted."""
        return _ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float | None:
        """The share of gold values that were found; None if there are no gold values."""
        return _ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn).

        None if nothing was extracted and there are no gold values. The definition is from van
        Rijsbergen 1979, "Information Retrieval", chapter 7, with equal weights.
        """
        return _ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one field over several articles."""

    counts: Counts
    """The counts summed over the articles; their precision, recall and F1 are micro averages."""
    macro_f1: float | None
    """The mean F1 of the articles that have an F1; None if no article has one."""

    @classmethod
    def over(cls, counts: Sequence[Counts]) -> Score:
        """Return the score of one field from its counts in each article."""
        defined = [f1 for f1 in (article.f1 for article in counts) if f1 is not None]
        return cls(Counts.total(counts), math.fsum(defined) / len(defined) if defined else None)

    def as_dict(self) -> dict[str, Any]:
        """Return precision, recall, f1, macro_f1, tp, fp and fn by name; a rate of 0/0 is None."""
        counts = self.counts
        rates = {
            "precision": counts.precision,
            "recall": counts.recall,
            "f1": counts.f1,
            "macro_f1": self.macro_f1,
        }
        return {**rates, **counts._asdict()}


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _sum(numbers: Sequence[float]) -> float:
    return (
        sum(numbers) if all(isinstance(number, int) for number in numbers) else math.fsum(numbers)
    )
