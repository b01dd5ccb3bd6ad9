"""Rates over articles, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import norm

from antq_llm.evaluation.significance import CONFIDENCE, Interval


@dataclass(frozen=True, slots=True)
class ArticleCount:
    """The number of hits and the total number of values in one article."""

    hits: int
    total: int


@dataclass(frozen=True, slots=True)
class Rate:
    """The rate of hits among the values of a set of articles."""

    hits: int
    total: int
    interval: Interval | None
    """The 95% confidence interval; None if there are no values."""

    @property
    def value(self) -> float | None:
        """The rate from 0 to 1; None if there are no values."""
        return self.hits / self.total if self.total else None


def rate_over(counts: Sequence[ArticleCount]) -> Rate:
    """Return the rate over articles with its 95% confidence interval.

    The interval is Wilson's score interval (Wilson 1927, "Probable Inference, the Law of
    Succession, and Statistical Inference", JASA 22) for the effective number of values. Hits tend
    to cluster in a few articles, so the number of values is divided by the design effect (Kish
    1965, "Survey Sampling", section 8.2). The design effect is the variance over articles divided
    by the variance of independent draws, but at least 1.
    """
    hits, total = sum(count.hits for count in counts), sum(count.total for count in counts)
    if not total:
        return Rate(hits, total, None)
    return Rate(hits, total, _wilson(hits / total, total / _design_effect(counts, hits, total)))


def _wilson(rate: float, number: float) -> Interval:
    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    spread = z * z / number
    centre = (rate + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (rate * (1 - rate) / number + spread / (4 * number)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def _design_effect(counts: Sequence[ArticleCount], hits: int, total: int) -> float:
    filled = [count for count in counts if count.total]
    rate = hits / total
    if len(filled) < 2 or rate in {0.0, 1.0}:
        return 1.0
    squares = sum((count.hits - rate * count.total) ** 2 for count in filled)
    variance = len(filled) / (len(filled) - 1) * squares / total**2
    return max(1.0, variance / (rate * (1 - rate) / total))
