"""Exhaustive search for the best matching, for comparison with the library."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

Matrix = np.ndarray[Any, np.dtype[np.float64]]


def best_total(similarity: Matrix, threshold: float) -> float:
    """Return the greatest total similarity over all one-to-one matchings.

    Similarities below ``threshold`` count as 0.
    """
    rows, columns = similarity.shape
    if rows > columns:
        return best_total(similarity.T, threshold)
    gain = np.where(similarity >= threshold, similarity, 0.0)
    return max(
        sum(gain[row, column] for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(columns), rows)
    )
