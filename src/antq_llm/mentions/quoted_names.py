"""Expressions in quotation marks, which are names in some languages and speech in others."""

from __future__ import annotations

from functools import lru_cache

from antq_llm.text.lazy_patterns import lazy_re

_QUOTED = lazy_re(r"[“«\"](?P<name>[^“”«»\"\s][^“”«»\"\n]{1,159})[”»\"]")
"""A straight quotation mark before a space ends an expression."""


@lru_cache(maxsize=4)  # The readers of names and of numbers call it with the same text.
def quoted_names(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the start, end and words of each expression in quotation marks."""
    return tuple((*match.span("name"), match["name"]) for match in _QUOTED.finditer(text))
