"""F1 and its interval by the number of gold articles."""

from __future__ import annotations

import numpy as np
import pytest

from antq_llm.evaluation.learning_curve import learning_curve

RANDOM = np.random.default_rng(2)
COUNTS = np.column_stack(
    [RANDOM.integers(20, 40, 30), RANDOM.integers(0, 9, 30), RANDOM.integers(0, 9, 30)]
).astype(np.float64)


def test_the_interval_shrinks_with_the_articles() -> None:
    """The curve ends with all articles, and the interval narrows with their number."""
    points = [point for point in learning_curve(COUNTS) if not point.is_predicted]
    widths = [point.interval[1] - point.interval[0] for point in points]
    assert (points[0].articles, points[-1].articles) == (2, 30)
    assert widths[-1] < widths[2] < widths[0]


def test_the_last_point_is_the_f1_of_all_articles() -> None:
    """The last point is the micro F1 of all articles."""
    tp, fp, fn = COUNTS.sum(axis=0)
    last = [point for point in learning_curve(COUNTS) if not point.is_predicted][-1]
    assert last.f1 == pytest.approx(2 * tp / (2 * tp + fp + fn))


def test_more_articles_are_predicted() -> None:
    """For four times as many articles, F1 stays the same and the interval is half as wide."""
    *_, last, _, fourfold = learning_curve(COUNTS)
    assert (fourfold.articles, fourfold.is_predicted, fourfold.f1) == (120, True, last.f1)
    assert fourfold.interval[1] - last.f1 == pytest.approx((last.interval[1] - last.f1) / 2)


def test_the_curve_is_the_same_each_time() -> None:
    """The curve is reproducible, since the subsets are drawn with a fixed seed."""
    assert learning_curve(COUNTS) == learning_curve(COUNTS)


@pytest.mark.parametrize("counts", [COUNTS[:3], np.zeros((6, 3))])
def test_there_is_no_curve_without_articles_or_f1(counts: np.ndarray) -> None:
    """There is no curve for three articles or for articles without values."""
    assert learning_curve(counts) == []
