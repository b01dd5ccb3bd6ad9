"""English names after a police, fire-service or military rank, and titles in quotation marks."""

from __future__ import annotations

from antq_llm.mentions.mention import NameMention
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.text.lazy_patterns import lazy_re

_RANKS = (
    "Detective Chief Superintendent|Detective Chief Inspector|Detective Superintendent|"
    "Detective Inspector|Detective Sergeant|Detective Constable|Chief Superintendent|"
    "Chief Inspector|Chief Constable|Police Chief|Fire Chief|Superintendent|Inspector|"
    "Staff Sergeant|Sergeant|Sgt|Constable|Corporal|Lieutenant Colonel|Lieutenant General|"
    "Lieutenant|Lt|Captain|Capt|Major General|Brigadier|Colonel|Col|Admiral|Commodore|"
    "Commander|Deputy Sheriff|Sheriff"
)
_NAME_WORD = r"[^\W\d_a-z][^\W\d_]*(?:[’'-][^\W\d_]+)*"
_RANKED = lazy_re(
    rf"(?<!\w)(?P<rank>(?:{_RANKS})(?: Major| General)?)\.? "
    rf"(?P<name>{_NAME_WORD}(?: (?:[A-Z]\. )?{_NAME_WORD}){{1,3}})"
)
_BODIES = (
    "Academy Agency Army Association Board Bureau City College Command Committee Company Council "
    "County Department District Force General Group Hospital Hotel Island Office Police Road "
    "School Service Station Street Team Unit University"
)
_NOT_NAMES = frozenset(_BODIES.split())
_SMALL_WORD = r"(?:of|the|and|for|in|on|to|a|an|at|with|by|from)"
_CAPITALISED = r"(?:[^\W\d_a-z][\w’'-]*|[0-9]+)"
_TITLE = lazy_re(rf"{_CAPITALISED}(?: (?:{_SMALL_WORD} )*{_CAPITALISED}){{1,7}}")


def read_names(text: str) -> list[NameMention]:
    """Return the full names that follow a rank and the titles in quotation marks, in order.

    Other expressions in quotation marks are regarded as speech.
    """
    ranked = [
        NameMention(match.start("name"), match.end("name"), match["name"], match["rank"])
        for match in _RANKED.finditer(text)
        if _NOT_NAMES.isdisjoint(match["name"].split())
    ]
    titles = [NameMention(*found) for found in quoted_names(text) if _TITLE.fullmatch(found[2])]
    return sorted([*ranked, *titles], key=lambda name: name.start)
