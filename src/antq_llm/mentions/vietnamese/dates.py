"""Dates in digits, read in EDTF from the expression and the words around it."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese import context_words
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT, LOOKAHEAD, LOOKBACK, UNIT_NEXT
from antq_llm.schemas.edtf import is_in_calendar

YEAR = r"(?:1[89]|20)\d\d"
ONE_YEAR = re.compile(YEAR)
_DASH = r"\s*[-–—]\s*"
_DATE = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<![\d/.-])\d{4}-\d\d-\d\d(?![\d-]))",
            r"(?P<days>(?<![\d/.,-])\d{1,2}"
            + _DASH
            + r"\d{1,2}(?P<days_rest>(?:[/.]\d{1,2}){1,2}(?:[/.]\d{4})?)(?![\d/]))",
            r"(?P<full>(?<![\d/])\d{1,2}(?P<full_sep>[/.–—-])\d{1,2}(?P=full_sep)"
            r"(?:\d{4}|\d\d)(?![\d/]))",
            r"(?P<worded>\d{1,2}\stháng\s\d{1,2}(?:(?:\snăm\s|,?\s?/|[–—-])\d{4})?(?!\d))",
            r"(?P<years>(?<![\d/.,-])" + YEAR + _DASH + YEAR + r"(?![\d/.-]*\d))",
            r"(?P<month>(?<![\d/.,-])\d{1,2}(?:[/.–—-]|\s+năm\s+)" + YEAR + r"(?![\d/]|[.,]\d))",
            r"(?P<day>(?<![\d/.,-])\d{1,2}[/.-]\d{1,2}(?![\d/]|[.,]\d|%))",
        )
    )
)
"""The forms of dates, in the order in which they are tried; the reader of a form may decline it."""
_LIST_OF_YEARS = re.compile(r"\s*(?:,|và|hoặc|-|–)\s*")

_DIGITS = re.compile(r"\d+")
_BEFORE_DAY = re.compile(
    r"(?:\b(?:ngày|hôm|mùng|mồng|sáng|trưa|chiều|tối|đêm|từ|đến|tới|hết|trước|sau|và|"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)|[-–,(])\s*\Z",
    re.IGNORECASE,
)
_BEFORE_DAY_SURE = re.compile(
    r"\b(?:ngày|hôm|mùng|mồng|sáng|trưa|chiều|tối|đêm)(?: qua| nay)?,?\s+(?:ngày\s+)?\Z",
    re.IGNORECASE,
)
_BEFORE_MONTH = re.compile(r"\b(?:tháng|từ|đến|tới|hết|trước|sau)\s+\Z", re.IGNORECASE)
_QUARTER = re.compile(r"\bquý\s+(I{1,3}|IV|[1-4])(?:\s*/\s*|\s+năm\s+|\s+)\Z", re.IGNORECASE)
_NO_UNIT_NEXT = re.compile(r"\s*(?:[,.;:)\]–-]|đến|tới|nay|và|$)", re.IGNORECASE)


def read_date(text: str, start: int) -> Mention | None:
    """Return the date that starts at a digit; None if there is none."""
    match = _DATE.match(text, start)
    form = (match and match.lastgroup) or ""
    if match is None or not (
        value := _read_form(form.removesuffix("_sep").removesuffix("_rest"), match)
    ):
        return None
    return Mention("date", start, match.end(), match[0], value)


def _read_form(form: str, match: re.Match[str]) -> str | None:
    """Return a match of a date form in EDTF.

    None if the calendar lacks the date, or the words around it make it something else.
    """
    text, start, end = match.string, match.start(), match.end()
    before, after = text[max(0, start - LOOKBACK) : start], text[end : end + LOOKAHEAD]
    parts = [int(part) for part in _DIGITS.findall(match[0])]
    if form == "iso":
        return match[0] if is_in_calendar(match[0]) else None
    if form == "years":
        return f"{parts[0]}/{parts[1]}" if parts[0] <= parts[1] else None
    if form == "full":
        return _day(parts[0], parts[1], parts[2] if parts[2] >= 100 else 2000 + parts[2])
    if form == "worded":
        return _day(*parts) if len(parts) == 3 or _BEFORE_DAY_SURE.search(before) else None
    if form == "days":
        if len(parts) > 4:
            return None
        first, last = _day(parts[0], *parts[2:]), _day(*parts[1:])
        return f"{first}/{last}" if first and last else None
    if form == "month":
        # A ratio has a slash and a counted noun after it, and no word of time before it.
        is_ratio = (
            "/" in match[0] and not _BEFORE_MONTH.search(before) and bool(COUNTED_NEXT.match(after))
        )
        return None if is_ratio or not 1 <= parts[0] <= 12 else f"{parts[1]}-{parts[0]:02d}"
    sure = bool(_BEFORE_DAY_SURE.search(before))
    if "/" not in match[0]:
        return _day(*parts) if sure else None
    is_ratio = not sure and bool(UNIT_NEXT.match(after)) and not _BEFORE_DAY.search(before)
    return None if is_ratio else _day(*parts)


def _day(day: int, month: int, year: int | None = None) -> str | None:
    date = f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"
    return date if is_in_calendar(date) else None


def read_bare_date(digits: str, text: str, start: int, back: str, after: str) -> str | None:
    """Return the date of digits without separators: ``năm 2018``, ``tháng 6`` or ``ngày 19``."""
    if len(digits) == 4 and ONE_YEAR.fullmatch(digits):
        if months := _read_quarter(text, start, digits):
            return months
        is_year = context_words.YEAR.match(back) or (
            context_words.YEAR_CONTEXT.match(back) and _NO_UNIT_NEXT.match(after)
        )
        return digits if is_year else None
    if len(digits) <= 2:
        if context_words.MONTH.match(back) and 1 <= int(digits) <= 12:
            return f"XXXX-{int(digits):02d}"
        if (
            context_words.DAY.match(back)
            and 1 <= int(digits) <= 31
            and not COUNTED_NEXT.match(after)
        ):
            return f"XXXX-XX-{int(digits):02d}"
    return None


def _read_quarter(text: str, start: int, year: str) -> str | None:
    """Return the months of the quarter named before a year: ``quý I/2018``; None without one."""
    match = _QUARTER.search(text[max(0, start - LOOKBACK) : start])
    if match is None:
        return None
    number = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(match[1].upper()) or int(match[1])
    return f"{year}-{3 * number - 2:02d}/{year}-{3 * number:02d}"


def with_quarter(mention: Mention, text: str) -> Mention:
    """Return a date with the months of the quarter that is named before its year."""
    year = mention.text[-4:]
    if mention.kind != "date" or not ONE_YEAR.fullmatch(year):
        return mention
    months = _read_quarter(text, mention.start, year)
    return mention._replace(value=months) if months else mention


def continues_years(earlier: Mention, later: Mention, text: str) -> bool:
    """Return whether digits continue a list of years: ``năm 2021, 2022 và 2023``."""
    is_year = (
        earlier.kind == "date"
        and ONE_YEAR.fullmatch(str(earlier.value))
        and ONE_YEAR.fullmatch(later.text)
    )
    return bool(is_year) and _LIST_OF_YEARS.fullmatch(text, earlier.end, later.start) is not None
