"""Numerals in Vietnamese and English notation, in digits and in words."""

from __future__ import annotations

import re
from math import prod

from antq_llm.mentions.quantity import MAX_NUMERAL_CHARACTERS, exact_number, exact_product

SCALES = {"nghìn": 10**3, "ngàn": 10**3, "vạn": 10**4, "triệu": 10**6, "tỷ": 10**9, "tỉ": 10**9}

_SCALE_WORDS = r"(?:nghìn|ngàn|triệu)\s(?:tỷ|tỉ)|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
_SCALE_CAPITALS = r"(?:NGHÌN|NGÀN|TRIỆU)\s(?:TỶ|TỈ)|NGHÌN|NGÀN|VẠN|TRIỆU|TỶ|TỈ"
SCALE = rf"(?:{_SCALE_WORDS}|{_SCALE_CAPITALS})"
"""Pattern of scale words, in small letters or, as in headlines, in capitals. With a single capital
they are names, such as the district Triệu Phong."""

_WORD = re.compile(r"[^\W\d_]+")
_WORDS = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "lăm": 5, "sáu": 6,
    "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
}  # fmt: skip
"""Without ``năm``, which is far more often a year than a five."""


def _notation(thousands: str, point: str) -> tuple[tuple[str, str], re.Pattern[str]]:
    group, decimal = re.escape(thousands), re.escape(point)
    return (thousands, point), re.compile(rf"(?:\d{{1,3}}(?:{group}\d{{3}})+|\d+)(?:{decimal}\d+)?")


_NOTATIONS = {
    True: (_notation(",", "."), _notation(".", ",")),
    False: (_notation(".", ","), _notation(",", ".")),
}
"""By whether the text is English: separators of thousands and decimals, with the form of numbers
that have them, in the order in which they are tried."""


def parse_numeral(text: str, *, english: bool = False) -> int | float | None:
    """Return the number that digits with separators denote, or None if it is not one number.

    Vietnamese groups thousands with points and separates decimals by a comma (``264.930,8``),
    English the reverse (``264,930.8``). Digits that fit only the notation of the other language
    are read in that one: ``1.44`` and ``1,234,567`` are the same in both.
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
    """Multiply a number by scale words such as ``nghìn tỷ``, exactly."""
    factor = prod(SCALES[word.lower()] for word in scale.split())
    return exact_product(value, factor)


def words_in(text: str) -> set[int]:
    """Return the numbers up to ten that a text has in words, other than ``năm``, five."""
    return {_WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS}
