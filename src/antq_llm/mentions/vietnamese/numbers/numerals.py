"""Numerals in Vietnamese and English notation, including those with stray spaces."""

from __future__ import annotations

import re
from math import prod
from typing import NamedTuple

from antq_llm.mentions.quantity import MAX_NUMERAL_CHARACTERS, exact_number, exact_product
from antq_llm.mentions.vietnamese.context_words import (
    LOOKAHEAD,
    backwards,
    before,
    is_numbered,
)
from antq_llm.text.lazy_patterns import lazy_re

SCALES = {
    "chục": 10, "trăm": 10**2, "nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6,
    "tỷ": 10**9, "tỉ": 10**9, "tr": 10**6, "k": 10**3,
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
}  # fmt: skip

SCALE_END = (
    r"(?!\w|(?<=triệu)\s(?i:phú|tập|hồi|chứng)(?!\w)|"
    r"(?<=[ỷỉ])\s(?i:phú|lệ|số|giá(?!\strị)|trọng|suất|mỉ)(?!\w))"
)
"""What must not follow a scale word: ``triệu phú`` is a millionaire, and ``tỷ lệ`` a rate."""

NUMERAL = r"\d+(?:[.,]\d+){0,8}"
"""Pattern of up to nine groups of digits with separators; a longer list is not one number."""

_DIGITS = lazy_re(NUMERAL)
_FIRST_DIGITS = lazy_re(r"\d+")
_SEPARATORS = frozenset(".,")
_LOOSE_SIGNS = _SEPARATORS | {" "}

_STRAY_SPACE = lazy_re(r"\d{1,3}(?:\.\d{3})*(?: [.,]? ?|[.,] )\d")
_LOOSE_GROUPS = lazy_re(r"[1-9]\d{0,2}(?: ?\. ?\d{3}){1,4}(?:,\d{1,3})?(?![.,]?\d)")
"""Thousands with a stray space next to a point: ``1 .250``, ``2. 700``."""
_LOOSE_DECIMAL = lazy_re(
    r"\d{1,3}(?: , ?|, )\d{1,3}(?![.,]?\d)(?= ?(?:%|(?:nghìn|triệu|tỷ|tỉ|độ)(?!\w)))"
)
"""A decimal with a stray space next to the comma, before a scale or unit: ``21, 218 tỷ``."""
_SPACED_GROUPS = lazy_re(r"[1-9]\d{0,2}(?: \d{3}){1,4}(?![.,]?\d)")
"""Thousands separated by spaces: ``12 000``."""
_LISTED_BEFORE = lazy_re(r"\s?[,;]\d")
_RESPECTIVELY = before("lần lượt")
_THREE_DECIMALS = lazy_re(r"[1-9]\d{0,2},\d{3}")
_CURRENCY_SIGNS = frozenset("$€£¥")
_SCALE_NEXT = lazy_re(r"\s?(?:(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)\b|%)", re.IGNORECASE)
_PEOPLE_NEXT = lazy_re(
    r"\s(?:người|hộ|vụ|lượt|học sinh|sinh viên|chiến sĩ|cán bộ|trường hợp|cổ phiếu|đồng|đ|VND|USD|"
    r"JPY|yen|won|chiếc|căn|xe|bài|cơ sở|doanh nghiệp)(?!\w)"
)


class Numeral(NamedTuple):
    """Digits that form one number."""

    end: int
    value: int | float | None
    """The number; None if there are too many digits for a quantity."""
    is_certain: bool = True


def read_numeral(text: str, start: int, *, english: bool) -> Numeral | None:
    """Return the number in digits at a position; None if there are no digits.

    If the digits fit neither notation, only the first group is read.
    """
    match = _DIGITS.match(text, start)
    if match is None:
        return None
    end = match.end()
    following, next_one = text[end : end + 1], text[end + 1 : end + 2]
    is_loose = following in _LOOSE_SIGNS and not next_one.isalpha()
    if is_loose and (loose := _read_loose(text, start)):
        return loose
    is_continued = following in _SEPARATORS and next_one.isdecimal()
    value = None if is_continued else parse_numeral(match[0], english=english)
    if value is None:
        first = _FIRST_DIGITS.match(match[0])
        digits = first[0] if first else ""
        if len(digits) > MAX_NUMERAL_CHARACTERS:
            return Numeral(start + len(digits), None)
        return Numeral(start + len(digits), int(digits), is_certain=False)
    if (
        not english
        and "," in match[0]
        and _THREE_DECIMALS.fullmatch(match[0])
        and not _SCALE_NEXT.match(text, end)
    ):
        return _three_decimals(match[0], text, end, value)
    return Numeral(end, value)


def _three_decimals(digits: str, text: str, end: int, value: float) -> Numeral:
    """Return a number with a comma before three digits.

    The comma separates thousands in ``20,000``, ``$1,500`` and ``1,250 người``, but decimals in
    ``12,315 gam``.
    """
    start = end - len(digits)
    is_grouped = digits.endswith("000") or text[start - 1 : start] in _CURRENCY_SIGNS
    if is_grouped or _PEOPLE_NEXT.match(text, end):
        return Numeral(end, int(digits.replace(",", "")), is_certain=is_grouped)
    return Numeral(end, value, is_certain=False)


def _read_loose(text: str, start: int) -> Numeral | None:
    """Return the number with stray spaces at a position; None if there is none."""
    if not _STRAY_SPACE.match(text, start):
        return None
    if text[start - 1 : start].isdecimal() or (start and text[start - 1] in ".,"):
        return None
    back = backwards(text, start)
    after = text[start : start + LOOKAHEAD]
    if (match := _LOOSE_GROUPS.match(after)) and " " in match[0]:
        is_line_start = not back or back[0] == "\n"
        if is_line_start or is_numbered(back):
            return None
        digits = match[0].replace(" ", "")
        is_sure = " ." in match[0] or match[0].count(".") > 1
        return Numeral(start + match.end(), parse_numeral(digits), is_sure)
    if (match := _LOOSE_DECIMAL.match(after)) and not (
        _LISTED_BEFORE.match(back) or _RESPECTIVELY.match(back)
    ):
        whole, decimals = (part.strip() for part in match[0].split(","))
        is_pair = len(decimals) < 3
        if is_numbered(back) or (is_pair and int(decimals) == int(whole) + 1):
            return None
        return Numeral(start + match.end(), exact_number(f"{whole}.{decimals}"), not is_pair)
    if (match := _SPACED_GROUPS.match(after)) and not is_numbered(back):
        groups = match[0].split(" ")
        if len(groups) > 2 or groups[1] == "000":
            return Numeral(start + match.end(), int("".join(groups)), groups[-1] == "000")
    return None


def _notation(thousands: str, point: str) -> tuple[tuple[str, str], re.Pattern[str]]:
    group, decimal = re.escape(thousands), re.escape(point)
    return (thousands, point), re.compile(
        rf"(?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|\d+)(?:{decimal}\d+)?"
    )


_NOTATIONS = {
    True: (_notation(",", "."), _notation(".", ",")),
    False: (_notation(".", ","), _notation(",", ".")),
}
"""The notations to try, in order, for English text (True) and Vietnamese text (False).

Each notation is a pair of separators, for thousands and decimals, and a pattern of its numbers.
"""


def parse_numeral(text: str, *, english: bool = False) -> int | float | None:
    """Return the number that digits with separators form, or None if they do not form one number.

    Vietnamese groups thousands with points and separates decimals with a comma (``264.930,8``);
    English does the reverse (``264,930.8``). Digits that fit only the other language's notation are
    read in that notation, so ``1.44`` and ``1,234,567`` mean the same in both languages.
    """
    if len(text) > MAX_NUMERAL_CHARACTERS:
        return None
    if text.isdecimal():
        return int(text)
    for (thousands, point), notation in _NOTATIONS[english]:
        if notation.fullmatch(text):
            return exact_number(text.replace(thousands, "").replace(point, "."))
    return None


def times_scale(value: float, scale: str) -> int | float:
    """Return the exact product of a number and scale words such as ``nghìn tỷ``."""
    return exact_product(value, prod(SCALES[word.lower()] for word in scale.split()))
