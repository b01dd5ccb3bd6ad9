"""The learning curve of a system: F1 and its interval by the number of gold articles."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from antq_llm.evaluation.significance import Array, Interval, intervals, micro_f1

MIN_ARTICLES = 4
"""The minimum number of articles for a curve."""
_SIZES = 8
_SUBSETS = 40
_RESAMPLES = 500
_FURTHER = (2, 4)
"""The factors by which predicted points exceed the number of gold articles."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """The strict overall F1 for a number of gold articles."""

    articles: int
    f1: float
    """The mean over random subsets of this size."""
    interval: Interval
    """The mean 95% interval around F1, clipped to the range from 0 to 1."""
    is_predicted: bool = False
    """Whether the interval is extrapolated because fewer than ``articles`` gold articles exist."""

    def as_dict(self) -> dict[str, Any]:
        """Return the point as JSON data."""
        return {
            "articles": self.articles,
            "f1": self.f1,
            "interval": self.interval,
            "predicted": self.is_predicted,
        }


def learning_curve(counts: Array, *, seed: int = 0) -> list[CurvePoint]:
    """Return the curve for the counts of tp, fp and fn in an array of shape (articles, 3).

    The curve is empty for fewer than ``MIN_ARTICLES`` articles. The interval is also predicted for
    two and four times as many articles. The prediction assumes that further articles are as varied
    as the given ones. F1 then stays the same, and the width of the interval is inversely
    proportional to the square root of the number of articles.
    """
    number = len(counts)
    if number < MIN_ARTICLES:
        return []
    random = np.random.default_rng(seed)
    sizes = np.unique(np.linspace(2, number, _SIZES).round().astype(int))
    points = [
        point
        for size in sizes
        if (point := _measured(counts, _subsets(random, number, int(size)))) is not None
    ]
    if points and points[-1].articles == number:
        points += [_predicted(points[-1], number * factor) for factor in _FURTHER]
    return points


def _subsets(random: np.random.Generator, number: int, size: int) -> list[Any]:
    if size == number:
        return [np.arange(number)]
    return [random.choice(number, size, replace=False) for _ in range(_SUBSETS)]


def _measured(counts: Array, subsets: Sequence[Any]) -> CurvePoint | None:
    found = [
        (float(micro_f1(counts[rows].sum(axis=0))), span)
        for rows in subsets
        if (span := intervals(counts[rows][:, None, :], resamples=_RESAMPLES)[0]) is not None
    ]
    if not found:
        return None
    low, high = (math.fsum(span[side] for _, span in found) / len(found) for side in (0, 1))
    return CurvePoint(len(subsets[0]), math.fsum(f1 for f1, _ in found) / len(found), (low, high))


def _predicted(last: CurvePoint, number: int) -> CurvePoint:
    shrink = math.sqrt(last.articles / number)
    low, high = (last.f1 + (end - last.f1) * shrink for end in last.interval)
    return CurvePoint(number, last.f1, (low, high), is_predicted=True)
