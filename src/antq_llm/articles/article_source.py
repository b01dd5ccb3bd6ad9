"""What can be given as an article: a text, a path, or an article."""

from __future__ import annotations

from pathlib import Path

from antq_llm.articles.article import Article
from antq_llm.articles.reading import read_article
from antq_llm.errors import ArticleError

Source = str | Path | Article


def as_article(source: Source) -> Article:
    """Return the article of a path or a text; ArticleError if it cannot be read."""
    if isinstance(source, Article):
        return source
    if isinstance(source, Path):
        return read_article(source)
    if not isinstance(source, str):
        raise ArticleError(
            f"{type(source).__name__} is not an article: give a text, a pathlib.Path or an Article"
        )
    return Article(source)


def id_and_source(source: Source) -> tuple[str, str | None]:
    """Return the id and the path or line of an article, without reading it."""
    if isinstance(source, Article):
        return source.id, source.source
    return (source.stem, str(source)) if isinstance(source, Path) else ("text", None)
