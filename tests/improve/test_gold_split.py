"""Splitting gold into training and held-out articles."""

from __future__ import annotations

import pytest

from antq_llm.articles.article import Article
from antq_llm.errors import ConfigurationError
from antq_llm.improve.gold_split import GoldSplit, split_gold


def split(count: int, held_out: float, seed: int = 0) -> GoldSplit:
    """Return a split of ``count`` made-up articles."""
    return split_gold(
        [Article("x", f"a{n}") for n in range(count)], {}, held_out=held_out, seed=seed
    )


@pytest.mark.parametrize(
    ("count", "share", "expected"), [(4, 0.1, 2), (4, 0.9, 2), (10, 0.3, 3), (10, 0.99, 8)]
)
def test_each_part_has_two_articles_and_they_share_none(
    count: int, share: float, expected: int
) -> None:
    """The held-out share is respected unless it leaves a part with fewer than two articles."""
    parts = split(count, share)
    ids = {article.id for article in [*parts.training, *parts.held_out]}
    assert (len(parts.held_out), len(ids)) == (expected, count)


def test_a_seed_fixes_the_split() -> None:
    """The same seed gives the same split, whatever the order of the articles."""
    articles = [Article("x", f"a{n}") for n in range(9)]
    one, two = (split_gold(order, {}, held_out=0.5, seed=3) for order in (articles, articles[::-1]))
    assert one.held_out == two.held_out
    assert one.held_out != split(9, 0.5, seed=4).held_out


@pytest.mark.parametrize(("count", "share"), [(3, 0.5), (9, 0.0), (9, 1.0)])
def test_too_few_articles_and_odd_shares_are_refused(count: int, share: float) -> None:
    """The error for a bad share or too few articles names the option or the number needed."""
    with pytest.raises(ConfigurationError, match=r"held-out|at least 4"):
        split(count, share)
