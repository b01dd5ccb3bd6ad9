"""The split of gold articles into those for improving a prompt and those for testing it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.errors import ConfigurationError

MIN_ARTICLES = 4
"""The minimum number of gold articles: two to learn from and two to test on."""


@dataclass(frozen=True, slots=True)
class GoldSplit:
    """Articles with gold annotations, in two disjoint parts."""

    gold: Mapping[str, Any]
    """The annotations as JSON data, by article id."""
    training: Sequence[Article]
    held_out: Sequence[Article]


def split_gold(
    articles: Sequence[Article], gold: Mapping[str, Any], *, held_out: float, seed: int
) -> GoldSplit:
    """Split articles at random into training and held-out articles.

    The same arguments give the same split. ``held_out`` is the share of articles to hold out,
    between 0 and 1. Each part gets at least two articles. Raises ConfigurationError if the share is
    out of range or there are fewer than four articles.
    """
    if not 0 < held_out < 1:
        raise ConfigurationError(f"--held-out must be between 0 and 1, not {held_out}")
    if len(articles) < MIN_ARTICLES:
        raise ConfigurationError(
            f"{len(articles)} article(s) with gold annotations cannot be divided into training "
            f"and held-out articles: annotate at least {MIN_ARTICLES}"
        )
    ordered = sorted(articles, key=lambda article: article.id)
    random.Random(seed).shuffle(ordered)  # noqa: S311 - a split, not a secret
    count = min(max(2, round(held_out * len(ordered))), len(ordered) - 2)
    return GoldSplit(gold, training=ordered[count:], held_out=ordered[:count])
