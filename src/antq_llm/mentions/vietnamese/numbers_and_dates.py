"""Numbers, dates, times and codes in Vietnamese text.

Every expression in digits is one mention: a quantity (``number``), a calendar expression
(``date``), a time of day (``time``), or digits that are part of a name or identifier (``code``).
Dates are read as EDTF, without a year from elsewhere in the text: ``24/9`` is ``XXXX-09-24``. The
readers of these forms, most of them in other modules, are tried in the order of ``_FORMS``. Digits
that no reader recognises are a quantity, unless the words around them make them part of a name.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese import context_words
from antq_llm.mentions.vietnamese.calendar.day_words import has_month_word
from antq_llm.mentions.vietnamese.calendar.lunar_dates import LUNAR_WORDS, read_worded_lunar_date
from antq_llm.mentions.vietnamese.calendar.periods import PERIOD_WORDS, read_worded_period
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
from antq_llm.mentions.vietnamese.dates import continues_years, read_date, read_plain_year
from antq_llm.mentions.vietnamese.digits import Digits, Readers, reads
from antq_llm.mentions.vietnamese.identifiers import (
    continues_identifiers,
    continues_name,
    follows_ordinary_word,
    read_identifier,
    read_roman_identifier,
)
from antq_llm.mentions.vietnamese.numbers.comparators import comparators, may_be_compared
from antq_llm.mentions.vietnamese.numbers.counted_nouns import is_counted_noun_next
from antq_llm.mentions.vietnamese.numbers.mistyped_quantities import read_mistyped_quantity
from antq_llm.mentions.vietnamese.numbers.quantities import (
    QUANTITY_WORDS,
    is_exponent,
    read_quantity,
    read_quantity_in_words,
    read_ratio,
)
from antq_llm.mentions.vietnamese.starts import possible_starts
from antq_llm.mentions.vietnamese.times import read_time
from antq_llm.mentions.web_addresses import read_web_addresses
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_WORDED_FORMS = (
    (read_worded_lunar_date, LUNAR_WORDS),
    (read_worded_period, PERIOD_WORDS),
    (read_quantity_in_words, QUANTITY_WORDS),
)
"""Readers of expressions in words, in the order in which they are tried.

Each reader is paired with the phrases that can begin its expressions.
"""
_READERS_OF_WORDS = {
    word: tuple(read for read, phrases in _WORDED_FORMS if word in " ".join(phrases).split())
    for _, phrases in _WORDED_FORMS
    for word in (phrase.split()[0] for phrase in phrases)
}
"""For each first word in lower case, the readers of expressions that may begin with the word."""
_VIETNAMESE = lazy_re(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_NAMED = lazy_re(
    r"\b(?:mô hình|phong trào|chương trình|vận động|câu lạc bộ|clb|phần mềm|đề án|chủ đề|thi|"
    r"khẩu hiệu|bài|phim|tên|danh hiệu|tổ|đội|nhóm|phương châm|quy tắc|tiêu chí|chuyên mục|"
    r"chiến dịch|công trình|kế hoạch|[”\"],?(?: và)?)\s?\Z",
    re.IGNORECASE,
)
"""What precedes a quoted name: a word such as ``chiến dịch``, or another quoted name."""
_COUNT_AFTER_WORD = compile_words(
    r"(?<=[^\W\d_] )\d{1,3}(?:(?:\.\d{3})+|,\d{1,3})?(?:\s?(?P<percent>%)| (?P<word>"
    r"(?!(?:tháng|giêng|chạp|tết|âm|năm|và|đến|tới|cho|kéo|rạng|sáng|trưa|chiều|tối|đêm|giờ|h|g|"
    r"kém|thiếu|đường|phố|ngõ|ts)(?![^\W\d_]))[^\W\d_]))",
    re.IGNORECASE,
)
"""A number after a word, before ``%`` or a word that does not continue a date, time or street."""
_COUNT = compile_words(
    r"(?<!\w|[^\S \n])\d{1,3}(?:,\d{1,3})? (?P<word>"
    r"(?!năm\s+\d|(?:tháng|giêng|chạp|tết|âm|và|đến|tới|cho|kéo|rạng|sáng|trưa|chiều|tối|đêm|"
    r"giờ|h|g|kém|thiếu|đường|phố|ngõ|ts)(?![^\W\d_]))[^\W\d_])",
    re.IGNORECASE,
)
"""A number, anywhere in a line, before a word that does not continue a date, time or street."""
_CALENDAR_WORDS = (
    *("ngày", "mùng", "mồng", "tháng", "năm", "quý", "rằm", "niên", "kỷ", "kỉ", "thứ"),
)
_LINKS = frozenset(("và", "đến", "tới"))
_NUMBERED_LAST = ACCOUNT_LAST | _LINKS | frozenset(_CALENDAR_WORDS)
"""Words after which a number may still be a date or an account number."""


def read_mentions(text: str) -> list[Mention]:
    """Return the numbers, dates, times and codes in a text, in order.

    Numbers in a text without Vietnamese letters are read in English notation.
    """
    mentions: list[Mention] = []
    for mention in _scan(text):
        is_number = mention.kind == "number"
        if is_number and mentions and mentions[-1].kind in {"date", "code"}:
            mentions.append(_continued(mentions[-1], mention, text))
        else:
            mentions.append(mention)
    return mentions


def _scan(text: str) -> Iterator[Mention]:
    """Yield the mentions that start with a digit or word, and the web addresses between them."""
    english = not _VIETNAMESE.search(text)
    names = quoted_spans(text)
    position = 0
    for known in [*read_web_addresses(text), None]:
        limit = known.start if known else len(text)
        for first, end in possible_starts(text, position, limit):
            start = max(first, position)
            if text[first].isdecimal():
                while start < end:
                    mention = _read_digits(Digits(text, start, end, english=english), names)
                    start = position = mention.end
                    if not is_exponent(mention, text):
                        yield mention
            elif start == first and (worded := _read_word(text, start, end, english=english)):
                position = worded.end
                yield worded
        if known and known.start >= position:
            position = known.end
            yield known


def _read_digits(digits: Digits, names: list[tuple[int, int]]) -> Mention:
    """Return the mention that starts with digits; ``names`` are the spans of quoted names."""
    mention = _FORMS.read(digits) or read_quantity(digits)
    if mention.kind != "number":
        return mention
    if code := _part_of_name(mention, digits, names):
        return code
    is_compared = mention.start < digits.start or may_be_compared(
        digits.last_lower, digits.before, digits.text, mention.end
    )
    return _compared(mention, digits.text) if is_compared else mention


def _read_word(text: str, start: int, end: int, *, english: bool) -> Mention | None:
    """Return the mention that starts with a word or a mistyped digit, if any."""
    if text[start] in "lI" and text[end : end + 1].isdecimal():
        mistyped = read_mistyped_quantity.read(Digits(text, start, end, english=english))
        return _compared(mistyped, text) if mistyped else None
    for read in _READERS_OF_WORDS.get(text[start:end].lower(), ()):
        if mention := read(text, start):
            return _compared(mention, text) if mention.kind == "number" else mention
    return read_roman_identifier(text, start)


@reads(r"\d{1,3}(?:[.,]\d| [^\W\d_]|\s?%)")
def _read_plain_count(digits: Digits) -> Mention | None:
    """Return digits before a word or ``%`` as a quantity if they are certainly one.

    The readers of codes, times and dates are then not tried, which saves time.
    """
    return read_quantity(digits) if _is_plain_count(digits) else None


def _is_plain_count(digits: Digits) -> bool:
    text, start, last = digits.text, digits.start, digits.last_lower
    match = _COUNT_AFTER_WORD.match(text, start)
    if match and not text[start - 2].isupper():
        if match["percent"]:
            return True
        if match["word"].islower() and last not in _NUMBERED_LAST:
            return True
    before = digits.before
    return (
        (match := _COUNT.match(text, start)) is not None
        and match["word"].islower()
        and last not in ACCOUNT_LAST
        and not last.endswith(_CALENDAR_WORDS)
        and not before.rstrip("- ")[-1:].isupper()
        and not (has_month_word(before) and (last in _LINKS or last[-1:].isdecimal()))
    )


_FORMS = Readers(
    *(read_mistyped_quantity, _read_plain_count, read_plain_year),
    *(read_data, read_code, read_time, read_date, read_run, read_ratio),
)
"""Readers of expressions that start with a digit, in the order in which they are tried.

If no reader finds anything, the digits are a quantity.
"""


def _part_of_name(number: Mention, digits: Digits, names: list[tuple[int, int]]) -> Mention | None:
    """Return a number as a code if it is part of a name or identifier, else None."""
    if number.total is not None and not digits.before[-1:].isalpha():
        return None
    if not number.text[0].isdecimal():
        return None
    if names and _is_in_name(names, number, digits.text):
        return Mention("code", number.start, number.end, number.text, number.text)
    return None if follows_ordinary_word(number, digits) else read_identifier(number, digits)


def _compared(number: Mention, text: str) -> Mention:
    """Return a number with the comparator that the words around it express."""
    end = number.end
    back, after = context_words.backwards(text, number.start), text[end : end + LOOKAHEAD]
    sign, *others = comparators(back, after, float(number.value))
    if sign == "=" and not others:
        return number
    if number.upper is not None:
        # "từ" before a range is part of it.
        others = [other for other in others if sign != "="]
    return number._replace(comparator=sign, other_comparators=tuple(others))


def _continued(earlier: Mention, number: Mention, text: str) -> Mention:
    """Return a number as a year or code if it continues a list of years or codes, or a name."""
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
