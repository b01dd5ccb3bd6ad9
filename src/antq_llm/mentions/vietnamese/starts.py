"""The places in a Vietnamese text where a mention may start.

Only the patterns here are searched for in the whole text. Most words follow a space, and a search
finds a space many times faster than the start of a word. Words after other characters are searched
for together with the digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from antq_llm.mentions.vietnamese.calendar.lunar_dates import LUNAR_WORDS
from antq_llm.mentions.vietnamese.calendar.periods import PERIOD_WORDS
from antq_llm.mentions.vietnamese.identifiers import ROMAN_NUMERAL
from antq_llm.mentions.vietnamese.numbers.quantities import MISTYPED_ONE, QUANTITY_WORDS
from antq_llm.text.lazy_patterns import lazy_re

_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1ea0-\u1ef9"
"""Letters of Latin script, for a character class: no mention starts after one of them."""


def _any_of(words: Iterable[str]) -> str:
    """Return a pattern for a Roman numeral or any of the words, in lower case or capitalised.

    Capitalised words may have further capitals, and ``năm`` before digits means year. The pattern
    looks at two letters first, because few other words begin with them.
    """
    endings: dict[str, dict[str, list[str]]] = {}
    for word in words:
        endings.setdefault(word[0], {}).setdefault(word[1], []).append(re.escape(word[2:]))
    firsts = "".join(endings)
    seconds = "".join(sorted({second for rest in endings.values() for second in rest}))
    rest_of = {
        first: "|".join(f"{second}(?:{'|'.join(last)})" for second, last in rest.items())
        for first, rest in endings.items()
    }
    small = "|".join(f"{first}(?:{rest})" for first, rest in rest_of.items())
    capital = "|".join(f"{first.upper()}(?i:{rest})" for first, rest in rest_of.items())
    return (
        f"(?=[{firsts}{firsts.upper()}][{seconds}{seconds.upper()}]|[XVI])"
        f"(?:{small}|{capital}|{ROMAN_NUMERAL})(?!\\w|(?<=[Nn]ăm) \\d)"
    )


_WORD = _any_of(
    dict.fromkeys(phrase.split()[0] for phrase in (*QUANTITY_WORDS, *LUNAR_WORDS, *PERIOD_WORDS))
)
_AT_START = lazy_re(_WORD)
_AFTER_SPACE = lazy_re(rf" {_WORD}")
_ELSEWHERE = lazy_re(rf"[^{_LETTERS} ](?:(?<=\d)\d*+|(?<=\W){_WORD})")
_BEFORE_DIGITS = lazy_re(rf"(?<!\w){MISTYPED_ONE}")


def possible_starts(text: str, start: int, limit: int) -> list[tuple[int, int]]:
    """Return the spans from ``start`` on where a mention may start, in order.

    These are runs of digits, words that a mention may begin with, and letters that may have been
    typed instead of the digit 1. The text is read as if it ended at ``limit``.
    """
    before = max(0, start - 1)
    first = _AT_START.match(text, 0, limit) if start == 0 else None
    found = [first.span()] if first else []
    for match in _AFTER_SPACE.finditer(text, before, limit):
        place, end = match.span()
        found.append((place + 1, end))
    for match in _ELSEWHERE.finditer(text, before, limit):
        place, end = match.span()
        if not text[place].isdecimal():
            found.append((place + 1, end))
            continue
        if place > start and text[place - 1] in "lI" and _BEFORE_DIGITS.match(text, place - 1):
            found.append((place - 1, place))
        if end > start:
            found.append((max(place, start), end))
    return sorted(found)
