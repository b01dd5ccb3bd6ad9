"""People and what they are reported to have said, by rule: rank, name and office; words of attribution."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from antq_llm.movement_report.baseline.head import signature_start
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    FORM_OF_ADDRESS,
    NAME,
    OFFICE_COMMA,
    OFFICES,
    RANK,
    SYLLABLE,
    UPPER,
    name_at_end,
)
from antq_llm.text.comparison_form import comparison_form

_RANKED = re.compile(
    rf"(?<!\w)(?P<rank>(?i:{RANK}))(?:,? (?i:{FORM_OF_ADDRESS}))? (?P<name>{NAME})"
)
_ADDRESSED = re.compile(rf"(?<!\w)(?i:{FORM_OF_ADDRESS}) (?P<name>{NAME})")
_NAME_BEFORE = re.compile(rf"(?P<name>{SYLLABLE}(?: {SYLLABLE}){{1,7}})(?:\s*[,:(]|\s*[-–—])?\s*$")
_PRIVATE = re.compile(r"(?:gia đình|hộ|nhà|em|cháu)\s+$", re.IGNORECASE)

_SAY = (
    r"cho biết|cho hay|khẳng định|nhấn mạnh|nhận định|chia sẻ|nêu rõ|tin rằng|tin tưởng rằng|bày tỏ|thông tin|chỉ rõ|lưu ý|nói|phát biểu|đánh giá|báo cáo|"
    r"cho rằng|kết luận|tâm sự|phấn khởi nói|thông báo"
)
_DO = r"đề nghị|yêu cầu|ghi nhận|biểu dương|đánh giá cao|mong muốn|chỉ đạo|kêu gọi|đề xuất|cam kết|hứa|mong rằng|chúc mừng"
_ATTRIBUTION = re.compile(
    rf"[^.;:\n“”\"]{{0,70}}?(?<!\w)(?:(?P<say>{_SAY})(?P<mark>\s*[,:]\s*|\s+(?:rằng|là),?\s*|\s+)|(?P<do>{_DO})(?!\w))",
    re.IGNORECASE,
)
_SAID_WITH_COLON = re.compile(rf"[^.;\n“”\"]{{0,160}}?(?<!\w)(?:{_SAY}):\s*", re.IGNORECASE)
_ACTS = re.compile(
    r" (?:cùng|đã|cho|khẳng|nhấn|phát|chủ trì|trao|tặng|dự|tham|nhận|đề|yêu|ghi|biểu|thông|đến|tới)\b"
)
_NO_SPEECH = re.compile(
    r"(?:tại|khai mạc|chỉ đạo|kết luận|với|trong|về|tham luận|chào mừng|kết quả|cho|đã)\b",
    re.IGNORECASE,
)
_ACCORDING = re.compile(r"(?<!\w)theo\s+(?:lời )?$", re.IGNORECASE)
_SHORT = re.compile(
    rf"(?<!\w)(?:(?i:{FORM_OF_ADDRESS})(?: (?P<given>{SYLLABLE})(?! {SYLLABLE}))?)(?=,? )"
)
_BREAK = re.compile(
    r"(?:Tại|Nhân dịp|Dịp này|Trước đó|Phát biểu|Kết thúc|Cũng tại|Trong khuôn khổ|Ảnh|Sau đó|Cuối|Theo (?!đó))"
)
_LIST_MARK = re.compile(r"[-–+*•]|\d+[.)]")
_DIRECTIVE = re.compile(r"(?<!\w)(?:cần|phải|hãy|đòi hỏi)(?!\w)", re.IGNORECASE)
_DIRECTIVE_VERBS = frozenset(
    ("đề nghị", "yêu cầu", "chỉ đạo", "kêu gọi", "đề xuất", "mong muốn", "mong rằng", "lưu ý")
)
_ATTENDS = re.compile(
    r"(?<!\w)(?:tham dự|đến dự|tới dự|cùng dự|về dự|dự (?:và|có|hội|buổi|lễ|ngày|chương|phiên)|có sự tham gia)",
    re.IGNORECASE,
)
_SPEAKS = re.compile(rf"[^.;:\n]{{0,60}}?(?<!\w)(?:{_SAY}|{_DO})(?!\w)", re.IGNORECASE)
_PRESENTS = re.compile(r"[^.;:\n]{0,40}?(?<!\w)(?:trao|tặng|thừa ủy quyền)(?!\w)", re.IGNORECASE)
_CHAIRS = re.compile(r"(?<!\w)chủ trì", re.IGNORECASE)
_MIN_STATEMENT_CHARACTERS = 30
"""Characters from which on words after an attribution are a passage."""
_SAID_AGAIN = 0.75
"""The share of a passage's words that a fuller one has, from which on it says the same."""


@dataclass(frozen=True)
class Naming:
    """One place that names a person: from the rank or name to the last office."""

    name: str
    start: int
    end: int
    rank: str | None = None
    positions: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name without tones, by which one person spelled two ways is one."""
        return comparison_form(self.name).letters


@dataclass(frozen=True)
class _Said:
    speaker: str
    kind: str
    start: int
    end: int


def read_people(outline: Outline) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the people of an article and their statements, both in the order of the text."""
    namings = _namings(outline)
    said = _without_lead(_merged(list(_said(outline, namings)), outline), outline.text)
    speakers = {one.speaker for one in said}
    groups: dict[str, list[Naming]] = {}
    for naming in namings:
        groups.setdefault(naming.key, []).append(naming)
    held = {
        key: group
        for key, group in groups.items()
        if key in speakers or any(one.rank or one.positions for one in group)
    }
    names = {
        key: Counter(one.name for one in group).most_common(1)[0][0] for key, group in held.items()
    }
    people = [
        _person(names[key], group, outline, speaks=key in speakers) for key, group in held.items()
    ]
    statements = [
        {
            "speaker": names[one.speaker],
            "kind": one.kind,
            "quote": outline.text[one.start : one.end],
        }
        for one in said
    ]
    return people, statements


def _namings(outline: Outline) -> list[Naming]:
    text = outline.text
    found: dict[int, Naming] = {}
    for match in _RANKED.finditer(text, 0, outline.end):
        found[match.start("name")] = Naming(
            match["name"], match.start(), match.end(), rank=match["rank"]
        )
    for match in _ADDRESSED.finditer(text, 0, outline.end):
        is_private = _PRIVATE.search(text[max(0, match.start() - 12) : match.start()])
        if (
            match.start("name") not in found
            and not is_private
            and name_at_end(match["name"]) == match["name"]
        ):
            found[match.start("name")] = Naming(match["name"], match.start("name"), match.end())
    for match in OFFICES.finditer(text, 0, outline.end):
        _add_office(found, match.start(), match.end(), text)
    return sorted(found.values(), key=lambda one: one.start)


def _add_office(found: dict[int, Naming], start: int, end: int, text: str) -> None:
    """Give offices to the name before them, else to the name that they end with."""
    before = _NAME_BEFORE.search(text, max(0, start - 80), start)
    led = _name_led(text[start:end], text[end : end + 20])
    if before:
        at = next(
            (
                at
                for at in found
                if before.start("name") <= at < before.end("name") <= found[at].end
            ),
            None,
        )
        name = found[at].name if at is not None else name_at_end(before["name"])
        if name:
            at = before.end("name") - len(name) if at is None else at
            named = found.get(at) or Naming(name, at, at + len(name))
            last = OFFICE_COMMA.split(text[start:end])[-1] if led else ""
            kept = text[start : end - len(last)].rstrip(" ,") if led else text[start:end]
            if kept and not named.positions:
                found[at] = replace(
                    named, end=start + len(kept), positions=tuple(OFFICE_COMMA.split(kept))
                )
            start = end - len(last) if led else end
    if led and start < end:
        at = end - len(led)
        offices = text[start:at].rstrip(" ,:–-")
        found.setdefault(at, Naming(led, start, end, positions=tuple(OFFICE_COMMA.split(offices))))


def _name_led(offices: str, after: str) -> str | None:
    """Return the name that offices end with; one of two syllables, or after a class word and before no verb, is more often that of a place."""
    run = re.search(rf"(?P<before>\S+) (?P<run>{SYLLABLE}(?: {SYLLABLE}){{1,6}})$", offices)
    name = name_at_end(run["run"]) if run else None
    if run is None or name is None or name.count(" ") < 2:
        return None
    is_place = (
        run["run"] == name
        and re.fullmatch(r"(?i:tỉnh|huyện|quận|xã|phường|phố|trấn|tp\.?)", run["before"])
        and not _ACTS.match(after)
    )
    return None if is_place else name


def _person(name: str, group: list[Naming], outline: Outline, *, speaks: bool) -> dict[str, Any]:
    best = max(group, key=lambda one: (len(one.positions), bool(one.rank)))
    rank = next((one.rank for one in group if one.rank), None)
    return {
        "name": name,
        "rank": rank,
        "positions": list(best.positions),
        "roles": _roles(group, outline, speaks=speaks),
        "quote": outline.text[best.start : best.end],
    }


def _roles(group: list[Naming], outline: Outline, *, speaks: bool) -> list[str]:
    roles: dict[str, None] = {}
    for one in group:
        start, end = outline.sentence_at(one.start)
        before, after = outline.text[start : one.start], outline.text[one.end : end]
        if _CHAIRS.search(before) or _CHAIRS.match(after.lstrip(" ,")):
            roles["chair"] = None
        if _ATTENDS.search(before) or re.match(
            r"[^.;:]{0,80}?(?:cùng dự|tham dự|đến dự|tới dự|dẫn đầu)", after
        ):
            roles["attendee"] = None
        if re.match(r"(?i)phát biểu", before.lstrip()) or _SPEAKS.match(after):
            roles["speaker"] = None
        elif _PRESENTS.match(after):
            roles["presenter"] = None
    if speaks:
        roles["speaker"] = None
    return list(roles)


def _said(outline: Outline, namings: list[Naming]) -> Iterator[_Said]:
    """Yield what follows each attribution, up to the end of its paragraph."""
    for start, end, speaker in _references(outline, namings):
        line_end = min(outline.line_at(start)[1], signature_start(outline))
        found = _passage_start(outline.text, start, end, line_end)
        if found is None:
            continue
        begin, verb = found
        begin, finish = _passage(outline, begin, line_end)
        passage = outline.text[begin:finish]
        if len(passage) >= _MIN_STATEMENT_CHARACTERS:
            yield _Said(speaker, _kind(verb, passage), begin, finish)


def _references(outline: Outline, namings: list[Naming]) -> Iterator[tuple[int, int, str]]:
    """Yield where a person is named or referred to: in full, by the given name, by the form of address alone, by the office."""
    text = outline.text
    places: dict[int, tuple[int, int, str]] = {
        one.start: (one.start, one.end, one.key) for one in namings
    }
    inside = [(one.start - 12, one.end) for one in namings]
    for match in _SHORT.finditer(text, 0, outline.end):
        if any(start <= match.start() < end for start, end in inside):
            continue
        before = [one for one in namings if one.start < match.start()]
        given = match["given"]
        same = [one for one in before if given is None or one.name.split(" ")[-1] == given]
        if same and (given or re.match(rf"[{UPPER}]", match[0])):
            places[match.start()] = (match.start(), match.end(), same[-1].key)
    offices = {position: one.key for one in reversed(namings) for position in one.positions}
    for match in re.finditer(r"(?<!\w)[Tt]heo (?=\S)", text[: outline.end]):
        for office, key in offices.items():
            if text.startswith(office + ",", match.end()):
                places[match.end()] = (match.end(), match.end() + len(office), key)
    yield from (places[at] for at in sorted(places))


def _passage_start(text: str, start: int, end: int, line_end: int) -> tuple[int, str] | None:
    """Return where the words attributed to a person begin, and the verb."""
    before = text[max(0, start - 30) : start]
    if _ACCORDING.search(re.sub(rf"(?i:{FORM_OF_ADDRESS}|{RANK})\s+$", "", before)):
        comma = re.match(r"[^.;:\n,]{0,20},\s*", text[end:line_end])
        return (end + comma.end(), "theo") if comma else None
    if colon := _SAID_WITH_COLON.match(text, end, line_end + 1):
        return colon.end(), "nói"
    match = _ATTRIBUTION.match(text, end, line_end)
    if match is None:
        return None
    if match["do"]:
        return match.start("do"), match["do"].lower()
    is_action = not match["mark"].strip() and (
        match["say"].lower() in {"phát biểu", "báo cáo"} or _NO_SPEECH.match(text, match.end())
    )
    return (
        None
        if is_action and match["say"].lower() != "cho biết"
        else (match.end(), match["say"].lower())
    )


def _passage(outline: Outline, begin: int, line_end: int) -> tuple[int, int]:
    """Return the passage from a place on: to the end of the paragraph or the first sentence that breaks off; lists go on over lines."""
    text = outline.text
    if not text[begin:line_end].strip() or text[begin:line_end].rstrip().endswith(":"):
        begin += len(text[begin:]) - len(text[begin:].lstrip())
        return begin, _list_end(outline, line_end)
    finish = line_end
    for start, _ in outline.sentences:
        if begin < start < line_end and (
            _BREAK.match(text, start) or _opens_with_attribution(text, start, line_end)
        ):
            finish = start
            break
    return begin, begin + len(text[begin:finish].rstrip())


def _opens_with_attribution(text: str, start: int, end: int) -> bool:
    opening = text[start : min(end, start + 140)]
    named = re.match(rf"(?i:{RANK}|{FORM_OF_ADDRESS}) {SYLLABLE}", opening) or OFFICES.match(
        opening
    )
    return bool(named) and re.search(rf"(?:{_SAY}|{_DO})", opening) is not None


def _list_end(outline: Outline, position: int) -> int:
    """Return where a list ends that begins on the line after a position: lines with a mark, or with one first word."""
    following = [line for line in outline.lines if line[0] >= position]
    if not following:
        return position
    first = outline.text[slice(*following[0])].split()[0]
    finish = following[0][1]
    for start, end in following[1:]:
        line = outline.text[start:end]
        if line.split()[0] != first and not _LIST_MARK.match(line):
            break
        finish = end
    return finish


def _kind(verb: str, passage: str) -> str:
    if verb in {"cam kết", "hứa"}:
        return "commitment"
    is_directive = verb in _DIRECTIVE_VERBS or (
        verb not in {"ghi nhận", "biểu dương", "đánh giá cao"} and _DIRECTIVE.search(passage)
    )
    return "directive" if is_directive else "assessment"


def _merged(said: list[_Said], outline: Outline) -> list[_Said]:
    """Return passages without overlaps; those of one speaker that follow one another in a paragraph are one."""
    merged: list[_Said] = []
    for one in sorted(said, key=lambda item: (item.start, -item.end)):
        last = merged[-1] if merged else None
        if last and one.start < last.end:
            continue
        if (
            last
            and last.speaker == one.speaker
            and last.kind == one.kind
            and outline.line_at(last.start) == outline.line_at(one.start)
        ):
            merged[-1] = replace(last, end=one.end)
            continue
        merged.append(one)
    return merged


def _without_lead(said: list[_Said], text: str) -> list[_Said]:
    """Return the passages without those that a longer one of the same speaker says again."""
    words = {one: set(text[one.start : one.end].lower().split()) for one in said}

    def is_said_again(one: _Said) -> bool:
        fuller = [
            words[other]
            for other in said
            if other.speaker == one.speaker
            and other.start > one.end
            and other.end - other.start > one.end - one.start
        ]
        return any(len(words[one] & other) >= _SAID_AGAIN * len(words[one]) for other in fuller)

    return [one for one in said if not is_said_again(one)]
