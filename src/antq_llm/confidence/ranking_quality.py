"""The quality of probabilities: whether they rank errors first and are well calibrated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Interval = tuple[float, float]
Array = NDArray[np.float64]

REVIEWED = 0.1
"""The share of items that a reviewer is expected to look at."""
CURVE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
"""The shares of reviewed items for which the curve is reported."""
_BINS = 10
_RESAMPLES = 1000
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class RatedItem:
    """An item with its probability, and whether it is right according to gold."""

    article: str
    probability: float
    is_right: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure for all items, with its 95% confidence interval; either is None if undefined."""

    value: float | None
    interval: Interval | None

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as JSON data."""
        return {"value": self.value, "interval": self.interval}


@dataclass(frozen=True)
class RankingQuality:
    """The figures that measure how good the probabilities of a set of items are."""

    articles: int
    items: int
    errors: int
    auroc: Figure
    """The chance that a wrong item has a lower probability than a correct one (Fawcett 2006, "An
    Introduction to ROC Analysis", Pattern Recognition Letters 27)."""
    calibration_error: Figure
    """The expected calibration error over ten bins of equal width (Guo et al. 2017, "On Calibration
    of Modern Neural Networks")."""
    found_in_tenth: Figure
    """The errors in the least certain tenth of the items, as a share of the most it can contain."""
    curve: Mapping[float, Figure]
    """The share of errors found for each share of items reviewed, the least certain items first."""

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON data."""
        return {
            "articles": self.articles,
            "items": self.items,
            "errors": self.errors,
            "auroc": self.auroc.as_dict(),
            "calibration_error": self.calibration_error.as_dict(),
            "found_in_tenth": self.found_in_tenth.as_dict(),
            "curve": [
                {"reviewed": share, "found": found.value, "interval": found.interval}
                for share, found in self.curve.items()
            ],
        }


def ranking_quality(items: Iterable[RatedItem], *, seed: int = 0) -> RankingQuality:
    """Return the quality of the items' probabilities, with bootstrap intervals over articles.

    The intervals are percentile intervals and do not depend on the order of the articles.
    """
    rated = sorted(items, key=lambda item: item.article)
    articles = sorted({item.article for item in rated})
    index = {article: number for number, article in enumerate(articles)}
    probabilities = np.array([item.probability for item in rated], dtype=np.float64)
    wrong = np.array([not item.is_right for item in rated], dtype=np.float64)
    of_article = np.array([index[item.article] for item in rated], dtype=np.intp)
    rows = [np.flatnonzero(of_article == number) for number in range(len(articles))]
    samples = _resamples(rows, seed)

    def figure(measure: Callable[[Array, Array], float | None]) -> Figure:
        resampled = [measure(probabilities[rows], wrong[rows]) for rows in samples]
        return Figure(measure(probabilities, wrong), _interval(resampled))

    return RankingQuality(
        articles=len(articles),
        items=len(rated),
        errors=int(wrong.sum()),
        auroc=figure(auroc),
        calibration_error=figure(calibration_error),
        found_in_tenth=figure(found_in_tenth),
        curve={share: figure(_found_at(share)) for share in CURVE},
    )


def auroc(probabilities: Array, wrong: Array) -> float | None:
    """Return the chance that a wrong item is rated lower than a correct one; ties count half."""
    errors = float(wrong.sum())
    right = len(wrong) - errors
    if not errors or not right:
        return None
    _, place, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2.0)[place]
    above = float(ranks[wrong == 0.0].sum()) - right * (right + 1) / 2.0
    return above / (errors * right)


def calibration_error(probabilities: Array, wrong: Array) -> float | None:
    """Return the expected calibration error over bins of equal width.

    The error of a bin is the gap between its mean probability and its share of correct items. Each
    bin is weighted by its number of items.
    """
    if not len(wrong):
        return None
    bins = np.minimum((probabilities * _BINS).astype(np.intp), _BINS - 1)
    gaps = np.bincount(bins, weights=probabilities - (1.0 - wrong), minlength=_BINS)
    return float(np.abs(gaps).sum() / len(wrong))


def found_in_tenth(probabilities: Array, wrong: Array) -> float | None:
    """Return the errors in the least certain tenth as a share of the most it can contain."""
    errors = float(wrong.sum())
    if not errors:
        return None
    number = _reviewed(REVIEWED, len(wrong))
    return _errors_among(number, probabilities, wrong) / min(number, errors)


def _found_at(share: float) -> Callable[[Array, Array], float | None]:
    def found(probabilities: Array, wrong: Array) -> float | None:
        errors = float(wrong.sum())
        if not errors:
            return None
        return _errors_among(_reviewed(share, len(wrong)), probabilities, wrong) / errors

    return found


def _reviewed(share: float, number: int) -> int:
    # Rounded first, because 0.1 * 30 is slightly more than 3.
    return math.ceil(round(share * number, 9))


def _errors_among(number: int, probabilities: Array, wrong: Array) -> float:
    """Return how many of the ``number`` least probable items are wrong.

    If items tie for the last places, their errors count in proportion to the places left.
    """
    threshold = np.partition(probabilities, number - 1)[number - 1]
    below, tied = probabilities < threshold, probabilities == threshold
    share = (number - int(below.sum())) / int(tied.sum())
    return float(wrong[below].sum() + share * wrong[tied].sum())


def _resamples(rows: Sequence[NDArray[np.intp]], seed: int) -> list[NDArray[np.intp]]:
    """Return the item indices of each bootstrap sample; no samples for fewer than two articles."""
    if len(rows) < 2:
        return []
    draws = np.random.default_rng(seed).integers(len(rows), size=(_RESAMPLES, len(rows)))
    return [np.concatenate([rows[number] for number in draw]) for draw in draws]


def _interval(values: Sequence[float | None]) -> Interval | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    tail = (1.0 - _CONFIDENCE) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return float(low), float(high)
