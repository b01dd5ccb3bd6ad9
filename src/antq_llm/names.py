"""Names behind a police or army rank, and names in quotation marks, found by rule with their spans."""

from __future__ import annotations

import re
from dataclasses import dataclass

from antq_llm.mentions import QUOTED

_RANKS = (
    "Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|Đại úy|Thượng úy|Trung úy|Thiếu úy|"
    "Đại uý|Thượng uý|Trung uý|Thiếu uý|Chuẩn úy|Thượng sĩ|Trung sĩ|Hạ sĩ"
)
_CAPITALS = "".join(character for character in map(chr, range(0x41, 0x1EFA)) if character.isupper() and (character < "\u0250" or character > "\u1e00"))
_CAPITALISED = rf"[{_CAPITALS}][\w’']*"
_RANKED = re.compile(rf"\b(?P<rank>(?i:{_RANKS}))(?:,? (?:ông|bà|đồng chí))? (?P<name>{_CAPITALISED}(?: {_CAPITALISED}){{1,5}})")


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name with its span; ``rank`` is None for a name in quotation marks."""

    start: int
    end: int
    name: str
    rank: str | None = None


def read_names(text: str) -> list[NameMention]:
    """Return the names that follow a rank, and those in quotation marks, in order."""
    ranked = [NameMention(match.start("name"), match.end("name"), match["name"], match["rank"]) for match in _RANKED.finditer(text)]
    quoted = [NameMention(match.start("name"), match.end("name"), match["name"]) for match in QUOTED.finditer(text)]
    return sorted([*ranked, *quoted], key=lambda name: name.start)
