"""Rules for numbered documents, named laws and joint programmes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from antq_llm.movement_report.baseline.dates import resolve_date
from antq_llm.movement_report.baseline.outline import Cursor, Outline
from antq_llm.movement_report.baseline.patterns import QUOTED, UPPER

_KINDS = {
    "chương trình": "programme",
    "kế hoạch": "plan",
    "chỉ thị": "directive",
    "công điện": "directive",
    "nghị quyết": "resolution",
    "quyết định": "decision",
    "thông tư": "circular",
    "nghị định": "decree",
    "luật": "law",
    "quy chế": "other",
    "đề án": "other",
    "hướng dẫn": "other",
    "kết luận": "other",
    "pháp lệnh": "other",
}
_MAX_CHARACTERS = 600
"""The maximum number of characters to read after a document's name."""
_MAX_DAY_CHARACTERS = 18

# Names of documents.
_NUMBERED = re.compile(
    # "Kế hoạch số 15/KH-UBND", "Chỉ thị 12-CT/TW"
    r"(?<!\w)(?P<kind>(?i:chương trình|kế hoạch|chỉ thị|công điện|nghị quyết|quyết định|"
    r"thông tư|nghị định|luật|quy chế|đề án|hướng dẫn|kết luận))"
    r"(?P<more>(?: (?:phối hợp|liên tịch|hành động|liên ngành))*)"
    r"(?: (?:số )(?P<number>\d[\w/-]*)| (?P<bare>\d[\w/-]*[/-][\w/-]+|"
    r"\d{2,5}(?! (?:năm|tháng|ngày))(?=[ ,.;])))"
)
_BETWEEN = re.compile(
    # "Chương trình phối hợp hành động giữa …"
    r"(?<!\w)(?P<kind>(?i:chương trình|quy chế|kế hoạch)) (?P<more>phối hợp|liên tịch)"
    r"(?: \w+){0,3}? giữa ",
    re.IGNORECASE,
)
_LAW = re.compile(
    # "Luật An ninh mạng"
    rf"(?<!\w)(?P<kind>Luật|Pháp lệnh) "
    rf"(?P<title>[{UPPER}][^\W\d_]+(?:(?:,? (?:và )?)[^\W\d_]+){{1,9}}?)"
    r"(?= (?:năm|số|ngày|được|đã|có|là|quy định|sửa đổi)|[.,;:)“”\"]|$)",
    re.MULTILINE,
)

# The words after the name, in order.
_DAY_WORDS = re.compile(r",? (?:ngày )")
_PARTIES = re.compile(
    # "giữa Bộ Công an và …"; the name of a document may end with "giữa"
    r"(?: giữa |(?<= giữa ))"
    r"(?P<parties>[^.;\n“\"]{0,250}?)(?= (?:về|trong|nhằm|giai đoạn)\b|[.;\n“\"])"
)
_PARTY_DELIMITER = re.compile(r"\s+với\s+|\s+và\s+(?=các |[A-ZĐỦ])|,\s+(?=[A-ZĐỦ])")
_ISSUER = re.compile(
    # "ngày 1/2/2019 của Huyện ủy Di Linh"
    r"\s*(?:,? ngày [\d/.-]+)?,? của "
    rf"(?P<issuer>[{UPPER}][^.,;:\n“\"(]{{2,80}}?)"
    r"(?= (?:về|giai đoạn|đã|được|trong|và)\b|[.,;:\n“\"(])"
)
_SUBJECT = re.compile(
    # "về việc tăng cường …", "về “…”"
    rf"(?:,? (?:về(?: việc)?|“)\s*)(?:{QUOTED}|(?P<plain>[^.;:\n]{{8,200}}?)"
    r"(?= (?:cho biết|giai đoạn|đã|được|năm \d)|[.;:\n]|"
    rf",(?= (?:[{UPPER}]|đã|do|của|trong|với|từ|góp|qua|các|nhằm))|$))"
)
_PERIOD_WORDS = re.compile(r" giai đoạn ")


def read_documents(outline: Outline) -> list[dict[str, Any]]:
    """Return the documents of an article, each once, with its fullest description."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for document in _documents(outline):
        title = document["title"] if document["kind"] == "law" else None
        key = (document["kind"], document["number"] or title or "")
        known = best.get(key)
        if known is None or _count_filled(document) > _count_filled(known):
            best[key] = document
    if any(kind == "programme" and number for kind, number in best):
        best.pop(("programme", ""), None)
    return list(best.values())


def _count_filled(document: dict[str, Any]) -> int:
    return sum(1 for field in ("title", "issued", "issuers", "period") if document[field])


def _documents(outline: Outline) -> Iterator[dict[str, Any]]:
    text = outline.text
    for match in _NUMBERED.finditer(text, 0, outline.end):
        yield _document(outline, match, match["number"] or match["bare"])
    for match in _BETWEEN.finditer(text, 0, outline.end):
        document = _document(outline, match, None)
        if document["title"] and len(document["issuers"]) > 1:
            yield document
    for match in _LAW.finditer(text, 0, outline.end):
        yield {
            "kind": _KINDS[match["kind"].lower()],
            "number": None,
            "issued": None,
            "issuers": [],
            "period": None,
            "title": match[0],
            "quote": match[0],
        }


def _document(outline: Outline, match: re.Match[str], number: str | None) -> dict[str, Any]:
    """Return the document that a match names, with details from the rest of the sentence."""
    text, dates = outline.text, outline.analyzed.dates
    sentence_end = outline.sentence_at(match.start())[1] or outline.end
    limit = min(outline.end, match.end() + _MAX_CHARACTERS, sentence_end)
    cursor = Cursor(text, match.end(), limit)
    day = cursor.take_date(
        _DAY_WORDS, [date for date in dates if date.end - date.start <= _MAX_DAY_CHARACTERS]
    )
    issuers = _take_issuers(cursor)
    subject = cursor.take(_SUBJECT, lookahead=1)
    period = cursor.take_date(_PERIOD_WORDS, [date for date in dates if date.upper is not None])
    return {
        "kind": _KINDS[match["kind"].lower()],
        "number": number,
        "title": (subject["quoted"] or subject["plain"]) if subject else None,
        "issued": resolve_date(day, None) if day else None,
        "issuers": issuers,
        "period": period.edtf if period else None,
        "quote": text[match.start() : cursor.position],
    }


def _take_issuers(cursor: Cursor) -> list[str]:
    if parties := cursor.take(_PARTIES):
        parts = _PARTY_DELIMITER.split(parties["parties"])
        return [stripped for part in parts if (stripped := part.strip())]
    issuer = cursor.take(_ISSUER, group="issuer")
    return [issuer["issuer"]] if issuer else []
