"""Digits that are not a quantity: telephone and document numbers, and digits in names."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT, IDENTIFIER, UNIT_NEXT

_CODE = re.compile(
    r"(?P<phone>(?<![\d.,/])0\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)(?![.,/]\d))|"
    r"(?P<number>\d+/(?:\d{4}/)?[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*)|"
    r"(?P<sum>\d+\+\d+)"
)
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"[.!?…](?:\s|\Z)|,\Z")
_MAX_NAME_CHARACTERS = 80
_NOT_A_NAME = re.compile(
    r"\b(?:tổng số|con số|một số|trong số|trên số|có số|là số|chia làm|chia thành)\s*\Z",
    re.IGNORECASE,
)


def read_code(text: str, start: int) -> Mention | None:
    """Return the telephone or document number that starts at a digit; None if there is none."""
    match = _CODE.match(text, start)
    return Mention("code", start, match.end(), match[0], match[0]) if match else None


def quoted_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of names in quotation marks that have digits in them, in order.

    Longer quotations and whole sentences are speech.
    """
    return [
        (start, end)
        for start, end, name in quoted_names(text)
        if _DIGIT.search(name)
        and (name[0].isupper() or name[0].isdigit())
        and len(name) <= _MAX_NAME_CHARACTERS
        and not _SENTENCE.search(name)
    ]


def is_code(digits: str, back: str, after: str) -> bool:
    """Return whether the words around digits make them part of a name or an identifier."""
    last = back[:1]
    if last.isalnum() and not last.isdecimal():
        return True
    if digits[0] == "0" and digits[1:2].isdecimal() and not UNIT_NEXT.match(after):
        return True
    return (
        bool(IDENTIFIER.match(back))
        and not _NOT_A_NAME.search(back[::-1])
        and not COUNTED_NEXT.match(after)
    )
