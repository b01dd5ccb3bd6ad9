"""An article: its decoded text, its metadata and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from antq_llm.articles.metadata import ArticleMetadata, printed_days, publication_days
from antq_llm.core.digest import digest_of_text
from antq_llm.errors import ArticleError, encodable


class ArticleNotice(NamedTuple):
    """A remark on how an article was read, which becomes a warning on its record."""

    kind: Literal["partly_read", "renamed"]
    message: str


@dataclass(frozen=True)
class Article:
    """A text to extract a record from; offsets count its Unicode code points.

    Lone surrogates and bytes that are not UTF-8 are escaped in ``id`` and ``source``.

    Raises ArticleError if the text is empty or cannot be encoded as UTF-8.
    """

    text: str
    id: str = "text"
    source: str | None = None
    """The article's path, with the row number in a table; None for text passed directly."""
    derived: bool = False
    """Whether the text was extracted from a page or document; offsets refer to this text."""
    metadata: ArticleMetadata | None = None
    """The metadata that the source provides; None if there is none."""
    notices: tuple[ArticleNotice, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", encodable(self.id))
        if self.source is not None:
            object.__setattr__(self, "source", encodable(self.source))
        if not self.text.strip():
            raise ArticleError(
                f"{self.source or self.id} is empty: there is no text to extract from", kind="empty"
            )
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            raise ArticleError(
                f"{self.source or self.id} contains a lone surrogate (not a character) "
                f"at offset {error.start}: repair the text"
            ) from error

    @cached_property
    def digest(self) -> str:
        """The SHA-256 digest of the text in UTF-8."""
        return digest_of_text(self.text)

    @property
    def published_day(self) -> str | None:
        """The day of publication in the metadata, as ``YYYY-MM-DD``; None if unknown."""
        return None if self.metadata is None else self.metadata.published_day

    @property
    def header(self) -> ArticleMetadata | None:
        """The metadata sent in a request; None if it adds nothing to the text.

        The text extracted from a page or document usually contains the metadata, so only a
        publication date that is missing from the text is sent.
        """
        if not self.derived or self.metadata is None:
            return self.metadata or None
        published = self.metadata.published
        if published is None or self.published_day is None:
            return None
        if printed_days(self.text) & publication_days(published):
            return None
        return ArticleMetadata(published=published)
