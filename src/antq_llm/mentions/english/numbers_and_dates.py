"""Numbers, dates, times and codes in English text.

Each expression in digits is a mention, and so is each unambiguous number in words. Ambiguous
digits become a ``code``; ambiguous words are not mentions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from antq_llm.mentions.english.comparators import END_SIGNS, comparators
from antq_llm.mentions.english.context import counts_next, reading_of, reading_of_words
from antq_llm.mentions.english.dates import MONTH, read_date, read_month, settled_by_range
from antq_llm.mentions.english.identifiers import read_identifier
from antq_llm.mentions.english.number_words import ARTICLE, FIRST_WORD, read_number_words
from antq_llm.mentions.english.numerals import read_numeral
from antq_llm.mentions.english.times import may_be_time, read_time
from antq_llm.mentions.mention import Mention
from antq_llm.text.lazy_patterns import lazy_re

_START = lazy_re(
    rf"(?P<digit>[0-9])|(?<![\w’'-])(?:(?P<month>{MONTH})|"
    rf"(?P<word>(?i:{FIRST_WORD}|{ARTICLE}|half[\s-]an?|quarter\sof|a\squarter\sof))(?![^\W_])|"
    r"(?P<noon>(?i:noon|midday|midnight))(?![\w-]))"
)
_WHOLE = lazy_re(
    r"\s(?P<of>(?:out\s)?of)\s(?P<definite>(?:the|its|their|his|her|our|all|these|those)\s)?"
)
_OTHER = lazy_re(r"\s?(?P<joiner>[-–—/])\s?|\s(?P<word>or|in)\s")
_MIN_DATE_TOTAL = 31
"""The largest second number with which an expression such as ``5/12`` may be a day and a month."""


class Reading(NamedTuple):
    """The mention and the possible numbers read in a stretch of a text."""

    end: int
    mention: Mention | None = None
    possible: tuple[int | float, ...] = ()
    """Numbers that the stretch may state, besides the value of the mention."""


class _Quantity(NamedTuple):
    start: int
    end: int
    value: int | float | None
    is_word: bool
    possible: tuple[int | float, ...]


def read_mentions(text: str) -> list[Mention]:
    """Return the numbers, dates, times and codes in a text, in order."""
    mentions = [reading.mention for reading in read_all(text) if reading.mention]
    for index in range(1, len(mentions)):
        pair = settled_by_range(text, *mentions[index - 1 : index + 1])
        mentions[index - 1 : index + 1] = pair
    return mentions


def read_all(text: str) -> Iterator[Reading]:
    """Yield the readings of a text in order, including those without a mention."""
    position = 0
    while match := _START.search(text, position):
        position = match.end()
        for reading in _read(match, text):
            position = max(position, reading.end)
            yield reading


def _read(match: re.Match[str], text: str) -> Sequence[Reading]:
    start = match.start()
    if match["month"]:
        date = read_month(text, start)
        return [_reading("date", text, start, *date)] if date else []
    if match["word"]:
        return _read_number(text, start)
    if time := read_time(text, start):
        return [_reading("time", text, start, *time)]
    if match["noon"]:
        return []
    if end := read_identifier(text, start):
        return [_reading("code", text, start, end, None)]
    if date := read_date(text, start):
        return [_reading("date", text, start, *date)]
    return _read_number(text, start)


def _reading(kind: str, text: str, start: int, end: int, value: str | None) -> Reading:
    """Return the reading of a date or time, or of a code if ``value`` is None."""
    words = text[start:end]
    if value is None:
        return Reading(end, Mention("code", start, end, words, words))
    first, _, last = value.partition("/")
    mention = Mention(
        "date" if kind == "date" else "time", start, end, words, first, upper=last or None
    )
    return Reading(end, mention)


def _read_number(text: str, start: int) -> Sequence[Reading]:
    """Return the readings of a number or of two connected numbers, if any."""
    quantity = _quantity(text, start)
    if quantity is None:
        return []
    if quantity.value is not None:
        if ratio := _of_whole(text, quantity):
            return [ratio]
        if pair := _pair(text, quantity):
            return pair
    if may_be_time(text, start, quantity.end) and not counts_next(text, quantity.end):
        return [_unsure(text, quantity)]
    return [_single(text, quantity)]


def _quantity(text: str, start: int) -> _Quantity | None:
    if numeral := read_numeral(text, start):
        return _Quantity(start, numeral.end, numeral.value, False, numeral.possible)
    if words := read_number_words(text, start):
        return _Quantity(start, words.end, words.value, True, words.possible)
    return None


def _single(text: str, quantity: _Quantity) -> Reading:
    if quantity.value is None:
        return _unsure(text, quantity)
    start, end = quantity.start, quantity.end
    sign, *others = comparators(text, start, end)
    reading = (
        reading_of_words(text, start, end, is_qualified=sign != "=")
        if quantity.is_word
        else reading_of(text, start, end)
    )
    if reading == "number":
        words = text[start:end]
        return Reading(
            end,
            Mention("number", start, end, words, quantity.value, None, sign, tuple(others)),
        )
    return _unsure(text, quantity, is_possible=reading == "unsure")


def _unsure(text: str, quantity: _Quantity, *, is_possible: bool = True) -> Reading:
    """Return the reading of an expression that may not be a number; digits become a code."""
    start, end = quantity.start, quantity.end
    possible = quantity.possible
    if quantity.value is not None and is_possible:
        possible = (quantity.value, *possible)
    mention = (
        None if quantity.is_word else Mention("code", start, end, text[start:end], text[start:end])
    )
    return Reading(end, mention, possible)


def _of_whole(text: str, part: _Quantity) -> Reading | None:
    """Return the reading of a part of a whole, if any: ``six of the 41``, ``9 out of 10``."""
    match = _WHOLE.match(text, part.end)
    if match is None or (not match["definite"] and match["of"] == "of" and part.is_word):
        return None
    whole = _quantity(text, match.end())
    if whole is None or not _is_part(part, whole) or not _is_count(text, whole):
        return None
    is_sure = (
        reading_of_words(text, part.start, part.end, is_qualified=True)
        if part.is_word
        else reading_of(text, part.start, part.end)
    ) == "number"
    return _ratio(text, part, whole) if is_sure else None


def _is_part(part: _Quantity, whole: _Quantity) -> bool:
    return part.value is not None and whole.value is not None and part.value <= whole.value


def _is_count(text: str, quantity: _Quantity) -> bool:
    """Return whether a number is not the start of a date, time or identifier."""
    if quantity.is_word:
        return True
    start = quantity.start
    return not (read_time(text, start) or read_identifier(text, start) or read_date(text, start))


def _ratio(text: str, part: _Quantity, whole: _Quantity) -> Reading:
    start, end, value = part.start, whole.end, part.value
    if value is None:
        return _unsure(text, part)
    sign, *others = comparators(text, start, end)
    mention = Mention(
        "number", start, end, text[start:end], value, whole.value, sign, tuple(others)
    )
    return Reading(end, mention, () if whole.value is None else (whole.value,))


def _pair(text: str, first: _Quantity) -> Sequence[Reading]:
    """Return the readings of two numbers joined by a dash, a slash, ``or`` or ``in``, if any.

    A ratio in digits is one mention; a range is two mentions if a plural noun or a unit follows.
    Scores, fractions, choices and phrases such as ``one in five`` are not read as quantities.
    """
    match = _OTHER.match(text, first.end)
    if match is None or (match["joiner"] and first.is_word):
        return []
    second = _quantity(text, match.end())
    if second is None or second.value is None or not _is_count(text, second):
        return []
    if match["joiner"] == "/":
        return [_slash(text, first, second)]
    is_range = _is_part(first, second) and counts_next(text, second.end)
    if match["joiner"] and is_range and reading_of(text, first.start, second.end) == "number":
        return [
            Reading(
                q.end,
                Mention(
                    "number", q.start, q.end, text[q.start : q.end], q.value, None, "=", END_SIGNS
                ),
            )
            for q in (first, second)
            if q.value is not None
        ]
    if match["word"] == "in" and not (_is_part(first, second) and counts_next(text, second.end)):
        return []
    return [_unsure(text, first), _unsure(text, second)]


def _slash(text: str, part: _Quantity, whole: _Quantity) -> Reading:
    """Return ``163/181`` as a ratio, and ``5/12``, which may be a date or a fraction, as a code."""
    is_date = (
        part.value is not None
        and whole.value is not None
        and whole.value <= _MIN_DATE_TOTAL
        and min(part.value, whole.value) <= 12
    )
    is_whole = not text[whole.end : whole.end + 1].startswith("/")
    is_sure = is_whole and reading_of(text, part.start, whole.end) == "number"
    if _is_part(part, whole) and not is_date and is_sure:
        return _ratio(text, part, whole)
    words = text[part.start : whole.end]
    return Reading(whole.end, Mention("code", part.start, whole.end, words, words))
