"""Ridge logistic regression."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from antq_llm.confidence.logistic_regression import fit_logistic

RANDOM = np.random.default_rng(3)
COLUMNS = RANDOM.normal(size=(300, 3)) * np.array([1.0, 5.0, 0.2]) + np.array([0.0, 2.0, 7.0])
ODDS = 0.5 + COLUMNS @ np.array([1.0, -0.3, 0.0])
OUTCOMES = list(RANDOM.random(300) < 1.0 / (1.0 + np.exp(-ODDS)))


def test_the_fit_minimises_the_penalised_loss() -> None:
    """Newton's method finds the same minimum as a general optimiser."""
    scaled = (COLUMNS - COLUMNS.mean(axis=0)) / COLUMNS.std(axis=0)
    signs = np.where(OUTCOMES, 1.0, -1.0)

    def loss(weights: np.ndarray) -> float:
        margins = signs * (weights[0] + scaled @ weights[1:])
        return float(np.logaddexp(0.0, -margins).sum() + 2.0 * (weights[1:] ** 2).sum())

    best = minimize(loss, np.zeros(4), method="BFGS", options={"gtol": 1e-8}).x
    intercept, weights = fit_logistic(COLUMNS, OUTCOMES, 4.0)
    assert weights * COLUMNS.std(axis=0) == pytest.approx(best[1:], abs=1e-4)
    assert intercept + weights @ COLUMNS.mean(axis=0) == pytest.approx(best[0], abs=1e-4)


def test_the_mean_probability_is_the_share_of_outcomes() -> None:
    """The mean probability is the share of positive outcomes, as the intercept is not penalised."""
    intercept, weights = fit_logistic(COLUMNS, OUTCOMES, 50.0)
    probabilities = 1.0 / (1.0 + np.exp(-(intercept + COLUMNS @ weights)))
    assert probabilities.mean() == pytest.approx(np.mean(OUTCOMES))


def test_a_constant_column_has_no_weight() -> None:
    """A constant column has no weight."""
    columns = np.column_stack([COLUMNS, np.full(300, 4.0)])
    assert fit_logistic(columns, OUTCOMES, 1.0)[1][3] == 0.0


@pytest.mark.parametrize("is_right", [True, False])
def test_equal_outcomes_give_a_finite_intercept(is_right: bool) -> None:
    """If all outcomes are equal, the intercept is large but finite, and no column has a weight."""
    intercept, weights = fit_logistic(COLUMNS, [is_right] * 300, 1.0)
    assert (intercept > 5.0 if is_right else intercept < -5.0, np.any(weights)) == (True, False)
    assert np.isfinite(intercept)
