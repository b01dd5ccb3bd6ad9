"""Short excerpts of text for messages."""

from __future__ import annotations


def excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 120 else text[:120] + "…"
