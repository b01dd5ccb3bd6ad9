"""The text and metadata read from a file that contains one article."""

from __future__ import annotations

from dataclasses import dataclass

from antq_llm.articles.article import Article, ArticleNotice
from antq_llm.articles.metadata import ArticleMetadata


@dataclass(frozen=True, slots=True)
class Document:
    """The text and metadata of a file."""

    text: str
    derived: bool = True
    """Whether the text was extracted from a page or document; offsets refer to that text."""
    metadata: ArticleMetadata | None = None
    notices: tuple[ArticleNotice, ...] = ()

    def as_article(self, article_id: str, source: str) -> Article:
        """Return the document as an article; raise ArticleError if it has no text."""
        return Article(
            self.text,
            article_id,
            source,
            derived=self.derived,
            metadata=self.metadata,
            notices=self.notices,
        )
