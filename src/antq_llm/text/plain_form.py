"""The plain form of a text, which the patterns of the rules expect.

It has composed letters, ordinary hyphens, one space for each run of spaces and none of the usual
invisible characters. Texts that differ only in these respects have the same plain form. Matches are
mapped back to their positions in the original.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from antq_llm.text.comparison_form import ETHS, TONE_MARKS, special_places, visible
from antq_llm.text.offset_map import OffsetMap, rewritten

_SPACES = "\u00a0\u2002\u2003\u2007\u2009\u202f"
_HYPHENS = "\u2010\u2011"
_ONE_FOR_ONE = dict.fromkeys(_SPACES, " ") | dict.fromkeys(_HYPHENS, "-") | ETHS
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""The usual invisible characters. Other invisible characters are removed only from a text that
contains one of these or a decomposed letter."""
_DOUBLED = re.compile("   *")


class PlainForm(NamedTuple):
    """The plain form of a text, and the position of each of its characters in the original."""

    text: str
    positions: OffsetMap


def plain_form(text: str) -> PlainForm:
    """Return the plain form of a text, quickly if the text is already plain."""
    for odd, plain in _ONE_FOR_ONE.items():
        if odd in text:
            text = text.replace(odd, plain)
    # Comparing a text with its normal form is faster than unicodedata.is_normalized.
    if unicodedata.normalize("NFC", text) != text or any(
        character in text for character in _INVISIBLE
    ):
        places = special_places(text)
    elif _DOUBLED.search(text):
        places = [(*match.span(), "space") for match in _DOUBLED.finditer(text)]
    else:
        return PlainForm(text, OffsetMap())
    changed = [
        (start, end, plain)
        for start, end, kind in places
        if (plain := _plain(text[start:end], kind)) != text[start:end]
    ]
    if not changed:
        return PlainForm(text, OffsetMap())
    starts, ends, replaced = zip(*changed, strict=True)
    return PlainForm(rewritten(text, starts, ends, replaced), OffsetMap(starts, ends, replaced))


@lru_cache(maxsize=1 << 13)
def _plain(original: str, kind: str) -> str:
    """Return the plain form of a stretch of the original."""
    if kind == "gone":
        return ""
    seen = visible(original)
    if kind == "space":
        # Line breaks and tabs are kept, because they separate more than spaces do.
        return _DOUBLED.sub(" ", seen)
    if kind == "letter":
        decomposed = unicodedata.normalize("NFD", seen)
        # A tone mark composes with a letter only after the mark for the letter's quality.
        return unicodedata.normalize(
            "NFC", "".join(sorted(decomposed, key=TONE_MARKS.__contains__))
        )
    return original
