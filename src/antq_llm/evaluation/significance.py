"""How sure a score is: intervals by bootstrap over articles, paired comparisons by permutation, and what so many articles could have shown.

Articles are the units that are drawn, since the slots of one article are right or wrong together. All functions take counts in arrays of
shape (articles, fields, 3), the last axis being tp, fp, fn (``antq_llm.scoring.counts_array``), and give a value for each field; the same
arguments and seed give the same figures.
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
"""With fewer articles the studentised values of resamples are erratic, and Student's own quantiles stand in for theirs."""
_BLOCK = 64
"""Fields that are worked on at a time, which bounds memory."""
_NO_SPREAD = 1e-6
"""A standard error below this is rounding: the articles are alike."""
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two systems on the same articles in one field; None where a system has no F1, or where articles are too few to say."""

    difference: float | None
    """Micro F1 of the first system less that of the second."""
    interval: Interval | None
    """The 95% interval of the difference."""
    p: float | None
    """How often the two would differ as much or more if articles' results were swapped between them at random."""
    p_adjusted: float | None
    """``p`` corrected over the fields compared (Holm)."""
    detectable: float | None
    """The smallest true difference that so many articles with such spread show in 80% of cases; None if none can be said or none would do."""


def micro_f1(counts: Array) -> Array:
    """Return 2 tp / (2 tp + fp + fn) of counts whose last axis is tp, fp, fn; NaN for 0/0."""
    right, given = _right_and_given(counts)
    return _divided(right, given)


def intervals(counts: Array, *, seed: int = 0, resamples: int = RESAMPLES) -> list[Interval | None]:
    """Return the 95% interval of each field's micro F1; None for fewer than two articles, or without an F1.

    The method is the studentised bootstrap (bootstrap-t: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", section 12.5) with the
    linearised standard error of a ratio (Cochran 1977, "Sampling Techniques", section 6.3), cut at 0 and 1. Each of its two quantiles is at
    least Student's, since resamples of few articles are too often alike; below ten articles they are Student's, since theirs are erratic. At
    30 articles it held the truth in 94 to 97% of cases over seven simulated distributions, where percentile and BCa intervals held it
    in 88 to 94%. Articles that all score the same have an interval of no width: they show no spread, which does not mean that there is none.
    """
    return _in_blocks([counts], bounds=(0.0, 1.0), seed=seed, resamples=resamples)


def compare(
    first: Array, second: Array, *, seed: int = 0, resamples: int = RESAMPLES, swaps: int = SWAPS
) -> list[Comparison]:
    """Return the paired comparison of two systems, first less second, over the same articles in each field.

    The interval is that of ``intervals`` for the difference of two F1 on the same resamples, cut at -1 and 1.
    """
    difference = micro_f1(first.sum(axis=0)) - micro_f1(second.sum(axis=0))
    spans = _in_blocks([first, second], bounds=(-1.0, 1.0), seed=seed, resamples=resamples)
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
    """Return the two-sided p-value of each field's difference in micro F1 by approximate randomisation.

    The results of each article are swapped between the systems or not, at random (Noreen 1989, "Computer-Intensive Methods for Testing
    Hypotheses", chapter 2); up to 13 articles, in all possible ways. With ``n`` articles no p-value is below ``smallest_p(n)``.
    """
    observed = micro_f1(first.sum(axis=0)) - micro_f1(second.sum(axis=0))
    articles, fields = first.shape[:2]
    extreme, valid = np.zeros(fields), np.zeros(fields)
    moved = (second - first).reshape(articles, fields * 3)
    for swapped in _swaps(articles, seed=seed, swaps=swaps):
        gain = (swapped @ moved).reshape(-1, fields, 3)
        change = micro_f1(first.sum(axis=0) + gain) - micro_f1(second.sum(axis=0) - gain)
        # Where a swap leaves a system without any slot there is no difference to count.
        valid += (~np.isnan(change)).sum(axis=0)
        extreme += (np.abs(change) >= np.abs(observed) - _ROUNDING).sum(axis=0)
    drawn = 0 if 2**articles <= swaps + 1 else 1
    return [
        None if np.isnan(value) else float((count + drawn) / (total + drawn))
        for value, count, total in zip(observed, extreme, valid, strict=True)
    ]


def smallest_p(articles: int) -> float:
    """Return the smallest p-value that the two-sided permutation test can give for so many articles: 0.0625 for five."""
    return min(1.0, 2.0 ** (1 - articles))


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Return p-values corrected for being several; None stays None and does not count.

    Source: Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6.
    """
    given = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    largest = 0.0
    for rank, (p, index) in enumerate(given):
        largest = max(largest, min(1.0, (len(given) - rank) * p))
        adjusted[index] = largest
    return adjusted


def detectable_difference(first: Array, second: Array) -> list[float | None]:
    """Return the smallest true difference of two F1 that a paired test at 5% would find in 80% of cases, by field.

    It is the standard error of the difference times the sum of Student's quantiles for 97.5% and 80% (Bloom 1995, "Minimum Detectable
    Effects", Evaluation Review 19), an approximation; None for fewer than two articles, where the articles show no spread, and where it
    would be more than 1.
    """
    articles = len(first)
    if articles < 2:
        return [None] * first.shape[1]
    _, error = _difference_and_error(np.ones((1, articles)), [first, second])
    factor = float(
        student.ppf((1 + CONFIDENCE) / 2, articles - 1) + student.ppf(POWER, articles - 1)
    )
    return [factor * value if 0.0 < factor * value <= 1.0 else None for value in error[0].tolist()]


def _right_and_given(counts: Array) -> tuple[Array, Array]:
    """Return the two sums that an F1 is the ratio of."""
    right = 2 * counts[..., 0]
    return right, right + counts[..., 1] + counts[..., 2]


def _divided(part: Array, whole: Array) -> Array:
    quotient = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=quotient, where=whole > 0)
    return quotient


def _in_blocks(
    systems: Sequence[Array], *, bounds: Interval, seed: int, resamples: int
) -> list[Interval | None]:
    """Return the interval of each field for one system's F1, or for the difference of two."""
    articles, fields = systems[0].shape[:2]
    if articles < 2:
        return [None] * fields
    drawn = _resamples(articles, seed=seed, resamples=resamples)
    found: list[Interval | None] = []
    for start in range(0, fields, _BLOCK):
        found += _studentised_intervals(
            drawn, [system[:, start : start + _BLOCK] for system in systems], bounds
        )
    return found


def _resamples(articles: int, *, seed: int, resamples: int) -> Array:
    """Return how often each article (column) is drawn in each resample (row)."""
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
    # A resample without spread, or without any slot, has no studentised value.
    studentised = np.divide(
        resampled - estimate, spread, out=np.full(resampled.shape, np.nan), where=spread > 0.0
    )
    least = float(student.ppf((1 + CONFIDENCE) / 2, articles - 1))
    found: list[Interval | None] = []
    for column, value, width in zip(studentised.T, estimate, error, strict=True):
        usable = column[~np.isnan(column)]
        enough = articles >= MIN_ARTICLES_TO_STUDENTISE and len(usable) > 0
        lower, upper = (
            np.quantile(usable, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
            if enough
            else (0.0, 0.0)
        )
        low, high = value - max(upper, least) * width, value - min(lower, -least) * width
        found.append(
            None
            if np.isnan(value)
            else (float(np.clip(low, *bounds)), float(np.clip(high, *bounds)))
        )
    return found


def _difference_and_error(drawn: Array, systems: Sequence[Array]) -> tuple[Array, Array]:
    """Return a micro F1, or the difference of two, and its standard error for each resample (row of weights of the articles) and field.

    The error sums the squares of the articles' influences: for a ratio R = X/D of sums these are
    (x - R d) / D. They are expanded, so that resamples and fields are one product of matrices.
    """
    articles, fields = systems[0].shape[:2]
    terms: list[tuple[Array, Array]] = []
    difference = np.zeros((len(drawn), fields))
    for sign, system in zip((1.0, -1.0), systems, strict=False):
        right, given = _right_and_given(system)
        total = drawn @ given
        f1 = _divided(drawn @ right, total)
        difference = difference + sign * f1
        scale = _divided(np.full(total.shape, sign), total)
        terms += [(scale, right), (-scale * f1, given)]
    squares = np.zeros(difference.shape)
    for index, (factor, values) in enumerate(terms):
        for other, (other_factor, other_values) in enumerate(terms[index:]):
            squares += (
                (1 if other == 0 else 2) * factor * other_factor * (drawn @ (values * other_values))
            )
    error = np.sqrt(np.maximum(squares, 0.0) * articles / (articles - 1))
    return difference, np.where(error < _NO_SPREAD, 0.0, error)


def _swaps(articles: int, *, seed: int, swaps: int) -> Iterator[Array]:
    """Yield blocks of rows that say for each article whether it is swapped: all ways if they are no more than asked for."""
    if 2**articles <= swaps + 1:
        yield ((np.arange(2**articles)[:, None] >> np.arange(articles)) & 1).astype(np.float64)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, swaps, 1000):
        yield generator.integers(0, 2, (min(1000, swaps - start), articles)).astype(np.float64)
