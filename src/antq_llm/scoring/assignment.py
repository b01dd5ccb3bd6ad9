"""The best one-to-one matching of two lists, given the similarities of their members.

This is the linear assignment problem (Kuhn 1955, "The Hungarian method for the assignment
problem", Naval Research Logistics Quarterly 2), applied to the items of records as CEAF applies it
to entities (Luo 2005, "On Coreference Resolution Performance Metrics").
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Pairs = list[tuple[int, int]]

TIE_WEIGHT = 1e-9
"""The bonus for a pair in full agreement; it breaks ties but does not outweigh real differences."""


def best_matching(
    similarity: NDArray[np.float64],
    *,
    threshold: float,
    agreement: Callable[[int, int], float] | None = None,
) -> Pairs:
    """Return the pairs of the matching with the greatest total similarity, in row order.

    ``similarity`` has a row for each member of the first list and a column for each of the second,
    with values from 0 to 1. Pairs below the threshold or with similarity 0 are never matched. Among
    matchings with the same total, the one with the greatest total of ``agreement(row, column)``
    (from 0 to 1) is returned.
    """
    possible = _possible(similarity, threshold)
    if is_settled(similarity, threshold=threshold):
        return _as_pairs(*np.nonzero(possible))
    gain = np.where(possible, similarity, 0.0)
    if agreement is not None:
        for row, column in _as_pairs(*np.nonzero(possible)):
            gain[row, column] += TIE_WEIGHT * agreement(row, column)
    return [
        pair for pair in _as_pairs(*linear_sum_assignment(gain, maximize=True)) if possible[pair]
    ]


def is_settled(similarity: NDArray[np.float64], *, threshold: float) -> bool:
    """Return whether no row or column has more than one possible partner."""
    possible = _possible(similarity, threshold)
    return bool((possible.sum(axis=0) <= 1).all() and (possible.sum(axis=1) <= 1).all())


def _possible(similarity: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    return (similarity >= threshold) & (similarity > 0.0)


def _as_pairs(rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Pairs:
    return list(zip(rows.tolist(), columns.tolist(), strict=True))
