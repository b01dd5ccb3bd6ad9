"""Short excerpts of text for messages."""

from __future__ import annotations

_MAX_CHARACTERS = 120


def excerpt(text: str) -> str:
    """Return the text on one line, truncated with an ellipsis after 120 characters."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}…"
