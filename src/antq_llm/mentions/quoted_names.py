"""Expressions in quotation marks, which are names in some languages and speech in others."""

from __future__ import annotations

from functools import lru_cache

from antq_llm.text.lazy_patterns import lazy_re

_MARKS = '“«"'
_NAME = r"(?P<name>[^“”«»\"\s][^“”«»\"\n]{1,159})[”»\"]"
"""What follows an opening mark. A straight quotation mark before a space ends an expression."""
_QUOTED = lazy_re(f"[{_MARKS}]{_NAME}")
_QUOTED_AFTER = {mark: lazy_re(mark + _NAME) for mark in _MARKS}
"""Patterns for texts with only one opening mark, which a search finds faster."""


@lru_cache(maxsize=4)  # The readers of names and of numbers call it with the same text.
def quoted_names(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the start, end and words of each expression in quotation marks."""
    marks = [mark for mark in _MARKS if mark in text]
    if not marks:
        return ()
    quoted = _QUOTED_AFTER[marks[0]] if len(marks) == 1 else _QUOTED
    return tuple([(*match.span("name"), match["name"]) for match in quoted.finditer(text)])
