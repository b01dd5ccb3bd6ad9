"""The ``masthead`` hook, which finds lines at the head of an article that may differ in copies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol, Self

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle


class Masthead(Protocol):
    """The lines of an article that hold fields of its record and can differ between copies."""

    @property
    def fields(self) -> Mapping[str, Span]:
        """The spans of the lines, by field."""
        ...

    def replaced_fields(self, later: Self, added: Iterable[Span]) -> tuple[str, ...] | None:
        """Return the fields whose lines differ in a later masthead.

        ``added`` are the spans that only the later article has. Returns None if the later
        article may contain additional news, for example if one of these spans is outside the lines
        of its masthead.
        """
        ...

    def settle_fields(self, data: dict[str, Any], fields: Sequence[str], later: Self) -> bool:
        """Replace the values of ``fields`` in a record's data with those of a later masthead.

        Returns False if the record does not have this masthead's values.
        """
        ...


class MastheadHook(Protocol):
    """The signature of the ``masthead`` hook."""

    def __call__(self, analyzed: AnalyzedArticle) -> Masthead:
        """Return an article's masthead, which may have no fields."""
        ...
