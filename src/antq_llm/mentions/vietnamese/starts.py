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


def _by_first_letters(words: Iterable[str]) -> str:
    """Return a pattern for any of the words in lower case, in capitals or capitalised.

    It compares their first two letters first, because few other words begin with them.
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
        f"(?=[{firsts}][{seconds}])(?:{small})|"
        f"(?=[{firsts.upper()}][{seconds}{seconds.upper()}])(?:{capital})"
    )


_WORD = (
    rf"(?:(?:{_by_first_letters(dict.fromkeys((*QUANTITY_WORDS, *LUNAR_WORDS, *PERIOD_WORDS)))}"
    rf"|{ROMAN_NUMERAL})(?!\w)|{MISTYPED_ONE})"
)
_AFTER_SPACE = lazy_re(rf" {_WORD}")
_ELSEWHERE = lazy_re(rf"[^{_LETTERS} ](?:(?<=\d)|(?<=\W){_WORD})")


def possible_starts(text: str, start: int, limit: int) -> list[int]:
    """Return the positions from ``start`` on where a mention may start, in order.

    These are the digits, the words that a mention may begin with, and letters that may have been
    typed instead of the digit 1. The text is read as if it ended at ``limit``.
    """
    is_first = start == 0 and _AFTER_SPACE.match(f" {text[:limit]}")
    first = [0] if is_first else []
    before = max(0, start - 1)
    words = [match.start() + 1 for match in _AFTER_SPACE.finditer(text, before, limit)]
    others = [match.start() for match in _ELSEWHERE.finditer(text, before, limit)]
    others = [place if text[place].isdecimal() else place + 1 for place in others]
    return [place for place in sorted(first + words + others) if place >= start]
