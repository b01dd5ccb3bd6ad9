"""Names after a police or army rank, and names in quotation marks, found by rule."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import NameMention
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese.letters import CAPITALS

_RANKS = (
    "Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|"
    "Đại úy|Thượng úy|Trung úy|Thiếu úy|Đại uý|Thượng uý|Trung uý|Thiếu uý|Chuẩn úy|"
    "Thượng sĩ|Trung sĩ|Hạ sĩ"
)
_CAPITALISED = rf"[{CAPITALS}][\w’']*"
_SECOND_WORD = re.compile(r" [TtÚúUuSs](?:ướng|ƯỚNG|á|Á|[yYýÝĩĨ])\b")
"""The second word of a rank. Searching for it first is several times faster than matching ranks and
names at every letter."""
_FIRST_WORDS = sorted({len(rank.split()[0]) for rank in _RANKS.split("|")})
"""The lengths of the first words of ranks."""
_RANKED = re.compile(
    rf"\b(?P<rank>(?i:{_RANKS}))(?:,? (?:ông|bà|đồng chí))? "
    rf"(?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,5}})"
)


def read_names(text: str) -> list[NameMention]:
    """Return the names that follow a rank, and those in quotation marks, in order."""
    ranked: list[NameMention] = []
    for second in _SECOND_WORD.finditer(text):
        starts = (second.start() - length for length in _FIRST_WORDS)
        match = next(
            (match for start in starts if start >= 0 and (match := _RANKED.match(text, start))),
            None,
        )
        if match and (not ranked or match.start() >= ranked[-1].end):
            ranked.append(
                NameMention(match.start("name"), match.end("name"), match["name"], match["rank"])
            )
    return sorted(
        [*ranked, *(NameMention(*found) for found in quoted_names(text))],
        key=lambda name: name.start,
    )
