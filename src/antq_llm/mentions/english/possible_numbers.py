"""Numbers that an English passage may state without a mention that is sure to say so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from antq_llm.mentions.english.number_words import (
    ARTICLE,
    FIRST_WORD,
    SMALL_NUMBERS,
    read_number_words,
)
from antq_llm.mentions.english.numbers_and_dates import read_all

_WORD = re.compile(rf"(?<![^\W_])(?:{FIRST_WORD})(?![^\W_])", re.IGNORECASE)
_OTHER_WORDS = {
    "no": 0, "nobody": 0, "none": 0, "zero": 0, "a": 1, "an": 1, "single": 1,
    "both": 2, "couple": 2, "pair": 2,
}  # fmt: skip
_OTHER_WORD = re.compile(rf"\b(?!{ARTICLE})(?:{'|'.join(_OTHER_WORDS)})\b", re.IGNORECASE)


def possible_numbers(text: str) -> Set[int | float]:
    """Return the numbers in words of a passage, and those in digits that may be numbers.

    ``a`` and ``an`` are one, ``nobody`` is none; the words of what is not one number count each
    for itself.
    """
    numbers: set[int | float] = {_OTHER_WORDS[word.lower()] for word in _OTHER_WORD.findall(text)}
    for reading in read_all(text):
        numbers.update(reading.possible)
        if reading.mention and not isinstance(reading.mention.value, str):
            numbers.add(reading.mention.value)
    numbers.update(_numbers_in_words(text))
    return numbers


def _numbers_in_words(text: str) -> Iterator[int | float]:
    position = 0
    while match := _WORD.search(text, position):
        words = read_number_words(text, match.start())
        position = words.end if words else match.end()
        if words and words.value is not None:
            yield words.value
        elif words and words.possible:
            yield from words.possible
        else:
            for word in _WORD.findall(text, match.start(), position):
                yield SMALL_NUMBERS[word.lower()]
