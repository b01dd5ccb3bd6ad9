"""Telephone numbers, document numbers and other digits that are not quantities."""

from __future__ import annotations

import re

from antq_llm.text.lazy_patterns import lazy_re

_NOT_INSIDE = r"(?<![\w.,/-])"
_IDENTIFIERS = lazy_re(
    "|".join(
        (
            # Telephone numbers.
            r"(?<=\+)[0-9][0-9 ().-]{6,20}[0-9]\b",
            _NOT_INSIDE + r"0[0-9]{2,4}[ -][0-9]{3,4}[ -]?[0-9]{3,4}\b",
            _NOT_INSIDE + r"0[0-9]{9,10}\b",
            r"(?<![\w.,/])(?:1[ -])?[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b",
            _NOT_INSIDE + r"[0-9]{3}-[0-9]{4}(?![\w-])",
            # Document numbers, such as 15/KH-UBND and 168/2024/ND-CP.
            r"[0-9]+(?:/[0-9]+){0,3}[/-][A-ZĐ]{2}[\w/-]*",
            r"[0-9]+(?:-[A-Za-z]{2,3}-[0-9]+)+",
            # IP addresses.
            r"[0-9]+(?:\.[0-9]+){3,}\b",
        )
    )
)
_EMERGENCY = lazy_re(r"\b(?:call|calls|called|calling|dial|dialled|dialing|ring|phone|phoned)"
                        r"(?:\s(?:on|to))?\s\Z", re.IGNORECASE)  # fmt: skip
_EMERGENCY_NUMBER = lazy_re(r"(?:999|911|112|111|101|000)(?![\w.,-]*[0-9])")


def read_identifier(text: str, start: int) -> int | None:
    """Return the end of the identifier at a position; None if there is none.

    Identifiers are telephone and document numbers and IP addresses.
    """
    if match := _IDENTIFIERS.match(text, start):
        return match.end()
    match = _EMERGENCY_NUMBER.match(text, start)
    if match and _EMERGENCY.search(text[max(0, start - 20) : start]):
        return match.end()
    return None
