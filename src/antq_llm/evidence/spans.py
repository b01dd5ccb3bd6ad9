"""Spans of an article, and the evidence of an item."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Span = tuple[int, int]


Match = Literal["exact", "normalized", "fuzzy"]


class Evidence(BaseModel):
    """Where the quote of one item stands in the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pointer: str
    """JSON Pointer into the record, to the item that has the quote."""
    start: int
    """First code point of the quote in the article's text."""
    end: int
    """One past its last code point."""
    match: Match
