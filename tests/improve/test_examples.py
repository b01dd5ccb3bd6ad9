"""Choosing worked examples."""

from __future__ import annotations

from typing import Any

from antq_llm.articles.article import Article
from antq_llm.improve.examples import choose_examples

GOLD: dict[str, Any] = {
    "rich": {"people": [{"name": "Lan", "rank": "captain"}], "events": [{"kind": "fair"}]},
    "same": {"people": [{"name": "Ann", "rank": "captain"}], "events": [{"kind": "fair"}]},
    "other": {"people": [], "events": [{"kind": "show"}]},
    "empty": {"people": [], "events": []},
}


def chosen(count: int, **lengths: int) -> list[str]:
    """Return the ids of the articles chosen as examples; ``lengths`` maps ids to lengths."""
    articles = [Article("x" * lengths.get(name, 100), name) for name in GOLD]
    return [article.id for article in choose_examples(articles, GOLD, count)]


def test_each_example_shows_something_new() -> None:
    """An article that shows nothing new, or has no values, is not chosen."""
    assert chosen(4) == ["rich", "other"]


def test_the_shorter_of_two_like_articles_is_chosen() -> None:
    """The shorter of two similar articles is chosen, since every request pays for its length."""
    assert chosen(1, rich=5000) == ["same"]


def test_no_examples_are_chosen_unless_asked_for() -> None:
    """No examples are chosen if the count is 0."""
    assert chosen(0) == []
