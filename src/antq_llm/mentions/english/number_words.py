"""English number words: ``fourteen``, ``two hundred and five``, ``half a million``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from antq_llm.mentions.english.numerals import SCALES
from antq_llm.mentions.quantity import exact_product
from antq_llm.text.lazy_patterns import lazy_re

_UNITS = "one two three four five six seven eight nine"
_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
SMALL_NUMBERS = {
    **{word: number for number, word in enumerate(_UNITS.split(), start=1)},
    **{word: number for number, word in enumerate(_TEENS.split(), start=10)},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), start=2)},
}
"""The values of number words, except scales such as ``hundred``."""

FIRST_WORD = "|".join(sorted(SMALL_NUMBERS, key=len, reverse=True))
"""Pattern of the number words with which a number can begin."""
_SCALE = "|".join(SCALES)
ARTICLE = rf"an?(?=\s(?:{_SCALE})\b)"
"""Pattern of the article in ``a dozen`` and ``a million``."""

_WORD = lazy_re(rf"(?:{FIRST_WORD}|{_SCALE})(?![^\W_])", re.IGNORECASE)
_ARTICLE = lazy_re(rf"{ARTICLE}\s", re.IGNORECASE)
_HALF = lazy_re(rf"half[\s-]an?[\s-](?P<scale>{_SCALE})\b", re.IGNORECASE)
_QUARTER = lazy_re(
    r"(?:a\s)?quarter\sof\san?\s(?P<scale>million|billion|trillion)\b", re.IGNORECASE
)
_JOINED = lazy_re(r"[ -]|\n(?![A-Z])")
_AND = lazy_re(rf"\sand\s(?={_WORD.pattern})", re.IGNORECASE)
_COMMA = lazy_re(rf",\s(?={_WORD.pattern})", re.IGNORECASE)
_AND_A_HALF = lazy_re(
    r"\sand\sa\shalf\b(?:\s(?P<scale>thousand|million|billion|trillion)\b)?", re.IGNORECASE
)

_PARTS = (
    "half|halves|quarters?|thirds?|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|"
    "hundredths?|thousandths?"
)
_NOT_A_NUMBER = lazy_re(
    # An ordinal, a fraction, a decimal in words, part of a compound or a multiple.
    rf"[\s-](?:first|second|{_PARTS})\b|\spoint\s|-[^\W\d_]|[\s-]?fold\b|\stimes\b",
    re.IGNORECASE,
)


class NumberWords(NamedTuple):
    """The reading of a run of number words."""

    end: int
    value: int | float | None
    """The number, or None if the run is not one number, as in ``nineteen eighty-four``."""
    possible: tuple[int | float, ...] = ()
    """Possible values of a run that is part of another expression, such as ``two thirds``."""


def read_number_words(text: str, start: int) -> NumberWords | None:
    """Return the reading of the number words at a position; None if there are none."""
    if match := _HALF.match(text, start) or _QUARTER.match(text, start):
        parts = 2 if match[0][0] in "hH" else 4
        return NumberWords(match.end(), SCALES[match["scale"].lower()] // parts)
    article = _ARTICLE.match(text, start)
    run = _Run(text, article.end() if article else start, has_article=article is not None)
    if not run.count:
        return None
    if run.value is None:
        return NumberWords(run.end, None)
    value: int | float = run.value
    end = run.end
    if half := _AND_A_HALF.match(text, end):
        if value >= 100:
            return NumberWords(half.end(), None)
        scale = SCALES[half["scale"].lower()] if half["scale"] else 1
        value, end = exact_product(value + 0.5, scale), half.end()
    if _NOT_A_NUMBER.match(text, end):
        return NumberWords(end, None, (value,))
    return NumberWords(end, value)


class _Run:
    """A run of number words, read from left to right."""

    def __init__(self, text: str, start: int, *, has_article: bool) -> None:
        self.end = start
        self.count = 0
        self._sum = _Sum(group=1 if has_article else 0)
        position: int | None = start
        while position is not None and (match := _WORD.match(text, position)):
            self.count += 1
            self._sum.add(match[0].lower())
            self.end = match.end()
            position = self._next(text, match[0].lower())

    @property
    def value(self) -> int | None:
        return self._sum.value

    def _next(self, text: str, word: str) -> int | None:
        """Return the position at which the next word of the run can start."""
        if word in SCALES and (match := _AND.match(text, self.end)):
            return match.end()
        if word in SCALES and (match := _COMMA.match(text, self.end)):
            # "a thousand, two hundred" may be one number or two.
            self._sum.is_valid = False
            return match.end()
        match = _JOINED.match(text, self.end)
        return match.end() if match else None


@dataclass
class _Sum:
    """The sum of a run of number words; invalid if a word does not fit the preceding words."""

    group: int = 0
    """The value of the words after the last scale other than ``hundred``."""
    total: int = 0
    last_scale: int = 10**15
    is_valid: bool = True

    @property
    def value(self) -> int | None:
        return self.total + self.group if self.is_valid else None

    def add(self, word: str) -> None:
        if word in SCALES:
            self._multiply(SCALES[word])
            return
        number = SMALL_NUMBERS[word]
        last_two = self.group % 100
        fits = last_two == 0 or (number < 10 and last_two >= 20 and last_two % 10 == 0)
        self.is_valid = self.is_valid and fits and self.last_scale != 12
        self.group += number

    def _multiply(self, scale: int) -> None:
        if scale == 100:
            self.is_valid = self.is_valid and 0 < self.group < 20
            self.group *= scale
            return
        is_dozen_alone = scale != 12 or not self.total
        fits = self.group > 0 and scale < self.last_scale and is_dozen_alone
        self.is_valid = self.is_valid and fits
        self.total += self.group * scale
        self.group, self.last_scale = 0, scale
