"""The ``follow_up`` hook, which composes a question about figures that no item contains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from antq_llm.clients.request import Request
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.base import Schema


class FollowUp(Protocol):
    """A question about figures in the article that an answer left out."""

    @property
    def request(self) -> Request:
        """The request that contains the question and the schema of its answer."""
        ...

    def complete(self, data: Any, found: Any) -> Any:
        """Return a record's data with the items of ``found`` added.

        ``found`` is the answer to the question: a record in the request's schema.
        """
        ...


class FollowUpHook(Protocol):
    """The signature of the ``follow_up`` hook."""

    def __call__(
        self, figures: Sequence[Mention], request: Request, answer: str, analyzed: AnalyzedArticle
    ) -> FollowUp:
        """Return the question about figures that are missing from ``answer``.

        ``answer`` is the model's answer to ``request``.
        """
        ...


def follow_up_of(schema: Schema[Any]) -> FollowUpHook | None:
    """Return a schema's ``follow_up`` hook, or None if it has none."""
    return schema.hooks.get("follow_up")
