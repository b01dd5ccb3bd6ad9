"""Confidence intervals of scores, paired comparisons and detectable differences.

Intervals come from a bootstrap and p-values from permutations. Both treat an article as one unit,
because its slots tend to be right or wrong together. Counts are arrays of shape
(articles, fields, 3), whose last axis holds tp, fp and fn: true positives, false positives and
false negatives (see ``scoring.record_score.counts_array``). Results have one value for each field.
The same arguments and seed give the same results.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

Array = NDArray[np.float64]
Interval = tuple[float, float]

CONFIDENCE = 0.95
POWER = 0.8
RESAMPLES = 2000
SWAPS = 9999
MIN_ARTICLES_TO_STUDENTISE = 10
"""The smallest number of articles for which the quantiles of resamples are used.

With fewer articles, those quantiles are erratic, so the quantiles of Student's t-distribution are
used instead.
"""
_BLOCK_FIELDS = 64
"""The number of fields to process at a time, which limits the memory used."""
_BLOCK_SWAPS = 1000
_MIN_STANDARD_ERROR = 1e-6
"""The smallest standard error that is not just a rounding error; smaller ones are set to 0."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """The comparison of two systems on the same articles, for one field.

    Values that are undefined, for example because a system has no F1, are None.
    """

    difference: float | None
    """The first system's micro F1 minus the second's."""
    interval: Interval | None
    """The 95% interval of the difference."""
    p: float | None
    """The two-sided p-value of the difference.

    The systems' results are swapped article by article; the p-value is the share of swaps that
    give a difference at least as large, in either direction.
    """
    p_adjusted: float | None
    """``p`` with Holm's correction over the compared fields."""
    detectable: float | None
    """The smallest true difference that a test on these articles detects in 80% of cases."""


def micro_f1(counts: Array) -> Array:
    """Return 2 tp / (2 tp + fp + fn) for counts whose last axis holds tp, fp, fn; NaN for 0/0."""
    return _divided(*_f1_terms(counts))


def intervals(counts: Array, *, seed: int = 0, resamples: int = RESAMPLES) -> list[Interval | None]:
    """Return the 95% interval of each field's micro F1.

    The interval is None if there are fewer than two articles or the field has no F1. The method is
    the studentised bootstrap (bootstrap-t: Efron & Tibshirani 1993, "An Introduction to the
    Bootstrap", section 12.5) with the linearised standard error of a ratio (Cochran 1977, "Sampling
    Techniques", section 6.3). The interval is clipped to the range from 0 to 1. The quantiles are
    never closer to zero than Student's, because resamples of few articles are often alike. With
    fewer than ten articles, Student's quantiles are used.

    In simulations with 30 articles and seven distributions, the interval covered the true value in
    94 to 97% of cases, and percentile and BCa intervals in 88 to 94%. If all articles score the
    same, the interval has zero width, which means only that this sample shows no spread.
    """
    return _intervals_in_blocks([counts], bounds=(0.0, 1.0), seed=seed, resamples=resamples)


def compare(
    first: Array, second: Array, *, seed: int = 0, resamples: int = RESAMPLES, swaps: int = SWAPS
) -> list[Comparison]:
    """Return the paired comparison of two systems, first minus second, for each field.

    The interval of the difference in F1 is computed as in ``intervals``, with the same resamples
    for both systems, and clipped to the range from -1 to 1.
    """
    difference = micro_f1(first.sum(axis=0)) - micro_f1(second.sum(axis=0))
    spans = _intervals_in_blocks(
        [first, second], bounds=(-1.0, 1.0), seed=seed, resamples=resamples
    )
    p_values = permutation_p(first, second, seed=seed, swaps=swaps)
    detectable = detectable_difference(first, second)
    return [
        Comparison(None if np.isnan(value) else value, interval, p, p_adjusted, smallest)
        for value, interval, p, p_adjusted, smallest in zip(
            difference.tolist(), spans, p_values, holm(p_values), detectable, strict=True
        )
    ]


def permutation_p(
    first: Array, second: Array, *, seed: int = 0, swaps: int = SWAPS
) -> list[float | None]:
    """Return the two-sided p-value of each field's difference in micro F1.

    The method is approximate randomisation: for each article, the results of the two systems are
    swapped at random (Noreen 1989, "Computer-Intensive Methods for Testing Hypotheses", chapter 2).
    With few articles (up to 13 by default), every combination of swaps is tried instead. In
    that case, no p-value for ``n`` articles is below ``smallest_p(n)``.
    """
    observed = micro_f1(first.sum(axis=0)) - micro_f1(second.sum(axis=0))
    articles, fields = first.shape[:2]
    extreme, valid = np.zeros(fields), np.zeros(fields)
    exchanged = (second - first).reshape(articles, fields * 3)
    for swapped in _swaps(articles, seed=seed, swaps=swaps):
        gain = (swapped @ exchanged).reshape(-1, fields, 3)
        change = micro_f1(first.sum(axis=0) + gain) - micro_f1(second.sum(axis=0) - gain)
        # A swap that leaves a system without slots gives no difference to count.
        valid += (~np.isnan(change)).sum(axis=0)
        extreme += (np.abs(change) >= np.abs(observed) - _ROUNDING).sum(axis=0)
    # Random swaps do not include the observed results themselves, which count as one swap.
    observed_order = 0 if _are_all_tried(articles, swaps) else 1
    return [
        None if np.isnan(value) else float((count + observed_order) / (total + observed_order))
        for value, count, total in zip(observed, extreme, valid, strict=True)
    ]


def smallest_p(articles: int) -> float:
    """Return the lowest two-sided p-value that all swaps can give: 0.0625 for five articles."""
    return min(1.0, 2.0 ** (1 - articles))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values corrected for multiple comparisons; None stays None and is not counted.

    The method is from Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure",
    Scandinavian Journal of Statistics 6.
    """
    ranked = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(ranked):
        largest = max(largest, min(1.0, (len(ranked) - rank) * p))
        adjusted[index] = largest
    return adjusted


def detectable_difference(first: Array, second: Array) -> list[float | None]:
    """Return the smallest true F1 difference that a test at the 5% level detects in 80% of cases.

    The result is an approximation: the standard error of the difference times the sum of Student's
    quantiles for 97.5% and 80% (Bloom 1995, "Minimum Detectable Effects", Evaluation Review 19). It
    is None if it would be 0 or above 1, if a system has no F1 or if there are fewer than two
    articles.
    """
    articles = len(first)
    if articles < 2:
        return [None] * first.shape[1]
    _, error = _difference_and_error(np.ones((1, articles)), [first, second])
    factor = float(
        student.ppf((1 + CONFIDENCE) / 2, articles - 1) + student.ppf(POWER, articles - 1)
    )
    return [factor * value if 0.0 < factor * value <= 1.0 else None for value in error[0].tolist()]


def _f1_terms(counts: Array) -> tuple[Array, Array]:
    """Return the numerator and the denominator of F1: 2 tp and 2 tp + fp + fn."""
    numerator = 2 * counts[..., 0]
    return numerator, numerator + counts[..., 1] + counts[..., 2]


def _divided(numerator: Array, denominator: Array) -> Array:
    quotient = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def _intervals_in_blocks(
    systems: Sequence[Array], *, bounds: Interval, seed: int, resamples: int
) -> list[Interval | None]:
    """Return the interval of each field's F1, or of the difference between two systems."""
    articles, fields = systems[0].shape[:2]
    if articles < 2:
        return [None] * fields
    drawn = _resamples(articles, seed=seed, resamples=resamples)
    spans: list[Interval | None] = []
    for start in range(0, fields, _BLOCK_FIELDS):
        spans += _studentised_intervals(
            drawn, [system[:, start : start + _BLOCK_FIELDS] for system in systems], bounds
        )
    return spans


def _resamples(articles: int, *, seed: int, resamples: int) -> Array:
    """Return how often each resample (row) draws each article (column)."""
    chosen = np.random.default_rng(seed).integers(0, articles, (resamples, articles))
    chosen += np.arange(resamples)[:, None] * articles
    return (
        np.bincount(chosen.ravel(), minlength=chosen.size).reshape(chosen.shape).astype(np.float64)
    )


def _studentised_intervals(
    drawn: Array, systems: Sequence[Array], bounds: Interval
) -> list[Interval | None]:
    articles = len(systems[0])
    estimate, error = (
        values[0] for values in _difference_and_error(np.ones((1, articles)), systems)
    )
    resampled, spread = _difference_and_error(drawn, systems)
    # A resample without spread, or without slots, has no studentised value.
    studentised = np.divide(
        resampled - estimate, spread, out=np.full(resampled.shape, np.nan), where=spread > 0.0
    )
    quantile = float(student.ppf((1 + CONFIDENCE) / 2, articles - 1))
    spans: list[Interval | None] = []
    for column, value, width in zip(studentised.T, estimate, error, strict=True):
        usable = column[~np.isnan(column)]
        lower, upper = 0.0, 0.0
        if articles >= MIN_ARTICLES_TO_STUDENTISE and len(usable) > 0:
            lower, upper = np.quantile(usable, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
        low = value - max(upper, quantile) * width
        high = value - min(lower, -quantile) * width
        spans.append(
            None
            if np.isnan(value)
            else (float(np.clip(low, *bounds)), float(np.clip(high, *bounds)))
        )
    return spans


def _difference_and_error(drawn: Array, systems: Sequence[Array]) -> tuple[Array, Array]:
    """Return the micro F1 of a system, or the difference between two, with the standard error.

    Both arrays have a row for each resample (a row of ``drawn``) and a column for each field. F1 is
    a ratio of sums, R = X / D. An article that adds x to X and d to D has the influence
    (x - R d) / D on R. The squared standard error is the sum of the squared influences, times
    n / (n - 1) for n articles. The squares are expanded so that matrix products compute all
    resamples and fields together.
    """
    articles, fields = systems[0].shape[:2]
    terms: list[tuple[Array, Array]] = []
    difference = np.zeros((len(drawn), fields))
    for sign, system in zip((1.0, -1.0), systems, strict=False):
        numerator, denominator = _f1_terms(system)
        total = drawn @ denominator
        f1 = _divided(drawn @ numerator, total)
        difference = difference + sign * f1
        scale = _divided(np.full(total.shape, sign), total)
        terms += [(scale, numerator), (-scale * f1, denominator)]
    squares = np.zeros(difference.shape)
    for index, (factor, values) in enumerate(terms):
        for offset, (second_factor, second_values) in enumerate(terms[index:]):
            weight = 1 if offset == 0 else 2
            squares += weight * factor * second_factor * (drawn @ (values * second_values))
    error = np.sqrt(np.maximum(squares, 0.0) * articles / (articles - 1))
    return difference, np.where(error < _MIN_STANDARD_ERROR, 0.0, error)


def _are_all_tried(articles: int, swaps: int) -> bool:
    return 1 << articles <= swaps + 1


def _swaps(articles: int, *, seed: int, swaps: int) -> Iterator[Array]:
    """Yield blocks of rows that mark the articles to swap, in all combinations or at random."""
    if _are_all_tried(articles, swaps):
        yield ((np.arange(2**articles)[:, None] >> np.arange(articles)) & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, swaps, _BLOCK_SWAPS):
        rows = min(_BLOCK_SWAPS, swaps - start)
        yield generator.integers(0, 2, (rows, articles)).astype(np.float64)
