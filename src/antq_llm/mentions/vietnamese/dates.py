"""Vietnamese dates in digits, read as EDTF with the help of the words around them."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.calendar.day_words import (
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    has_month_word,
    is_festival,
    is_fraction,
    is_month,
    is_possible_day,
    is_possible_month,
    is_sure_day,
)
from antq_llm.mentions.vietnamese.calendar.lunar_dates import read_lunar_date
from antq_llm.mentions.vietnamese.calendar.periods import (
    months_of_year,
    read_decade,
    read_period,
)
from antq_llm.mentions.vietnamese.calendar.points import YEAR, Point, edtf, read_point
from antq_llm.mentions.vietnamese.calendar.ranges import read_list, read_range, read_season
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT
from antq_llm.mentions.vietnamese.digits import Digits, Readers, reads
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.mentions.vietnamese.numbers.counted_nouns import is_counted_noun_next
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

ONE_YEAR = lazy_re(YEAR)
_PLAIN_YEAR = compile_words(
    r"(?P<year>(?:19|20)\d\d)(?:[.;:)”](?!\s?\d)|\n\n|"
    r",? (?!(?:đến|tới|cho|kéo|và|rạng|sáng|trưa|chiều|tối|đêm)\b)[^\W\d_])",
    re.IGNORECASE,
)
"""A year before a sign or word that does not continue a range or list."""
_YEARS = ("g năm ", "c năm ", "G năm ", "C năm ")
"""The last characters of ``những năm`` and ``các năm``, after which a year may be a decade."""
_OLD_YEAR = lazy_re(r"1[0-7]\d\d(?!\d|[.,/]\d|[^\W\d_])")
_LIST_OF_YEARS = lazy_re(r"\s*(?:,|và|hoặc|-|–)\s*")
_PART_OF_LARGER = lazy_re(r"\d[/.,:]\Z|\d[ ]?/[ ]\Z")
_YEAR_WORD = compile_words(
    r"(?:\b(?:năm(?: học)?|giai đoạn|nhiệm kỳ|niên độ|tầm nhìn|xuân|tết|sn|sinh|mùa(?: giải)?|"
    r"niên khóa|khóa|niên vụ|vụ|từ|năm sinh|sửa đổi|(?:bộ )?luật)[ :]{1,2}|\btháng \d{1,2}, ?)\Z",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = compile_words(
    r"\b(?:hơn|gần|khoảng|trên|dưới|có|được|tổng|đạt|còn|bằng|giá|số|mã|thêm|quá|cao|rộng|dài|nặng|"
    r"chừng|mất|lấy|cả|tăng|giảm|thu|chi|chở|mức|tài khoản|điện thoại)\s\Z",
    re.IGNORECASE,
)
_NAME_BEFORE = lazy_re(rf"[{CAPITALS}][\w.]*\s\Z")
_DAY_JUST_BEFORE = compile_words(
    r"\b(?:ngày|mùng|mồng|sáng|trưa|chiều|tối|đêm|hôm|thứ \w+|chủ nhật|tết)[ ,(]{1,2}\Z",
    re.IGNORECASE,
)
_DAY_WORD = lazy_re(r"\b(?:ngày|mùng|mồng)\s?\Z", re.IGNORECASE)
_LINKED_NUMBER = compile_words(
    r"\d{3}|\d{1,2}(?:\s?[/–—-]|\.[ ]?\d|\s?,\s?(?:và\s)?\d|,?\s+(?:&|(?:tháng|năm|đến|tới|cho|kéo|"
    r"và|rạng|sáng|trưa|chiều|tối|đêm)(?!\w)))",
    re.IGNORECASE,
)
"""Digits that may continue with a month, year or second date; other digits are a single number."""
_MAX_MONTH = 12
_MONTH_WORD = lazy_re(r"tháng\s?\Z", re.IGNORECASE)
_MONTHS_COUNTED = lazy_re(r"(?:\d|\b(?:mỗi|hàng|hằng|từng))\stháng\s\Z", re.IGNORECASE)
"""Words for a number of months, after which digits may count the next noun."""
_SURE_DAYS_ALONE = 10
"""The largest number after ``ngày`` that may count the next noun; a larger one is read as a day."""
_LETTER_BEFORE = lazy_re(r"[^\W\d_]")
_GLUED_WORD = lazy_re(r"\b(?:ngày|sáng|trưa|chiều|tối|tháng|năm|T)\Z", re.IGNORECASE)


@reads(r"\d{4}(?:[,.;:)”]| [^\W\d_]|\n|\Z)")
def read_plain_year(digits: Digits) -> Mention | None:
    """Return the year after ``năm`` unless it begins a range or list.

    If a year is returned, the readers of data, codes and other dates need not be tried.
    """
    text, before = digits.text, digits.before
    if not before.endswith(" năm ") or before.endswith(_YEARS):
        return None
    match = _PLAIN_YEAR.match(text, digits.start)
    if match is None:
        return None
    year = match["year"]
    point = Point("year", digits.start, digits.end, year, year=int(year))
    return _year(point, before, text[digits.end : digits.end + LOOKAHEAD])


@reads(r"\d{1,2}(?!\d)|\d{4}(?!\d)")
def read_date(digits: Digits) -> Mention | None:
    """Return the date or range of dates that starts at a digit; None if there is none."""
    return None if _is_part_of_larger(digits.before) else _DATES.read(digits)


def _is_part_of_larger(before: str) -> bool:
    """Return whether digits continue a longer expression, such as a decimal number or a name."""
    if before.endswith(" ") and not before.endswith("/ "):
        return False
    return bool(_PART_OF_LARGER.search(before[-4:])) or (
        _LETTER_BEFORE.match(before[-1:]) is not None and not _GLUED_WORD.search(before[-8:])
    )


@reads(r"\d{4}\s?[/–—-]")
def _season(digits: Digits) -> Mention | None:
    season = read_season(digits.text, digits.start)
    return _range(digits.text, digits.start, season) if season else None


@reads(r"\d+(?![^\W\d_])")
def _point_or_range(digits: Digits) -> Mention | None:
    text, before = digits.text, digits.before
    if not _LINKED_NUMBER.match(text, digits.start) and not _may_be_day_or_month(before):
        return None
    point = read_point(text, digits.start)
    if point is None:
        return _old_year(text, digits.start, before)
    return _several(text, point, before) or _single(text, point, before)


def _may_be_day_or_month(before: str) -> bool:
    return has_month_word(before) or before.endswith("T") or bool(_DAY_WORD.search(before[-8:]))


_DATES = Readers(read_lunar_date, read_period, read_decade, _season, _point_or_range)
"""Readers of dates that start with a digit, in the order in which they are tried."""


def _several(text: str, point: Point, before: str) -> Mention | None:
    """Return the range, or the first date of the list, that begins with a date, if any."""
    if bounds := read_range(text, point, before):
        return _range(text, point.start, bounds)
    if point.number is None:
        return None
    listed = read_list(text, point, before)
    if isinstance(listed, str):
        return Mention("date", point.start, point.end, point.text, listed)
    return _range(text, point.start, listed) if listed else None


def _range(text: str, start: int, bounds: tuple[int, str, str]) -> Mention:
    end, first, last = bounds
    return Mention("date", start, end, text[start:end], first, upper=last)


def _single(text: str, point: Point, before: str) -> Mention | None:
    after = text[point.end : point.end + LOOKAHEAD]
    if point.year is not None and point.month is None:
        return _year(point, before, after)
    if point.number is not None:
        return _number(point, before, after)
    is_date = (
        _is_month_date(point, before, after) if point.day is None else _is_day(point, before, after)
    )
    value = edtf(point.day, point.month, point.year) if is_date else None
    return _mention(point, value) if value else None


def _mention(point: Point, value: str) -> Mention:
    return Mention("date", point.start, point.end, point.text, value)


def _is_month_date(point: Point, before: str, after: str) -> bool:
    if is_month(before):
        return True
    if "năm" in point.text.lower() or "." in point.text:
        return False
    # A ratio has a slash, a counted noun after it and no time word before it.
    return is_possible_month(before) or not (point.has_slash and COUNTED_NEXT.match(after))


def _is_day(point: Point, before: str, after: str) -> bool:
    """Return whether a day with its month is a date and not a fraction, score or range."""
    if is_sure_day(before):
        if point.year is None and point.form == "day" and _may_be_ratio(point, before, after):
            return False
        return " - " not in point.text or bool(NOT_COUNTED_NEXT.match(after))
    if point.form == "iso":
        return True
    if point.form == "worded":
        return point.year is not None or is_possible_day(before)
    if point.year is not None:
        return point.has_slash or point.text[-4:].isdecimal()
    if is_festival(before):
        return True
    if not point.has_slash:
        # A range of numbers ascends, and scores are seldom that high.
        return (
            "." not in point.text
            and (point.day or 0) > _MAX_MONTH
            and NOT_COUNTED_NEXT.match(after) is not None
        )
    is_part = (point.day or 0) < (point.month or 0)
    if is_part and is_fraction(before):
        return False
    if NOT_COUNTED_NEXT.match(after):
        return True
    return is_possible_day(before) and not (
        (is_part and COUNTED_NEXT.match(after)) or _may_be_ratio(point, before, after)
    )


def _may_be_ratio(point: Point, before: str, after: str) -> bool:
    """Return whether digits such as ``4/4`` may be a ratio that counts the next noun.

    Right after a word such as ``ngày``, they are not a ratio.
    """
    is_counted = COUNTED_NEXT.match(after) or is_counted_noun_next(after)
    return (
        point.has_slash
        and " " not in point.text
        and (point.day or 0) <= (point.month or 0)
        and bool(is_counted)
        and not _DAY_JUST_BEFORE.search(before[-16:])
    )


def _year(point: Point, before: str, after: str) -> Mention | None:
    year = str(point.year)
    if months := months_of_year(year, before):
        return _mention(point, months[0])._replace(upper=months[1])
    if before.endswith(" năm ") or _YEAR_WORD.search(before):
        return _mention(point, year) if not COUNTED_NEXT.match(after) else None
    is_named = _NAME_BEFORE.search(before) and not COUNTED_NEXT.match(after)
    if _AMOUNT_BEFORE.search(before) or not (is_named or NOT_COUNTED_NEXT.match(after)):
        return None
    return _mention(point, year)


def _old_year(text: str, start: int, before: str) -> Mention | None:
    match = _OLD_YEAR.match(text, start)
    if match is None or not re.search(r"\bnăm\s\Z", before, re.IGNORECASE):
        return None
    return Mention("date", start, match.end(), match[0], match[0])


def _number(point: Point, before: str, after: str) -> Mention | None:
    number = point.number or 0
    if (
        is_month(before)
        and (value := edtf(None, number, None) if number else None)
        and (_MONTH_WORD.search(before) or NOT_COUNTED_NEXT.match(after))
    ):
        # "T2" may also be the name of a terminal or a machine.
        is_certain = not before.endswith("T") and not (
            _MONTHS_COUNTED.search(before) and COUNTED_NEXT.match(after)
        )
        return _mention(point, value)._replace(is_certain=is_certain)
    value = edtf(number, None, None)
    if not value or not _DAY_WORD.search(before[-8:]) or COUNTED_NEXT.match(after):
        return None
    if NOT_COUNTED_NEXT.match(after):
        return _mention(point, value)
    return _mention(point, value)._replace(is_certain=False) if number > _SURE_DAYS_ALONE else None


def continues_years(earlier: Mention, later: Mention, text: str) -> bool:
    """Return whether digits continue a list of years: ``năm 2021, 2022 và 2023``."""
    is_year = (
        earlier.kind == "date"
        and ONE_YEAR.fullmatch(str(earlier.value))
        and ONE_YEAR.fullmatch(later.text)
    )
    return bool(is_year) and _LIST_OF_YEARS.fullmatch(text, earlier.end, later.start) is not None
