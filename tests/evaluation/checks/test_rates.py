"""Rates over articles, and their intervals."""

from __future__ import annotations

import pytest

from antq_llm.evaluation.checks.rates import ArticleCount, rate_over


def test_nothing_has_no_rate() -> None:
    """Without values, there is neither a rate nor an interval."""
    rate = rate_over([ArticleCount(0, 0)])
    assert (rate.value, rate.interval) == (None, None)


@pytest.mark.parametrize(
    ("hits", "total", "interval"),
    [
        (0, 10, (0.0, 0.2775)),
        (10, 10, (0.7225, 1.0)),
        (81, 263, (0.2553, 0.3662)),  # Newcombe 1998, table I, method 3
        (15, 148, (0.0624, 0.1605)),
    ],
)
def test_one_article_has_the_interval_of_wilson(
    hits: int, total: int, interval: tuple[float, float]
) -> None:
    """For one article, the interval is Wilson's score interval."""
    assert rate_over([ArticleCount(hits, total)]).interval == pytest.approx(interval, abs=1e-4)


def test_hits_that_gather_in_articles_say_less() -> None:
    """If all values of an article are hit or missed together, they count about as one value."""
    gathered = rate_over([ArticleCount(10 * (number % 2), 10) for number in range(8)])
    spread = rate_over([ArticleCount(5, 10) for _ in range(8)])
    low, high = gathered.interval or (0.0, 0.0)
    assert (gathered.value, spread.value) == (0.5, 0.5)
    assert high - low > 2 * (spread.interval or (0, 0))[1] - 1
    # The interval is slightly wider than Wilson's for four hits in eight values.
    alone = rate_over([ArticleCount(4, 8)]).interval or (0.0, 0.0)
    assert (low, high) == pytest.approx(alone, abs=0.03)
