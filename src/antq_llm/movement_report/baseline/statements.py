"""Rules for statements: passages that are attributed to a named person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from antq_llm.movement_report.baseline.head import signature_start
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    ACTING_VERBS,
    FORM_OF_ADDRESS,
    OFFICES,
    RANK,
    SAYING_VERBS,
    SYLLABLE,
    UPPER,
)
from antq_llm.movement_report.baseline.people import Naming, names_by_key

# References to a person by given name or form of address alone, or by office.
_SHORT = re.compile(
    # "Bà Mai", "Đồng chí"
    rf"(?<!\w)(?:(?i:{FORM_OF_ADDRESS})(?: (?P<given>{SYLLABLE})(?! {SYLLABLE}))?)(?=,? )"
)
_ACCORDING_TO = re.compile(r"(?<!\w)[Tt]heo (?=\S)")

# Attribution: the words between a person and the passage.
_ATTRIBUTION = re.compile(
    rf"[^.;:\n“”\"]{{0,70}}?(?<!\w)"
    rf"(?:(?P<say>{SAYING_VERBS})(?P<mark>\s*[,:]\s*|\s+(?:rằng|là),?\s*|\s+)|"
    rf"(?P<do>{ACTING_VERBS})(?!\w))",
    re.IGNORECASE,
)
_SAYING_WITH_COLON = re.compile(
    rf"[^.;\n“”\"]{{0,160}}?(?<!\w)(?:{SAYING_VERBS}):\s*", re.IGNORECASE
)
_ACCORDING = re.compile(r"(?<!\w)theo\s+(?:lời )?$", re.IGNORECASE)
_ADDRESS_AT_END = re.compile(rf"(?i:{FORM_OF_ADDRESS}|{RANK})\s+$")
_COMMA = re.compile(r"[^.;:\n,]{0,20},\s*")
_NO_SPEECH = re.compile(
    # Words after which most verbs of saying introduce no statement: "phát biểu tại …".
    r"(?:tại|khai mạc|chỉ đạo|kết luận|với|trong|về|tham luận|chào mừng|kết quả|cho|đã)\b",
    re.IGNORECASE,
)

# The end of a passage: a sentence that changes the subject, or a line outside the list.
_BREAK = re.compile(
    r"(?:Tại|Nhân dịp|Dịp này|Trước đó|Phát biểu|Kết thúc|Cũng tại|Trong khuôn khổ|Ảnh|Sau đó|"
    r"Cuối|Theo (?!đó))"
)
_ADDRESSED = re.compile(rf"(?i:{RANK}|{FORM_OF_ADDRESS}) {SYLLABLE}")
_VERB = re.compile(rf"(?:{SAYING_VERBS}|{ACTING_VERBS})")
_LIST_MARK = re.compile(r"[-–+*•]|\d+[.)]")

# The kind of a statement, by the verb and the words in the passage.
_COMMITMENT_VERBS = frozenset(("cam kết", "hứa"))
_ASSESSMENT_VERBS = frozenset(("ghi nhận", "biểu dương", "đánh giá cao"))
_DIRECTIVE_VERBS = frozenset(
    ("đề nghị", "yêu cầu", "chỉ đạo", "kêu gọi", "đề xuất", "mong muốn", "mong rằng", "lưu ý")
)
_DIRECTIVE = re.compile(r"(?<!\w)(?:cần|phải|hãy|đòi hỏi)(?!\w)", re.IGNORECASE)

_MIN_CHARACTERS = 30
"""The minimum length of a statement, in characters."""
_MIN_SHARED_WORDS = 0.75
"""Minimum share of a passage's words that a later, longer passage must contain to repeat it."""


@dataclass(frozen=True)
class _Reference:
    """A passage that names or refers to a person."""

    start: int
    end: int
    person: str


@dataclass(frozen=True)
class _Passage:
    """A passage attributed to a person."""

    speaker: str
    kind: str
    start: int
    end: int


def read_statements(outline: Outline, namings: list[Naming]) -> list[dict[str, Any]]:
    """Return the statements of the people named in an article, in order."""
    names = names_by_key(namings)
    passages = _merged(list(_passages(outline, namings)), outline)
    return [
        {
            "speaker": names[passage.speaker],
            "kind": passage.kind,
            "quote": outline.text[passage.start : passage.end],
        }
        for passage in _without_summaries(passages, outline.text)
    ]


def _passages(outline: Outline, namings: list[Naming]) -> Iterator[_Passage]:
    """Yield the passage that follows each attribution, if it is long enough to be a statement."""
    for reference in _references(outline, namings):
        line_end = min(outline.line_at(reference.start)[1], signature_start(outline))
        found = _passage_start(outline.text, reference, line_end)
        if found is None:
            continue
        start, verb = found
        start, end = _passage_span(outline, start, line_end)
        if end - start >= _MIN_CHARACTERS:
            kind = _kind(verb, outline.text[start:end])
            yield _Passage(reference.person, kind, start, end)


def _references(outline: Outline, namings: list[Naming]) -> list[_Reference]:
    """Return the references to people, in order."""
    text = outline.text
    found = {naming.start: _Reference(naming.start, naming.end, naming.key) for naming in namings}
    named_spans = [(naming.start - 12, naming.end) for naming in namings]
    for match in _SHORT.finditer(text, 0, outline.end):
        if any(start <= match.start() < end for start, end in named_spans):
            continue
        given = match["given"]
        same = [
            naming
            for naming in namings
            if naming.start < match.start()
            and (given is None or naming.name.split(" ")[-1] == given)
        ]
        if same and (given or re.match(rf"[{UPPER}]", match[0])):
            found[match.start()] = _Reference(match.start(), match.end(), same[-1].key)
    offices = {
        position: naming.key for naming in reversed(namings) for position in naming.positions
    }
    for match in _ACCORDING_TO.finditer(text, 0, outline.end):
        for office, key in offices.items():
            if text.startswith(office + ",", match.end()):
                found[match.end()] = _Reference(match.end(), match.end() + len(office), key)
    return [found[start] for start in sorted(found)]


def _passage_start(text: str, reference: _Reference, line_end: int) -> tuple[int, str] | None:
    """Return the start of the words attributed to a person, and the verb of the attribution.

    Returns None if no words are attributed to the person.
    """
    end = reference.end
    before = text[max(0, reference.start - 30) : reference.start]
    if _ACCORDING.search(_ADDRESS_AT_END.sub("", before)):
        comma = _COMMA.match(text, end, line_end)
        return (comma.end(), "theo") if comma else None
    if colon := _SAYING_WITH_COLON.match(text, end, line_end + 1):
        return colon.end(), "nói"
    match = _ATTRIBUTION.match(text, end, line_end)
    if match is None:
        return None
    if match["do"]:
        return match.start("do"), match["do"].lower()
    verb = match["say"].lower()
    is_act = not match["mark"].strip() and (
        verb in {"phát biểu", "báo cáo"} or _NO_SPEECH.match(text, match.end())
    )
    return None if is_act and verb != "cho biết" else (match.end(), verb)


def _passage_span(outline: Outline, start: int, line_end: int) -> tuple[int, int]:
    """Return the span of a passage, up to the end of its paragraph or a change of subject.

    If the first line is empty or ends with a colon, the passage is the list that follows.
    """
    text = outline.text
    line = text[start:line_end].rstrip()
    if not line or line.endswith(":"):
        start += len(text[start:]) - len(text[start:].lstrip())
        return start, _list_end(outline, line_end)
    end = next(
        (
            sentence
            for sentence, _ in outline.sentences
            if start < sentence < line_end and _ends_passage(text, sentence, line_end)
        ),
        line_end,
    )
    return start, start + len(text[start:end].rstrip())


def _ends_passage(text: str, start: int, end: int) -> bool:
    """Return whether a sentence turns to another subject or speaker."""
    if _BREAK.match(text, start):
        return True
    opening = text[start : min(end, start + 140)]
    is_named = _ADDRESSED.match(opening) or OFFICES.match(opening)
    return bool(is_named) and _VERB.search(opening) is not None


def _list_end(outline: Outline, position: int) -> int:
    """Return the end of the list that begins on the line after a position.

    Each line of the list after the first has a list marker or begins with the same word as the
    first line.
    """
    following = [line for line in outline.lines if line[0] >= position]
    if not following:
        return position
    first_word = outline.text[slice(*following[0])].split()[0]
    list_end = following[0][1]
    for start, end in following[1:]:
        line = outline.text[start:end]
        if line.split()[0] != first_word and not _LIST_MARK.match(line):
            break
        list_end = end
    return list_end


def _kind(verb: str, passage: str) -> str:
    if verb in _COMMITMENT_VERBS:
        return "commitment"
    is_directive = verb in _DIRECTIVE_VERBS or (
        verb not in _ASSESSMENT_VERBS and _DIRECTIVE.search(passage)
    )
    return "directive" if is_directive else "assessment"


def _merged(passages: list[_Passage], outline: Outline) -> list[_Passage]:
    """Return the passages, with overlaps removed.

    Consecutive passages of the same speaker and kind in the same paragraph are joined.
    """
    merged: list[_Passage] = []
    for passage in sorted(passages, key=lambda found: (found.start, -found.end)):
        last = merged[-1] if merged else None
        if last and passage.start < last.end:
            continue
        if (
            last
            and last.speaker == passage.speaker
            and last.kind == passage.kind
            and outline.line_at(last.start) == outline.line_at(passage.start)
        ):
            merged[-1] = replace(last, end=passage.end)
        else:
            merged.append(passage)
    return merged


def _without_summaries(passages: list[_Passage], text: str) -> list[_Passage]:
    """Return the passages that are not repeated in a later, longer passage of the same speaker."""
    words = {
        passage: set(text[passage.start : passage.end].lower().split()) for passage in passages
    }

    def is_said_again(passage: _Passage) -> bool:
        fuller = (
            words[later]
            for later in passages
            if later.speaker == passage.speaker
            and later.start > passage.end
            and later.end - later.start > passage.end - passage.start
        )
        min_shared = _MIN_SHARED_WORDS * len(words[passage])
        return any(len(words[passage] & later) >= min_shared for later in fuller)

    return [passage for passage in passages if not is_said_again(passage)]
