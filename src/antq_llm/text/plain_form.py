"""The plain form of a text, which rules are written for: composed letters, one space for a run of spaces, nothing invisible.

Every other spelling that has the same comparison form by composition, spaces or invisible characters is brought to it, and found
expressions are brought back to where they stand in the original.
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
"""The invisible characters that texts are met with; where one of them is, or a letter is decomposed, all others are looked for too."""
_DOUBLED = re.compile("   *")


class PlainForm(NamedTuple):
    """The plain form of a text, and where each of its characters stands in the original."""

    text: str
    positions: OffsetMap


def plain_form(text: str) -> PlainForm:
    """Return the plain form of a text; one that is plain already costs a few searches."""
    for odd, plain in _ONE_FOR_ONE.items():
        if odd in text:
            text = text.replace(odd, plain)
    # A text in NFC is its own normal form, and that is found sooner than it is answered whether it is one.
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
    """Return what stands for a stretch of the original in the plain form."""
    if kind == "gone":
        return ""
    seen = visible(original)
    if kind == "space":
        # Line breaks and tabs part what spaces do not: they stay.
        return _DOUBLED.sub(" ", seen)
    if kind == "letter":
        decomposed = unicodedata.normalize("NFD", seen)
        # Only behind the mark of its quality does a tone compose with a letter.
        return unicodedata.normalize(
            "NFC", "".join(sorted(decomposed, key=TONE_MARKS.__contains__))
        )
    return original
