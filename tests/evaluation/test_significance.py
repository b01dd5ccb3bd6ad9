"""Intervals, tests and what so many articles could have shown: worked examples, and how they hold in simulation."""

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

# Mean F1 of an article, how alike articles are, slots of an article: from everyday to nearly perfect and to few slots.
SETTINGS = [(0.85, 10, 40), (0.95, 6, 40), (0.7, 6, 10), (0.9, 20, 5)]


def simulated(
    generator: np.random.Generator,
    shape: tuple[int, int],
    setting: tuple[float, float, float],
    *,
    systems: int = 1,
) -> list[Array]:
    """Return made-up counts of articles (rows) in independent sets (columns): each article has its own difficulty and number of slots."""
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
    """Return the counts of articles in one field."""
    return np.array(articles, dtype=np.float64)[:, None, :]


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_interval_holds_the_truth_as_often_as_it_says(
    setting: tuple[float, float, float],
) -> None:
    """Of 500 simulated sets of 30 articles, the 95% interval of the micro F1 holds the true one in 92 to 98 of a hundred."""
    generator = np.random.default_rng(20)
    truth = float(micro_f1(simulated(generator, (1000, 1000), setting)[0].sum(axis=(0, 1))))
    found = intervals(simulated(generator, (30, 500), setting)[0])
    held = [bounds is not None and bounds[0] <= truth <= bounds[1] for bounds in found]
    assert 0.92 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_permutation_test_rejects_what_is_true_as_seldom_as_it_says(
    setting: tuple[float, float, float],
) -> None:
    """Of 1,000 simulated pairs of systems that do not differ, on 30 articles each, between 3 and 7 of a hundred have a p-value of 5% at most."""
    first, second = simulated(np.random.default_rng(20), (30, 1000), setting, systems=2)
    rejected = [p is not None and p <= 0.05 for p in permutation_p(first, second, swaps=1999)]
    assert 0.03 <= np.mean(rejected) <= 0.07


def test_the_interval_of_a_difference_holds_the_truth_as_often_as_it_says() -> None:
    """Of 300 simulated pairs of systems that do not differ, the interval of the difference holds 0 in 92 to 98 of a hundred."""
    first, second = simulated(np.random.default_rng(21), (30, 300), SETTINGS[0], systems=2)
    found = [one.interval for one in compare(first, second, swaps=99)]
    assert (
        0.92
        <= np.mean([bounds is not None and bounds[0] <= 0.0 <= bounds[1] for bounds in found])
        <= 0.98
    )


def worse_by(lost: float, generator: np.random.Generator) -> tuple[Array, Array]:
    """Return 400 sets of 30 articles of 50 slots each for two systems, of which the second truly has a lower F1 by so much."""
    slots = np.full((30, 400), 50)
    easiness = generator.beta(17, 3, slots.shape).clip(0.2)
    first, second = (generator.binomial(slots, easiness - shift) for shift in (0.0, lost))
    return tuple(
        np.stack([right, slots - right, slots - right], axis=-1).astype(np.float64)
        for right in (first, second)
    )  # type: ignore[return-value]


def test_a_difference_of_the_detectable_size_is_found_in_four_of_five_cases() -> None:
    """Where systems truly differ by what was said to be detectable, 75 to 85 of a hundred simulated comparisons have a p-value of 5% at most."""
    generator = np.random.default_rng(22)
    detectable = np.median(
        [value or 1.0 for value in detectable_difference(*worse_by(0.03, generator))]
    )
    found = permutation_p(*worse_by(float(detectable), generator), swaps=999)
    assert 0.75 <= np.mean([p is not None and p <= 0.05 for p in found]) <= 0.85


def test_micro_f1_of_counts() -> None:
    """F1 is twice the true positives over all that is given, and not a number for 0/0."""
    assert micro_f1(
        np.array([[3.0, 1.0, 1.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])
    ).tolist() == pytest.approx([0.75, 0.0, np.nan], nan_ok=True)


def test_the_permutation_test_of_few_articles_tries_every_way() -> None:
    """Three articles that all favour the same system have the p-value 2/8, by hand."""
    better, worse = counts((4, 0, 0), (4, 0, 0), (4, 0, 0)), counts((3, 1, 1), (3, 1, 1), (3, 1, 1))
    assert permutation_p(better, worse) == [0.25]


def test_the_permutation_test_by_hand() -> None:
    """Of the four ways to swap two articles, the two count that make the systems differ as much as they do."""
    # Swapping none or both: 14/16 and 8/16, in either order. Swapping one: 10/16 and 12/16, in either order.
    first, second = counts((4, 0, 0), (3, 1, 1)), counts((2, 2, 2), (2, 2, 2))
    assert permutation_p(first, second) == [0.5]


@pytest.mark.parametrize(
    ("articles", "p"), [(1, 1.0), (2, 0.5), (5, 0.0625), (6, 0.03125), (0, 1.0)]
)
def test_the_smallest_p_of_so_many_articles(articles: int, p: float) -> None:
    """With five articles no difference, however large, has a p-value of 5%; with six one has."""
    assert smallest_p(articles) == p


@pytest.mark.parametrize("articles", [2, 5, 12])
def test_a_perfect_system_against_a_useless_one_has_the_smallest_p(articles: int) -> None:
    """No p-value of the permutation test is below the one that is said to be the smallest."""
    right, wrong = counts(*[(4, 0, 0)] * articles), counts(*[(0, 4, 4)] * articles)
    assert permutation_p(right, wrong) == [smallest_p(articles)]


def test_many_articles_are_swapped_at_random() -> None:
    """The p-value of drawn swaps counts the observed difference itself, so that it is never 0."""
    right, wrong = counts(*[(4, 0, 0)] * 30), counts(*[(0, 4, 4)] * 30)
    assert permutation_p(right, wrong) == [1 / (SWAPS + 1)]


def test_holm_by_hand() -> None:
    """The smallest p-value is multiplied by their number, the next by one less, and none falls below one before it."""
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])


def test_holm_never_exceeds_one() -> None:
    """A corrected p-value is a probability, and none of nothing is nothing."""
    assert holm([0.7, 0.9]) == [1.0, 1.0]
    assert holm([]) == []
    assert holm([None]) == [None]


def test_a_comparison_is_the_first_less_the_second() -> None:
    """The difference is that of the micro F1, positive where the first is better, and changes its sign with the order."""
    first, second = simulated(np.random.default_rng(3), (12, 4), SETTINGS[2], systems=2)
    there, back = compare(first, second), compare(second, first)
    f1, other = micro_f1(first.sum(axis=0)), micro_f1(second.sum(axis=0))
    assert [one.difference for one in there] == pytest.approx((f1 - other).tolist())
    assert [one.difference for one in back] == pytest.approx((other - f1).tolist())
    assert [(one.p, one.detectable) for one in back] == [
        (one.p, pytest.approx(one.detectable)) for one in there
    ]
    assert [one.interval for one in back] == [
        pytest.approx((-high, -low)) for low, high in (one.interval or (0, 0) for one in there)
    ]


def test_the_p_values_of_a_comparison_are_corrected_over_its_fields() -> None:
    """The adjusted p-values are Holm's for all fields given."""
    first, second = simulated(np.random.default_rng(4), (12, 5), SETTINGS[2], systems=2)
    found = compare(first, second)
    assert [one.p_adjusted for one in found] == holm([one.p for one in found])


def test_the_same_seed_gives_the_same_figures() -> None:
    """Intervals and comparisons are the same each time, and the intervals move with the seed."""
    first, second = simulated(np.random.default_rng(5), (20, 3), SETTINGS[0], systems=2)
    assert intervals(first) == intervals(first)
    assert compare(first, second) == compare(first, second)
    assert intervals(first, seed=1) != intervals(first, seed=2)


def test_a_field_has_the_same_interval_alone_and_among_others() -> None:
    """What is computed for a field does not depend on the other fields, however many they are."""
    (many,) = simulated(np.random.default_rng(6), (8, 70), SETTINGS[0])
    assert intervals(many)[66] == pytest.approx(intervals(many[:, 66:67])[0])


@pytest.mark.parametrize("articles", range(6))
def test_few_articles_and_empty_fields_are_no_failure(articles: int) -> None:
    """From no article to five, with fields without any slot and fields without errors, there is an answer or None for each field."""
    generator = np.random.default_rng(articles)
    first, second = (
        generator.integers(0, 4, (articles, 5, 3)).astype(np.float64) for _ in range(2)
    )
    first[:, 0] = second[:, 0] = 0.0
    first[:, 1], second[:, 1] = (4.0, 0.0, 0.0), 0.0
    second[:, 2] = first[:, 2] = (3.0, 1.0, 1.0)
    found, compared = intervals(first), compare(first, second)
    assert (found[0], compared[0].difference, compared[0].interval, compared[0].p) == (
        None,
        None,
        None,
        None,
    )
    assert (compared[1].difference, compared[1].interval, compared[1].p) == (None, None, None)
    assert found[1] == (None if articles < 2 else (1.0, 1.0))
    assert (compared[2].p, compared[2].detectable) == (None if articles == 0 else 1.0, None)
    assert all(bounds is None or 0.0 <= bounds[0] <= bounds[1] <= 1.0 for bounds in found)
    assert (found[4] is None) == (articles < 2)


def test_two_articles_say_next_to_nothing() -> None:
    """The interval of two articles that differ is nearly all there is."""
    bounds = intervals(counts((8, 1, 1), (5, 4, 4)))[0]
    assert bounds == (0.0, 1.0)


def test_a_difference_that_cannot_be_is_not_called_detectable() -> None:
    """Where it would be more than 1, no difference could have been shown."""
    assert detectable_difference(counts((4, 0, 0), (0, 4, 4)), counts((0, 4, 4), (4, 0, 0))) == [
        None
    ]


def test_a_field_that_a_resample_may_miss_has_an_interval() -> None:
    """Articles without any slot of a field are drawn too, and resamples of nothing else are left out."""
    bounds = intervals(counts((0, 0, 0), (0, 0, 0), (3, 1, 0), (2, 0, 2)))[0]
    assert bounds is not None
    assert bounds[0] < 10 / 13 < bounds[1]
