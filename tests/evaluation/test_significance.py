"""Intervals, p-values and detectable differences: worked examples and simulations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from antq_llm.evaluation.significance import (
    SWAPS,
    compare,
    detectable_difference,
    holm,
    intervals,
    micro_f1,
    permutation_p,
    smallest_p,
)

Array = np.ndarray[Any, np.dtype[np.float64]]

# Mean F1, similarity of articles and slots per article: two settings with many slots, two with few.
SETTINGS = [(0.85, 10, 40), (0.95, 6, 40), (0.7, 6, 10), (0.9, 20, 5)]


def simulated(
    generator: np.random.Generator,
    shape: tuple[int, int],
    setting: tuple[float, float, float],
    *,
    systems: int = 1,
) -> list[Array]:
    """Return each system's counts for articles (rows) in independent sets (columns).

    Each article has its own difficulty and number of slots.
    """
    quality, alike, size = setting
    slots = generator.negative_binomial(3, 3 / (3 + size), shape) + 1
    easiness = generator.beta(quality * alike, (1 - quality) * alike, shape)
    found = []
    for _ in range(systems):
        right = generator.binomial(slots, easiness)
        found.append(
            np.stack(
                [right, generator.binomial(slots, 0.9 * (1 - easiness)), slots - right], axis=-1
            ).astype(np.float64)
        )
    return found


def counts(*articles: tuple[int, int, int]) -> Array:
    """Return the counts of one field as an array of shape (articles, 1, 3)."""
    return np.array(articles, dtype=np.float64)[:, None, :]


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_interval_has_its_nominal_coverage(
    setting: tuple[float, float, float],
) -> None:
    """In 500 sets of 30 articles, 92 to 98% of the 95% intervals contain the true micro F1."""
    generator = np.random.default_rng(20)
    truth = float(micro_f1(simulated(generator, (1000, 1000), setting)[0].sum(axis=(0, 1))))
    found = intervals(simulated(generator, (30, 500), setting)[0])
    held = [bounds is not None and bounds[0] <= truth <= bounds[1] for bounds in found]
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_permutation_test_has_its_nominal_error_rate(
    setting: tuple[float, float, float],
) -> None:
    """For 1,000 pairs of equal systems on 30 articles, 3 to 7% of the p-values are at most 0.05."""
    first, second = simulated(np.random.default_rng(20), (30, 1000), setting, systems=2)
    rejected = [p is not None and p <= 0.05 for p in permutation_p(first, second, swaps=1999)]
    assert 0.03 <= np.mean(rejected) <= 0.07


def test_the_interval_of_a_difference_has_its_nominal_coverage() -> None:
    """In 300 pairs of equal systems, 92 to 98% of the intervals of the difference contain 0."""
    first, second = simulated(np.random.default_rng(21), (30, 300), SETTINGS[0], systems=2)
    found = [comparison.interval for comparison in compare(first, second, swaps=99)]
    assert (
        0.92
        <= np.mean([bounds is not None and bounds[0] <= 0.0 <= bounds[1] for bounds in found])
        <= 0.98
    )


def worse_by(lost: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return the counts of two systems in 400 sets of articles; the second F1 is ``lost`` lower."""
    slots = np.full((30, 400), 50)
    easiness = generator.beta(17, 3, slots.shape).clip(0.2)
    first, second = (generator.binomial(slots, easiness - shift) for shift in (0.0, lost))
    return tuple(
        np.stack([right, slots - right, slots - right], axis=-1).astype(np.float64)
        for right in (first, second)
    )  # type: ignore[return-value]


def test_a_difference_of_the_detectable_size_is_found_in_four_of_five_cases() -> None:
    """If systems differ by the detectable difference, 75 to 85% of the tests give p ≤ 0.05."""
    generator = np.random.default_rng(22)
    detectable = np.median(
        [value or 1.0 for value in detectable_difference(*worse_by(0.03, generator))]
    )
    found = permutation_p(*worse_by(float(detectable), generator), swaps=999)
    assert 0.75 <= np.mean([p is not None and p <= 0.05 for p in found]) <= 0.85


def test_micro_f1_of_counts() -> None:
    """F1 is 2 tp / (2 tp + fp + fn), and NaN for 0/0."""
    assert micro_f1(
        np.array([[3.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    ).tolist() == pytest.approx([0.75, 0.0, np.nan], nan_ok=True)


def test_the_permutation_test_of_few_articles_tries_every_way() -> None:
    """For three articles that all favour one system, the p-value is 2/8."""
    better, worse = counts((4, 0, 0), (4, 0, 0), (4, 0, 0)), counts((3, 1, 1), (3, 1, 1), (3, 1, 1))
    assert permutation_p(better, worse) == [0.25]


def test_the_permutation_test_by_hand() -> None:
    """For two articles, two of the four ways to swap give at least the observed difference."""
    # With none or both swapped, F1 is 14/16 and 8/16; with one swapped, 10/16 and 12/16.
    first, second = counts((4, 0, 0), (3, 1, 1)), counts((2, 2, 2), (2, 2, 2))
    assert permutation_p(first, second) == [0.5]


@pytest.mark.parametrize(
    ("articles", "p"), [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125), (0, 1.0)]
)
def test_the_smallest_p_of_a_number_of_articles(articles: int, p: float) -> None:
    """A p-value below 0.05 requires at least six articles."""
    assert smallest_p(articles) == p


@pytest.mark.parametrize("articles", [2, 5, 12])
def test_a_perfect_system_against_a_useless_one_has_the_smallest_p(articles: int) -> None:
    """The permutation test gives the smallest p-value for the largest difference."""
    right, wrong = counts(*[(4, 0, 0)] * articles), counts(*[(0, 4, 4)] * articles)
    assert permutation_p(right, wrong) == [smallest_p(articles)]


def test_many_articles_are_swapped_at_random() -> None:
    """With random swaps, the observed order counts too, so the p-value is never 0."""
    right, wrong = counts(*[(4, 0, 0)] * 30), counts(*[(0, 4, 4)] * 30)
    assert permutation_p(right, wrong) == [1 / (SWAPS + 1)]


def test_holm_by_hand() -> None:
    """The smallest of n p-values is multiplied by n, the next by n - 1; results never decrease."""
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])


def test_holm_never_exceeds_one() -> None:
    """Corrected p-values are at most 1, and None and empty lists are kept."""
    assert holm([0.7, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    assert holm([None]) == [None]


def test_a_comparison_is_the_first_minus_the_second() -> None:
    """The difference is positive if the first system is better, and swapping changes its sign."""
    first, second = simulated(np.random.default_rng(3), (12, 4), SETTINGS[2], systems=2)
    there, back = compare(first, second), compare(second, first)
    first_f1, second_f1 = micro_f1(first.sum(axis=0)), micro_f1(second.sum(axis=0))
    assert [comparison.difference for comparison in there] == pytest.approx(
        (first_f1 - second_f1).tolist()
    )
    assert [comparison.difference for comparison in back] == pytest.approx(
        (second_f1 - first_f1).tolist()
    )
    assert [comparison.p for comparison in back] == [comparison.p for comparison in there]
    assert [comparison.detectable for comparison in back] == [
        pytest.approx(comparison.detectable) for comparison in there
    ]
    assert [comparison.interval for comparison in back] == [
        pytest.approx((-high, -low))
        for low, high in (comparison.interval or (0, 0) for comparison in there)
    ]


def test_the_p_values_of_a_comparison_are_corrected_over_its_fields() -> None:
    """The p-values of all fields are adjusted together with Holm's method."""
    first, second = simulated(np.random.default_rng(4), (12, 5), SETTINGS[2], systems=2)
    found = compare(first, second)
    p_values = [comparison.p for comparison in found]
    assert [comparison.p_adjusted for comparison in found] == holm(p_values)


def test_the_same_seed_gives_the_same_figures() -> None:
    """Intervals and comparisons are reproducible, and intervals change with the seed."""
    first, second = simulated(np.random.default_rng(5), (20, 3), SETTINGS[0], systems=2)
    assert intervals(first) == intervals(first)
    assert compare(first, second) == compare(first, second)
    assert intervals(first, seed=1) != intervals(first, seed=2)


def test_a_field_has_the_same_interval_alone_and_among_others() -> None:
    """The interval of a field does not depend on the number of other fields."""
    (many,) = simulated(np.random.default_rng(6), (8, 70), SETTINGS[0])
    assert intervals(many)[66] == pytest.approx(intervals(many[:, 66:67])[0])


@pytest.mark.parametrize("articles", range(6))
def test_few_articles_and_empty_fields_have_a_result(articles: int) -> None:
    """For zero to five articles, even a field without slots or errors gives a value or None."""
    generator = np.random.default_rng(articles)
    first, second = (
        generator.integers(0, 4, (articles, 5, 3)).astype(np.float64) for _ in range(2)
    )
    first[:, 0] = second[:, 0] = 0.0
    first[:, 1], second[:, 1] = (4.0, 0.0, 0.0), 0.0
    second[:, 2] = first[:, 2] = (3.0, 1.0, 1.0)
    found, compared = intervals(first), compare(first, second)
    assert found[0] is None
    for comparison in compared[:2]:
        assert (comparison.difference, comparison.interval) == (None, None)
        assert comparison.p is None
    assert found[1] == (None if articles < 2 else (1.0, 1.0))
    assert (compared[2].p, compared[2].detectable) == (None if articles == 0 else 1.0, None)
    assert all(bounds is None or 0.0 <= bounds[0] <= bounds[1] <= 1.0 for bounds in found)
    assert (found[4] is None) == (articles < 2)


def test_two_articles_have_the_widest_interval() -> None:
    """The interval for two articles that differ is the whole range from 0 to 1."""
    bounds = intervals(counts((8, 1, 1), (5, 4, 4)))[0]
    assert bounds == (0.0, 1.0)


def test_a_detectable_difference_is_at_most_one() -> None:
    """The detectable difference is None if it would exceed 1."""
    assert detectable_difference(counts((4, 0, 0), (0, 4, 4)), counts((0, 4, 4), (4, 0, 0))) == [
        None
    ]


def test_a_field_that_a_resample_may_miss_has_an_interval() -> None:
    """Articles without slots are drawn too, but resamples of only such articles are left out."""
    bounds = intervals(counts((0, 0, 0), (0, 0, 0), (3, 1, 0), (2, 0, 2)))[0]
    assert bounds is not None
    assert bounds[0] < 10 / 13 < bounds[1]
