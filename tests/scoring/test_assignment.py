"""The best one-to-one matching of two lists."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from antq_llm.scoring.assignment import best_matching, is_settled
from helpers.exhaustive_search import Matrix, best_total

SIMILARITIES = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5)),
    elements=st.sampled_from([0.0, 0.25, 0.5, 0.6, 0.75, 0.9, 1.0]),
)


@settings(deadline=None, database=None, max_examples=300)
@given(SIMILARITIES, st.sampled_from([0.1, 0.5, 0.7]))
def test_the_matching_has_the_total_of_an_exhaustive_search(
    similarity: Matrix, threshold: float
) -> None:
    """No other one-to-one matching of pairs at or above the threshold has a greater total."""
    pairs = best_matching(similarity, threshold=threshold)
    assert sum(similarity[pair] for pair in pairs) == pytest.approx(
        best_total(similarity, threshold)
    )
    assert len({row for row, _ in pairs}) == len(pairs)
    assert len({column for _, column in pairs}) == len(pairs)
    assert all(similarity[pair] >= threshold for pair in pairs)


def test_a_greedy_matching_is_not_good_enough() -> None:
    """The most similar pair is not matched if two other pairs have a greater total."""
    assert best_matching(np.array([[0.9, 0.8], [0.8, 0.1]]), threshold=0.5) == [(0, 1), (1, 0)]


def test_a_pair_below_the_threshold_is_not_matched() -> None:
    """A pair below the threshold is not matched, but one at the threshold is."""
    assert best_matching(np.array([[0.49, 0.0], [0.0, 0.5]]), threshold=0.5) == [(1, 1)]


def test_a_pair_with_nothing_in_common_is_never_matched() -> None:
    """A pair with a similarity of 0 is not matched, even with a threshold of 0."""
    assert best_matching(np.zeros((2, 2)), threshold=0.0) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_list_has_no_pairs(shape: tuple[int, int]) -> None:
    """If a list is empty, nothing is matched."""
    assert best_matching(np.zeros(shape), threshold=0.5) == []


def test_ties_are_settled_by_agreement() -> None:
    """Of matchings with the same total, the one with more agreement is returned."""
    assert best_matching(
        np.ones((2, 2)), threshold=0.5, agreement=lambda row, column: float(row != column)
    ) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("similarity", "expected"),
    [
        ([[1.0, 0.0], [0.0, 1.0]], True),
        ([[0.9, 0.4], [0.4, 0.0]], True),
        ([[0.9, 0.5], [0.0, 0.0]], False),
        ([[0.9, 0.0], [0.5, 0.0]], False),
        ([[0.0, 0.0], [0.0, 0.0]], True),
    ],
)
def test_a_matching_is_settled_if_nothing_has_a_choice(
    similarity: list[list[float]], expected: bool
) -> None:
    """A matching is settled if no row or column has two possible pairs."""
    assert is_settled(np.array(similarity), threshold=0.5) is expected


def test_agreement_does_not_outweigh_similarity() -> None:
    """A pair in full agreement is not preferred to a pair that is more similar."""
    similarity = np.array([[0.9, 0.8]])
    agreement = {(0, 0): 0.0, (0, 1): 1.0}
    pairs = best_matching(similarity, threshold=0.5, agreement=lambda *pair: agreement[pair])
    assert pairs == [(0, 0)]
