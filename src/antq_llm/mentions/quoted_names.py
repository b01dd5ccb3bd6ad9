"""Expressions in quotation marks, which can be names, titles or speech."""

from __future__ import annotations

from functools import lru_cache

from antq_llm.text.lazy_patterns import lazy_re

_MARKS = '“«"'
_NAME = r"(?P<name>[^“”«»\"\s][^“”«»\"\n]{1,159})[”»\"]"
"""Pattern of the words after an opening mark, with the closing mark. A straight quotation mark
before a space is never an opening mark."""
_QUOTED = lazy_re(f"[{_MARKS}]{_NAME}")
_QUOTED_AFTER = {mark: lazy_re(mark + _NAME) for mark in _MARKS}
"""Patterns for texts with only one kind of opening mark; searching for one kind is faster."""


@lru_cache(maxsize=4)  # The readers of names and of numbers call it with the same text.
def quoted_names(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the start, end and words of each expression in quotation marks."""
    marks = [mark for mark in _MARKS if mark in text]
    if not marks:
        return ()
    quoted = _QUOTED_AFTER[marks[0]] if len(marks) == 1 else _QUOTED
    return tuple([(*match.span("name"), match["name"]) for match in quoted.finditer(text)])
