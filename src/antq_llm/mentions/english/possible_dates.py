"""Dates that an English text may state, beyond those that are read as mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from antq_llm.mentions.english.context import MONTHS
from antq_llm.mentions.english.dates import MONTH, YEAR, days_in_digits
from antq_llm.schemas.edtf import is_in_calendar
from antq_llm.text.lazy_patterns import lazy_re

_YEAR = lazy_re(rf"(?<![\w.,/])(?P<year>{YEAR})")
_MONTH_NUMBERS = {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
_UNITS = "first second third fourth fifth sixth seventh eighth ninth"
_TEENS = (
    "tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth"
)
_ORDINALS = {
    **{word: day for day, word in enumerate(f"{_UNITS} {_TEENS}".split(), start=1)},
    **{f"twenty-{word}": day for day, word in enumerate(_UNITS.split(), start=21)},
    "thirtieth": 30,
    "thirty-first": 31,
}
_ORDINAL = "|".join(sorted((word.replace("-", r"[\s-]") for word in _ORDINALS), key=len)[::-1])
_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?(?![\w%]|[.,:/][0-9])"
_DAY = rf"(?:{_NUMBER}|(?i:{_ORDINAL})(?![^\W_]))"
_JOINER = r"(?:,\s(?:and\s|or\s)?|\s?[-–—&]\s?|\s(?:and|or|to|through|until)\s)(?:the\s)?"
_LIST = rf"{_DAY}(?:{_JOINER}{_DAY}){{0,9}}"
_MONTH_FIRST = lazy_re(rf"(?P<month>{MONTH})\s(?:the\s)?(?P<days>{_LIST})")
_DAY_FIRST = lazy_re(
    rf"(?<![\w.,:/$£€])(?P<days>{_LIST})[\s-](?:(?:day\s)?of\s)?(?P<month>{MONTH})"
)
_HYPHENS = lazy_re(
    rf"(?<!\w)(?P<day>[0-9]{{1,2}})[-/\s](?P<month>(?i:{MONTH}))[-/\s](?P<year>(?:[0-9]{{2}}){{1,2}})"
    r"(?![\w-])"
)
_HOLIDAYS = {
    "christmas day": "12-25", "christmas eve": "12-24", "christmas": "12-25",
    "boxing day": "12-26", "new year's day": "01-01", "new year's eve": "12-31",
    "halloween": "10-31", "valentine's day": "02-14", "independence day": "07-04",
    "may day": "05-01", "st patrick's day": "03-17", "april fool's day": "04-01",
}  # fmt: skip
_HOLIDAY = lazy_re(rf"\b(?:{'|'.join(_HOLIDAYS)})\b".replace("'", "['’]"), re.IGNORECASE)
_YEAR_NEXT = lazy_re(rf"(?:,?\s|\sof\s)(?P<year>{YEAR})")
_RELATIVE = lazy_re(
    r"\b(?:(?:that|the\ssame|same|the\s(?:following|next|previous)|this|last)\syear|"
    r"years?\s(?:later|earlier|before|after|ago|on))\b",
    re.IGNORECASE,
)
"""Phrases that refer to a year printed elsewhere, or to the year before or after it."""
_NEAR = 150
"""Number of characters on each side of a date that are searched for a phrase such as
``the same year``."""
_NOT_READ = lazy_re(r"(?:[-–—,/]\s?|\b(?:and|or|to)\s)\Z")
"""Words and signs before a month that is not read as a mention, as in ``March 2023 and April`` and
``mid-March``."""
_MONTH_NAMED = lazy_re(rf"\b(?P<month>{MONTH})")


def possible_dates(text: str) -> Set[str]:
    """Return the dates that a text may state; in digits, the day or the month may come first."""
    years = sorted({match["year"] for match in _YEAR.finditer(text)})
    found = (*_days_in_words(text, years), *_holidays(text, years), *_months(text, years))
    return days_in_digits(text) | frozenset(filter(is_in_calendar, found))


def _days_in_words(text: str, years: list[str]) -> Iterator[str]:
    for pattern in (_MONTH_FIRST, _DAY_FIRST):
        for match in pattern.finditer(text):
            days = re.findall(_DAY, match["days"])
            is_read = len(days) <= 2 and days[0][0].isdecimal() and days[-1][0].isdecimal()
            open_years = _years_of(text, match, years, is_read=is_read)
            for day in days:
                yield from (f"{year}-{_month(match)}-{_number(day):02d}" for year in open_years)
    for match in _HYPHENS.finditer(text):
        year = match["year"] if len(match["year"]) == 4 else f"20{match['year']}"
        yield f"{year}-{_month(match)}-{int(match['day']):02d}"


def _holidays(text: str, years: list[str]) -> Iterator[str]:
    for match in _HOLIDAY.finditer(text):
        day = _HOLIDAYS[match[0].lower().replace("’", "'")]
        yield from (f"{year}-{day}" for year in _years_of(text, match, years, is_read=False))


def _months(text: str, years: list[str]) -> Iterator[str]:
    for match in _MONTH_NAMED.finditer(text):
        is_read = not _NOT_READ.search(text, max(0, match.start() - 5), match.start())
        for year in _years_of(text, match, years, is_read=is_read):
            yield f"{year}-{_month(match)}"


def _years_of(text: str, match: re.Match[str], years: list[str], *, is_read: bool) -> list[str]:
    """Return the years that a date may have besides the year of its mention.

    If a year follows the date, only that year counts; otherwise, any printed year does. If a phrase
    such as ``the next year`` is near, the years before and after the printed years also count. If
    the date is read as a mention, years count only if such a phrase is near.
    """
    if behind := _YEAR_NEXT.match(text, match.end()):
        return [] if is_read else [behind["year"]]
    begin, end = max(0, match.start() - _NEAR), match.end() + _NEAR
    if _RELATIVE.search(text, begin, end):
        around = {f"{int(year) + step:04d}" for year in years for step in (-1, 0, 1)}
        return sorted(around)
    return [] if is_read else ["XXXX", *years]


def _month(match: re.Match[str]) -> str:
    return f"{_MONTH_NUMBERS[match['month'][:3].lower()]:02d}"


def _number(day: str) -> int:
    if day[0].isdecimal():
        return int(re.sub(r"\D", "", day))
    return _ORDINALS["-".join(re.split(r"[\s-]", day.lower()))]
