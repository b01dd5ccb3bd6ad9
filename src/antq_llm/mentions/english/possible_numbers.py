"""Numbers that an English passage states or may state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from antq_llm.mentions.english.context import counts_next
from antq_llm.mentions.english.dates import MONTH, YEAR
from antq_llm.mentions.english.number_words import (
    ARTICLE,
    FIRST_WORD,
    SMALL_NUMBERS,
    read_number_words,
)
from antq_llm.mentions.english.numbers_and_dates import read_all
from antq_llm.mentions.english.numerals import SCALES, parse_numeral
from antq_llm.mentions.quantity import exact_product
from antq_llm.text.lazy_patterns import lazy_re

_WORD = lazy_re(rf"(?<![^\W_])(?:{FIRST_WORD})(?![^\W_])", re.IGNORECASE)
_OTHER_WORDS = {
    "no": 0, "nobody": 0, "none": 0, "zero": 0, "a": 1, "an": 1, "single": 1,
    "both": 2, "couple": 2, "pair": 2,
}  # fmt: skip
_OTHER_WORD = lazy_re(rf"\b(?!{ARTICLE})(?:{'|'.join(_OTHER_WORDS)})\b", re.IGNORECASE)

_NUMERAL = r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}|[0-9]{1,15})(?:\.[0-9]{1,15})?"
_WORDS = rf"(?:{FIRST_WORD})(?:-(?:{FIRST_WORD}))?(?![^\W_])"
_ENDS = lazy_re(
    rf"(?<![\w.,])(?P<first>{_NUMERAL}|{_WORDS})(?:\s?[-–—]\s?|\s(?:to|or|and)\s)"
    rf"[$£€]?(?:{_NUMERAL}|{_WORDS})[\s-]?(?P<scale>{'|'.join(SCALES)}|bn|mn|m|b|k)(?![^\W_])",
    re.IGNORECASE,
)
"""A range with one scale for both ends, such as ``3 to 4 million``."""
_ABBREVIATED = {"bn": "billion", "b": "billion", "mn": "million", "m": "million", "k": "thousand"}
_NEGATIVE = lazy_re(
    rf"(?:(?<![\w)])[-−–]\s?|\bminus\s|\bnegative\s)[$£€]?(?P<number>{_NUMERAL})"
    rf"(?:\s(?P<scale>thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_BELOW_ZERO = lazy_re(
    rf"(?<![\w.,])(?P<number>{_NUMERAL}|{_WORDS})°?\s?(?:[A-Za-z]+\s){{0,2}}below\s(?:zero|freezing)\b",
    re.IGNORECASE,
)
_NEGATIVE_WORDS = lazy_re(rf"\b(?:minus|negative)\s(?=(?:{FIRST_WORD})\b)", re.IGNORECASE)
_POINT_FIRST = lazy_re(r"(?<![\w.,])\.(?P<digits>[0-9]{1,15})(?![0-9]|[.,][0-9])")
_FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, " and a half": 0.5, " and a quarter": 0.25,
              " and three quarters": 0.75, " and three-quarters": 0.75, " 1/2": 0.5,
              " 1/4": 0.25, " 3/4": 0.75}  # fmt: skip
_MIXED = lazy_re(
    rf"(?<![\w.,])(?P<whole>[0-9]{{1,15}})(?P<part>\s?[½¼¾]|{'|'.join(_FRACTIONS)})"
    rf"(?:\s(?P<scale>thousand|million|billion|trillion)\b)?",
    re.IGNORECASE,
)
_JOINED = lazy_re(
    # A unit without a space, a product and a number after a word.
    rf"(?<![\w.,/-])(?P<unit>{_NUMERAL})(?!(?:st|nd|rd|th)\b)°?[A-Za-z]{{1,3}}(?![^\W_])|"
    rf"(?<![\w.,])(?P<first>{_NUMERAL})\s?[x×]\s?(?P<second>{_NUMERAL})(?!\w)|"
    rf"(?<=[a-z]{{3}}-)(?P<behind>{_NUMERAL})(?![\w/-])"
)
_FOLD = lazy_re(rf"\b(?P<word>{FIRST_WORD})[\s-]?fold\b", re.IGNORECASE)
_COUNT_OR_YEAR = lazy_re(rf"(?<![\w.,/-])(?P<number>{YEAR})")
_COUNT_OR_DAY = lazy_re(rf"\b{MONTH}\s(?P<number>[0-9]{{1,2}})(?=\s)")


def possible_numbers(text: str) -> Set[int | float]:
    """Return the numbers that a passage states or may state, in words or digits.

    For example, ``a`` counts as 1 and ``nobody`` as 0. If number words do not form a single number,
    the value of each word is returned.
    """
    numbers: set[int | float] = {_OTHER_WORDS[word.lower()] for word in _OTHER_WORD.findall(text)}
    for reading in read_all(text):
        numbers.update(reading.possible)
        if reading.mention and not isinstance(reading.mention.value, str):
            numbers.add(reading.mention.value)
    numbers.update(_numbers_in_words(text))
    numbers.update(_unsure_numbers(text))
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


def _unsure_numbers(text: str) -> Iterator[int | float]:
    """Yield the values that digits may have, given the signs, units and words around them."""
    yield from _ends_of_ranges(text)
    yield from _with_sign(text)
    yield from _with_part(text)
    for match in _JOINED.finditer(text):
        for digits in match.groups():
            yield from _scaled(digits, None) if digits else ()
    for match in _FOLD.finditer(text):
        yield SMALL_NUMBERS[match["word"].lower()]
    for match in (*_COUNT_OR_YEAR.finditer(text), *_COUNT_OR_DAY.finditer(text)):
        if counts_next(text, match.end()):
            yield int(match["number"])


def _ends_of_ranges(text: str) -> Iterator[int | float]:
    for match in _ENDS.finditer(text):
        scale = match["scale"].lower()
        yield from _scaled(match["first"], _ABBREVIATED.get(scale, scale))


def _with_sign(text: str) -> Iterator[int | float]:
    for match in _NEGATIVE.finditer(text):
        yield from (-number for number in _scaled(match["number"], match["scale"]))
    for match in _BELOW_ZERO.finditer(text):
        yield from (-number for number in _scaled(match["number"], None))
    for match in _NEGATIVE_WORDS.finditer(text):
        words = read_number_words(text, match.end())
        if words and words.value is not None:
            yield -words.value


def _with_part(text: str) -> Iterator[int | float]:
    for match in _POINT_FIRST.finditer(text):
        yield float(f"0.{match['digits']}")
    for match in _MIXED.finditer(text):
        part = match["part"].lower()
        fraction = _FRACTIONS.get(part) or _FRACTIONS[part.strip()]
        scale = SCALES[match["scale"].lower()] if match["scale"] else 1
        yield exact_product(int(match["whole"]) + fraction, scale)


def _scaled(number: str, scale: str | None) -> Iterator[int | float]:
    """Yield a number in digits or words, multiplied by its scale if it has one."""
    words = read_number_words(number, 0)
    value = words.value if words else parse_numeral(number)
    if value is not None:
        yield exact_product(value, SCALES[scale.lower()] if scale else 1)
