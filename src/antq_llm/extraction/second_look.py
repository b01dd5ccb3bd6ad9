"""The hook ``follow_up``, which asks one more question about figures that are in no item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from antq_llm.clients.request import Request
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.base import Schema


class FollowUp(Protocol):
    """A question about figures that an answer left out."""

    @property
    def request(self) -> Request:
        """The request; its schema is that of the follow-up answer."""
        ...

    def complete(self, data: Any, found: Any) -> Any:
        """Return a record's data with the items of ``found``, a record of the request's schema."""
        ...


class FollowUpHook(Protocol):
    """The signature of the hook."""

    def __call__(
        self, figures: Sequence[Mention], request: Request, answer: str, analyzed: AnalyzedArticle
    ) -> FollowUp:
        """Return the question about figures; ``answer`` is the answer to ``request``."""
        ...


def follow_up_of(schema: Schema[Any]) -> FollowUpHook | None:
    """Return the hook of a schema, or None if it has no follow-up question."""
    return schema.hooks.get("follow_up")
