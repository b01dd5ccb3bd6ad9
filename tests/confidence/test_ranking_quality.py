"""Measuring how well probabilities rank errors first and are calibrated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from antq_llm.confidence.ranking_quality import (
    RatedItem,
    auroc,
    calibration_error,
    found_in_tenth,
    ranking_quality,
)


def rated(*items: tuple[float, bool]) -> list[RatedItem]:
    """Return rated items that belong alternately to two articles."""
    return [
        RatedItem(f"a{number % 2}", probability, is_right)
        for number, (probability, is_right) in enumerate(items)
    ]


PERFECT = rated(*[(0.1, False)] * 4, *[(0.9, True)] * 16)


def test_a_perfect_ranking() -> None:
    """If errors rank below right items, the AUROC is 1 and the least sure tenth has only errors."""
    quality = ranking_quality(PERFECT)
    assert (quality.auroc.value, quality.found_in_tenth.value) == (1.0, 1.0)
    assert (quality.items, quality.errors) == (20, 4)
    assert quality.curve[0.1].value == 0.5
    assert (quality.curve[0.2].value, quality.curve[1.0].value) == (1.0, 1.0)


def test_probabilities_that_say_nothing() -> None:
    """With equal probabilities, the AUROC is 0.5, and any tenth has the mean error rate."""
    quality = ranking_quality(rated(*[(0.8, False)] * 4, *[(0.8, True)] * 16))
    assert quality.auroc.value == 0.5
    assert quality.found_in_tenth.value == pytest.approx(0.2)
    assert quality.calibration_error.value == pytest.approx(0.0)


def test_the_calibration_error_is_the_mean_gap_over_bins() -> None:
    """Two equally large bins with gaps of 0.1 and 0.3 have a calibration error of 0.2."""
    probabilities = np.array([0.9] * 10 + [0.3] * 10)
    wrong = np.array([0.0] * 8 + [1.0] * 2 + [0.0] * 6 + [1.0] * 4)
    assert calibration_error(probabilities, wrong) == pytest.approx(0.2)


@pytest.mark.parametrize("is_right", [True, False])
def test_items_of_one_kind_have_no_ranking(is_right: bool) -> None:
    """If no item is wrong, or every item is, there is no AUROC."""
    quality = ranking_quality(rated(*[(0.7, is_right)] * 6))
    assert (quality.auroc.value, quality.auroc.interval) == (None, None)
    assert (quality.found_in_tenth.value is None) == is_right


def test_no_items_have_no_figures() -> None:
    """Without items, every figure is None."""
    quality = ranking_quality([])
    assert quality.items == 0
    assert (quality.auroc.value, quality.calibration_error.value) == (None, None)


def test_intervals_are_over_articles() -> None:
    """Articles are resampled with all of their items, whatever the order of the items."""
    one, other = [(0.2, False), (0.8, True)] * 20, [(0.8, False), (0.2, True)] * 20
    items = [RatedItem("a", *item) for item in one] + [RatedItem("b", *item) for item in other]
    found = ranking_quality(items)
    # Resampled one by one, 80 items would hardly ever have an AUROC of 0 or 1.
    assert (found.auroc.value, found.auroc.interval) == (0.5, (0.0, 1.0))
    assert ranking_quality(items[::-1]) == found
    assert ranking_quality(items[:40]).auroc.interval is None


def test_intervals_contain_their_value() -> None:
    """The interval of the AUROC of random items lies around its value."""
    random = np.random.default_rng(1)
    items = [
        RatedItem(str(number % 9), float(random.random()), bool(random.random() < 0.7))
        for number in range(180)
    ]
    found = ranking_quality(items).auroc
    assert found.value is not None
    assert found.interval is not None
    assert found.interval[0] < found.value < found.interval[1]


@given(
    st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=30).filter(
        lambda items: len({wrong for _, wrong in items}) == 2
    )
)
def test_auroc_is_the_share_of_pairs_in_order(items: list[tuple[int, bool]]) -> None:
    """The AUROC is the share of pairs with the error below the right item; ties count half."""
    probabilities = np.array([place / 4 for place, _ in items])
    wrong = np.array([float(is_wrong) for _, is_wrong in items])
    pairs = [
        (low < high) + (low == high) / 2
        for low in probabilities[wrong == 1.0]
        for high in probabilities[wrong == 0.0]
    ]
    assert auroc(probabilities, wrong) == pytest.approx(sum(pairs) / len(pairs))


def test_a_tenth_of_few_items_is_one_item() -> None:
    """The least sure tenth of three items is one item."""
    assert found_in_tenth(np.array([0.1, 0.5, 0.6]), np.array([1.0, 1.0, 0.0])) == 1.0
