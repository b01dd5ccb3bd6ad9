"""Spans in an article, and the evidence for an item."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Span = tuple[int, int]
"""The start and the exclusive end of a passage, in code points."""

Match = Literal["exact", "normalized", "fuzzy"]


class Evidence(BaseModel):
    """The span of one item's quote in the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pointer: str
    """JSON Pointer, in the record, to the item that contains the quote."""
    start: int
    """The position of the quote's first code point in the article's text."""
    end: int
    """The position after the quote's last code point."""
    match: Match
