"""Digits whose form shows that they are not a quantity, such as number plates and phone numbers.

Others are document and account numbers, and runs of data. Sports scores are in ``scores``; digits
that the surrounding words show to be part of a name are in ``identifiers``.
"""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.calendar.day_words import (
    DAY_WORDS,
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
    is_around_the_clock,
    last_word,
    words_before,
)
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.mentions.vietnamese.names import titles_in_quotes
from antq_llm.mentions.vietnamese.numbers.numerals import parse_numeral
from antq_llm.mentions.vietnamese.scores import read_score
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_PHRASE, _WORDS = 40, 20
"""Numbers of characters before digits that are searched for a phrase, or for a word or two."""
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
"""A plate whose digits are partly masked: ``34B3 183.4x``."""
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
"""The last words of phrases that may precede an account or card number."""
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
_LETTERED_DOCUMENT = lazy_re(
    r"\d{1,6}[a-z]?\s?(?:[/-]\s?\d{4}\s?)?(?:/|-)\s?(?!USD|EUR|VND|VNĐ|GB|MB|KG)"
    r"[A-ZĐ][A-ZĐa-zđ0-9]*(?:[-/–][A-ZĐ][A-ZĐa-zđ0-9]*)*"
    r"|\d{1,6}\s[A-ZĐ]{2,5}[-/][A-ZĐ][A-ZĐa-zđ0-9]*(?:[-/][A-ZĐ][A-ZĐa-zđ0-9]*)*"
)
_SURE_DOCUMENT = lazy_re(
    r"\d{1,6}/(?:\d{4}/)?(?!USD|EUR|VND|VNĐ|GB|MB|KG)"
    r"[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*"
)
_YEARLY_DOCUMENT = lazy_re(r"\d{1,6}\s?[/-]\s?(?:19|20)\d\d(?!\d|[/.,-]\d)")
_ADDRESS_BEFORE = compile_words(
    r"\b(?:số nhà|nhà số|ngõ|hẻm|kiệt|ngách|nhà|địa chỉ|đường|số|tổ|ấp|thửa|lô|kiốt|ki ốt)"
    r"\s?(?:số\s)?:?\s?\Z",
    re.IGNORECASE,
)
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
"""Streets and institutions named after a day: ``đường 3 tháng 2``, ``bệnh viện 19-8``."""
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
_SUM = lazy_re(r"\d{1,6}\s?\+\s?\d{1,6}(?!\d)")
_KILOMETRE = lazy_re(r"\bkm\s?(?:số\s)?\Z", re.IGNORECASE)
_MIXED = lazy_re(
    r"\d{1,4}(?:[A-ZĐ][A-Za-z]{0,3}\d{0,3}|[pPxX](?![^\W\d_])|[a-e](?![^\W\d_]))(?![^\W_])"
    r"(?:-\d{1,4}(?![\d.,/-]))?"
)
_DRIVE = lazy_re(r"[468]x[2468](?!\w|[.,x×]\d|\s?(?:cm|mm|m)\b)")
"""The numbers of a vehicle's wheels and of its driven wheels, such as ``4x2``."""
_NOT_UNIT = lazy_re(
    r"\d+(?:USD|VND|VNĐ|GB|MB|TB|MW|KW|KG|KM|HA|ML|CM|MM|M|Đ|W|V|L|T|TR|K|MP|HP|CV|PS|CC|JPY|"
    r"KRW|CNY|EUR|GBP|CHF|SGD|AUD|THB|NDT|[KMGT]bps|"
    r"[KMG]Hz|GWh|MWh|KWh|Wh|MWp|mAh|Nm|Mb|Gb|Tb|Kg|Km|Ha|Ml|Cm|Mm|Tr|Kw|Mw)\Z"
)
_IDIOM = lazy_re(r"24/(?:24|7)(?![\d/])|7/7(?=\s(?:ngày|tuần))|6/[45]5(?![\d/])")
_RUN = lazy_re(r"\d++(?:[.,]\d++)++")
_LONG_RUN = lazy_re(r"\d{1,12}+(?:(?:\s?[.,:;/|–-]\s?|\s)\d{1,12}+){31,}+")
"""A run of 32 or more numbers with no word between them is data, whatever separates them."""
_DIGIT = lazy_re(r"\d")
_SHORT_NUMBER = lazy_re(r"\d{1,3} (?!tháng |đường |phố |ngõ |[Tt][Ss]\b)(?P<letter>[^\W\d_])")
"""A number before a word; if the word is in lower case, the only possible code is an account
number."""

_DATE_WORDS = (*DAY_WORDS, " năm ")
_DATE = lazy_re(r"(?:\d{1,2}[/.-]\d{1,2}|(?:19|20)\d\d)(?![\w/-]|[.,]\d)")
"""A day or year, which is not a code after the words in ``_DATE_WORDS``."""


def read_code(text: str, start: int) -> Mention | None:
    """Return the code that starts at a digit; None if there is none."""
    before = words_before(text, start)
    if before.endswith(_DATE_WORDS) and _DATE.match(text, start):
        return None
    if (short := _SHORT_NUMBER.match(text, start)) and short["letter"].islower():
        return _code(text, start, _account(text, start, before))
    return _code(
        text,
        start,
        _document(text, start, before)
        or _plate(text, start, before)
        or _account(text, start, before)
        or _phone(text, start, before)
        or _address(text, start, before)
        or read_score(text, start, before)
        or _other(text, start, before),
    )


def _code(text: str, start: int, found: tuple[int, str] | None) -> Mention | None:
    if found is None:
        return None
    end, form = found
    return Mention("code", start, end, text[start:end], text[start:end], form=form or None)


def read_run(text: str, start: int) -> Mention | None:
    """Return digits with separators that are not one number, such as the version ``7.1.1``.

    The whole run is one code, so that its parts are not read again.
    """
    match = _RUN.match(text, start)
    if match is None or parse_numeral(match[0]) is not None:
        return None
    return Mention("code", start, match.end(), match[0], match[0], form="data")


def read_data(text: str, start: int) -> Mention | None:
    """Return a long run of numbers without words, such as the data of a chart, as one code."""
    match = _LONG_RUN.match(text, start)
    if match is None:
        return None
    return Mention("code", start, match.end(), match[0], match[0], form="data")


def _plate(text: str, start: int, before: str) -> tuple[int, str] | None:
    match = _SURE_PLATE.match(text, start) or _MASKED_PLATE.match(text, start)
    if (
        match is None
        and (match := _PLATE.match(text, start))
        and not _PLATE_BEFORE.search(before[-_PHRASE:])
    ):
        return None
    return (match.end(), "plate") if match else None


def _phone(text: str, start: int, before: str) -> tuple[int, str] | None:
    if match := _SURE_PHONE.match(text, start):
        return match.end(), "phone"
    if (match := _PHONE.match(text, start)) and _PHONE_BEFORE.search(before[-_PHRASE:]):
        count = sum(character.isdecimal() for character in match[0])
        if _MIN_PHONE_DIGITS <= count <= _MAX_PHONE_DIGITS:
            return match.end(), "phone"
    return None


def _account(text: str, start: int, before: str) -> tuple[int, str] | None:
    if last_word(before).lower() not in ACCOUNT_LAST and not before.rstrip("- ")[-1:].isupper():
        return None
    if (named := _ACCOUNT_BEFORE.search(before[-_PHRASE:])) and (
        match := _ACCOUNT.match(text, start)
    ):
        after = text[match.end() : match.end() + LOOKAHEAD]
        is_long = sum(character.isdecimal() for character in match[0]) >= _MIN_PHONE_DIGITS
        if is_long or (NOT_COUNTED_NEXT.match(after) and named["account"] is None):
            return match.end(), named.lastgroup or ""
    return None


def _document(text: str, start: int, before: str) -> tuple[int, str] | None:
    if before[-1:].isalpha():
        return None
    match = _SURE_DOCUMENT.match(text, start)
    if match is None:
        match = _LETTERED_DOCUMENT.match(text, start) or _YEARLY_DOCUMENT.match(text, start)
        if match is None or not _DOCUMENT_BEFORE.search(before):
            return None
    return match.end(), "document"


def _address(text: str, start: int, before: str) -> tuple[int, str] | None:
    if (match := _ADDRESS.match(text, start)) and _ADDRESS_BEFORE.search(before[-_WORDS:]):
        return match.end(), "address"
    if (match := _DATE_AS_NAME.match(text, start)) and _NAMED_BY_DATE.search(before[-_WORDS:]):
        return match.end(), "name"
    if match := _STREET_IN_WARD.match(text, start):
        return match.end(), "address"
    match = _STREET_ADDRESS.match(text, start) or _NAMED_STREET.match(text, start)
    return (match.end(), "address") if match and _STREET_BEFORE.search(before[-_WORDS:]) else None


def _other(text: str, start: int, before: str) -> tuple[int, str] | None:
    """Return a kilometre mark on a road, a sum, digits joined with letters, or an idiom."""
    if match := _SUM.match(text, start):
        is_road = bool(_KILOMETRE.search(before[-_WORDS:]))
        return (match.end(), "road") if is_road else (match.end(), "")
    is_joined = before[-1:].isalpha()
    if (match := _MIXED.match(text, start)) and (is_joined or not _NOT_UNIT.match(match[0])):
        return match.end(), "name"
    if match := _DRIVE.match(text, start):
        return match.end(), "name"
    if (match := _IDIOM.match(text, start)) and (match[0] != "24/7" or is_around_the_clock(before)):
        return match.end(), "idiom"
    return None


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of names in quotation marks that contain digits, in order."""
    return [(start, end) for start, end, name in titles_in_quotes(text) if _DIGIT.search(name)]
