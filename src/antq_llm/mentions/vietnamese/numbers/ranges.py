"""Ranges of amounts: ``70 - 80%``, ``từ 5 đến 7 vụ``, ``20-30 tỷ`` and ``12m - 13m``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import prod

from antq_llm.mentions.quantity import exact_product
from antq_llm.mentions.vietnamese.context_words import (
    COUNTED_NEXT,
    LOOKAHEAD,
    UNIT_NEXT,
    backwards,
    before,
    is_dated,
)
from antq_llm.mentions.vietnamese.numbers.amounts import Amount, read_amount
from antq_llm.mentions.vietnamese.numbers.numerals import SCALES
from antq_llm.text.lazy_patterns import lazy_re

_UNIT = (
    r"\s?(?:%|°C|(?:[a-zđ²³µ]{1,4}[23]?|đồng|USD|VND|VNĐ|độ C|độC|độ|tuổi|năm|tháng|tuần|ngày|giờ|"
    r"phút|người|vụ|lần|mét|tấn|lít|điểm|chỗ|hộ|con|chiếc)(?!\w))"
)
_DASH = lazy_re(rf"(?P<unit>{_UNIT})?\s?[-–—~]\s?(?=\d)")
DASHES = frozenset("-–—~")
_TO = lazy_re(
    rf"(?P<unit>{_UNIT}|(?:\s[^\W\d_]{{1,10}}){{1,2}}?)?\s(?i:cho\s)?(?i:đến|tới)\s"
    r"(?P<below>(?i:dưới|gần|khoảng|hơn)\s)?"
)
_FROM = before("từ|từ khoảng|từ hơn|từ trên|từ gần|từ dưới|khoảng|giữa")
_CHANGED = before("tăng từ|giảm từ|nâng từ|hạ từ|tăng mạnh từ|giảm mạnh từ|tăng lên từ")
"""Words after which two amounts may be the values before and after a change."""
_NOT_AMOUNT = lazy_re(r"\s?[-–/]\s?\d|[.:]\d|h\d")
_HOUR_LETTER = lazy_re(r"\s?[hg](?!\w)")
"""The letter for hours; after the second number, it makes both numbers times."""
_CHAIN = lazy_re(r"[-–]\d")
_HOURS_NEXT = lazy_re(r"\s(?:giờ|GIỜ)(?!\w)")
_YEAR = lazy_re(r"(?:1[89]|20)\d\d")
_THOUSANDS = lazy_re(r"\d{1,3}\.?000")


_MAX_MONTH = 12
_MIN_WHOLE_SUM = 1000
"""The smallest first bound that may need no scale, as in ``700.000 - 1 triệu đồng``."""


@dataclass(frozen=True)
class Range:
    """Two amounts that are the bounds of one quantity."""

    start: int
    end: int
    lower: int | float
    upper: int | float
    is_certain: bool = True


def read_range(text: str, first: Amount, *, english: bool = False) -> Range | None:
    """Return the range that begins with an amount; None if the amount is not a bound."""
    limit = first.end + LOOKAHEAD
    has_dash = not first.words and not DASHES.isdisjoint(text[first.end : limit])
    dash = _DASH.match(text, first.end, limit) if has_dash else None
    match = dash or range_link(text, first.end)
    if match is None:
        return None
    second = read_amount(text, match.end(), english=english)
    back = backwards(text, first.start)
    if second is None or not _are_bounds(text, first, second, match, back):
        return None
    lower, is_sure = _lower_bound(text, first, second)
    if match["unit"] and lower != first.value:
        # "2 người đến 3 nghìn người" begins with two people.
        lower, is_sure = first.value, False
    if not lower < second.value:
        return None
    if dash:
        is_sure = is_sure and not (_may_be_day(first, second, text) and not _FROM.match(back))
    else:
        is_sure = is_sure and not (_CHANGED.match(back) or match["below"])
    # Three decimals before a scale are not thousands: "36,150 - 36,350 triệu".
    is_sure = is_sure and second.is_certain and (first.is_certain or second.scale > 1)
    is_certain = is_sure and not _HOURS_NEXT.match(text, second.end)
    return Range(first.start, second.end, lower, second.value, is_certain)


def range_link(text: str, end: int) -> re.Match[str] | None:
    """Return the words, such as ``đến``, that link an amount to the upper bound of a range.

    ``end`` is the end of the amount.
    """
    following = text[end : end + LOOKAHEAD]
    if not ("đến" in following or "tới" in following or "ĐẾN" in following or "TỚI" in following):
        return None
    return _TO.match(text, end, end + LOOKAHEAD)


def _are_bounds(text: str, first: Amount, second: Amount, match: re.Match[str], back: str) -> bool:
    """Return whether two amounts are bounds and not parts of a date, time, score or chain."""
    is_after_from = bool(_FROM.match(back))
    if (
        (is_dated(back) and _may_be_dates(text, first, second))
        or _CHAIN.match(back)
        or _NOT_AMOUNT.match(text, second.end)
    ):
        return False
    if _are_years(text, first, second) or (first.words and not (is_after_from or second.words)):
        return False
    if match["unit"]:
        return _has_unit(text, second, match["unit"], is_after_from=is_after_from)
    return not _HOUR_LETTER.match(text, second.end)


def _has_unit(text: str, second: Amount, unit: str, *, is_after_from: bool) -> bool:
    """Return whether the second amount has the given unit or, after a word like ``từ``, no unit."""
    if is_after_from and not UNIT_NEXT.match(text, second.end):
        return True
    return text[second.end : second.end + len(unit) + 1].lstrip().startswith(unit.strip())


def _are_years(text: str, first: Amount, second: Amount) -> bool:
    return (
        bool(_YEAR.fullmatch(text, first.start, first.end))
        and bool(_YEAR.fullmatch(text, second.start, second.end))
        and not COUNTED_NEXT.match(text, second.end)
    )


def _lower_bound(text: str, first: Amount, second: Amount) -> tuple[int | float, bool]:
    """Return the first bound in the scale of the second, and whether this scale is certain.

    ``20-30 tỷ`` begins with 20 billion, and ``200-600.000`` with 200,000.
    """
    if second.words:
        is_whole = first.scale > 1
        return (first.value, True) if is_whole else _lower_bound_in_words(first, second)
    if first.scale > 1 or second.scale == 1:
        digits = text[second.start : second.end]
        scaled = exact_product(first.value, 1000)
        is_cut = first.scale == second.scale == 1 and _THOUSANDS.fullmatch(digits)
        return (scaled, False) if is_cut and scaled < second.value else (first.value, True)
    scaled = exact_product(first.value, second.scale)
    if scaled <= second.value:
        return scaled, True
    if _MIN_WHOLE_SUM <= first.value < second.value:
        return first.value, True
    return exact_product(first.value, second.scale // 1000), False


def _lower_bound_in_words(first: Amount, second: Amount) -> tuple[int | float, bool]:
    """Return the first bound in the scale of a second bound in words, and whether it is certain.

    ``hai đến ba nghìn`` begins with 2000, and ``hai mươi đến ba trăm nghìn`` with 20,000.
    """
    scales = [10 if word == "mươi" else SCALES.get(word, 1) for word in second.words]
    largest, last = max(scales), scales[-1]
    if largest == 1:
        return first.value, True
    if last < largest:
        # "ba nghìn năm trăm" ends with a smaller scale.
        return first.value, largest <= max(10, first.value)
    whole = prod(scales)
    scaled = exact_product(first.value, whole)
    if scales[0] == 1 and first.value < 10 and 1 not in scales[1:] and scaled < second.value:
        is_close = scaled * 2 >= second.value and "mươi" not in second.words
        return scaled, is_close or whole == last >= SCALES["nghìn"]
    scaled = exact_product(first.value, last)
    if scaled < second.value and last >= SCALES["nghìn"]:
        return scaled, True
    if last < SCALES["triệu"] or first.value >= _MIN_WHOLE_SUM:
        return first.value, True
    return exact_product(first.value, last // 1000), False


def _may_be_dates(text: str, first: Amount, second: Amount) -> bool:
    """Return whether two numbers may be days, months or years: integers with no scale or ``%``."""
    return (
        isinstance(first.value, int)
        and isinstance(second.value, int)
        and first.scale == second.scale == 1
        and not text.startswith("%", second.end)
    )


def _may_be_day(first: Amount, second: Amount, text: str) -> bool:
    """Return whether two numbers may be a day and a month, as in ``(5-6)``."""
    return (
        second.value <= _MAX_MONTH
        and first.scale == second.scale == 1
        and not UNIT_NEXT.match(text, second.end)
        and not COUNTED_NEXT.match(text, second.end)
    )
