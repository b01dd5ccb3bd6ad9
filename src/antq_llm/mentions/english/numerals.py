"""Numerals in English notation: ``1,250``, ``1.25``, ``1.4 million`` and ``3bn``."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.mentions.quantity import MAX_NUMERAL_CHARACTERS, exact_number, exact_product
from antq_llm.text.lazy_patterns import lazy_re

SCALES = {
    "dozen": 12,
    "hundred": 100,
    "thousand": 10**3,
    "lakh": 10**5,
    "lakhs": 10**5,
    "crore": 10**7,
    "crores": 10**7,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
CURRENCY = r"[$£€¥₫₹]"

_DIGITS = lazy_re(r"[0-9]+(?:[.,][0-9]+)*")
_NOTATION = lazy_re(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}|[0-9]+)(?:\.[0-9]+)?"
)
"""A number in plain digits, in groups of three digits or in Indian groups: ``1,50,000``."""
_SCALE = lazy_re(
    r"[\s-]?(?:(?P<hundred>hundred)\s)?"
    r"(?P<scale>dozen|hundred|thousand|lakhs?|crores?|million|billion|trillion)\b",
    re.IGNORECASE,
)
_ABBREVIATED = lazy_re(r"(?P<scale>bn|bln|tn|trn|mn|mln)(?!\w)", re.IGNORECASE)
_ABBREVIATIONS = {
    "m": 10**6, "mn": 10**6, "mln": 10**6, "b": 10**9, "bn": 10**9, "bln": 10**9,
    "tn": 10**12, "trn": 10**12, "k": 10**3,
}  # fmt: skip
_LETTER = lazy_re(r"[mMbBkK](?!\w)")
"""Letters that are scales in an amount of money; elsewhere, ``m`` can mean metres."""
_MONEY_BEFORE = lazy_re(rf"{CURRENCY}\s?\Z")
_UNIT = lazy_re(
    r"(?:km|kg|mph|kph|kmh|cm|mm|ft|lb|lbs|mg|ml|kW|MW|GW|kWh|MWh|GWh|pc|hrs?|mins?|secs?|yrs?)"
    r"(?![A-Za-z])"
)
"""Units that can follow digits without a space."""
_REST_OF_CODE = lazy_re(r"[\w½¼¾⅓⅔]+")


class Numeral(NamedTuple):
    """The reading of digits with their separators and scale."""

    end: int
    value: int | float | None
    """The number, or None if the digits are ambiguous or not one number, as in ``1.2.3``."""
    possible: tuple[int | float, ...] = ()
    """The possible values of ambiguous digits, such as ``5m``."""


def read_numeral(text: str, start: int) -> Numeral | None:
    """Return the reading of the digits at a position; None if there are none."""
    match = _DIGITS.match(text, start)
    if match is None:
        return None
    end = match.end()
    value = parse_numeral(match[0])
    if value is None:
        return Numeral(_end_of_code(text, end), None)
    if scale := _SCALE.match(text, end):
        factor = SCALES[scale["scale"].lower()] * (100 if scale["hundred"] else 1)
        return Numeral(scale.end(), exact_product(value, factor))
    if scale := _ABBREVIATED.match(text, end):
        return Numeral(scale.end(), exact_product(value, _ABBREVIATIONS[scale["scale"].lower()]))
    if letter := _LETTER.match(text, end):
        scaled = exact_product(value, _ABBREVIATIONS[letter[0].lower()])
        if _MONEY_BEFORE.search(text[max(0, start - 2) : start]):
            return Numeral(letter.end(), scaled)
        return Numeral(letter.end(), None, (value, scaled))
    if text[end : end + 1].isalnum() and not _UNIT.match(text, end):
        return Numeral(_end_of_code(text, end), None)
    return Numeral(end, value)


def parse_numeral(digits: str) -> int | float | None:
    """Return the number that digits denote in English notation, or None if they denote none.

    Digits with an extra leading zero, such as ``007``, and digits in another language's notation,
    such as ``1.250.000`` and ``264.930,8``, denote no number.
    """
    if len(digits) > MAX_NUMERAL_CHARACTERS or not _NOTATION.fullmatch(digits):
        return None
    if digits[0] == "0" and digits[1:2] not in {"", "."}:
        return None
    return exact_number(digits.replace(",", ""))


def _end_of_code(text: str, position: int) -> int:
    match = _REST_OF_CODE.match(text, position)
    return match.end() if match else position
