"""Amounts without a number: ``hàng chục``, ``vài trăm``, ``gần trăm``, ``một nửa``, ``gấp đôi``."""

from __future__ import annotations

import re
from math import prod
from typing import NamedTuple

from antq_llm.mentions.vietnamese.context_words import backwards, before
from antq_llm.mentions.vietnamese.numbers.numerals import SCALE_END, SCALES
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_ORDER = rf"(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ){SCALE_END}"
_VAGUE = compile_words(
    rf"(?P<order>(?:hàng|cả)\s(?P<orders>{_ORDER}(?:\s{_ORDER}){{0,2}}))|"
    rf"(?P<few>(?:(?:một\s)?vài(?:\sba)?|mấy(?=\s{_ORDER})|dăm(?:\sba|\sbảy)?|đôi\sba)"
    rf"(?!\w)(?P<fews>(?:\s{_ORDER}){{0,3}}))|"
    rf"(?P<bare>{_ORDER}(?:\s{_ORDER}){{0,2}})|"
    rf"(?P<half>(?:một|phân)\snửa(?!\w)|nửa(?!\w))(?P<halves>(?:\s{_ORDER}){{0,2}})|"
    r"(?P<multiple>gấp\s(?P<times>đôi|rưỡi)(?!\w)(?P<more>\srưỡi(?!\w))?)",
    re.IGNORECASE,
)
_FEW = {"đôi ba": (2, 3), "dăm": (3, 7), "dăm ba": (3, 5), "dăm bảy": (5, 7)}
_ABOUT = before("hơn|gần|ngót|trên|dưới|khoảng|cỡ|chừng|chưa đầy|chưa đến|xấp xỉ|ngót nghét")
"""Words after which a scale word alone is an amount, as in ``gần trăm``."""
_HALVED_NEXT = lazy_re(
    r"\s(?:năm|tháng|ngày|giờ|tiếng|phút|thế kỷ|thập kỷ|số|dân số|diện tích|quãng|chặng|đường|kg|"
    r"cân|lít|mét|km|chai|ly|gói|thế giới|nước|giá|lượng)(?!\w)",
    re.IGNORECASE,
)
"""Nouns before which ``nửa`` means "half"; in ``nửa đùa nửa thật``, it is an adverb."""
_HALF_BEFORE = before("hơn|gần|quá|già|ngót|chưa đầy|chưa đến|khoảng|còn|mất|tới|đến")

FIRST_WORD = "hàng|cả|vài|mấy|dăm|đôi|chục|trăm|nghìn|ngàn|vạn|triệu|nửa|phân|gấp"
"""Pattern of the words, besides ``một``, with which a vague amount may begin."""


class VagueAmount(NamedTuple):
    """The value of an amount without a number, or the bounds of its possible values."""

    end: int
    value: int | float
    upper: int | float | None = None
    is_certain: bool = False


def read_vague_amount(text: str, start: int) -> VagueAmount | None:
    """Return the amount without a number at a position; None if there is none."""
    match = _VAGUE.match(text, start)
    if match is None:
        return None
    end = match.end()
    if match["order"]:
        value = _product(match["orders"])
        return VagueAmount(end, value, value * 10 - 1)
    if match["few"]:
        scale = _product(match["fews"])
        words = match["few"][: len(match["few"]) - len(match["fews"])].lower()
        low, high = _FEW.get(words, (2, 9))
        return VagueAmount(end, low * scale, high * scale)
    if match["bare"]:
        is_amount = _ABOUT.match(backwards(text, start))
        return VagueAmount(end, _product(match["bare"]), is_certain=True) if is_amount else None
    if match["multiple"]:
        value_of = 2 if match["times"].lower() == "đôi" else 1.5
        return VagueAmount(end, value_of + (0.5 if match["more"] else 0), is_certain=True)
    if match["halves"]:
        return VagueAmount(end, _product(match["halves"]) // 2, is_certain=True)
    is_half = " " in match["half"] or _HALVED_NEXT.match(text, end)
    if is_half or _HALF_BEFORE.match(backwards(text, start)):
        return VagueAmount(end, 0.5)
    return None


def _product(words: str) -> int:
    return prod(SCALES[word] for word in words.lower().split())
