"""The hook ``masthead``: the lines at the head of an article in which a copy may differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, Self

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle


class Masthead(Protocol):
    """The lines of an article that hold fields of its record and differ between copies."""

    @property
    def fields(self) -> Mapping[str, Span]:
        """The span of the line for each field."""
        ...

    def replaced_fields(self, later: Self, added: Iterable[Span]) -> tuple[str, ...] | None:
        """Return the fields whose lines a later masthead replaces.

        ``added`` are the spans that only the later article has. None where one of them is not in
        such a line.
        """
        ...

    def settle_fields(self, data: dict[str, Any], fields: Sequence[str], later: Self) -> bool:
        """Put the values of a later masthead into the data of this article's record.

        Returns False where the record does not have the values of this masthead.
        """
        ...


class MastheadHook(Protocol):
    """The signature of the hook."""

    def __call__(self, analyzed: AnalyzedArticle) -> Masthead:
        """Return the masthead of an article, which may have no fields."""
        ...
