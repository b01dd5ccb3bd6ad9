"""Spans of an article, and the evidence of an item."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Span = tuple[int, int]
"""Start and end, in code points."""

Match = Literal["exact", "normalized", "fuzzy"]


class Evidence(BaseModel):
    """The span of one item's quote in the article."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pointer: str
    """JSON Pointer to the item in the record that has the quote."""
    start: int
    """The first code point of the quote in the article's text."""
    end: int
    """One past the last code point of the quote."""
    match: Match
