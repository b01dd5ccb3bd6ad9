"""Quantities with letters typed instead of digits, such as ``1O hộ`` and ``l5 người``."""

from __future__ import annotations

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.mentions.vietnamese.numbers.counted_nouns import is_counted_noun_next
from antq_llm.mentions.vietnamese.numbers.numerals import parse_numeral
from antq_llm.text.lazy_patterns import lazy_re

MISTYPED_ONE = r"(?<![.,/-])[lI](?=\d)"
"""Pattern of a letter typed instead of the digit 1 at the start of a quantity."""

_MISTYPED = lazy_re(
    r"(?:[lI](?=\d)|\d)(?:\d|[Oo]|[lI](?=[\dOo])){0,11}(?:[.,][\dOo]{1,3}){0,4}(?![.,]?\d|\w)"
)
_DIGITS_OF_LETTERS = str.maketrans("lIOo", "1100")


@reads(r"\d+(?:[OolI]|[.,][\dOo])")
def read_mistyped_quantity(digits: Digits) -> Mention | None:
    """Return a quantity with letters typed instead of digits, as in ``1O hộ`` and ``l5 người``.

    Returns None unless a counted noun follows.
    """
    text, start = digits.text, digits.start
    match = _MISTYPED.match(text, start)
    if match is None or match[0].translate(_DIGITS_OF_LETTERS) == match[0]:
        return None
    end = match.end()
    if not (COUNTED_NEXT.match(text, end) or is_counted_noun_next(text, end)):
        return None
    value = parse_numeral(match[0].translate(_DIGITS_OF_LETTERS), english=digits.english)
    return None if value is None else Mention("number", start, end, match[0], value)
