"""A file that is one article, as a reader of its format returns it."""

from __future__ import annotations

from dataclasses import dataclass

from antq_llm.articles.article import Article, ArticleNotice
from antq_llm.articles.metadata import ArticleMetadata


@dataclass(frozen=True, slots=True)
class Document:
    """The text of a file, and what the file says about it."""

    text: str
    derived: bool = True
    """Whether the text was extracted, so that offsets are not those of the file."""
    metadata: ArticleMetadata | None = None
    notices: tuple[ArticleNotice, ...] = ()

    def as_article(self, article_id: str, source: str) -> Article:
        """Return the document as an article; ArticleError if it has no text."""
        return Article(
            self.text,
            article_id,
            source,
            derived=self.derived,
            metadata=self.metadata,
            notices=self.notices,
        )
