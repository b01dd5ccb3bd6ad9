"""English times of day: ``7.40am``, ``5.15 p.m.``, ``18:05``, ``noon``."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.text.clock import hour_of_day
from antq_llm.text.lazy_patterns import lazy_re

_HALF = r"(?P<half>[AaPp])(?:\.\s?[Mm](?:\.|\b)|[Mm]\b)"
_HALF_DAY = r"[AaPp](?:\.\s?)?[Mm]\b"
_NOT_INSIDE = r"(?<![\w.,:/$£€])"
_TWELVE_HOURS = lazy_re(
    _NOT_INSIDE + r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-5][0-9]))?\s?" + _HALF
)
_START_OF_RANGE = lazy_re(
    _NOT_INSIDE
    + r"[0-9]{1,2}(?:[:.][0-5][0-9])?(?=\s?(?:[-–—]|to|and|until)\s?"
    + rf"[0-9]{{1,2}}(?:[:.][0-5][0-9])?\s?{_HALF_DAY})"
)
"""The first time of a range such as ``7 to 9am``, in which only the second time names the half of
the day."""
_TWENTY_FOUR_HOURS = lazy_re(
    _NOT_INSIDE + r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])(?::[0-5][0-9])?(?![\w:]|[.,][0-9])"
)
_WITH_ZONE = lazy_re(
    _NOT_INSIDE
    + r"(?P<hour>[0-9]{2})[:.]?(?P<minute>[0-5][0-9])(?=\s?(?:GMT|UTC|BST|local\stime)\b)"
)
_NOON = lazy_re(
    r"(?:12\s)?(?:(?P<noon>noon|midday)|midnight)(?![\w-])|12(?=\s(?:noon|midnight)\b)", re.I
)
_OCLOCK = lazy_re(_NOT_INSIDE + r"[0-9]{1,2}(?=\so[’']clock\b)")
_UNSURE = lazy_re(_NOT_INSIDE + r"(?P<hour>[0-9]{1,2})\.[0-5][0-9](?![\w%]|[.,][0-9]|\s?%)")
"""Digits that are either a decimal number or hours and minutes separated by a point."""
_AT = lazy_re(r"\b(?:at|by|until|from)\s\Z", re.IGNORECASE)
_NO_TIME_BEFORE = lazy_re(r"(?:\bin|[A-Z][a-z]+)\s\Z")
"""Words after which digits such as ``3:16`` are not a time but, for example, a duration or a Bible
verse."""
_TIME_BEFORE = lazy_re(
    r"\b(?:At|By|From|Until|Time|Updated|Published|Posted|Last|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\s\Z"
)


class TimeReading(NamedTuple):
    """A time as ``HH:MM`` and its end in the text.

    The value is None if the digits are ambiguous or may not be a time.
    """

    end: int
    value: str | None


def read_time(text: str, start: int) -> TimeReading | None:
    """Return the time of day at a position; None if there is none."""
    if match := _TWELVE_HOURS.match(text, start):
        return TimeReading(match.end(), _of_half_day(match))
    if match := _NOON.match(text, start):
        return TimeReading(match.end(), "12:00" if match["noon"] else "00:00")
    if match := _START_OF_RANGE.match(text, start) or _OCLOCK.match(text, start):
        return TimeReading(match.end(), None)
    before = text[max(0, start - 20) : start]
    if match := _WITH_ZONE.match(text, start) or _TWENTY_FOUR_HOURS.match(text, start):
        is_time = not _NO_TIME_BEFORE.search(before) or _TIME_BEFORE.search(before)
        hour = int(match["hour"])
        value = f"{hour:02d}:{match['minute']}" if is_time and hour < 24 else None
        return TimeReading(match.end(), value)
    return None


def may_be_time(text: str, start: int, end: int) -> bool:
    """Return whether a number may be a time with a point, such as ``7.40`` after ``at``."""
    match = _UNSURE.match(text, start)
    return (
        match is not None
        and match.end() == end
        and int(match["hour"]) <= 24
        and bool(_AT.search(text[max(0, start - 20) : start]))
    )


def _of_half_day(match: re.Match[str]) -> str | None:
    hour = int(match["hour"])
    if not 1 <= hour <= 12:
        return None
    return f"{hour_of_day(hour, match['half']):02d}:{match['minute'] or '00'}"
