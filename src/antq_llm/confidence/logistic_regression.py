"""Logistic regression with a ridge penalty, fitted by Newton's method."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_MAX_STEPS = 50
_TOLERANCE = 1e-8
_CONSTANT = 1e-9
"""A column with a smaller standard deviation counts as constant and gets no weight."""


def fit_logistic(columns: Array, outcomes: Sequence[bool], penalty: float) -> tuple[float, Array]:
    """Fit the log odds of the outcomes; return the intercept and the weight of each column.

    ``columns`` has the shape (items, signals). Columns are standardised before the penalised fit
    (Hastie, Tibshirani & Friedman 2009, "The Elements of Statistical Learning", sections 3.4.1 and
    4.4); the returned weights apply to the original columns. The intercept is not penalised, so the
    mean probability equals the share of positive outcomes, unless all outcomes are equal.
    """
    target = np.asarray(outcomes, dtype=np.float64)
    mean, deviation = columns.mean(axis=0), columns.std(axis=0)
    is_constant = deviation < _CONSTANT
    scale = np.where(is_constant, 1.0, deviation)
    design = np.column_stack([np.ones(len(columns)), (columns - mean) / scale])
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0
    # Half an outcome of each kind keeps the intercept finite if all outcomes are equal.
    rate = (target.sum() + 0.5) / (len(target) + 1.0)
    weights = np.zeros(design.shape[1])
    weights[0] = np.log(rate / (1.0 - rate))
    if 0.0 < target.mean() < 1.0:
        weights = _newton(design, target, ridge, weights)
    slopes = np.where(is_constant, 0.0, weights[1:] / scale)
    return float(weights[0] - slopes @ mean), slopes


def _newton(design: Array, target: Array, ridge: Array, weights: Array) -> Array:
    for _ in range(_MAX_STEPS):
        probabilities = 1.0 / (1.0 + np.exp(-design @ weights))
        curvature = np.maximum(probabilities * (1.0 - probabilities), _CONSTANT)
        gradient = design.T @ (probabilities - target) + ridge * weights
        hessian = (design * curvature[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        weights = weights - step
        if np.abs(step).max() < _TOLERANCE:
            break
    return weights
