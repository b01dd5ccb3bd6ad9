"""Rules for people: the passages that name them, and their ranks, offices and roles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    ACTING_VERBS,
    FORM_OF_ADDRESS,
    NAME,
    OFFICE_COMMA,
    OFFICES,
    RANK,
    SAYING_VERBS,
    SYLLABLE,
    name_at_end,
)
from antq_llm.text.comparison_form import comparison_form

# Names: after a rank, after a form of address, before an office.
_RANKED = re.compile(
    rf"(?<!\w)(?P<rank>(?i:{RANK}))(?:,? (?i:{FORM_OF_ADDRESS}))? (?P<name>{NAME})"
)
_ADDRESSED = re.compile(rf"(?<!\w)(?i:{FORM_OF_ADDRESS}) (?P<name>{NAME})")
_NAME_BEFORE = re.compile(rf"(?P<name>{SYLLABLE}(?: {SYLLABLE}){{1,7}})(?:\s*[,:(]|\s*[-–—])?\s*$")
_NAME_AFTER = re.compile(rf"(?P<before>\S+) (?P<run>{SYLLABLE}(?: {SYLLABLE}){{1,6}})$")
_PRIVATE = re.compile(r"(?:gia đình|hộ|nhà|em|cháu)\s+$", re.IGNORECASE)
_PLACE_CLASS = re.compile(r"(?i:tỉnh|huyện|quận|xã|phường|phố|trấn|tp\.?)")
_ACTS = re.compile(
    # A verb whose subject is a person, not a place.
    r" (?:cùng|đã|cho|khẳng|nhấn|phát|chủ trì|trao|tặng|dự|tham|nhận|đề|yêu|ghi|biểu|thông|"
    r"đến|tới)\b"
)

# Roles: the words before and after a name.
_CHAIRS = re.compile(r"(?<!\w)chủ trì", re.IGNORECASE)
_ATTENDS = re.compile(
    r"(?<!\w)(?:tham dự|đến dự|tới dự|cùng dự|về dự|"
    r"dự (?:và|có|hội|buổi|lễ|ngày|chương|phiên)|có sự tham gia)",
    re.IGNORECASE,
)
_ATTENDS_AFTER = re.compile(r"[^.;:]{0,80}?(?:cùng dự|tham dự|đến dự|tới dự|dẫn đầu)")
_SPEAKING = re.compile(r"(?i)phát biểu")
_SPEAKS = re.compile(
    rf"[^.;:\n]{{0,60}}?(?<!\w)(?:{SAYING_VERBS}|{ACTING_VERBS})(?!\w)", re.IGNORECASE
)
_PRESENTS = re.compile(r"[^.;:\n]{0,40}?(?<!\w)(?:trao|tặng|thừa ủy quyền)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True)
class Naming:
    """A passage that names a person, including any rank and offices next to the name."""

    name: str
    name_start: int
    start: int
    end: int
    rank: str | None = None
    positions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name in lower case without tones, so that variant spellings have the same key."""
        return comparison_form(self.name).letters


def read_namings(outline: Outline) -> list[Naming]:
    """Return the passages that name people, in order."""
    text = outline.text
    found: dict[int, Naming] = {}
    for match in _RANKED.finditer(text, 0, outline.end):
        start = match.start("name")
        found[start] = Naming(match["name"], start, match.start(), match.end(), rank=match["rank"])
    for match in _ADDRESSED.finditer(text, 0, outline.end):
        start = match.start("name")
        is_private = _PRIVATE.search(text[max(0, match.start() - 12) : match.start()])
        if start not in found and not is_private and name_at_end(match["name"]) == match["name"]:
            found[start] = Naming(match["name"], start, start, match.end())
    for match in OFFICES.finditer(text, 0, outline.end):
        _add_offices(found, match.start(), match.end(), text)
    return sorted(found.values(), key=lambda naming: naming.start)


def names_by_key(namings: list[Naming]) -> dict[str, str]:
    """Return the most common spelling of each person's name, by ``Naming.key``."""
    return {
        key: Counter(naming.name for naming in group).most_common(1)[0][0]
        for key, group in _groups(namings).items()
    }


def read_people(
    outline: Outline, namings: list[Naming], speakers: Collection[str]
) -> list[dict[str, Any]]:
    """Return the people who have a rank or office or who speak, in order of first mention."""
    names = names_by_key(namings)
    return [
        _person(names[key], group, outline, speaks=names[key] in speakers)
        for key, group in _groups(namings).items()
        if names[key] in speakers or any(naming.rank or naming.positions for naming in group)
    ]


def _groups(namings: list[Naming]) -> dict[str, list[Naming]]:
    groups: dict[str, list[Naming]] = {}
    for naming in namings:
        groups.setdefault(naming.key, []).append(naming)
    return groups


def _add_offices(found: dict[int, Naming], start: int, end: int, text: str) -> None:
    """Assign offices to the name before them, or else to the name at their end.

    If there is a name in both places, the last office belongs to the name at the end.
    """
    name_after = _name_after(text[start:end], text[end : end + 20])
    naming = _naming_before(found, start, text)
    if naming:
        last = OFFICE_COMMA.split(text[start:end])[-1] if name_after else ""
        offices = text[start : end - len(last)].rstrip(" ,")
        if offices and not naming.positions:
            found[naming.name_start] = replace(
                naming, end=start + len(offices), positions=tuple(OFFICE_COMMA.split(offices))
            )
        start = end - len(last)
    if name_after and start < end:
        name_start = end - len(name_after)
        offices = text[start:name_start].rstrip(" ,:–-")
        positions = tuple(OFFICE_COMMA.split(offices))
        found.setdefault(
            name_start, Naming(name_after, name_start, start, end, positions=positions)
        )


def _naming_before(found: dict[int, Naming], start: int, text: str) -> Naming | None:
    """Return the naming before a position: one in ``found``, or a new one without offices."""
    before = _NAME_BEFORE.search(text, max(0, start - 80), start)
    if before is None:
        return None
    for naming in found.values():
        if before.start("name") <= naming.name_start < before.end("name") <= naming.end:
            return naming
    name = name_at_end(before["name"])
    if name is None:
        return None
    name_start = before.end("name") - len(name)
    new = Naming(name, name_start, name_start, name_start + len(name))
    return found.get(name_start, new)


def _name_after(offices: str, after: str) -> str | None:
    """Return the name at the end of offices, unless it is more likely the name of a place.

    A name is more likely a place if it has two syllables, or if a class word precedes it and no
    verb follows it.
    """
    run = _NAME_AFTER.search(offices)
    name = name_at_end(run["run"]) if run else None
    if run is None or name is None or name.count(" ") < 2:
        return None
    is_place = (
        run["run"] == name and _PLACE_CLASS.fullmatch(run["before"]) and not _ACTS.match(after)
    )
    return None if is_place else name


def _person(name: str, group: list[Naming], outline: Outline, *, speaks: bool) -> dict[str, Any]:
    fullest = max(group, key=lambda naming: (len(naming.positions), bool(naming.rank)))
    return {
        "name": name,
        "rank": next((naming.rank for naming in group if naming.rank), None),
        "positions": list(fullest.positions),
        "roles": _roles(group, outline, speaks=speaks),
        "quote": outline.text[fullest.start : fullest.end],
    }


def _roles(group: list[Naming], outline: Outline, *, speaks: bool) -> list[str]:
    roles: dict[str, None] = {}
    for naming in group:
        start, end = outline.sentence_at(naming.start)
        before = outline.text[start : naming.start]
        after = outline.text[naming.end : end]
        if _CHAIRS.search(before) or _CHAIRS.match(after.lstrip(" ,")):
            roles["chair"] = None
        if _ATTENDS.search(before) or _ATTENDS_AFTER.match(after):
            roles["attendee"] = None
        if _SPEAKING.match(before.lstrip()) or _SPEAKS.match(after):
            roles["speaker"] = None
        elif _PRESENTS.match(after):
            roles["presenter"] = None
    if speaks:
        roles["speaker"] = None
    return list(roles)
