"""Selection of worked examples from the training articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.improve.instructions import WorkedExample


def choose_examples(
    articles: Sequence[Article], gold: Mapping[str, Any], count: int
) -> list[Article]:
    """Return up to ``count`` short articles that together show many kinds of values.

    This is a greedy weighted cover (Chvátal 1979, "A Greedy Heuristic for the Set-Covering
    Problem", Mathematics of Operations Research 4). Each step takes the article with the most new
    kinds of values, such as ``events.kind: festival`` or ``people.rank``, per character of the
    article and its record.
    """
    shown: set[str] = set()
    kinds = {article.id: _kinds(gold[article.id]) for article in articles}
    lengths = {article.id: len(article.text) + len(str(gold[article.id])) for article in articles}
    chosen: list[Article] = []
    while len(chosen) < count:
        rest = [article for article in articles if article not in chosen]
        gains = {
            article.id: len(kinds[article.id] - shown) / lengths[article.id] for article in rest
        }
        if not gains or max(gains.values()) == 0:
            break
        best = max(rest, key=lambda article: gains[article.id])
        chosen.append(best)
        shown |= kinds[best.id]
    return chosen


def worked_examples(articles: Sequence[Article], gold: Mapping[str, Any]) -> list[WorkedExample]:
    """Return articles with their gold records as worked examples."""
    return [WorkedExample(article.text, gold[article.id]) for article in articles]


def _kinds(value: Any, path: str = "") -> set[str]:
    """Return the path of each value, followed by the value itself if it is a lower-case word."""
    if isinstance(value, Mapping):
        return {kind for key, part in value.items() for kind in _kinds(part, f"{path}.{key}")}
    if isinstance(value, list):
        return {kind for part in value for kind in _kinds(part, path)}
    if value is None:
        return set()
    is_label = isinstance(value, str) and value.isidentifier() and value.islower()
    return {f"{path}: {value}" if is_label else path}
