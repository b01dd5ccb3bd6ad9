"""Quantities in digits: ``2.700``, ``1,2 tỷ``, ``2 tỷ 300 triệu`` and ratios such as ``48/52``."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.quantity import MAX_NUMERAL_CHARACTERS
from antq_llm.mentions.vietnamese.numbers.numerals import SCALE, parse_numeral, times_scale

_NUMERAL = r"\d+(?:[.,]\d+)*"
_RATIO = re.compile(_NUMERAL + r"\s?/\s?" + _NUMERAL)
_QUANTITY = re.compile(
    rf"(?P<first>{_NUMERAL})"
    rf"(?:\s?(?P<scale>{SCALE})\b(?P<rest>(?:\s\d{{1,3}}\s(?:triệu|nghìn|ngàn)\b)*))?"
)
_COUNT_OF_SCALE = re.compile(r"(\d+)\s(\w+)")
_EXPONENT = re.compile(r"(?<![^\W\d_])[kcdm]?m\Z", re.IGNORECASE)


def read_quantity(text: str, start: int, *, english: bool) -> Mention | None:
    """Return the quantity that starts at a digit; a code if its digits are too many."""
    if (pair := _RATIO.match(text, start)) and (ratio := _ratio(pair, english=english)):
        return ratio
    return _number(text, start, english=english)


def is_exponent(mention: Mention, text: str) -> bool:
    """Return whether digits are the end of a unit such as ``m2`` and ``km3``."""
    return mention.text in {"2", "3"} and bool(
        _EXPONENT.search(text[max(0, mention.start - 3) : mention.start])
    )


def _ratio(match: re.Match[str], *, english: bool) -> Mention | None:
    value, total = (parse_numeral(part.strip(), english=english) for part in match[0].split("/"))
    if value is None or total is None or value > total:
        return None
    return Mention("number", match.start(), match.end(), match[0], value, total)


def _number(text: str, start: int, *, english: bool) -> Mention | None:
    match = _QUANTITY.match(text, start)
    if match is None:
        return None
    value = parse_numeral(match["first"], english=english)
    if value is None:
        # Not the notation of one number: its first group of digits is read alone.
        digits = re.split("[.,]", match["first"], maxsplit=1)[0]
        if len(digits) > MAX_NUMERAL_CHARACTERS:
            return Mention("code", start, start + len(digits), digits, digits)
        return Mention("number", start, start + len(digits), digits, int(digits))
    if match["scale"]:
        value = times_scale(value, match["scale"])
        value += sum(
            times_scale(int(count), scale)
            for count, scale in _COUNT_OF_SCALE.findall(match["rest"])
        )
    return Mention("number", start, match.end(), match[0], value)
