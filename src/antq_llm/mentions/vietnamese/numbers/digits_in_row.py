"""Digits in words, one after another: ``hai ba người``, ``một, hai nghìn``."""

from __future__ import annotations

import re
from math import prod

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.quantity import exact_product
from antq_llm.mentions.vietnamese.context_words import before
from antq_llm.mentions.vietnamese.numbers.amounts import Amount
from antq_llm.mentions.vietnamese.numbers.counted_nouns import certainty
from antq_llm.mentions.vietnamese.numbers.number_words import DIGIT, read_number_words
from antq_llm.mentions.vietnamese.numbers.numerals import SCALES
from antq_llm.text.lazy_patterns import lazy_re

_NUMBER_BEFORE = before(rf"{DIGIT}|mười|mươi|trăm")
_DIGIT_LAST = DIGIT.replace("|năm", "")
_NEXT_DIGIT = lazy_re(
    rf"(?:\s(?:{_DIGIT_LAST})(?=\s(?:{_DIGIT_LAST})(?!\w)))?\s(?P<word>{DIGIT})(?!\w)"
    rf"|(?:,\s|\s(?:hay|hoặc)\s|\s?[-–]\s?)(?P<listed>{_DIGIT_LAST})"
    r"(?=\s(?:nghìn|ngàn|vạn|triệu|tỷ|tỉ)(?!\w))",
    re.IGNORECASE,
)
"""The last digit of ``hai ba``, ``hai ba bốn``, ``hai, ba nghìn`` or ``hai hoặc ba nghìn``."""


def read_digits_in_row(text: str, amount: Amount, back: str) -> Mention | None:
    """Return digits in words, such as ``hai ba nghìn``, as a range, here from 2000 to 3000."""
    following = _NEXT_DIGIT.match(text, amount.end)
    if following is None or len(amount.words) > 1 or _NUMBER_BEFORE.match(back):
        return None
    upper = read_number_words(text, following.start(following.lastgroup or "word"))
    # "bốn năm" is four years.
    if upper is None or upper.words == ("năm",):
        return None
    scale = prod(10 if word == "mươi" else SCALES.get(word, 0) for word in upper.words[1:])
    lower = exact_product(amount.value, scale)
    if not 0 < scale <= upper.value - lower <= 2 * scale:
        return None
    start, end = amount.start, upper.end
    if not certainty(("hai", *upper.words[1:]), text, (start, end), back):
        return None
    return Mention(
        "number", start, end, text[start:end], lower, upper=upper.value, is_certain=False
    )


def follows_lower_digit(amount: Amount, back: str) -> bool:
    """Return whether the digit before a numeral is one less, as in ``hai ba nghìn năm trăm``.

    ``back`` is the text before the numeral, read backwards.
    """
    if not _NUMBER_BEFORE.match(back):
        return False
    earlier = read_number_words(back.split(maxsplit=1)[0][::-1], 0)
    first = read_number_words(amount.words[0], 0)
    if earlier is None or first is None or earlier.words == ("năm",):
        return False
    return earlier.value + 1 == first.value
