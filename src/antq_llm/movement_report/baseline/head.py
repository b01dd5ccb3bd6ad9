"""The head of an article by rule: publisher, byline, publication stamp, relevance."""

from __future__ import annotations

import re
from typing import Any

from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import SURNAMES, SYLLABLE, UPPER

_FIRST_LINES, _LAST_LINES = 8, 6
_LEAD = 700
"""Characters of the headline and the lead, where an article says what it is about."""

_STAMP_WORDS = re.compile(
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|ngày|đăng|cập nhật|xuất bản|lúc|giờ|vào|tháng|năm|GMT|UTC|\+\d\d?|AM|PM|[\s|,.()\-–—:/+])+",
    re.IGNORECASE,
)
_NAME = rf"{SYLLABLE}(?: {SYLLABLE}){{1,3}}"
_NAMES = rf"{_NAME}(?:\s*(?:[-–—,&]| và )\s*{_NAME}){{0,2}}"
_SIGNATURE = re.compile(
    rf"(?:^|[.…!?”\"/])\s*(?:(?i:theo|bài|ảnh|bài, ảnh|bài và ảnh|tin, ảnh|tin|thực hiện|tác giả|pv|ctv)\s*[:,]?\s*)?(?P<names>{_NAMES})"
    rf"(?:\s*[-–(]\s*\(?(?P<outlet>[A-ZĐ][A-ZĐ.]{{2,15}})\)?)?\s*[.]?$"
)
_PHOTO = re.compile(rf"(?i:ảnh|hình|bài)\s*:\s*(?P<names>{_NAMES})")
_CAPITALS = re.compile(rf"[{UPPER}]{{2,}}(?: [{UPPER}]{{2,}}){{1,3}}")
_DATELINE = re.compile(
    r"^(?:\((?P<bracketed>[A-ZĐ][\w.]{1,20})\)\s*[-–—]|(?P<plain>[A-ZĐ]{2,12})\s*[-–—]\s*(?=Ngày|Sáng|Chiều|Tối|Trưa|Hôm|Vừa|Mới|Trong|Nhân|Theo|Tại))",
    re.MULTILINE,
)
_OUTLET_LINE = re.compile(
    rf"^(?:Báo|Tạp chí|Đài|Cổng thông tin|Trang thông tin) [{UPPER}][\w ]{{1,50}}$"
)

_MOVEMENT = re.compile(
    r"toàn dân (?:tham gia )?bảo vệ (?:an ninh|ANTQ|AN)|bảo vệ (?:ANTQ|an ninh tổ quốc)",
    re.IGNORECASE,
)
_SECURITY = re.compile(
    r"công an|cảnh sát|an ninh|ANTT|tội phạm|mặt trận|MTTQ|biên phòng|trật tự|ma túy|cháy nổ|phòng cháy",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(
    r"tổ chức|hội nghị|phối hợp|tuyên truyền|vận động|triển khai|chỉ đạo|công tác", re.IGNORECASE
)
_CRIME = re.compile(
    r"khởi tố|tạm giam|bị bắt|bắt giữ|nghi phạm|hiện trường|nạn nhân|bị cáo|hung thủ|khai nhận",
    re.IGNORECASE,
)


def read_publisher(outline: Outline) -> str | None:
    """Return the outlet that a dateline, a line of its own or the signature names."""
    if dateline := _DATELINE.search(outline.text, 0, outline.end):
        return dateline["bracketed"] or dateline["plain"]
    for start, end in outline.lines[:2]:
        if _OUTLET_LINE.match(outline.text[start:end]):
            return outline.text[start:end]
    signature = _signature(outline)
    return signature["outlet"].strip(".") if signature and signature["outlet"] else None


def read_byline(outline: Outline) -> list[str]:
    """Return the authors and photographers: in the signature, after ``Ảnh:``, and as lines in capitals that a photograph has."""
    found: dict[str, None] = {}
    for match in _PHOTO.finditer(outline.text, 0, outline.end):
        found |= dict.fromkeys(_split(match["names"]))
    for start, end in outline.lines[2:]:
        line = outline.text[start:end]
        if _CAPITALS.fullmatch(line) and line.split()[0].lower() in SURNAMES:
            found[line] = None
    signature = _signature(outline)
    if signature:
        found |= dict.fromkeys(_split(signature["names"]))
    return list(found)


def _signature(outline: Outline) -> re.Match[str] | None:
    """Return the match of the names that an article ends with: a short line near the end, or what follows its last sentence."""
    if len(outline.lines) < 3:
        return None
    last = outline.lines[-_LAST_LINES:]
    for start, end in reversed(last):
        line = outline.text[start:end]
        if len(line) <= 60 and (match := _SIGNATURE.match(line)):
            return match
    return _SIGNATURE.search(outline.text[max(last[-1][0], last[-1][1] - 60) : last[-1][1]])


def signature_start(outline: Outline) -> int:
    """Return where the names begin that an article ends with; the end of its text if it ends with none."""
    signature = _signature(outline)
    at = outline.text.rfind(signature["names"], 0, outline.end) if signature else -1
    return at if outline.lines and at >= outline.lines[-1][0] else outline.end


def _split(names: str) -> list[str]:
    return [name.strip() for name in re.split(r"\s*[-–—,&]\s*|\s+và\s+", names) if name.strip()]


def read_published(outline: Outline) -> dict[str, Any] | None:
    """Return the publication stamp: a line that holds a full date, perhaps a time, and nothing else."""
    for start, end in outline.lines[:_FIRST_LINES] + outline.lines[-2:]:
        if end - start > 70:
            continue
        inside = [
            mention
            for mention in outline.analyzed.mentions
            if start <= mention.start and mention.end <= end
        ]
        days = [
            mention
            for mention in inside
            if mention.kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", str(mention.value))
        ]
        times = [mention for mention in inside if mention.kind == "time"]
        rest = outline.text[start:end]
        for mention in [*days, *times]:
            rest = rest.replace(mention.text, " ", 1)
        if (
            len(days) != 1
            or len(times) > 1
            or not (_STAMP_WORDS.fullmatch(re.sub(r"\d", "", rest)) or not rest.strip())
        ):
            continue
        first, last = (
            min([*days, *times], key=lambda one: one.start),
            max([*days, *times], key=lambda one: one.end),
        )
        half = re.match(r" ?([AP]M)\b", outline.text[last.end : end])
        quote = outline.text[first.start : last.end + (half.end() if half else 0)]
        return {
            "date": str(days[0].value),
            "time": _time(str(times[0].value), half[1] if half else "") if times else None,
            "quote": quote,
        }
    return None


def _time(clock: str, half: str) -> str:
    hours = int(clock[:2])
    return f"{hours + 12:02d}{clock[2:]}" if half == "PM" and hours < 12 else clock


def read_relevance(outline: Outline) -> str:
    """Return what the article is about, from how often and where the movement and public security are named."""
    text = outline.text[: outline.end]
    named = len(_MOVEMENT.findall(text))
    headline = text[slice(*outline.headline)] if outline.headline else ""
    if named >= 3 or _MOVEMENT.search(text[:_LEAD]) or (named and "mô hình" in headline.lower()):
        return "movement"
    if named:
        return "related"
    is_crime_report = len(_CRIME.findall(text)) >= 3
    return (
        "related"
        if len(_SECURITY.findall(text)) >= 3
        and len(_OFFICIAL.findall(text)) >= 2
        and not is_crime_report
        else "unrelated"
    )
