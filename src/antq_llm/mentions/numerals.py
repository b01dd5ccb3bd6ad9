"""Numerals in Vietnamese and English notation, in digits and in words."""

from __future__ import annotations

import re
from decimal import Decimal

MAX_NUMERAL_CHARACTERS = 40
"""A longer run of digits is no quantity that anybody counts."""

SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}

_SCALE_WORDS = r"(?:nghìn|ngàn|triệu)\s(?:tỷ|tỉ)|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
_SCALE_CAPITALS = r"(?:NGHÌN|NGÀN|TRIỆU)\s(?:TỶ|TỈ)|NGHÌN|NGÀN|VẠN|TRIỆU|TỶ|TỈ"
SCALE = rf"(?:{_SCALE_WORDS}|{_SCALE_CAPITALS})"
"""Scale words as a pattern, in small letters or in capitals, as headlines are; with one capital they are names: the district Triệu Phong."""

_WORD = re.compile(r"[^\W\d_]+")
_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip


def _notation(thousands: str, point: str) -> tuple[tuple[str, str], re.Pattern[str]]:
    group, decimal = re.escape(thousands), re.escape(point)
    return (thousands, point), re.compile(rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{decimal}\d+)?")


_NOTATIONS = {
    True: (_notation(",", "."), _notation(".", ",")),
    False: (_notation(".", ","), _notation(",", ".")),
}
"""Of an English text and of any other: the separators of thousands and decimals with the form of their numbers, in the order in which they are tried."""


def parse_numeral(text: str, *, english: bool = False) -> int | float | None:
    """Return the number that digits with separators say, None where they are no notation of one number.

    Vietnamese groups thousands with points and separates decimals by a comma (``264.930,8``), English the reverse (``264,930.8``). A point
    that cannot group thousands separates decimals in either (``1.44``), and so do several commas group them (``1,234,567``).
    """
    if len(text) > MAX_NUMERAL_CHARACTERS:
        return None
    if text.isdecimal():
        return int(text)
    for (thousands, point), notation in _NOTATIONS[english]:
        if notation.fullmatch(text):
            return _number(text.replace(thousands, "").replace(point, "."))
    return None


def times_scale(value: float, scale: str) -> int | float:
    """Return a number times scale words such as ``nghìn tỷ``, exactly."""
    product = Decimal(str(value))
    for word in scale.split():
        product *= SCALES[word.lower()]
    return _number(str(product))


def words_in(text: str) -> set[int]:
    """Return the numbers up to ten that stand in a text as words; ``năm`` is left out, since it is a year far more often than a five."""
    return {
        _WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS and word != "năm"
    }


def _number(text: str) -> int | float:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)
