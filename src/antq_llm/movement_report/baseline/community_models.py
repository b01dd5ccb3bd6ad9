"""Rules for community models: one or more quoted names after ``mô hình`` or ``câu lạc bộ``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from antq_llm.movement_report.baseline.dates import resolve_date
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import PLACES, QUOTED

# Names of models.
_MODEL = re.compile(
    # "mô hình “Cổng trường bình yên”"
    rf"(?P<word>(?i:mô hình|câu lạc bộ|CLB))(?P<between>[^“”\"«».;\n]{{0,70}}?)\s?:?\s?{QUOTED}"
)
_NEXT_MODEL = re.compile(
    # "; “Tiếng trống an toàn”", after another name
    rf"\s*(?:…|\.\.\.)?\s*(?:[,;]|và|hay|hoặc)\s*(?:và )?(?P<between>(?:[^\W\d_]+ ){{0,5}}){QUOTED}"
)
_SUMMED_MODEL = re.compile(r"(?P<word>(?i:mô hình)) (?P<quoted>\d+\+\d+)")
_CLASS_WORD = re.compile(r"(?i)mô hình|câu lạc bộ|CLB")
_NOT_MODELS = re.compile(
    # Words before the quotation mark which show that the quoted name does not belong to a model.
    r"phong trào|cuộc vận động|theo hướng|chuyên đề|tiêu chuẩn|danh hiệu|chủ đề|khẩu hiệu|"
    r"chương trình|tiêu chí|về",
    re.IGNORECASE,
)
_MOVEMENT_ITSELF = re.compile(
    r"(?:phong trào )?toàn dân (?:bảo vệ|đoàn kết)|vì an ninh tổ quốc", re.IGNORECASE
)
_MIN_NAME_CHARACTERS = 3
_MAX_CHARACTERS_BESIDE_NAME = 45
"""If a match has at least this many characters besides the name, the quote is the name alone."""

# Where a model runs, and when it began.
_PLACE_IN_NAME = re.compile(rf"(?:tại|trên địa bàn) (?P<place>{PLACES.pattern})")
_PLACE_AFTER = re.compile(
    rf"[^.;\n“”]{{0,12}}?(?:tại|trên địa bàn|ở) (?:địa bàn )?(?P<place>{PLACES.pattern})"
)
_STARTED = re.compile(
    r"[^.;\n]{0,40}?(?:từ|vào|ra mắt|thành lập) (?:tháng |năm |ngày |đầu |cuối )*$"
)
_STARTING = re.compile(r"xây dựng|ra mắt|thành lập|triển khai")


def read_models(outline: Outline, stamp: str | None) -> list[dict[str, Any]]:
    """Return the community models of an article; ``stamp`` supplies missing years."""
    found: dict[str, dict[str, Any]] = {}
    for match in _matches(outline):
        name = match["quoted"].strip(" .,;")
        groups = match.groupdict()
        if (
            len(name) < _MIN_NAME_CHARACTERS
            or _MOVEMENT_ITSELF.match(name)
            or _NOT_MODELS.search(groups.get("between") or "")
        ):
            continue
        is_short = len(match[0]) - len(name) < _MAX_CHARACTERS_BESIDE_NAME
        model = {
            "name": name,
            "place": _place(outline, match, name),
            "started": _started(outline, match, stamp),
            "quote": match[0] if "word" in groups and is_short else name,
        }
        known = found.setdefault(name.lower(), model)
        known["place"] = known["place"] or model["place"]
        known["started"] = known["started"] or model["started"]
    return list(found.values())


def _matches(outline: Outline) -> Iterator[re.Match[str]]:
    text = outline.text
    for match in _MODEL.finditer(text, 0, outline.end):
        yield match
        following = _NEXT_MODEL.match(text, match.end(), outline.end)
        while following and not _CLASS_WORD.search(following["between"]):
            yield following
            following = _NEXT_MODEL.match(text, following.end(), outline.end)
    yield from _SUMMED_MODEL.finditer(text, 0, outline.end)


def _place(outline: Outline, match: re.Match[str], name: str) -> str | None:
    place = _PLACE_IN_NAME.search(name) or _PLACE_AFTER.match(
        outline.text, match.end(), min(outline.end, match.end() + 150)
    )
    return place["place"] if place else None


def _started(outline: Outline, match: re.Match[str], stamp: str | None) -> str | None:
    """Return the date on which a model began, if the text near its name states it."""
    for mention in outline.dates_in(match.end(), min(outline.end, match.end() + 80)):
        if _STARTED.match(outline.text[match.end() : mention.start]):
            return resolve_date(mention, stamp)
    start, _ = outline.sentence_at(match.start())
    if not _STARTING.search(outline.text[start : match.start()]):
        return None
    values = [mention.edtf for mention in outline.dates_in(start, match.start())]
    months = [value for value in values if re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", value)]
    return months[-1] if months else None
