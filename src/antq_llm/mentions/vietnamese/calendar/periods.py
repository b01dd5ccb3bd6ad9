"""Calendar periods: months in words, quarters, parts of a year, decades and centuries."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.calendar.points import YEAR
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.text.lazy_patterns import lazy_re

_ROMAN_QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_QUARTER_BEFORE = lazy_re(
    r"\bquý\s(?P<quarter>I{1,3}|IV|[1-4])(?:\s?[/–-]\s?|,?\s(?:của\s)?năm\s|\s)\Z", re.IGNORECASE
)
_QUARTER_WORD = lazy_re(r"\bquý\s\Z", re.IGNORECASE)
_QUARTER = lazy_re(
    rf"(?P<quarter>[1-4])(?!\d|[.,]\d)(?:(?:\s?[/–-]\s?|,?\s(?i:năm)\s|\s)(?P<year>{YEAR})(?!\d))?"
)
_PART_OF_YEAR = lazy_re(
    r"(?P<months>\d{1,2})\stháng\s(?:(?P<side>đầu|cuối)\s(?:của\s)?năm"
    rf"(?:(?:\s|\s?/\s?)(?P<year>{YEAR})(?!\d))?(?!\shọc)"
    rf"|(?:của\s)?năm\s(?P<whole>{YEAR})(?!\d|\s?[-–/]\s?\d))",
    re.IGNORECASE,
)
_DAY_NOUNS = frozenset(("ngày", "mùng", "mồng", "sáng", "trưa", "chiều", "tối", "đêm"))
"""Words after which ``8 tháng năm 2019`` means 8 May 2019, not the first eight months of 2019."""
_HALF_BEFORE = lazy_re(r"\bnửa\s(?P<side>đầu|cuối)\s(?:của\s)?năm\s\Z", re.IGNORECASE)
_MONTHS_IN_WORDS = {
    "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    "mười một": 11,
}  # fmt: skip
_DECADE_BEFORE = lazy_re(r"\b(?:thập niên|thập kỷ|thập kỉ|những năm|các năm)\s\Z", re.IGNORECASE)
_DECADE = lazy_re(r"(?P<century>1[5-9]|20)?(?P<decade>\d)0(?![\d/]|[.,]\d|\s?[-–]\s?\d)")
_DECADES = lazy_re(r"(?P<first>\d)0\s?[-–]\s?(?P<last>\d)0(?![\d/]|[.,]\d)")
_CENTURY_BEFORE = lazy_re(r"\bthế (?:kỷ|kỉ)\s(?:thứ\s)?\Z", re.IGNORECASE)
_CENTURY = lazy_re(r"\d{1,2}(?!\d|[.,]\d)")
PERIOD_WORDS = (*_MONTHS_IN_WORDS, "quý", "thế", "tháng")
"""The words with which a period in words can begin."""
_WORDED = lazy_re(
    r"(?P<part>(?:(?i:ba|bốn|năm|sáu|bảy|tám|chín|mười một|mười))\stháng\s"
    rf"(?P<side>đầu|cuối)\s(?:của\s)?năm(?:(?:\s|\s?/\s?)(?P<year>{YEAR})(?!\d))?(?!\shọc))|"
    r"(?:[qQ]uý|QUÝ)\s(?P<quarter>III|II|IV|I)\b"
    r"(?!\s?[/–-]\s?\d|,?\s(?i:của\s)?(?i:năm\s)?\d{4})"
    r"|(?i:thế (?:kỷ|kỉ)\s(?:thứ\s)?)(?P<century>[XVI]{1,5})\b(?:\s?[-–]\s?(?P<last>[XVI]{1,5})\b)?"
    r"|(?<!\bngày\s)(?<!\bmỗi\s)(?<!\bhàng\s)(?<!\bhằng\s)(?<!\btừng\s)"
    r"(?:tháng|THÁNG)\s(?P<month>mười (?:một|hai)|hai|ba|tư|sáu|bảy|bẩy|tám|chín|mười|"
    r"Một|Hai|Ba|Tư|Năm|Sáu|Bảy|Tám|Chín|Mười|"
    r"MƯỜI (?:MỘT|HAI)|HAI|BA|TƯ|SÁU|BẢY|BẨY|TÁM|CHÍN|MƯỜI)\b"
    r"(?!\s(?i:lần|nghìn|ngàn|triệu|trăm|người|ngày|tháng|năm\strước|phần|mươi|lăm|vụ|cuộc|con|cái)\b)"
)
_MONTH_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8,
    "chín": 9, "mười": 10, "mười một": 11, "mười hai": 12,
}  # fmt: skip
_MONTHS = 12
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


@reads(r"\d{1,2}(?!\d)")
def read_period(digits: Digits) -> Mention | None:
    """Return the quarter, part of a year or century that starts at a digit, if any."""
    text, start, before, last = digits.text, digits.start, digits.before, digits.last_lower
    if (
        (match := _PART_OF_YEAR.match(text, start))
        and 1 <= int(match["months"]) < _MONTHS
        and (match["side"] or last not in _DAY_NOUNS)
    ):
        return _part_of_year(match, int(match["months"]), match["year"] or match["whole"])
    if last == "quý" and (match := _QUARTER.match(text, start)) and _QUARTER_WORD.search(before):
        return _months(match, match["year"], _quarter_months(int(match["quarter"])))
    is_century = last in {"kỷ", "kỉ", "thứ"} and _CENTURY_BEFORE.search(before)
    if is_century and (match := _CENTURY.match(text, start)):
        number = int(match[0])
        value = f"{number - 1:02d}XX"
        return Mention("date", start, match.end(), match[0], value) if 1 <= number <= 21 else None
    return None


@reads(r"(?:\d\d){1,2}(?!\d)")
def read_decade(digits: Digits) -> Mention | None:
    """Return the decade or range of decades that starts at a digit, if any."""
    text, start, before = digits.text, digits.start, digits.before
    if text[digits.end - 1] != "0":
        return None
    if (match := _DECADES.match(text, start)) and _DECADE_BEFORE.search(before):
        first, last = (f"19{match[group]}X" for group in ("first", "last"))
        return Mention("date", start, match.end(), match[0], first, upper=last)
    if (match := _DECADE.match(text, start)) and _DECADE_BEFORE.search(before[-12:]):
        value = f"{match['century'] or '19'}{match['decade']}X"
        return Mention("date", start, match.end(), match[0], value)
    return None


def months_of_year(year: str, before: str) -> tuple[str, str] | None:
    """Return the first and last months of the quarter or half before a year: ``quý I/2018``."""
    words = before.lower()
    if "quý" in words and (match := _QUARTER_BEFORE.search(before)):
        quarter = match["quarter"].lower()
        first, last = _quarter_months(_ROMAN_QUARTERS.get(quarter) or int(quarter))
    elif "nửa" in words and (match := _HALF_BEFORE.search(before)):
        first, last = (1, 6) if match["side"].lower() == "đầu" else (7, 12)
    else:
        return None
    return f"{year}-{first:02d}", f"{year}-{last:02d}"


def read_worded_period(text: str, start: int) -> Mention | None:
    """Return the period that starts with a word at a position: ``quý III``, ``tháng tư``."""
    match = _WORDED.match(text, start)
    if match is None:
        return None
    if part := match["part"]:
        count = _MONTHS_IN_WORDS[part[: part.lower().index(" tháng")].lower()]
        return _part_of_year(match, count, match["year"])
    if quarter := match["quarter"]:
        first, last = _quarter_months(_ROMAN_QUARTERS[quarter.lower()])
        return _worded(match, "quarter", f"XXXX-{first:02d}", f"XXXX-{last:02d}")
    if match["century"]:
        upper = _century(match["last"]) if match["last"] else None
        return _worded(match, "last" if upper else "century", _century(match["century"]), upper)
    month = _MONTH_WORDS[match["month"].lower()]
    is_certain = match["month"].istitle() or month in {4, 11, 12}
    return _worded(match, "month", f"XXXX-{month:02d}", None)._replace(is_certain=is_certain)


def _worded(match: re.Match[str], group: str, value: str, upper: str | None) -> Mention:
    start, end = match.start(), match.end(group)
    return Mention("date", start, end, match.string[start:end], value, upper=upper)


def _century(roman: str) -> str:
    values = [_ROMAN_DIGITS[letter] for letter in roman]
    number = sum(
        -value if value < max(values[index + 1 :], default=0) else value
        for index, value in enumerate(values)
    )
    return f"{number - 1:02d}XX"


def _quarter_months(quarter: int) -> tuple[int, int]:
    return 3 * quarter - 2, 3 * quarter


def _part_of_year(match: re.Match[str], count: int, year: str | None) -> Mention:
    months = (13 - count, 12) if (match["side"] or "").lower() == "cuối" else (1, count)
    return _months(match, year, months)


def _months(match: re.Match[str], year: str | None, months: tuple[int, int]) -> Mention:
    first, last = (f"{year or 'XXXX'}-{month:02d}" for month in months)
    return Mention("date", match.start(), match.end(), match[0], first, upper=last)
