"""English dates, read as EDTF: ``March 5, 2024``, ``5th of March``, ``12 Feb.``, ``2024-03-05``."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.mentions.english.context import (
    LOOKBACK,
    MONTHS,
    counts_next,
    counts_people_next,
    is_identifier,
    is_sum,
)
from antq_llm.mentions.mention import Mention
from antq_llm.schemas.edtf import is_in_calendar
from antq_llm.text.lazy_patterns import lazy_re

_SHORT = r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?"
_NAMES = "|".join(MONTHS)
MONTH = rf"(?:{_NAMES}|{_NAMES.upper()}|{_SHORT})(?![^\W_])"
"""Pattern of a capitalised month name, in full or abbreviated."""
YEAR = r"(?:1[89]|20)[0-9]{2}(?![\w/]|[.,][0-9])"

_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?(?![\w%]|[.,:/][0-9])"
_RANGE = r"\s?[-–—]\s?|\s(?:to|and|through|until)\s(?:the\s)?"
_THEN_YEAR = rf"(?:(?:,?\s|\sof\s)(?P<year>{YEAR}))?"
_MONTH_FIRST = lazy_re(
    rf"(?P<month>{MONTH})\s(?:the\s)?(?P<day>{_DAY})(?:(?:{_RANGE})(?P<last>{_DAY}))?{_THEN_YEAR}"
)
_ONE_DAY_OF_MONTH = lazy_re(rf"(?P<month>{MONTH})\s(?:the\s)?(?P<day>{_DAY})(?P<last>)(?P<year>)")
_DAY_FIRST = lazy_re(
    rf"(?P<day>{_DAY})(?:(?:{_RANGE})(?P<last>{_DAY}))?\s(?:of\s)?(?P<month>{MONTH}){_THEN_YEAR}"
)
_MONTH_YEAR = lazy_re(rf"(?P<month>{MONTH})(?:,?\s|\sof\s)(?P<year>{YEAR})")
_MONTH_ALONE = lazy_re(rf"(?P<month>{MONTH})(?!\s(?:[A-Z]|[0-9]))")
_BEFORE_MONTH = lazy_re(
    r"\b(?:in|since|during|of|by|until|till|from|between|this|last|next|late|early|mid)[\s-]\Z",
    re.IGNORECASE,
)
_IN = lazy_re(r"\b(?:in|since|during|late|early|mid|this|last|next)[\s-]\Z", re.IGNORECASE)
_NOUN_NEXT = lazy_re(
    r"\s(?!(?:and|or|to|at|in|on|of|for|from|by|with|when|after|before|as|was|were|is|that|the|"
    r"this|last|next|but|near|between|because|while|until|where|who|which|a|an|it|he|she|they|we)"
    r"\b)[a-z]"
)
_NUMERIC = lazy_re(
    r"(?<![\w/.,-])(?P<first>[0-9]{1,4})(?P<separator>[/.-])(?P<second>[0-9]{1,2})"
    r"(?P=separator)(?P<third>[0-9]{4}|[0-9]{1,2})(?![\w]|[/.-][0-9])"
)
_YEARS = lazy_re(
    rf"(?<![\w/.,-])(?P<first>(?:1[89]|20)[0-9]{{2}})"
    rf"(?P<separator>\s?[-–—]\s?|/)(?P<last>{YEAR}|[0-9]{{2}}(?!\w|[-–/.,][0-9]))"
)
_DECADE = lazy_re(r"(?<![\w/.,-])(?P<decade>(?:1[89]|20)[0-9])0s(?!\w)")
_YEAR_ALONE = lazy_re(rf"(?<![\w/.,-]){YEAR}")
_AFTER_PREFIX = lazy_re(rf"(?<=mid-){YEAR}|(?<=pre-){YEAR}|(?<=post-){YEAR}", re.IGNORECASE)
_BEFORE_YEAR = lazy_re(
    r"\b(?:in|since|until|till|by|before|after|during|from|to|of|year|early|late|mid)[\s-]\Z",
    re.IGNORECASE,
)
_QUANTIFIED = lazy_re(
    r"\b(?:than|least|most|about|around|over|nearly|almost|some|roughly|approximately|under|at|"
    r"another|total of|up to|only|all|the other)\s\Z",
    re.IGNORECASE,
)
_AMOUNT_NEXT = lazy_re(r"\s?%|\s(?:hundred|thousand|million|billion|per\s?cent)\b")
_DAY_ALONE = lazy_re(
    r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)(?=\s*[,.;:)]|\s*\Z|\s(?:and|at|when|after|of\sthis)\b)"
)
_BEFORE_DAY_ALONE = lazy_re(r"\bon\sthe\s\Z", re.IGNORECASE)
_THE = lazy_re(r"\bthe\s\Z", re.IGNORECASE)
_PART_OF_YEAR = lazy_re(
    r"\b(?:(?P<quarter>first|second|third|fourth)\squarter|Q(?P<number>[1-4])|"
    r"(?P<half>first|second)\shalf)\s(?:of\s)?\Z",
    re.IGNORECASE,
)
_NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}


class DateReading(NamedTuple):
    """A date in EDTF and its end in the text.

    The value is None if the digits are ambiguous or may not be a date.
    """

    end: int
    value: str | None


def read_date(text: str, start: int) -> DateReading | None:
    """Return the day, year, decade or range that begins with digits at a position, if any."""
    if match := _NUMERIC.match(text, start):
        return DateReading(match.end(), _numeric(match))
    if match := _DAY_FIRST.match(text, start):
        if value := _days(match):
            return DateReading(match.end(), value)
    elif match := _DAY_ALONE.match(text, start):
        if _BEFORE_DAY_ALONE.search(text[max(0, start - 8) : start]) and int(match["day"]) <= 31:
            return DateReading(match.end(), f"XXXX-XX-{int(match['day']):02d}")
        return None
    elif reading := _years(text, start):
        return reading
    return _year(text, start)


def read_month(text: str, start: int) -> DateReading | None:
    """Return the date that begins with a month name at a position, if any."""
    before = text[max(0, start - LOOKBACK) : start]
    for pattern in (_MONTH_FIRST, _ONE_DAY_OF_MONTH):
        match = pattern.match(text, start)
        if match and (value := _days(match)):
            # "In March 20 people": the number is not a day.
            is_count = not match["year"] and _NOUN_NEXT.match(text, match.end())
            if is_count and (_IN.search(before) or match["last"]):
                continue
            return DateReading(match.end(), value)
    if match := _MONTH_YEAR.match(text, start):
        return DateReading(match.end(), f"{match['year']}-{_month(match):02d}")
    if (match := _MONTH_ALONE.match(text, start)) and _BEFORE_MONTH.search(before):
        return DateReading(match.end(), f"XXXX-{_month(match):02d}")
    return None


def _month(match: re.Match[str]) -> int:
    return _MONTH_NUMBERS[match["month"][:3].lower()]


def _days(match: re.Match[str]) -> str | None:
    """Return a day, or the first and last of several days, in EDTF.

    Returns None if the days are not in order or not in the calendar.
    """
    month, year = _month(match), match["year"] or "XXXX"
    days = [int(re.sub(r"\D", "", day)) for day in (match["day"], match["last"]) if day]
    dates = [f"{year}-{month:02d}-{day:02d}" for day in days]
    return "/".join(dates) if days == sorted(days) and all(map(is_in_calendar, dates)) else None


def days_in_digits(text: str) -> frozenset[str]:
    """Return the days that dates in digits may mean, with either the day or the month first."""
    return frozenset(day for match in _NUMERIC.finditer(text) for day in _numeric_days(match))


def _numeric(match: re.Match[str]) -> str | None:
    """Return a date in digits if it has a four-digit year and can be read in only one way."""
    has_year = 4 in {len(match["first"]), len(match["third"])}
    days = _numeric_days(match) if has_year else set()
    return days.pop() if len(days) == 1 else None


def _numeric_days(match: re.Match[str]) -> set[str]:
    first, second, third = match["first"], match["second"], match["third"]
    if len(first) == 4 and len(third) <= 2:
        orders = [(first, second, third)]
    elif len(first) <= 2:
        year = third if len(third) == 4 else f"20{third:0>2}"
        orders = [(year, first, second), (year, second, first)]
    else:
        return set()
    days = {f"{year}-{int(month):02d}-{int(day):02d}" for year, month, day in orders}
    return {day for day in days if is_in_calendar(day)}


def _years(text: str, start: int) -> DateReading | None:
    match = _YEARS.match(text, start)
    if match is None or counts_people_next(text, match.end()) or is_sum(text, start):
        return None
    first, last = match["first"], match["last"]
    last = last if len(last) == 4 else first[:2] + last
    is_season = int(last) == int(first) + 1
    if int(first) >= int(last) or (match["separator"] == "/" and not is_season):
        return None
    return DateReading(match.end(), f"{first}/{last}")


def _year(text: str, start: int) -> DateReading | None:
    """Return a year, a decade or the months of a part of a year, if any.

    The value is None if the digits may also be a count.
    """
    if decade := _DECADE.match(text, start):
        return DateReading(decade.end(), f"{decade['decade']}X")
    match = _YEAR_ALONE.match(text, start) or _AFTER_PREFIX.match(text, start)
    if match is None or is_sum(text, start) or is_identifier(text, start):
        return None
    end, before = match.end(), text[max(0, start - LOOKBACK) : start]
    if months := _months_of_part(before, match[0]):
        return DateReading(end, months)
    if counts_people_next(text, end):
        return DateReading(end, None) if _BEFORE_YEAR.search(before) else None
    if _QUANTIFIED.search(before):
        return None if counts_next(text, end) else DateReading(end, None)
    if _AMOUNT_NEXT.match(text, end):
        return None
    is_unsure = text[end : end + 1] == "-" or (
        counts_next(text, end) and not _BEFORE_YEAR.search(before) and not _THE.search(before)
    )
    return DateReading(end, None if is_unsure else match[0])


def _months_of_part(before: str, year: str) -> str | None:
    """Return the first and last month of the quarter or half-year named before a year."""
    match = _PART_OF_YEAR.search(before)
    if match is None:
        return None
    length = 6 if match["half"] else 3
    word = (match["half"] or match["quarter"] or "").lower()
    number = _NUMBERS[word] if word else int(match["number"])
    last = number * length
    return f"{year}-{last - length + 1:02d}/{year}-{last:02d}"


_TO_NEXT_DAY = lazy_re(r"\s?[-–—]\s?|,?\s(?:to|until|till|through)\s")


def settled_by_range(text: str, first: Mention, last: Mention) -> tuple[Mention, Mention]:
    """Return two mentions, with a missing year filled in if they are the ends of a range.

    ``Dec. 28, 2023 to Jan. 3`` ends in 2024, and ``Dec. 28 to Jan. 3, 2024`` begins in 2023.
    """
    days = [str(date.value) for date in (first, last)]
    if (
        first.kind != "date"
        or last.kind != "date"
        or any(
            date.upper is not None or len(day) != 10
            for date, day in zip((first, last), days, strict=True)
        )
        or not _TO_NEXT_DAY.fullmatch(text, first.end, last.start)
    ):
        return first, last
    crosses = days[0][5:] > days[1][5:]
    if days[1].startswith("XXXX") and not days[0].startswith("XXXX"):
        year = int(days[0][:4]) + crosses
        return first, last._replace(value=f"{year}{days[1][4:]}")
    if days[0].startswith("XXXX") and not days[1].startswith("XXXX"):
        year = int(days[1][:4]) - crosses
        return first._replace(value=f"{year}{days[0][4:]}"), last
    return first, last
