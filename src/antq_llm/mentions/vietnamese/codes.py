"""Digits whose form shows that they are not a quantity, such as number plates and phone numbers.

This module also reads document and account numbers, and runs of data. ``addresses`` reads
addresses, and ``scores`` reads sports scores. ``identifiers`` reads digits that the surrounding
words show to be part of a name.
"""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese.addresses import ADDRESS_READERS
from antq_llm.mentions.vietnamese.calendar.day_words import (
    DAY_WORDS,
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    is_around_the_clock,
)
from antq_llm.mentions.vietnamese.digits import Digits, Readers, reads
from antq_llm.mentions.vietnamese.names import is_title
from antq_llm.mentions.vietnamese.numbers.numerals import parse_numeral
from antq_llm.mentions.vietnamese.scores import SCORE_READERS
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_PHRASE, _WORDS = 40, 20
"""Numbers of characters before digits that are searched for a phrase and for one or two words."""
_PLATE_BEFORE = compile_words(
    r"\b(?:biển số|biển kiểm soát|biển số xe|bks|bs|biển đăng ký|biển hiệu|mang biển|biển|bkt|"
    r"số đăng ký|đăng ký)\s?(?:số|xe|đăng ký)?\s?:?\s?(?:[A-ZĐ]{1,3}[- ]?)?\Z",
    re.IGNORECASE,
)
_PLATE = lazy_re(
    r"\d{2}\s?[A-ZĐ]{1,2}\s?\d?(?:\s?[-–.:]\s?|\s)?(?:\d{3}[., ]\d{2}|\d{4,5})(?!\d)"
    r"|\d{2}\s?[A-ZĐ]{1,2}\d?-\d{1,3}(?=…|[.]{2}|x)"
    r"|\d{2}[A-ZĐ]{1,2}\d?(?!\w)|\d{4,5}(?:[- ]?TS)?(?!\d|[.,]\d)|\d{3}[.]\d{2}(?!\d)"
)
_MASKED_PLATE = lazy_re(
    r"\d{2}\s?[A-ZĐ]{1,2}\d?(?:\s?[-–.:]\s?|\s)"
    r"(?:\d{1,3}[xX*]{0,2}[.]?\d?[xX*]{1,4}|[xX*]{2,3}[.]?(?:\d{2}|[xX*]{2}))(?!\w)"
)
"""A number plate whose digits are partly masked: ``34B3 183.4x``."""
_SURE_PLATE = lazy_re(
    r"\d{2}[A-ZĐ]{1,2}\d?(?:\s?[-–.]\s?|\s)?(?:\d{3}[.]\d{2}|\d{5})(?!\d)"
    r"|\d{2}[A-ZĐ]{1,2}\d?\s?[-–]\s?\d{4}(?!\d)|\d{4,5}[- ]?TS(?!\w)"
)
_PHONE_BEFORE = compile_words(
    r"\b(?:điện thoại|hotline|đt|sđt|đtdđ|tel|fax|di động|số máy|đường dây nóng|zalo|viber|"
    r"liên hệ|tổng đài|gọi)\s?(?:số|di động|theo số|qua số|đến số|tới số)?\s?[:.]?\s?[(+]?\Z",
    re.IGNORECASE,
)
_PHONE = lazy_re(r"\d{1,5}\)?(?:[ .-]{1,3}\d{2,5}){1,4}(?!\d|[.,]\d)|\d{7,12}(?!\d|[.,]\d)")
_SURE_PHONE = lazy_re(
    r"(?<![\d.,/])(?:0\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}|0\d{1,2}[ .-]\d{4}[ .-]?\d{4}"
    r"|0\d{3}[ .]\d{2}[ .]\d{2}[ .]\d{2}|0\d{2,3}\)[ .-]?\d{3,4}[ .-]?\d{3,4}"
    r"|84[ .-]?\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}|1[89]00[ .-]?\d{4,6}"
    r"|1[89]00[ .-]\d{2,3}[ .-]\d{2,3})(?!\d)(?![.,/]\d)"
)
_MIN_PHONE_DIGITS, _MAX_PHONE_DIGITS = 6, 13
_ACCOUNT_BEFORE = compile_words(
    r"\b(?:(?P<account>tài khoản|stk|số tk|account number|số thẻ|thẻ)|(?P<identity_card>cmnd|cmtnd|"
    r"cccd|cmt|chứng minh nhân dân|chứng minh thư|căn cước(?: công dân)?|hộ chiếu)|"
    r"(?P<serial>mã số thuế|mst|mã số|số hiệu|mã vạch|imei|số seri|sê-?ri|mã|số khung|số máy|bí số|"
    r"ký hiệu|mã hồ sơ|mã số sinh viên|số báo danh|sbd))"
    r"(?:\s(?:số|là))?\s?[:.]?\s?(?:[A-Z]{1,3}[- ]?)?\Z",
    re.IGNORECASE,
)
ACCOUNT_LAST = frozenset(
    (
        *("khoản", "stk", "tk", "number", "thẻ", "cmnd", "cmtnd", "cccd", "cmt", "dân", "thư"),
        *("cước", "hộ", "chiếu", "thuế", "mst", "số", "hiệu", "vạch", "imei", "seri", "ri", "mã"),
        *("khung", "máy", "hồ", "sơ", "viên", "danh", "sbd", "là"),
    )
)
"""The last words of phrases that may precede an account, identity card or serial number."""
_ACCOUNT = lazy_re(r"\d{1,30}(?:\s?[ .-]\s?\d{2,30}){0,6}(?!\d)")
_DOCUMENT_BEFORE = compile_words(
    r"\b(?:nghị định|nghị quyết|quyết định|thông tư|chỉ thị|công văn|kế hoạch|thông báo|hướng dẫn|"
    r"kết luận|luật|pháp lệnh|công điện|văn bản|tờ trình|báo cáo|quy định|quy chế|đề án|"
    r"chương trình|hợp đồng|giấy phép|biên bản|lệnh|bản án|hiệp định|hóa đơn|phiếu|nghị định thư|"
    r"sắc lệnh|liên tịch|ubnd|chính phủ)"
    r"(?:\s(?:liên tịch|phối hợp|trung ương|của \w+ \w+))?(?:\ssố)?\s?:?\s?\Z"
    r"|\bsố\s?:?\s?\Z",
    re.IGNORECASE,
)
_DOCUMENT_LAST = (
    *("định", "quyết", "tư", "thị", "văn", "hoạch", "báo", "dẫn", "luận", "luật", "lệnh", "điện"),
    *("bản", "trình", "cáo", "chế", "án", "đồng", "phép", "đơn", "phiếu", "thư", "tịch", "ubnd"),
    *("phủ", "hợp", "ương", "số"),
)
"""The endings of phrases that may precede a document number.

Phrases that end with ``của`` and a name are recognised by ``của``.
"""
_LETTERED_DOCUMENT = lazy_re(
    r"\d{1,6}[a-z]?\s?(?:[/-]\s?\d{4}\s?)?(?:/|-)\s?(?!USD|EUR|VND|VNĐ|GB|MB|KG)"
    r"[A-ZĐ][A-ZĐa-zđ0-9]*(?:[-/–][A-ZĐ][A-ZĐa-zđ0-9]*)*"
    r"|\d{1,6}\s[A-ZĐ]{2,5}[-/][A-ZĐ][A-ZĐa-zđ0-9]*(?:[-/][A-ZĐ][A-ZĐa-zđ0-9]*)*"
)
_MAY_BE_DOCUMENT = lazy_re(r"\d{1,6}(?:[a-z]?\s?[/-]\s?(?:\d{4}|[A-ZĐ])|\s[A-ZĐ]{2,5}[-/])")
"""Pattern of the start of any document number; few dates match it."""
_SURE_DOCUMENT = lazy_re(
    r"\d{1,6}/(?:\d{4}/)?(?!USD|EUR|VND|VNĐ|GB|MB|KG)"
    r"[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*"
)
_YEARLY_DOCUMENT = lazy_re(r"\d{1,6}\s?[/-]\s?(?:19|20)\d\d(?!\d|[/.,-]\d)")
_SUM = lazy_re(r"\d{1,6}\s?\+\s?\d{1,6}(?!\d)")
_KILOMETRE = lazy_re(r"\bkm\s?(?:số\s)?\Z", re.IGNORECASE)
_MIXED = lazy_re(
    r"\d{1,4}(?:[A-ZĐ][A-Za-z]{0,3}\d{0,3}|[pPxX](?![^\W\d_])|[a-e](?![^\W\d_]))(?![^\W_])"
    r"(?:-\d{1,4}(?![\d.,/-]))?"
)
_DRIVE = lazy_re(r"[468]x[2468](?!\w|[.,x×]\d|\s?(?:cm|mm|m)\b)")
"""The number of wheels of a vehicle and the number of driven wheels, such as ``4x2``."""
_NOT_UNIT = lazy_re(
    r"\d+(?:USD|VND|VNĐ|GB|MB|TB|MW|KW|KG|KM|HA|ML|CM|MM|M|Đ|W|V|L|T|TR|K|MP|HP|CV|PS|CC|JPY|"
    r"KRW|CNY|EUR|GBP|CHF|SGD|AUD|THB|NDT|[KMGT]bps|"
    r"[KMG]Hz|GWh|MWh|KWh|Wh|MWp|mAh|Nm|Mb|Gb|Tb|Kg|Km|Ha|Ml|Cm|Mm|Tr|Kw|Mw)\Z"
)
_IDIOM = lazy_re(r"24/(?:24|7)(?![\d/])|7/7(?=\s(?:ngày|tuần))|6/[45]5(?![\d/])")
_RUN = lazy_re(r"\d++(?:[.,]\d++)++")
_LONG_RUN = lazy_re(r"\d{1,12}+(?:(?:\s?[.,:;/|–-]\s?|\s)\d{1,12}+){31,}+")
"""A run of 32 or more numbers, separated only by punctuation or spaces; it is read as data."""
_DIGIT = lazy_re(r"\d")
_DATE_WORDS = (*DAY_WORDS, " năm ")
_DATE = lazy_re(r"(?:\d{1,2}[/.-]\d{1,2}|(?:19|20)\d\d)(?![\w/-]|[.,]\d)")
"""A day with its month, or a year; after the words in ``_DATE_WORDS``, it is not a code."""


@reads(r"\d")
def read_code(digits: Digits) -> Mention | None:
    """Return the code that starts at a digit; None if there is none."""
    if digits.before.endswith(_DATE_WORDS) and _DATE.match(digits.text, digits.start):
        return None
    return _code(digits, _CODES.read(digits))


def _code(digits: Digits, found: tuple[int, str] | None) -> Mention | None:
    if found is None:
        return None
    end, form = found
    words = digits.text[digits.start : end]
    return Mention("code", digits.start, end, words, words, form=form or None)


@reads(r"\d+[.,]\d")
def read_run(digits: Digits) -> Mention | None:
    """Return digits with separators, such as the version ``7.1.1``, as one code.

    Returns None if the digits form one number. Because the whole run is one code, its parts are not
    read separately.
    """
    match = _RUN.match(digits.text, digits.start)
    if match is None or parse_numeral(match[0]) is not None:
        return None
    return _code(digits, (match.end(), "data"))


@reads(r"\d{1,12}(?:\s?[.,:;/|–-]|\s\d)")
def read_data(digits: Digits) -> Mention | None:
    """Return a long run of numbers without words, such as the data of a chart, as one code."""
    match = _LONG_RUN.match(digits.text, digits.start)
    return _code(digits, (match.end(), "data")) if match else None


@reads(r"\d{1,6}(?:[a-z]|\s?[/-]|\s[A-ZĐ])")
def _document(digits: Digits) -> tuple[int, str] | None:
    text, start, before = digits.text, digits.start, digits.before
    if before[-1:].isalpha() or not _MAY_BE_DOCUMENT.match(text, start):
        return None
    match = _SURE_DOCUMENT.match(text, start)
    if match is None:
        match = _LETTERED_DOCUMENT.match(text, start) or _YEARLY_DOCUMENT.match(text, start)
        if match is None or not (
            (digits.last_lower.rstrip().endswith(_DOCUMENT_LAST) or "của" in before.lower())
            and _DOCUMENT_BEFORE.search(before)
        ):
            return None
    return match.end(), "document"


@reads(r"\d{2}\s?[A-ZĐ]|\d{3}[.]\d|\d{4,5}(?!\d)")
def _plate(digits: Digits) -> tuple[int, str] | None:
    text, start = digits.text, digits.start
    match = _SURE_PLATE.match(text, start) or _MASKED_PLATE.match(text, start)
    if (
        match is None
        and (match := _PLATE.match(text, start))
        and not _PLATE_BEFORE.search(digits.before[-_PHRASE:])
    ):
        return None
    return (match.end(), "plate") if match else None


@reads(r"\d")
def _account(digits: Digits) -> tuple[int, str] | None:
    text, before = digits.text, digits.before
    if digits.last_lower not in ACCOUNT_LAST and not before.rstrip("- ")[-1:].isupper():
        return None
    if (named := _ACCOUNT_BEFORE.search(before[-_PHRASE:])) and (
        match := _ACCOUNT.match(text, digits.start)
    ):
        after = text[match.end() : match.end() + LOOKAHEAD]
        is_long = sum(character.isdecimal() for character in match[0]) >= _MIN_PHONE_DIGITS
        if is_long or (NOT_COUNTED_NEXT.match(after) and named["account"] is None):
            return match.end(), named.lastgroup or ""
    return None


@reads(r"\d{1,6}(?:\)|[ .-][\d .-])|\d{7}")
def _phone(digits: Digits) -> tuple[int, str] | None:
    text, start = digits.text, digits.start
    if match := _SURE_PHONE.match(text, start):
        return match.end(), "phone"
    if (match := _PHONE.match(text, start)) and _PHONE_BEFORE.search(digits.before[-_PHRASE:]):
        count = sum(character.isdecimal() for character in match[0])
        if _MIN_PHONE_DIGITS <= count <= _MAX_PHONE_DIGITS:
            return match.end(), "phone"
    return None


@reads(r"\d{1,6}\s?[+]")
def _sum(digits: Digits) -> tuple[int, str] | None:
    match = _SUM.match(digits.text, digits.start)
    is_road = match and _KILOMETRE.search(digits.before[-_WORDS:])
    return (match.end(), "road" if is_road else "") if match else None


@reads(r"\d{1,4}[A-ZĐa-epPxX]")
def _joined_with_letters(digits: Digits) -> tuple[int, str] | None:
    text, start = digits.text, digits.start
    is_joined = digits.before[-1:].isalpha()
    match = _MIXED.match(text, start)
    if match is None or not (is_joined or not _NOT_UNIT.match(match[0])):
        match = _DRIVE.match(text, start)
    return (match.end(), "name") if match else None


@reads(r"\d{1,2}/\d")
def _idiom(digits: Digits) -> tuple[int, str] | None:
    match = _IDIOM.match(digits.text, digits.start)
    is_idiom = match and (match[0] != "24/7" or is_around_the_clock(digits.before))
    return (match.end(), "idiom") if match and is_idiom else None


_CODES = Readers(
    *(_document, _plate, _account, _phone, *ADDRESS_READERS, *SCORE_READERS),
    *(_sum, _joined_with_letters, _idiom),
)


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of quoted names that contain digits, in order."""
    return [
        (start, end)
        for start, end, name in quoted_names(text)
        if _DIGIT.search(name) and is_title(text, start, name)
    ]
