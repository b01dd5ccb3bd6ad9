"""Tokens: the stretches of a text between white space, with their comparison forms."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from antq_llm.text.words import words_of

_NOT_SPACE = re.compile(r"\S+")
_CLOSING_MARKS = frozenset(".,;:")
_LOOSE_MARKS = frozenset("-.,;:|*•")


class Token(NamedTuple):
    """A stretch of text without white space."""

    start: int
    end: int
    form: str
    """The words in comparison form, without closing punctuation."""


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text, except standalone marks such as dashes, dots and bullets."""
    return [
        Token(match.start(), match.end(), form)
        for match in _NOT_SPACE.finditer(text)
        if (form := _form_of(match[0]))
    ]


def forms_of(text: str) -> list[str]:
    """Return the forms of a text's tokens."""
    return [form for form in map(_form_of, text.split()) if form]


@lru_cache(maxsize=1 << 15)
def _form_of(token: str) -> str:
    words = words_of(token)
    while words and words[-1] in _CLOSING_MARKS:
        words = words[:-1]
    return "" if _LOOSE_MARKS.issuperset(words) else " ".join(words)
