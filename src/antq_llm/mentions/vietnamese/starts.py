"""The places in a Vietnamese text where a mention may start.

Readers are tried only at these places. Most words follow a space, and a search finds a space many
times faster than the start of a word. Words after other characters are searched for together with
digits.
"""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.calendar.lunar_dates import LUNAR_WORDS
from antq_llm.mentions.vietnamese.calendar.periods import PERIOD_WORDS
from antq_llm.mentions.vietnamese.identifiers import ROMAN_NUMERAL
from antq_llm.mentions.vietnamese.numbers.mistyped_quantities import MISTYPED_ONE
from antq_llm.mentions.vietnamese.numbers.quantities import QUANTITY_WORDS
from antq_llm.text.lazy_patterns import lazy_re

_LETTERS = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1ea0-\u1ef9"
"""Latin letters, for a character class; no mention in words starts right after one of them."""
_WORDS = tuple(
    dict.fromkeys(phrase.split()[0] for phrase in (*QUANTITY_WORDS, *LUNAR_WORDS, *PERIOD_WORDS))
)
"""The words with which a mention may begin."""


def _letters_of_words(place: int) -> str:
    """Return the letters that the words have at an index, in lower and upper case."""
    small = "".join(sorted({word[place] for word in _WORDS if len(word) > place}))
    return small + small.upper()


def _any_word() -> str:
    """Return a pattern for any of the words, in lower case or capitalised.

    After a capital, the other letters may be in either case. The first two letters are compared
    before the rest of the word.
    """
    endings: dict[str, dict[str, list[str]]] = {}
    for word in _WORDS:
        endings.setdefault(word[0], {}).setdefault(word[1], []).append(re.escape(word[2:]))
    rest_of = {
        first: "|".join(f"{second}(?:{'|'.join(last)})" for second, last in rest.items())
        for first, rest in endings.items()
    }
    small = "|".join(f"{first}(?:{rest})" for first, rest in rest_of.items())
    capital = "|".join(f"{first.upper()}(?i:{rest})" for first, rest in rest_of.items())
    return f"{small}|{capital}"


_FIRST, _SECOND, _THIRD = map(_letters_of_words, range(3))
_NO_THIRD = "".join(
    letter for letter in map(chr, range(0x41, 0x1EFA))
    if letter.isalpha() and (letter < "\u0100" or letter > "\u1e9f") and letter not in _THIRD
)  # fmt: skip
"""Letters that none of the words has in third place; they rule out most other words."""
_MAY_BE_WORD = rf"(?=[{_FIRST}][{_SECOND}](?![{_NO_THIRD}]))"
_WORD = _any_word()
_END = r"(?!\w|(?<=[Nn]ăm) \d)"
"""The end of a word; ``năm`` before digits is left out, because it means "year"."""
_AT_START = lazy_re(rf"(?:{_WORD}|{ROMAN_NUMERAL}){_END}")
_AFTER_SPACE = lazy_re(rf" {_MAY_BE_WORD}(?:{_WORD}){_END}")
_NUMERAL_AFTER_SPACE = lazy_re(rf" {ROMAN_NUMERAL}{_END}")
_ELSEWHERE = lazy_re(
    rf"[^{_LETTERS} ](?:(?<=\d)\d*+|(?=[{_FIRST}XVI])(?<=\W)(?:{_WORD}|{ROMAN_NUMERAL}){_END})"
)
_BEFORE_DIGITS = lazy_re(rf"(?<!\w){MISTYPED_ONE}")


def possible_starts(text: str, start: int, limit: int) -> list[tuple[int, int]]:
    """Return, in order, the spans from ``start`` onwards at which a mention may start.

    A span is a run of digits, a word with which a mention may begin, a Roman numeral or a letter
    that may have been typed instead of the digit 1. The text is read as if it ended at ``limit``.
    """
    before = max(0, start - 1)
    first = _AT_START.match(text, 0, limit) if start == 0 else None
    found = [first.span()] if first else []
    for words in (_AFTER_SPACE, _NUMERAL_AFTER_SPACE):
        found += [(match.start() + 1, match.end()) for match in words.finditer(text, before, limit)]
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
