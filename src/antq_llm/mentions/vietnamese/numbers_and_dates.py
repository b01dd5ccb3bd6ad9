"""Numbers, dates, times and codes of a Vietnamese text, found by rule with their spans.

Every expression in digits is one mention: a quantity (``number``), a calendar expression
(``date``), a clock time (``time``), or digits that are part of a name or an identifier (``code``).
Dates are read from the expression alone, in EDTF: ``24/9`` is ``XXXX-09-24``. The forms of each
kind are read in a module each, in the order of ``_FORMS``; what none of them claims is a quantity,
unless the words around it say otherwise.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese import context_words
from antq_llm.mentions.vietnamese.codes import is_code, quoted_spans, read_code
from antq_llm.mentions.vietnamese.context_words import LOOKAHEAD
from antq_llm.mentions.vietnamese.dates import (
    continues_years,
    read_bare_date,
    read_date,
    with_quarter,
)
from antq_llm.mentions.vietnamese.numbers.comparators import comparators
from antq_llm.mentions.vietnamese.numbers.quantities import (
    QUANTITY_WORD,
    is_exponent,
    read_quantity,
    read_quantity_in_words,
)
from antq_llm.mentions.vietnamese.times import read_time

_FORMS = (read_code, read_time, read_date)
_VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_START = re.compile(rf"\d|{QUANTITY_WORD}", re.IGNORECASE)


def read_mentions(text: str) -> list[Mention]:
    """Return every expression in digits of a text, in order.

    A text without Vietnamese letters is read in English notation.
    """
    english = not _VIETNAMESE.search(text)
    names = quoted_spans(text)
    mentions: list[Mention] = []
    for found in _scan(text, english=english):
        mention = _settled(found, text, names)
        if mention.kind == "number" and mentions and continues_years(mentions[-1], mention, text):
            mention = Mention("date", mention.start, mention.end, mention.text, mention.text)
        mentions.append(mention)
    return mentions


def _scan(text: str, *, english: bool) -> Iterator[Mention]:
    position = 0
    while match := _START.search(text, position):
        mention = _read_at(text, match.start(), english=english)
        position = max(mention.end, match.end()) if mention else match.end()
        if mention and not is_exponent(mention, text):
            yield mention


def _read_at(text: str, start: int, *, english: bool) -> Mention | None:
    """Return the mention that starts at a digit or a number word."""
    if not text[start].isdecimal():
        return read_quantity_in_words(text, start)
    for read in _FORMS:
        if mention := read(text, start):
            return mention
    return read_quantity(text, start, english=english)


def _settled(mention: Mention, text: str, names: list[tuple[int, int]]) -> Mention:
    """Return a mention with the kind that the words around it give it.

    Years, months and codes look like numbers.
    """
    start, end = mention.start, mention.end
    if mention.kind != "number":
        return with_quarter(mention, text)
    back, after = context_words.backwards(text, start), text[end : end + LOOKAHEAD]
    if mention.total is None and mention.text[0].isdecimal():
        if date := read_bare_date(mention.text, text, start, back, after):
            return mention._replace(kind="date", value=date)
        if _is_in(names, start, end) or is_code(mention.text, back, after):
            return Mention("code", start, end, mention.text, mention.text)
    sign, *others = comparators(back, after, float(mention.value))
    if mention.upper is not None:
        # "từ" before a range belongs to it.
        others = [other for other in others if sign != "="]
    return mention._replace(comparator=sign, other_comparators=tuple(others))


def _is_in(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Return whether a stretch is inside one of some spans, which are in order."""
    index = bisect_right(spans, start, key=lambda span: span[0]) - 1
    return index >= 0 and end <= spans[index][1]
