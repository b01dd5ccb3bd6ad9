"""E-mail and web addresses, whose digits are part of a name in any language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from antq_llm.mentions.mention import Mention
from antq_llm.text.lazy_patterns import lazy_re

_LINE = lazy_re(r"[^\n]+")
_CHUNK = lazy_re(r"\S+")
_DIGIT = lazy_re(r"\d")
_DOMAIN = lazy_re(r"\.(?:com|vn|net|org|htm|edu|gov|info)")
_SIGN = lazy_re(r"@|://|www\.|\.(?:com|vn|net|org|htm|edu|gov|info)")
"""Signs and domain endings; every address contains at least one of them."""
_ADDRESS = lazy_re(
    r"(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})"
    r"|(?P<url>(?:https?://|www\.)[^\s\"“”<>()]{3,2000}"
    r"|[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.(?:com|vn|net|org|edu|gov|info|htm|html)\b(?:/[^\s\"“”<>()]{0,2000})?)",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'’”…"


def read_web_addresses(text: str) -> list[Mention]:
    """Return the e-mail and web addresses in a text that contain digits."""
    if not any(sign in text for sign in ("@", "://", "www.")) and not _DOMAIN.search(text):
        return []
    return [
        found
        for line in _LINE.finditer(text)
        if _SIGN.search(line[0])
        for chunk in _CHUNK.finditer(text, *line.span())
        if _SIGN.search(chunk[0]) and _DIGIT.search(chunk[0])
        for found in _addresses_in(text, chunk)
    ]


def _addresses_in(text: str, chunk: re.Match[str]) -> Iterator[Mention]:
    for match in _ADDRESS.finditer(text, *chunk.span()):
        words = match[0].rstrip(_TRAILING)
        if _DIGIT.search(words):
            end = match.start() + len(words)
            yield Mention("code", match.start(), end, words, words, form=match.lastgroup)
