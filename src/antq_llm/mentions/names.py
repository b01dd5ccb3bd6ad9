"""Names behind a police or army rank, and names in quotation marks, found by rule with their spans."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.mentions.numbers_and_dates import quoted

_RANKS = (
    "Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy|Thượng úy|Trung úy|Thiếu úy|"
    "Đại uý|Thượng uý|Trung uý|Thiếu uý|Chuẩn úy|Thượng sĩ|Trung sĩ|Hạ sĩ"
)
_CAPITALS = "".join(
    character
    for character in map(chr, range(0x41, 0x1EFA))
    if character.isupper() and (character < "\u0250" or character > "\u1e00")
)
_CAPITALISED = rf"[{_CAPITALS}][\w’']*"
_SECOND_WORD = re.compile(r" [TtÚúUuSs](?:ướng|ƯỚNG|á|Á|[yYýÝĩĨ])\b")
"""What the second word of a rank looks like: to look for this first is several times as fast as to look for ranks and names at every letter."""
_FIRST_WORDS = sorted({len(rank.split()[0]) for rank in _RANKS.split("|")})
"""How many letters the first word of a rank may have."""
_RANKED = re.compile(
    rf"\b(?P<rank>(?i:{_RANKS}))(?:,? (?:ông|bà|đồng chí))? (?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,5}})"
)


class NameMention(NamedTuple):
    """A name with its span; ``rank`` is None for a name in quotation marks."""

    start: int
    end: int
    name: str
    rank: str | None = None


def read_names(text: str) -> list[NameMention]:
    """Return the names that follow a rank, and those in quotation marks, in order."""
    ranked: list[NameMention] = []
    for second in _SECOND_WORD.finditer(text):
        begins = (second.start() - letters for letters in _FIRST_WORDS)
        match = next(
            (match for begin in begins if begin >= 0 and (match := _RANKED.match(text, begin))),
            None,
        )
        if match and (not ranked or match.start() >= ranked[-1].end):
            ranked.append(
                NameMention(match.start("name"), match.end("name"), match["name"], match["rank"])
            )
    return sorted(
        [*ranked, *(NameMention(*found) for found in quoted(text))], key=lambda name: name.start
    )
