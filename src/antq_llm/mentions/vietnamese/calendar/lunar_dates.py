"""Days and months of the lunar calendar: ``mùng 3 Tết``, ``10/3 âm lịch``, ``23 tháng Chạp``.

Lunar dates are recognised so that they are not read as solar dates. Their value is the month and
day in the lunar year, in EDTF notation, and their form is ``lunar``.
"""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.text.lazy_patterns import lazy_re

LUNAR = "lunar"
_LOOKAHEAD = 64
"""Number of characters from the first digit that are searched for a sign of a lunar date."""
_SIGNS = ("âm", "al", "âl", "giêng", "chạp", "tết")
"""Strings that mark a lunar date.

At least one of them follows the digits, unless a word such as ``mùng`` precedes them.
"""
_CONTINUED = lazy_re(r"\d{1,2}(?:\s?[/–—-]|,\s|\s[cgtvđCGTVĐ])")
"""Pattern of the shapes of digits that may continue with a month or a second date."""
_LAST_DAY = 30
_NEW_YEAR_DAYS = 15
"""The highest day number that, before ``Tết``, means the first lunar month, as in ``mùng 3 Tết``.

A higher number, as in ``28 Tết``, means the twelfth month.
"""

_MONTH = r"(?:giêng|chạp|\d{1,2}|hai|ba|tư|năm|sáu|bảy|tám|chín|mười)"
_LUNAR = r"(?:\s?\(?\s?(?:âm lịch|lịch âm|al\b|âl\b))"
_AT_DIGIT = lazy_re(
    rf"(?P<day>\d{{1,2}})(?:\s?/\s?(?P<month>\d{{1,2}})(?:[/-]\d{{4}})?{_LUNAR}"
    rf"|\s(?:tháng\s)?(?P<named>giêng|chạp)\b(?:{_LUNAR})?"
    rf"|\stháng\s(?P<numbered>{_MONTH}){_LUNAR}"
    r"|\s(?P<tet>tết)\b)",
    re.IGNORECASE,
)
_LISTED = lazy_re(
    r"(?P<first>\d{1,2})(?P<month>/\d{1,2})?(?:\s?[-–—]\s?|,?\s(?:và|đến|tới)\s(?:hết\s)?"
    r"(?:ngày\s|mùng\s|mồng\s)?|,\s)(?=\d)",
    re.IGNORECASE,
)
_MONTH_AT_DIGIT = lazy_re(rf"(?P<month>\d{{1,2}})(?![\d/.,])(?P<mark>{_LUNAR})?", re.IGNORECASE)
_FULL_MOON = lazy_re(r"\brằm\s(?:tháng\s)?\Z", re.IGNORECASE)
_MONTH_WORD = lazy_re(r"\btháng\s\Z", re.IGNORECASE)
_FIRST_DAYS = lazy_re(r"\b(?:mùng|mồng)\s\Z", re.IGNORECASE)
_DAY_ALONE = lazy_re(r"(?P<day>\d{1,2})(?!\d|\s?[/.-]\s?\d|\stháng|[.,]\d)")
_BEFORE_TET = lazy_re(
    r"\b(?:mùng|mồng|ngày|đêm|tối|chiều|sáng|trưa|hôm|từ|đến|tới|là)\s\Z", re.IGNORECASE
)
LUNAR_WORDS = ("rằm", "mùng", "mồng", "tháng")
"""The words with which a lunar date in words can begin."""
_WORDED = lazy_re(
    r"(?P<day>rằm|(?:mùng|mồng)\s(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười))"
    r"(?!\s(?:tháng\s)?\d)(?P<rest>\s(?:tháng\s(?:giêng|chạp|hai|ba|tư|năm|sáu|bảy|tám|chín|mười(?:\smột)?)\b|tết\b))?"
    r"|(?<!rằm\s)tháng\s(?P<month>giêng|chạp)\b",
    re.IGNORECASE,
)
_YEAR_NEXT = lazy_re(r"\s\d{4}(?!\d)")
_MONTHS = {
    "giêng": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
    "mười": 10, "mười một": 11, "chạp": 12,
}  # fmt: skip
_DAYS = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
         "mười": 10}  # fmt: skip


@reads(r"\d{1,2}(?!\d)")
def read_lunar_date(digits: Digits) -> Mention | None:
    """Return the lunar date or range that starts at a digit; None if there is none."""
    text, start = digits.text, digits.start
    if not _is_after_lunar_word(digits):
        if digits.last_lower != "tháng" and not _CONTINUED.match(digits.shape):
            return None
        near = text[start : start + _LOOKAHEAD].lower()
        if not any(map(near.__contains__, _SIGNS)):
            return None
    if listed := _LISTED.match(text, start):
        last = _lunar_day(digits, listed.end())
        is_sure = last is not None and ("," not in listed[0] or "XX" not in str(last.value)[5:])
        if last and is_sure and len(str(last.value)) == len("XXXX-01-01"):
            month = _first_month(listed, last)
            first = f"XXXX-{month}-{int(listed['first']):02d}"
            if first != str(last.value) and (
                month != str(last.value)[5:7] or first < str(last.value)
            ):
                return last._replace(
                    start=start, text=text[start : last.end], value=first, upper=last.value
                )
    return _lunar_day(digits, start)


def _is_after_lunar_word(digits: Digits) -> bool:
    last = digits.last_lower
    return last in {"rằm", "mùng", "mồng"} or (last == "tháng" and "ằm" in digits.before.lower())


def _first_month(listed: re.Match[str], last: Mention) -> str:
    """Return the month of the first day of a range that ends with a lunar day."""
    if listed["month"]:
        return f"{int(listed['month'][1:]):02d}"
    if last.text.lower().endswith("tết") and int(listed["first"]) > _NEW_YEAR_DAYS:
        return "12"
    return str(last.value)[5:7]


def _lunar_day(digits: Digits, start: int) -> Mention | None:
    """Return the lunar day or month that the digits and the words before them state, if any."""
    text, before, last = digits.text, digits.before, digits.last_lower
    if (match := _AT_DIGIT.match(text, start)) and (not match["tet"] or _BEFORE_TET.search(before)):
        day = int(match["day"])
        month = (
            (1 if day <= _NEW_YEAR_DAYS else 12)
            if match["tet"]
            else _month(match["month"] or match["named"] or match["numbered"])
        )
        return _mention(match.start(), match.end(), match[0], month, day)
    if last in {"rằm", "tháng"} and (match := _MONTH_AT_DIGIT.match(text, start)):
        if _FULL_MOON.search(before):
            return _mention(start, match.end("month"), match["month"], int(match["month"]), 15)
        if match["mark"] and _MONTH_WORD.search(before):
            return _mention(start, match.end(), match[0], int(match["month"]))
    if last not in {"mùng", "mồng"}:
        return None
    if (match := _DAY_ALONE.match(text, start)) and _FIRST_DAYS.search(before):
        return _mention(start, match.end(), match[0], None, int(match["day"]))
    return None


def read_worded_lunar_date(text: str, start: int) -> Mention | None:
    """Return the lunar date in words at a position, such as ``mùng một Tết``, if any."""
    match = _WORDED.match(text, start)
    if match is None:
        return None
    # "năm" before four digits means "year", as in "đến mùng năm 2017".
    is_year = match[0].lower().endswith("năm")
    if is_year and _YEAR_NEXT.match(text, match.end()):
        return None
    if match["month"]:
        return _mention(*match.span(), match[0], _month(match["month"]))
    day = 15 if match["day"].lower() == "rằm" else _DAYS[match["day"].split()[-1].lower()]
    rest = (match["rest"] or "").lower().split(maxsplit=1)
    month = None if not rest else 1 if rest[0] == "tết" else _month(rest[1])
    return _mention(*match.span(), match[0], month, day)


def _month(word: str) -> int:
    return int(word) if word.isdecimal() else _MONTHS[" ".join(word.lower().split())]


def _mention(
    start: int, end: int, text: str, month: int | None, day: int | None = None
) -> Mention | None:
    if month is not None and not 1 <= month <= 12:
        return None
    if day is not None and not 1 <= day <= _LAST_DAY:
        return None
    value = f"XXXX-{f'{month:02d}' if month else 'XX'}{f'-{day:02d}' if day else ''}"
    return Mention("date", start, end, text, value, form=LUNAR, is_certain=False)
