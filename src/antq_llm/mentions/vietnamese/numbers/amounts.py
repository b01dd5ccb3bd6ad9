"""Amounts in digits or words, with their scale: ``1,2 tỷ``, ``10tr``, ``2 triệu rưỡi``."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.mentions.quantity import exact_number, exact_product, exact_sum
from antq_llm.mentions.vietnamese.context_words import LOOKAHEAD
from antq_llm.mentions.vietnamese.numbers.number_words import read_number_words
from antq_llm.mentions.vietnamese.numbers.numerals import (
    SCALE_END,
    SCALES,
    parse_numeral,
    read_numeral,
    times_scale,
)
from antq_llm.text.lazy_patterns import lazy_re

_LARGE = r"(?:nghìn|ngàn|triệu)\s(?:tỷ|tỉ)|nghìn|ngàn|vạn|triệu|tỷ|tỉ"
_WORDS = rf"(?:(?:chục|trăm)\s)?(?:{_LARGE})|chục|trăm"
# Scales are in lower case or, as in headlines, in capitals. Capitalised words are names, such as
# the district Triệu Phong.
_CAPITALS = _WORDS.upper().replace(r"\S", r"\s")
_SCALE = lazy_re(
    rf"(?=\s?[bckmntvCNTV])(?:\s?(?P<words>{_WORDS}|{_CAPITALS}){SCALE_END}|"
    r"(?P<glued>tr|k)(?!\w)|\s(?P<abbreviated>tr)(?=\.?\s?(?:đ|vnđ|VNĐ))|"
    r"\s(?P<english>thousand|million|billion|trillion)(?!\w))"
)
_REST = lazy_re(
    r"\s(?P<count>\d{1,3}(?:,\d{1,3})?)\s?(?P<scale>trăm\s(?:triệu|nghìn|ngàn)|triệu|nghìn|ngàn|tr|k)"
    r"(?!\w)"
)
_MAX_RESTS = 3
_HUNDREDS = lazy_re(r"\s(?P<count>\d{3})(?=\s[^\W\d_])")
"""Hundreds without a scale of their own after thousands, as in ``2 nghìn 500 hộ``."""
_CENTIMETRES = lazy_re(r"m(?P<digits>\d\d|[4-9])(?!\w)")
"""The centimetres of a height: ``1m73``, ``1m6``; ``m2`` and ``m3`` are units."""
_HALF = lazy_re(r"\s(?:rưỡi|RƯỠI)(?!\w)")
_HALF_UNIT = lazy_re(
    r"\s(?:năm|tháng|tuần|ngày|tiếng|thế kỷ|mét|m|km|cây số|tấn|tạ|kg|lít|ha|sào|mẫu|"
    r"lượng|chỉ|lần)\srưỡi(?!\w)",
    re.IGNORECASE,
)
"""A unit followed by ``rưỡi`` (and a half), as in ``7 năm rưỡi``."""
_CARATS = frozenset((10, 14, 18, 22, 24))
"""Numbers that, before ``k``, give the fineness of gold in carats."""


class Amount(NamedTuple):
    """An amount with its span in the text."""

    start: int
    end: int
    value: int | float
    scale: int = 1
    """The number that the scale words stand for, such as 1000000 for ``triệu``."""
    words: tuple[str, ...] = ()
    """The number words; empty for digits."""
    is_certain: bool = True


def read_amount(text: str, start: int, *, english: bool = False) -> Amount | None:
    """Return the amount that starts at a position; None if there is none."""
    if text[start : start + 1].isdecimal():
        return _read_digits(text, start, english=english)
    words = read_number_words(text, start)
    if words is None:
        return None
    amount = Amount(start, words.end, words.value, words=words.words)
    return _with_half(amount, text) if amount.words[-1] not in SCALES else amount


def _read_digits(text: str, start: int, *, english: bool) -> Amount | None:
    numeral = read_numeral(text, start, english=english)
    if numeral is None or numeral.value is None:
        return None
    amount = Amount(start, numeral.end, numeral.value, is_certain=numeral.is_certain)
    if numeral.value < 100 and (height := _CENTIMETRES.match(text, numeral.end)):
        value = exact_sum(numeral.value, exact_number(f"0.{height['digits']}"))
        return amount._replace(end=height.end(), value=value)
    match = _SCALE.match(text, numeral.end, numeral.end + LOOKAHEAD)
    if match is None:
        return _with_half(amount, text)
    if match["glued"] == "k" and (numeral.end - start < 2 or numeral.value in _CARATS):
        return amount
    if match["english"] and (number := parse_numeral(text[start : numeral.end], english=True)):
        scale = SCALES[match["english"]]
        return amount._replace(end=match.end(), value=exact_product(number, scale), scale=scale)
    words = (match["words"] or match["glued"] or match["abbreviated"] or "").lower()
    scale = int(times_scale(1, words))
    value = exact_product(numeral.value, scale)
    return _with_rest(amount._replace(end=match.end(), value=value, scale=scale), text)


def _with_half(amount: Amount, text: str) -> Amount:
    """Return the amount, plus a half if ``rưỡi`` follows its unit, as in ``7 năm rưỡi``."""
    limit = amount.end + LOOKAHEAD
    if text.find("rưỡi", amount.end, limit) < 0 and text.find("RƯỠI", amount.end, limit) < 0:
        return amount
    match = _HALF_UNIT.match(text, amount.end, limit)
    if match is None:
        return amount
    value = exact_sum(amount.value, 0.5)
    return amount._replace(end=match.end(), value=value, is_certain=False)


def _with_rest(amount: Amount, text: str) -> Amount:
    """Return the amount, plus any smaller part, as in ``1 tỷ 200 triệu`` or ``2 triệu rưỡi``."""
    if half := _HALF.match(text, amount.end):
        value = exact_sum(amount.value, exact_product(0.5, amount.scale))
        return amount._replace(end=half.end(), value=value)
    lowest = amount.scale
    for _ in range(_MAX_RESTS):
        match = _REST.match(text, amount.end, amount.end + LOOKAHEAD)
        if match is None or (scale := int(times_scale(1, match["scale"]))) >= lowest:
            break
        count = parse_numeral(match["count"])
        if count is None:
            break
        value = exact_sum(amount.value, exact_product(count, scale))
        amount, lowest = amount._replace(end=match.end(), value=value), scale
    if lowest == SCALES["nghìn"] and (rest := _HUNDREDS.match(text, amount.end)):
        value = exact_sum(amount.value, int(rest["count"]))
        return amount._replace(end=rest.end(), value=value)
    return amount
