"""A day, month or year in digits, such as ``5/6/2017``, ``5 tháng 6``, ``6-2017`` or ``2017``."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from antq_llm.schemas.edtf import is_in_calendar
from antq_llm.text.lazy_patterns import lazy_re

YEAR = r"(?:1[89]|20)\d\d"
LAST_YEAR_OF_2000S = 40
"""The highest two-digit year that is read as 20XX; higher ones are read as 19XX."""

_SPACED_SLASH, _DASH = r"[ ]?/[ ]?", r"[ ]?[-–—][ ]?"
_TIGHT = r"(?:[ ]?/[ ]?|\.|[-–—][ ]?|[ ][-–—](?![ ]))"
_POINT_OF_FOUR_DIGITS = lazy_re(
    r"(?<!\d)(?:"
    r"(?P<iso>\d{4}[-/]\d\d[-/]\d\d(?![\d-]))"
    rf"|(?P<year>{YEAR}(?!\d|[.,]\d|/\d|[^\W\d_]))"
    r")"
)
_POINT = lazy_re(
    r"(?<!\d)(?:"
    rf"(?P<full>\d{{1,2}}(?:{_SPACED_SLASH}\d{{1,2}}{_SPACED_SLASH}"
    rf"|\.[ ]?\d{{1,2}}\.[ ]?|{_DASH}\d{{1,2}}{_DASH}|[/.-]\d{{1,2}}[ ]?[/.–-][ ]?(?={YEAR}))"
    r"(?:\d{4}|\d\d)(?!\d|/\d|[.,]\d))"
    r"|(?P<worded>\d{1,2}\s(?i:tháng)\s\d{1,2}"
    rf"(?:(?:,?\s(?i:năm)\s|,?[ ]?/[ ]?|[–—-]|,\s){YEAR})?"
    r"(?![\d%]|[.,]\d))"
    rf"|(?P<day_of>\d{{1,2}}[/.-]\d{{1,2}},?\s(?i:năm)\s{YEAR}(?!\d))"
    rf"|(?P<month>\d{{1,2}}(?:{_TIGHT}|,?\s+(?i:năm)\s+){YEAR}(?!\d|/\d|[.,]\d))"
    r"|(?P<day>\d{1,2}(?:(?:[ ]?/[ ]?|\.)\d{1,2}|[ ]?[-–—][ ]?\d{1,2}(?!\s?[-–]\s?\d))"
    r"(?!\d|/\d|[.,]\d|%|[^\W\d_]|\s(?i:tháng)))"
    r"|(?P<number>\d{1,2}(?!\d|[.,]\d|/\d|[^\W\d_]))"
    r")"
)
_DIGITS = lazy_re(r"\d+")

PointForm = Literal["iso", "full", "worded", "day_of", "month", "day", "year", "number"]


class Point(NamedTuple):
    """The numbers of a date in digits; those that are not printed are None.

    ``number`` is a single number that may be a day or a month.
    """

    form: PointForm
    start: int
    end: int
    text: str
    day: int | None = None
    month: int | None = None
    year: int | None = None
    number: int | None = None

    @property
    def has_slash(self) -> bool:
        """Whether a slash separates the numbers."""
        return "/" in self.text


def read_point(text: str, start: int) -> Point | None:
    """Return the valid date or the single number at a position; None if there is neither."""
    is_long = text[start : start + 3].isdecimal() and start + 3 <= len(text)
    match = (_POINT_OF_FOUR_DIGITS if is_long else _POINT).match(text, start)
    if match is None or match.lastgroup is None:
        return None
    form: PointForm = match.lastgroup  # type: ignore[assignment]
    if form == "number":
        return Point(form, start, match.end(), match[0], number=int(match[0]))
    if form == "year":
        return Point(form, start, match.end(), match[0], year=int(match[0]))
    numbers = [int(part) for part in _DIGITS.findall(match[0])]
    point = Point(form, start, match.end(), match[0], *_parts(form, numbers))
    return point if edtf(point.day, point.month, point.year) else None


def _parts(form: PointForm, numbers: list[int]) -> tuple[int | None, ...]:
    """Return the day, month and year of a date with several numbers."""
    if form == "month":
        return (None, *numbers)
    if form == "iso":
        numbers = numbers[::-1]
    if (numbers[2:] or [100])[0] < 100:
        numbers[2] += 2000 if numbers[2] <= LAST_YEAR_OF_2000S else 1900
    return tuple(numbers)


@lru_cache(maxsize=4096)  # An article repeats the same few dates.
def edtf(day: int | None, month: int | None, year: int | None) -> str | None:
    """Return a date in EDTF, or None if it is empty or does not exist in the calendar."""
    if month is None and year is None:
        return None if day is None or not 1 <= day <= 31 else f"XXXX-XX-{day:02d}"
    years = "XXXX" if year is None else f"{year:04d}"
    if month is None:
        return years
    if not 1 <= month <= 12:
        return None
    if day is None:
        return f"{years}-{month:02d}"
    date = f"{years}-{month:02d}-{day:02d}"
    return date if is_in_calendar(date) else None
