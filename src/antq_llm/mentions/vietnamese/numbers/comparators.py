"""Words that say how a quantity is meant: ``hơn 20 hộ``, ``ít nhất 5 vụ``, ``20 hộ trở lên``."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.context_words import any_reversed

_COMPARATORS = {
    "<": "dưới|chưa đến|chưa tới|không đến|không tới|chưa đầy|kém",
    "<=": "không quá|tối đa|nhiều nhất",
    ">=": "ít nhất|tối thiểu|không dưới|không kém",
    ">": "hơn|trên|quá|vượt",
    "~": "khoảng|gần|chừng|ước|ước tính|xấp xỉ|ngót|độ",
}
_SIGNS = {word[::-1]: sign for sign, words in _COMPARATORS.items() for word in words.split("|")}
_BEFORE = re.compile(rf"\s+({any_reversed(word[::-1] for word in _SIGNS)})(?!\w)", re.IGNORECASE)
_OR_MORE = re.compile(r"\s*(?:%|[^\W\d_]+(?:\s+[^\W\d_]+)?)?\s+trở lên\b", re.IGNORECASE)
_MORE_AFTER = re.compile(r"\s+hơn\b", re.IGNORECASE)


def comparator(back: str, after: str) -> str:
    """Return how the words before a number, read backwards, and after it qualify it."""
    if "lên" in after.lower() and _OR_MORE.match(after):
        return ">="
    if match := _BEFORE.match(back):
        return _SIGNS[match[1].lower()]
    return ">" if _MORE_AFTER.match(after) else "="
