"""Mentions in a form that tests can compare."""

from __future__ import annotations

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions


def value_of(mention: Mention) -> int | float | str:
    """Return the value of a mention; a range of dates becomes an EDTF interval."""
    return mention.edtf if mention.kind == "date" else mention.value


def bounds_of(text: str, kind: str) -> list[tuple[str, object, object]]:
    """Return the words, value and upper bound of each mention of a kind in a text."""
    return [
        (mention.text, mention.value, mention.upper)
        for mention in read_mentions(text)
        if mention.kind == kind
    ]
