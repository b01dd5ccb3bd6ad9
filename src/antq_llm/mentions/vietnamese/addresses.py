"""Digits in addresses and in the names of streets and institutions."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_WORDS = 20
"""Number of characters before digits that are searched for words such as ``đường``."""
_ADDRESS_BEFORE = compile_words(
    r"\b(?:số nhà|nhà số|ngõ|hẻm|kiệt|ngách|nhà|địa chỉ|đường|số|tổ|ấp|thửa|lô|kiốt|ki ốt)"
    r"\s?(?:số\s)?:?\s?\Z",
    re.IGNORECASE,
)
_ADDRESS_LAST = (
    *("nhà", "số", "ngõ", "hẻm", "kiệt", "ngách", "chỉ", "đường", "tổ", "ấp", "thửa", "lô"),
    *("kiốt", "ốt"),
)
"""The last word of each expression in the pattern; looking it up is faster than matching the
pattern."""
_ADDRESS = lazy_re(r"\d{1,5}[A-Za-z]?(?:/\d{1,4}[A-Za-z]?(?![\w.])){1,5}")
_STREET_ADDRESS = lazy_re(
    r"\d{1,4}[A-Za-z]?(?:/\d{1,4}[A-Z]?){0,3}(?=,?\s(?:đường|phố|ngõ)\s(?:[A-ZĐ]|\d))"
)
_DATE_AS_NAME = lazy_re(r"\d{1,2}(?:[/.-]|\stháng\s)\d{1,2}(?![\d/]|[.,-]\d|\snăm)")
_NAMED_BY_DATE = lazy_re(
    r"\b(?:đường|phố|bệnh viện|công viên|quảng trường|sân vận động|rạp|nhà máy|trường|cầu|"
    r"công ty|nhà văn hóa)\s\Z",
    re.IGNORECASE,
)
"""Words for places that can be named after a date: ``đường 3 tháng 2``, ``bệnh viện 19-8``."""
_NAMED_LAST = (
    *("đường", "phố", "viện", "viên", "trường", "động", "rạp", "máy", "cầu", "ty", "hóa"),
)
_STREET_BEFORE = lazy_re(
    r"\b(?:tại|ở|số|địa chỉ:?|trụ sở|đktt:?|hktt:?|trú|ngụ|thường trú|nhà)\s\Z", re.IGNORECASE
)
_NAMED_STREET = lazy_re(
    rf"\d{{1,4}}[A-Z]?(?:/\d{{1,4}}[A-Z]?){{0,4}}(?=\s[{CAPITALS}][^\W\d_]+\s[{CAPITALS}][^\W\d_]+)"
)
_STREET_IN_WARD = lazy_re(
    rf"\d{{1,4}}[A-Z]?(?:/\d{{1,4}}[A-Z]?){{0,4}}(?=\s[{CAPITALS}][^\W\d_]+\s[{CAPITALS}]"
    r"[^,.;()\n]{1,30},\s(?:phường|[PQ]\.|quận|xã|TP|thành phố|huyện))"
)
_COUNT = lazy_re(r"\d{1,3} (?!tháng |đường |phố |ngõ )[a-zđ]")
"""A number before a noun in lower case that it counts; words for streets or months do not match."""


@reads(r"\d{1,5}(?:[A-Za-z]/|/\d)")
def _address(digits: Digits) -> tuple[int, str] | None:
    if not digits.last_lower.rstrip().endswith(_ADDRESS_LAST):
        return None
    match = _ADDRESS.match(digits.text, digits.start)
    is_address = match and _ADDRESS_BEFORE.search(digits.before[-_WORDS:])
    return (match.end(), "address") if match and is_address else None


@reads(r"\d{1,2}(?:[/.-]\d|\st)")
def _named_by_date(digits: Digits) -> tuple[int, str] | None:
    if not digits.last_lower.rstrip().endswith(_NAMED_LAST):
        return None
    text, start = digits.text, digits.start
    match = None if _COUNT.match(text, start) else _DATE_AS_NAME.match(text, start)
    is_name = match and _NAMED_BY_DATE.search(digits.before[-_WORDS:])
    return (match.end(), "name") if match and is_name else None


@reads(rf"\d{{1,4}}(?:[A-Za-z][,/\s]|/\d|,\s|\s[{CAPITALS}đpn])")
def _street(digits: Digits) -> tuple[int, str] | None:
    text, start = digits.text, digits.start
    if _COUNT.match(text, start):
        return None
    if match := _STREET_IN_WARD.match(text, start):
        return match.end(), "address"
    match = _STREET_ADDRESS.match(text, start) or _NAMED_STREET.match(text, start)
    is_address = match and _STREET_BEFORE.search(digits.before[-_WORDS:])
    return (match.end(), "address") if match and is_address else None


ADDRESS_READERS = (_address, _named_by_date, _street)
"""Readers of addresses and names, in the order in which they are tried.

Each returns the end and the form of an expression.
"""
