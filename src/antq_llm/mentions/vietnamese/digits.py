"""Runs of digits in a text, and the readers that are tried at each run.

Most runs of digits match none of a reader's patterns. To save time, each reader therefore declares
the shapes of digits that it can read, and is not called for other shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar

from antq_llm.mentions.vietnamese.calendar.day_words import last_word, words_before
from antq_llm.text.lazy_patterns import lazy_re

Found = TypeVar("Found")

_ZEROS = "0" * 13
"""The zeros in the shape of a run of 13 or more digits."""
_FOLLOWING = 2
_MAX_SHAPES = 1 << 12
"""Number of shapes whose readers are cached; most texts contain the same few hundred shapes."""


class Digits:
    """A run of digits, or the part of a run after a mention, with the words before it."""

    __slots__ = ("before", "end", "english", "last", "last_lower", "shape", "start", "text")

    def __init__(self, text: str, start: int, end: int, *, english: bool) -> None:
        while text[end : end + 1].isdecimal():
            end += 1
        self.text = text
        self.start = start
        self.end = end
        self.english = english
        """Whether numbers in the text are in English notation."""
        self.before = words_before(text, start)
        self.last = last_word(self.before)
        self.last_lower = self.last.lower()
        """The last word before the digits, in lower case."""
        self.shape = _ZEROS[: end - start] + text[end : end + _FOLLOWING]
        """Up to 13 zeros, one per digit, and the next two characters: ``00/5`` for ``12/5``."""


class Reader(NamedTuple, Generic[Found]):
    """A function that reads expressions that start with digits, and the shapes that it can read."""

    read: Callable[[Digits], Found | None]
    """A function that returns the expression, or None if there is none."""
    shapes: str
    """Pattern of the shapes that the function can read; for other shapes, it would return None."""


def reads(
    shapes: str,
) -> Callable[[Callable[[Digits], Found | None]], Reader[Found]]:
    """Return a decorator that makes a function a reader of digits of certain shapes."""

    def decorate(read: Callable[[Digits], Found | None]) -> Reader[Found]:
        return Reader(read, shapes)

    return decorate


class Readers(Generic[Found]):
    """Readers in the order in which they are tried."""

    def __init__(self, *readers: Reader[Found]) -> None:
        self._readers = [(reader.read, lazy_re(reader.shapes)) for reader in readers]
        self._of_shape = lru_cache(_MAX_SHAPES)(self._find)

    def read(self, digits: Digits) -> Found | None:
        """Return the first expression that a reader finds at the digits; None if there is none."""
        for read in self._of_shape(digits.shape):
            if found := read(digits):
                return found
        return None

    def _find(self, shape: str) -> tuple[Callable[[Digits], Found | None], ...]:
        return tuple(read for read, shapes in self._readers if shapes.match(shape))
