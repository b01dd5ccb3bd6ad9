"""What can be given as an article."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm import Article, ArticleError
from antq_llm.articles.article_source import as_article, id_and_source


def test_texts_paths_and_articles_are_articles(tmp_path: Path) -> None:
    """A text is an article, a path is read, and an article stays as it is."""
    (tmp_path / "a.txt").write_text("Một văn bản.", "utf-8")
    article = Article("Một văn bản.", id="x")
    assert as_article("Một văn bản.").text == as_article(tmp_path / "a.txt").text
    assert as_article(article) is article


def test_anything_else_is_refused() -> None:
    """The error says what can be given."""
    with pytest.raises(ArticleError, match="bytes is not an article"):
        as_article(b"text")  # type: ignore[arg-type]


def test_ids_are_known_without_reading() -> None:
    """A path's id is its stem, whether or not there is such a file."""
    assert id_and_source(Path("folder/a.txt")) == ("a", "folder/a.txt")
    assert id_and_source("a text") == ("text", None)
    assert id_and_source(Article("t", id="x", source="s")) == ("x", "s")
