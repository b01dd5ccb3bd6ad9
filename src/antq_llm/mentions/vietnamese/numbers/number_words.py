"""Vietnamese number words: ``mười lăm``, ``một trăm linh năm``, ``ba nghìn rưỡi``."""

from __future__ import annotations

import re
from math import prod
from typing import NamedTuple

from antq_llm.mentions.quantity import exact_number
from antq_llm.mentions.vietnamese.numbers.numerals import SCALE_END, SCALES
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
    "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip

DIGIT = "một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín"
"""Pattern of the words for the numbers from one to nine."""
_LAST_DIGIT = "một|mốt|hai|ba|bốn|tư|lăm|nhăm|sáu|bảy|bẩy|tám|chín"
"""Pattern of the words for digits after tens.

``năm`` means "year" there: ``mười năm`` is ten years, and ``mười lăm`` is 15.
"""
_TENS = (
    rf"(?:mười|(?:{DIGIT})\s(?:mươi|chục))(?:\s(?:{_LAST_DIGIT})(?!\w))?|"
    rf"(?:{DIGIT})\s(?:mốt|lăm|nhăm)"
)
_HUNDREDS = (
    rf"(?:{DIGIT}|không)\străm(?!\w)"
    rf"(?:\s(?:(?:linh|lẻ)\s(?:{DIGIT})|{_TENS})(?!\w)|\srưỡi(?!\w))?"
)
_GROUP = rf"(?:{_HUNDREDS}|{_TENS}|{DIGIT})(?!\w)"
_SCALE = r"(?:nghìn|ngàn|triệu)\s(?:tỷ|tỉ)|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
_SCALED = rf"{_GROUP}\s(?:{_SCALE}){SCALE_END}"
_REST = rf"{_HUNDREDS}|(?:{_TENS})(?!\w)|(?:linh|lẻ)\s(?:{DIGIT})(?!\w)"
_NUMBER = compile_words(
    rf"{_SCALED}(?:\s{_SCALED}){{0,3}}(?:\s(?:{_REST})|\srưỡi(?!\w))?|{_GROUP}", re.IGNORECASE
)
_PART = lazy_re(
    rf"(?P<group>{_REST}|{_GROUP})(?:\s(?P<scale>{_SCALE})(?!\w))?(?P<half>\srưỡi)?", re.IGNORECASE
)


_POINT = lazy_re(
    rf"\sphẩy\s(?P<decimals>(?:{DIGIT}|không)(?:\s(?:{_LAST_DIGIT}|không)(?!\w))?)(?!\w)",
    re.IGNORECASE,
)
"""Decimals in words, as in ``ba phẩy năm`` (3.5)."""


class NumberWords(NamedTuple):
    """A numeral in words, with its value and the position where it ends."""

    end: int
    value: int | float
    words: tuple[str, ...]
    """The words of the numeral, in lower case."""


def read_number_words(text: str, start: int) -> NumberWords | None:
    """Return the longest numeral in words at a position; None if there is none."""
    match = _NUMBER.match(text, start)
    if match is None:
        return None
    first = match[0].lower()
    value = _DIGITS.get(first) or sum(_part_value(part) for part in _PART.finditer(first))
    if point := _POINT.match(text, match.end()):
        decimals = "".join(str(_DIGITS[word]) for word in point["decimals"].lower().split())
        words = text[start : point.end()].lower().split()
        return NumberWords(point.end(), exact_number(f"{value}.{decimals}"), tuple(words))
    return NumberWords(match.end(), value, tuple(match[0].lower().split()))


def _part_value(part: re.Match[str]) -> int:
    scale = prod(SCALES[word] for word in (part["scale"] or "").lower().split())
    value = _group_value(part["group"].lower().split()) * scale
    return value + (scale // 2 if part["half"] else 0)


def _group_value(words: list[str]) -> int:
    """Return the value of the words for a number below a thousand."""
    total = pending = 0
    for word in words:
        if word == "mười":
            total += 10
        elif word in ("mươi", "chục"):
            total, pending = total + pending * 10, 0
        elif word == "trăm":
            total, pending = pending * 100, 0
        elif word == "rưỡi":
            total += 50
        elif word in _DIGITS:
            # "hai lăm" is 25: a digit before another digit counts tens.
            total, pending = total + pending * 10, _DIGITS[word]
    return total + pending


def words_in(text: str) -> set[int | float]:
    """Return the numbers that a text states in words.

    A lone ``năm`` (five) is left out, because it may mean "year". The values of the words for
    digits are also returned separately, because ``hai ba người`` may be two or three people.
    """
    values: set[int | float] = set()
    for match in _WORD.finditer(text):
        number = read_number_words(text, match.start())
        assert number is not None
        if number.words != ("năm",):
            values.add(number.value)
        values.update(_DIGITS[word] for word in number.words if word in _DIGITS and word != "năm")
    return values


_WORD = lazy_re(rf"(?<!\w)(?:{DIGIT}|mười)(?!\w)", re.IGNORECASE)
