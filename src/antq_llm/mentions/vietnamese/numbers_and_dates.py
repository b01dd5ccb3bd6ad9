"""Numbers, dates, times and codes in Vietnamese text.

Every expression in digits is one mention: a quantity (``number``), a calendar expression
(``date``), a time of day (``time``), or digits that are part of a name or identifier (``code``).
Dates are read as EDTF, from the expression alone: ``24/9`` is ``XXXX-09-24``. Each form has its own
module; the modules are tried in the order of ``_FORMS``. Digits that no module reads are a
quantity, unless the words around them say otherwise.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese import context_words
from antq_llm.mentions.vietnamese.calendar.day_words import last_word, words_before
from antq_llm.mentions.vietnamese.calendar.lunar_dates import read_worded_lunar_date
from antq_llm.mentions.vietnamese.calendar.periods import read_worded_period
from antq_llm.mentions.vietnamese.codes import (
    ACCOUNT_LAST,
    quoted_spans,
    read_code,
    read_data,
    read_run,
)
from antq_llm.mentions.vietnamese.context_words import (
    COUNTED_NEXT,
    LOOKAHEAD,
)
from antq_llm.mentions.vietnamese.dates import continues_years, read_date
from antq_llm.mentions.vietnamese.identifiers import (
    continues_identifiers,
    continues_name,
    read_identifier,
    read_roman_identifier,
)
from antq_llm.mentions.vietnamese.numbers.comparators import comparators
from antq_llm.mentions.vietnamese.numbers.counted_nouns import is_counted_noun_next
from antq_llm.mentions.vietnamese.numbers.quantities import (
    is_exponent,
    read_mistyped_quantity,
    read_quantity,
    read_quantity_in_words,
)
from antq_llm.mentions.vietnamese.starts import possible_starts
from antq_llm.mentions.vietnamese.times import read_time
from antq_llm.mentions.web_addresses import read_web_addresses
from antq_llm.text.lazy_patterns import lazy_re

_FORMS = (read_data, read_code, read_time, read_date, read_run)
"""Readers of expressions that start with a digit, except quantities, in the order they are tried.
"""
_WORDED_FORMS = (
    read_worded_lunar_date,
    read_worded_period,
    read_roman_identifier,
    read_quantity_in_words,
)
"""Readers of expressions that start with a word, in the order they are tried."""
_VIETNAMESE = lazy_re(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_MAY_BE_NAME = lazy_re(r"[\d./–-]+|[\d./]+(?:\s?[–-]\s?|\s(?:đến|tới)\s)[\d./]+")
"""Numbers without a scale or decimal comma; only these can be identifiers."""
_NAMED = lazy_re(
    r"\b(?:mô hình|phong trào|chương trình|vận động|câu lạc bộ|clb|phần mềm|đề án|chủ đề|thi|"
    r"khẩu hiệu|bài|phim|tên|danh hiệu|tổ|đội|nhóm|phương châm|quy tắc|tiêu chí|chuyên mục|"
    r"chiến dịch|công trình|kế hoạch|[”\"],?(?: và)?)\s?\Z",
    re.IGNORECASE,
)
"""Words, or another quoted name, after which a quotation is a name."""
_COUNT = lazy_re(
    r"(?<=[^\W\d_] )\d{1,3}(?:(?:\.\d{3})+|,\d{1,3})?(?:\s?(?P<percent>%)| (?P<word>"
    r"(?!(?:tháng|giêng|chạp|tết|âm|năm|và|đến|tới|cho|kéo|rạng|sáng|trưa|chiều|tối|đêm|giờ|h|g|"
    r"kém|thiếu|đường|phố|ngõ|ts)(?!\w))[^\W\d_]))",
    re.IGNORECASE,
)
"""A number before ``%`` or before a word that does not continue a date, time or street."""
_NUMBERED_LAST = ACCOUNT_LAST | frozenset(
    ("ngày", "mùng", "mồng", "tháng", "năm", "quý", "rằm", "niên", "kỷ", "kỉ", "thứ", "và", "đến",
     "tới")
)  # fmt: skip
"""The words after which such a number may be a date or an account number."""


def read_mentions(text: str) -> list[Mention]:
    """Return the numbers, dates, times and codes in a text, in order.

    Numbers in a text without Vietnamese letters are read in English notation.
    """
    english = not _VIETNAMESE.search(text)
    names = quoted_spans(text)
    mentions: list[Mention] = []
    for found in _scan(text, read_web_addresses(text), english=english):
        mention = _settled(found, text, names)
        if mention.kind == "number" and mentions:
            mention = _continued(mentions[-1], mention, text)
        mentions.append(mention)
    return mentions


def _scan(text: str, addresses: list[Mention], *, english: bool) -> Iterator[Mention]:
    """Yield the mentions that start with a digit or word, and the web addresses between them."""
    position = 0
    for known in [*addresses, None]:
        limit = known.start if known else len(text)
        for start in possible_starts(text, position, limit):
            if start < position:
                continue
            mention = _read_at(text, start, english=english)
            if mention is None:
                continue
            position = mention.end
            if not is_exponent(mention, text):
                yield mention
        if known and known.start >= position:
            position = known.end
            yield known


def _read_at(text: str, start: int, *, english: bool) -> Mention | None:
    """Return the mention that starts at a position, if any."""
    is_digit = text[start].isdecimal()
    if (is_digit or text[start] in "lI") and (
        mistyped := read_mistyped_quantity(text, start, english=english)
    ):
        return mistyped
    if not (is_digit and _is_plain_count(text, start)):
        for read in _FORMS if is_digit else _WORDED_FORMS:
            if mention := read(text, start):
                return mention
    return read_quantity(text, start, english=english) if is_digit else None


def _is_plain_count(text: str, start: int) -> bool:
    """Return whether digits between words can only be a quantity.

    This is true of most digits; the readers of codes, times and dates are then not tried.
    """
    match = _COUNT.match(text, start)
    if match is None or text[start - 2].isupper():
        return False
    if match["percent"]:
        return True
    if not match["word"].islower():
        return False
    return last_word(words_before(text, start)).lower() not in _NUMBERED_LAST


def _settled(mention: Mention, text: str, names: list[tuple[int, int]]) -> Mention:
    """Return a number with the kind and comparator that the words around it determine."""
    if mention.kind != "number":
        return mention
    start, end = mention.start, mention.end
    is_joined = text[start - 1 : start].isalpha()
    if (mention.total is None or is_joined) and mention.text[0].isdecimal():
        if _is_in_name(names, mention, text):
            return Mention("code", start, end, mention.text, mention.text)
        if _MAY_BE_NAME.fullmatch(mention.text) and (code := read_identifier(mention, text)):
            return code
    back, after = context_words.backwards(text, start), text[end : end + LOOKAHEAD]
    sign, *others = comparators(back, after, float(mention.value))
    if sign == "=" and not others:
        return mention
    if mention.upper is not None:
        # "từ" before a range is part of it.
        others = [other for other in others if sign != "="]
    return mention._replace(comparator=sign, other_comparators=tuple(others))


def _continued(earlier: Mention, number: Mention, text: str) -> Mention:
    """Return a number as a year or code if it continues a list of years or codes."""
    if continues_years(earlier, number, text):
        return Mention("date", number.start, number.end, number.text, number.text)
    if continues_identifiers(earlier, number, text) or continues_name(earlier, number, text):
        return Mention(
            "code", number.start, number.end, number.text, number.text, form=earlier.form
        )
    return number


def _is_in_name(names: list[tuple[int, int]], mention: Mention, text: str) -> bool:
    """Return whether digits are part of a name in quotation marks.

    ``names`` are the spans of the quotations, in order. If the digits count a noun, the quotation
    is taken as speech, unless the words before it introduce a name.
    """
    index = bisect_right(names, mention.start, key=lambda span: span[0]) - 1
    if index < 0 or mention.end > names[index][1]:
        return False
    is_count = COUNTED_NEXT.match(text, mention.end) or is_counted_noun_next(text, mention.end)
    before = text[max(0, names[index][0] - LOOKAHEAD) : names[index][0] - 1]
    return not is_count or bool(_NAMED.search(before))
