"""Ranges and lists of dates: ``26/1-1/2``, ``từ 10 đến 12-2``, ``20 và 21/1``, ``2016/17``."""

from __future__ import annotations

import re
from itertools import pairwise

from antq_llm.mentions.vietnamese.calendar.day_words import (
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    is_month,
    is_possible_day,
    is_possible_month,
    is_sure_day,
)
from antq_llm.mentions.vietnamese.calendar.points import YEAR, Point, edtf, read_point
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

Bounds = tuple[int, str, str]
"""The position in the text where a range ends, and the two bounds of the range in EDTF."""

_TO = compile_words(
    r"(?P<dash>[ ]?[-–—]\s?)(?P<noun>ngày\s)?"
    r"|(?:\s(?:sáng|trưa|chiều|tối|đêm))?,?\s(?:(?:cho|kéo dài)\s)?(?:đến|tới)\s"
    r"(?:tận\s|hết\s|cuối\s|đầu\s|giữa\s|khoảng\s|trước\s)?"
    r"(?:(?:rạng\ssáng|sáng|trưa|chiều|tối|đêm)\s)?"
    r"(?P<worded_noun>ngày\s|hôm\s|tháng\s|năm\s)?"
    r"|,?\s(?:và\s)?rạng\ssáng\s(?P<dawn_noun>ngày\s)?",
    re.IGNORECASE,
)
_AND = lazy_re(r"\s?,\s?(?:và\s)?|\s(?:và|&)\s(?:ngày\s|tháng\s)?", re.IGNORECASE)
_MAX_LISTED = 6
_SEASON = lazy_re(
    rf"(?<!\d)(?P<first>{YEAR})(?P<sign>\s?[/–—-]\s?)(?P<last>\d{{4}}|\d\d)(?![\d/]|[.,-]\d)"
)


def read_season(text: str, start: int) -> Bounds | None:
    """Return the range of years at a position, such as the season ``2016/17`` or ``2016-2020``.

    Returns None if there is none.
    """
    match = _SEASON.match(text, start)
    if match is None:
        return None
    first = int(match["first"])
    last = int(match["last"])
    if len(match["last"]) == 2:
        # "1999-00" ends in the next century.
        century = (first + 1 if last == 0 else first) // 100
        last += century * 100
    if last == first + 1 or (len(match["last"]) == 4 and "/" not in match["sign"] and first < last):
        return match.end(), str(first), str(last)
    return None


def read_range(text: str, point: Point, before: str) -> Bounds | None:
    """Return the range that begins with a date; None if the date does not begin a range."""
    link = _TO.match(text, point.end)
    last = read_point(text, link.end()) if link else None
    if link is None or last is None:
        return None
    noun = (link["noun"] or link["worded_noun"] or link["dawn_noun"] or "").strip().lower()
    is_dash = link["dash"] is not None
    after = text[last.end : last.end + LOOKAHEAD]
    pair = _paired(point, last, before, noun, is_dash=is_dash, after=after)
    if pair is None:
        return None
    first, last = _with_years(*pair)
    bounds = (edtf(point.day, point.month, point.year) for point in (first, last))
    begin, end = bounds
    return (last.end, begin, end) if begin and end and _in_order(first, last) else None


def _paired(
    first: Point, last: Point, before: str, noun: str, *, is_dash: bool, after: str
) -> tuple[Point, Point] | None:
    """Return two dates, each completed with parts of the other; None if they are not a range."""
    is_counted = not NOT_COUNTED_NEXT.match(after)
    if first.form == "number":
        return _numbers_paired(first, last, before, noun, is_dash=is_dash, is_counted=is_counted)
    if first.day and last.day:
        is_sure = is_sure_day(before) or bool(first.year or last.year)
        if not is_sure and (not (first.has_slash and last.has_slash) or is_counted):
            return None
        return first, last
    if first.day and last.number and noun == "ngày":
        return first, last._replace(day=last.number, month=first.month, year=first.year)
    if first.form == "month" and last.form == "month":
        return first, last
    if first.form == "year" and last.form == "year":
        is_sure = is_dash or noun == "năm" or is_year_range_before(before)
        return (first, last) if is_sure and (noun == "năm" or not is_counted) else None
    if (noun == "tháng" and last.form == "month") or (noun == "năm" and last.form == "year"):
        return first, last
    return None


def _numbers_paired(
    first: Point, last: Point, before: str, noun: str, *, is_dash: bool, is_counted: bool
) -> tuple[Point, Point] | None:
    number = first.number
    after_month = is_month(before)
    if after_month and last.form == "month":
        return first._replace(month=number), last
    is_sure = is_sure_day(before)
    if last.number is not None:
        if noun == "tháng" or (after_month and not is_counted):
            return (
                (first._replace(month=number), last._replace(month=last.number))
                if after_month
                else None
            )
        if is_sure and not is_counted and not is_dash:
            return first._replace(day=number), last._replace(day=last.number)
        return None
    if last.form == "month":
        is_months = is_dash and is_possible_month(before)
        return (first._replace(month=number), last) if is_months else None
    if not last.day or after_month or noun in {"tháng", "năm"}:
        return None
    is_stated = is_sure or (is_possible_day(before) and not is_counted)
    if not is_stated and not (is_dash and last.has_slash and (last.year or not is_counted)):
        return None
    return first._replace(day=number, month=last.month, year=last.year), last


def is_year_range_before(before: str) -> bool:
    """Return whether the words before a year may begin a range, as in ``từ 2014 đến 2016``."""
    return bool(re.search(r"\b(?:từ|giai đoạn|năm|nhiệm kỳ|khóa|khoá)\s\Z", before, re.IGNORECASE))


def _with_years(first: Point, last: Point) -> tuple[Point, Point]:
    """Return two dates; if one has no year, it gets the year that puts the dates in order."""
    if first.year is None and last.year is not None and first.month is not None:
        year = last.year - (_key(first) > _key(last))
        return first._replace(year=year), last
    if last.year is None and first.year is not None and last.month is not None:
        return first, last._replace(year=first.year + (_key(first) > _key(last)))
    return first, last


def _key(point: Point) -> tuple[int, int]:
    return point.month or 0, point.day or 0


def _in_order(first: Point, last: Point) -> bool:
    if first.year and last.year:
        return (first.year, *_key(first)) < (last.year, *_key(last)) or (
            first.year == last.year and first.month is not None and last.month is None
        )
    if first.month and last.month and first.month != last.month:
        return True
    return first.month is None or first.day is None or (first.day < (last.day or 32))


def read_list(text: str, first: Point, before: str) -> Bounds | str | None:
    """Return the range, or the first date, of a list whose last item states the month or year.

    Consecutive days or months are a range: ``20 và 21/1``. For any other list, the first date is
    returned: 12 May for ``12 và 15/5``. Returns None if there is no list, or if its items do not
    seem to be dates.
    """
    numbers, position = [first.number], first.end
    last: Point | None = None
    while len(numbers) < _MAX_LISTED and (link := _AND.match(text, position)):
        last = read_point(text, link.end())
        if last is None:
            return None
        position = last.end
        numbers.append(last.number if last.number is not None else last.day or last.month)
        if last.number is None:
            break
    if last is None or last.number is not None:
        return None
    is_days = last.day is not None and (is_sure_day(before) or is_possible_day(before))
    is_months = last.form == "month" and is_month(before)
    if not is_days and not is_months:
        return None
    dates = [
        edtf(number, last.month, last.year) if is_days else edtf(None, number, last.year)
        for number in numbers
    ]
    begin, end = dates[0], dates[-1]
    if begin is None or end is None:
        return None
    in_row = all(later == (earlier or 0) + 1 for earlier, later in pairwise(numbers))
    if in_row:
        return position, begin, end
    return begin if is_sure_day(before) or is_months else None
