"""Warnings about a record."""

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
"""The kinds of warnings that ``article_warnings`` can compute again from a record and its
article."""
DUPLICATE: WarningKind = "duplicate"
"""The kind of warning on the record of a copy of another article."""
OF_THE_ARTICLE: frozenset[WarningKind] = frozenset({"partly_read", "renamed"})
"""The kinds of warnings about how an article was read."""


class RecordWarning(BaseModel):
    """Something that a reader of the record should know; warnings can be filtered by ``kind``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: WarningKind
    message: str
    pointer: str | None = None
    """A JSON Pointer to what the warning is about, in the record as written to the output."""
    start: int | None = None
    """The index of the first code point of the passage in the article that the warning is about."""
    end: int | None = None
    """The index just after the last code point of the passage."""
    item: Any = None
    """An item that is not in the record, as JSON data."""

    def as_json(self) -> dict[str, Any]:
        """Return the warning in the form used in ``records.jsonl``, without null values."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def detached(self) -> RecordWarning:
        """Return the warning without its pointer, for use with another record."""
        return self.model_copy(update={"pointer": None})
