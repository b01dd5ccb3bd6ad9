"""Warnings of a record."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

WarningKind = Literal[
    "baseline",
    "dated_by_metadata",
    "disputed",
    "dropped",
    "duplicate",
    "empty",
    "escalated",
    "injection",
    "partly_read",
    "renamed",
    "samples",
    "second_look",
    "unaccounted",
    "unchecked",
    "ungrounded",
    "unverified",
]
MADE_ANEW: frozenset[WarningKind] = frozenset(
    {
        *("dated_by_metadata", "disputed", "empty", "injection", "unaccounted", "unchecked"),
        "unverified",
    }
)
"""The kinds that ``article_warnings`` makes anew from a record and its article."""
OF_THE_ARTICLE: frozenset[WarningKind] = frozenset({"partly_read", "renamed"})
"""The kinds that say how an article was read."""


class RecordWarning(BaseModel):
    """Something a reader of the record should know; ``kind`` is a word for filters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: WarningKind
    message: str
    pointer: str | None = None
    """JSON Pointer to the place in the record, as the record is written."""
    start: int | None = None
    """The first code point of a passage of the article that is in no item."""
    end: int | None = None
    """One past its last code point."""
    item: Any = None
    """An item that is not in the record, as JSON data."""

    def as_json(self) -> dict[str, Any]:
        """Return the warning as in a line of ``records.jsonl``, without empty keys."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def detached(self) -> RecordWarning:
        """Return the warning without its pointer, for use with another record."""
        return self.model_copy(update={"pointer": None})
