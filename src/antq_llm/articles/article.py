"""An article: its decoded text and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from antq_llm.articles.metadata import ArticleMetadata, printed_days, publication_days
from antq_llm.core.digest import digest_of_text
from antq_llm.errors import ArticleError, encodable


class ArticleNotice(NamedTuple):
    """A remark on how an article was read, which becomes a warning of its record."""

    kind: Literal["partly_read", "renamed"]
    message: str


@dataclass(frozen=True)
class Article:
    """A text to extract from; offsets count its Unicode code points.

    Bytes of a file's name that are not UTF-8 are escaped in ``id`` and ``source``.

    Raises ArticleError if the text is empty or cannot be encoded.
    """

    text: str
    id: str = "text"
    source: str | None = None
    """The path or line it was read from; None for a text passed directly."""
    derived: bool = False
    """Whether the text was extracted from a page or document; offsets then refer to the text.
    """
    metadata: ArticleMetadata | None = None
    """The metadata from its source; None if there is none."""
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
                f"{self.source or self.id} contains half of a surrogate pair at {error.start}, "
                "which is not a character: repair the text"
            ) from error

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the text in UTF-8."""
        return digest_of_text(self.text)

    @property
    def published_day(self) -> str | None:
        """The day of publication by the metadata, as ``YYYY-MM-DD``; None if it is not known."""
        return None if self.metadata is None else self.metadata.published_day

    @property
    def header(self) -> ArticleMetadata | None:
        """The metadata that goes into a request; None if there is nothing to add to the text.

        A page shows its metadata in its text, so only a publication date that the text does not
        print is sent.
        """
        if not self.derived or self.metadata is None:
            return self.metadata or None
        published = self.metadata.published
        if published is None or self.published_day is None:
            return None
        if printed_days(self.text) & publication_days(published):
            return None
        return ArticleMetadata(published=published)
