"""Times of day that an English text states or may state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from antq_llm.mentions.english.context import counts_next
from antq_llm.mentions.english.number_words import SMALL_NUMBERS
from antq_llm.text.lazy_patterns import lazy_re

_HOURS = {word: number for word, number in SMALL_NUMBERS.items() if number <= 12}
_HOUR = rf"(?:[0-9]{{1,2}}|{'|'.join(_HOURS)})(?![^\W_])"
_PART = (
    r"\s?(?P<half>[ap])\.?\s?m(?!\w)|"
    r"(?:\so['’]clock)?\s(?:(?:in|on)\s)?(?:(?:the|this|that|same|next|following|early|late|"
    r"local|time|[a-z]+day|tomorrow|yesterday)\s){0,3}(?P<part>morning|afternoon|evening|night)\b|"
    r"\so['’]clock\b|\s(?P<tonight>tonight)\b"
)
"""Words that show that a number is a time; they may also name the half of the day."""
_BEHIND = rf"(?P<behind>(?:\s?(?:[-–—]|to|until|and)\s?{_HOUR}(?:[:.][0-5][0-9])?)?(?:{_PART}))"
_RANGE = lazy_re(r"\s?(?:[-–—]|to|until|and)", re.IGNORECASE)
_WITH_MINUTE = lazy_re(
    r"(?<![\w.,:/$£€])(?P<hour>[0-9]{1,2})(?P<sign>[:.])(?P<minute>[0-5][0-9])(?:[:.][0-5][0-9])?"
    rf"(?![0-9]|[.,:][0-9]|\s?%|\s(?:thousand|million|billion|trillion|per\s?cent)\b)"
    rf"{_BEHIND}?",
    re.IGNORECASE,
)
_HOUR_BEHIND = lazy_re(
    rf"(?<![\w.,:/$£€-])(?P<hour>[0-9]{{1,2}}|{'|'.join(_HOURS)}){_BEHIND}", re.IGNORECASE
)
_PREPOSITIONS = r"at|by|from|until|till|before|after|since|around|about|between|to|and"
_HOUR_ALONE = lazy_re(
    rf"\b(?:{_PREPOSITIONS})\s(?P<hour>{_HOUR})(?![.,:/-]?[0-9%]|-|{_BEHIND})", re.IGNORECASE
)
_PAST = lazy_re(
    r"\b(?:(?P<fraction>half|quarter)|(?P<minutes>[0-9]{1,2}|five|ten|twenty(?:[\s-]five)?)"
    rf"(?:\sminutes)?)\s(?P<side>past|after|to|before)\s"
    rf"(?P<hour>[0-9]{{1,2}}|(?:{'|'.join(_HOURS)})(?![^\W_]))(?:{_PART}|(?![^\W_]))",
    re.IGNORECASE,
)
_IN_WORDS = lazy_re(
    rf"\b(?:(?P<half_past>half)\s(?P<next>{_HOUR})|(?P<hour>{'|'.join(_HOURS)})[\s-]"
    rf"(?P<minutes>fifteen|twenty|thirty|forty[\s-]five|forty|fifty|ten))(?![^\W_])(?:{_PART})?",
    re.IGNORECASE,
)
"""A time in words, such as ``seven thirty`` or, in British English, ``half seven``."""
_FOUR_DIGITS = lazy_re(
    r"(?<![\w.,:/$£€-])(?P<hour>[0-2][0-9])(?P<minute>[0-5][0-9])"
    r"(?=\s?(?:hours|hrs|h)\b)|"
    r"(?<![\w.,:/$£€-])(?P<other_hour>[0-2]?[0-9])h(?P<other_minute>[0-5][0-9])(?!\w)|"
    r"(?<=\b(?:at|by)\s)(?P<hour_after>0[0-9])(?P<minute_after>[0-5][0-9])(?!\w|[.,-]\w)"
)


def possible_times(text: str) -> Set[str]:
    """Return the times that a text may state, in both halves of the day if neither is named."""
    return frozenset((*_with_minute(text), *_hours(text), *_past(text)))


def _with_minute(text: str) -> Iterator[str]:
    for match in _WITH_MINUTE.finditer(text):
        if match["sign"] == ":" or match["behind"] or not counts_next(text, match.end()):
            yield from _times(match, int(match["hour"]), int(match["minute"]))
    for match in _FOUR_DIGITS.finditer(text):
        hour, minute = (int(digits) for digits in match.groups() if digits)
        if hour < 24:
            yield f"{hour:02d}:{minute:02d}"


def _hours(text: str) -> Iterator[str]:
    for match in _HOUR_BEHIND.finditer(text):
        yield from _times(match, _number(match["hour"]), 0)
    for match in _HOUR_ALONE.finditer(text):
        if not counts_next(text, match.end()):
            yield from _both(_number(match["hour"]), 0)


def _past(text: str) -> Iterator[str]:
    for match in _PAST.finditer(text):
        hour = _number(match["hour"])
        minutes = {"half": 30, "quarter": 15}.get((match["fraction"] or "").lower())
        if minutes is None:
            minutes = sum(map(_number, re.split(r"[\s-]", match["minutes"])))
        if not 0 < minutes < 60:
            continue
        if match["side"].lower() in {"to", "before"}:
            hour, minutes = (hour - 1) or 12, 60 - minutes
        yield from _times(match, hour, minutes)
    for match in _IN_WORDS.finditer(text):
        words = re.split(r"[\s-]", match["minutes"] or "thirty")
        yield from _times(match, _number(match["next"] or match["hour"]), sum(map(_number, words)))


def _times(match: re.Match[str], hour: int, minute: int) -> Iterator[str]:
    """Yield a time in the half of the day that the words after it name, or else in both halves."""
    part = (match["half"] or match["part"] or "").lower()
    is_range = bool(_RANGE.match(match.groupdict().get("behind") or ""))
    is_open = not part or part == "night" or is_range or hour > 12
    for time in _both(hour, minute):
        is_morning = time < "12:00"
        if is_open or is_morning == (part in {"a", "morning"}):
            yield time


def _both(hour: int, minute: int) -> Iterator[str]:
    if hour <= 24:
        yield f"{hour % 24:02d}:{minute:02d}"
    if 1 <= hour <= 12:
        yield f"{(hour + 12) % 24:02d}:{minute:02d}"


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else SMALL_NUMBERS[word.lower()]
