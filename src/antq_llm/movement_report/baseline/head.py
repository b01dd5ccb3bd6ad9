"""Rules for the head of an article: publisher, byline, publication stamp and relevance."""

from __future__ import annotations

import re
from typing import Any

from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import SURNAMES, SYLLABLE, UPPER
from antq_llm.text.clock import hour_of_day

_MAX_STAMP_LINES, _LAST_STAMP_LINES = 8, 2
"""The numbers of lines at the start and at the end that are searched for the stamp."""
_MAX_STAMP_CHARACTERS = 70
_MAX_OUTLET_LINES = 2
_MAX_SIGNATURE_LINES = 6
_MAX_SIGNATURE_CHARACTERS = 60
_LEAD_CHARACTERS = 700
"""The number of characters at the start that are taken to be the headline and lead."""

# The stamp: the words beside the day and time.
_STAMP_WORDS = re.compile(
    r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|ngày|đăng|cập nhật|xuất bản|lúc|giờ|vào|tháng|năm|"
    r"GMT|UTC|\+\d\d?|AM|PM|[\s|,.()\-–—:/+])+",
    re.IGNORECASE,
)
_FULL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_HALF_OF_DAY = re.compile(r" ?([AP]M)\b")

# The byline: names at the end of the text, after "Ảnh:", and in capitals.
_NAME = rf"{SYLLABLE}(?: {SYLLABLE}){{1,3}}"
_NAMES = rf"{_NAME}(?:\s*(?:[-–—,&]| và )\s*{_NAME}){{0,2}}"
_NAME_DELIMITER = re.compile(r"\s*[-–—,&]\s*|\s+và\s+")
_SIGNATURE = re.compile(
    # "Bài, ảnh: Thu Hà - Lê Minh (TTXVN)"
    r"(?:^|[.…!?”\"/])\s*"
    r"(?:(?i:theo|bài|ảnh|bài, ảnh|bài và ảnh|tin, ảnh|tin|thực hiện|tác giả|pv|ctv)\s*[:,]?\s*)?"
    rf"(?P<names>{_NAMES})"
    r"(?:\s*[-–(]\s*\(?(?P<outlet>[A-ZĐ][A-ZĐ.]{2,15})\)?)?\s*[.]?$"
)
_PHOTO = re.compile(rf"(?i:ảnh|hình|bài)\s*:\s*(?P<names>{_NAMES})")
_CAPITALS = re.compile(rf"[{UPPER}]{{2,}}(?: [{UPPER}]{{2,}}){{1,3}}")

# The outlet: at the start of the text, or on its own line.
_DATELINE = re.compile(
    # "(TTXVN) - ", "TTXVN - Ngày 12/9"
    r"^(?:\((?P<bracketed>[A-ZĐ][\w.]{1,20})\)\s*[-–—]|"
    r"(?P<plain>[A-ZĐ]{2,12})\s*[-–—]\s*"
    r"(?=Ngày|Sáng|Chiều|Tối|Trưa|Hôm|Vừa|Mới|Trong|Nhân|Theo|Tại))",
    re.MULTILINE,
)
_OUTLET_LINE = re.compile(
    rf"^(?:Báo|Tạp chí|Đài|Cổng thông tin|Trang thông tin) [{UPPER}][\w ]{{1,50}}$"
)

# The relevance: words about the movement, public security, official work and crime.
_MOVEMENT = re.compile(
    r"toàn dân (?:tham gia )?bảo vệ (?:an ninh|ANTQ|AN)|bảo vệ (?:ANTQ|an ninh tổ quốc)",
    re.IGNORECASE,
)
_SECURITY = re.compile(
    r"công an|cảnh sát|an ninh|ANTT|tội phạm|mặt trận|MTTQ|biên phòng|trật tự|ma túy|cháy nổ|"
    r"phòng cháy",
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
    """Return the outlet named in the dateline, on its own line or in the signature, if any."""
    if dateline := _DATELINE.search(outline.text, 0, outline.end):
        return dateline["bracketed"] or dateline["plain"]
    for start, end in outline.lines[:_MAX_OUTLET_LINES]:
        if _OUTLET_LINE.match(outline.text[start:end]):
            return outline.text[start:end]
    signature = _signature(outline)
    return signature["outlet"].strip(".") if signature and signature["outlet"] else None


def read_byline(outline: Outline) -> list[str]:
    """Return the authors and photographers.

    Their names are in the signature, after words such as ``Ảnh:`` or on lines in capitals.
    """
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
    """Return the signature: the names that an article ends with, perhaps with the outlet.

    The signature is on a short line near the end or after the last sentence.
    """
    if len(outline.lines) < 3:
        return None
    for start, end in reversed(outline.lines[-_MAX_SIGNATURE_LINES:]):
        line = outline.text[start:end]
        if len(line) <= _MAX_SIGNATURE_CHARACTERS and (match := _SIGNATURE.match(line)):
            return match
    start, end = outline.lines[-1]
    return _SIGNATURE.search(outline.text[max(start, end - _MAX_SIGNATURE_CHARACTERS) : end])


def signature_start(outline: Outline) -> int:
    """Return the start of a signature on the last line, or else the end of the article."""
    signature = _signature(outline)
    at = outline.text.rfind(signature["names"], 0, outline.end) if signature else -1
    return at if outline.lines and at >= outline.lines[-1][0] else outline.end


def _split(names: str) -> list[str]:
    return [stripped for name in _NAME_DELIMITER.split(names) if (stripped := name.strip())]


def read_published(outline: Outline) -> dict[str, Any] | None:
    """Return the publication stamp, if any.

    The stamp is on a short line with one full date and at most one time. Any other words on the
    line are usual in stamps, such as ``cập nhật`` (updated).
    """
    for start, end in outline.lines[:_MAX_STAMP_LINES] + outline.lines[-_LAST_STAMP_LINES:]:
        if end - start <= _MAX_STAMP_CHARACTERS and (stamp := _stamp_in(outline, start, end)):
            return stamp
    return None


def _stamp_in(outline: Outline, start: int, end: int) -> dict[str, Any] | None:
    inside = [
        mention
        for mention in outline.analyzed.mentions
        if start <= mention.start and mention.end <= end
    ]
    days = [
        mention
        for mention in inside
        if mention.kind == "date" and _FULL_DATE.fullmatch(str(mention.value))
    ]
    times = [mention for mention in inside if mention.kind == "time"]
    rest = outline.text[start:end]
    for mention in [*days, *times]:
        rest = rest.replace(mention.text, " ", 1)
    has_other_words = bool(rest.strip()) and not _STAMP_WORDS.fullmatch(re.sub(r"\d", "", rest))
    if len(days) != 1 or len(times) > 1 or has_other_words:
        return None
    stamp_start = min(mention.start for mention in [*days, *times])
    stamp_end = max(mention.end for mention in [*days, *times])
    half = _HALF_OF_DAY.match(outline.text, stamp_end, end)
    return {
        "date": str(days[0].value),
        "time": _time(str(times[0].value), half[1] if half else "") if times else None,
        "quote": outline.text[stamp_start : half.end() if half else stamp_end],
    }


def _time(clock: str, half: str) -> str:
    """Return a time on the 24-hour clock; 12 AM is midnight."""
    hours = int(clock[:2])
    return f"{hour_of_day(hours, half) if half else hours:02d}{clock[2:]}"


def read_relevance(outline: Outline) -> str:
    """Return the relevance of an article.

    The relevance depends on where and how often the article mentions the movement, and on how often
    it mentions public security, official work and crime.
    """
    text = outline.text[: outline.end]
    count = len(_MOVEMENT.findall(text))
    headline = text[slice(*outline.headline)] if outline.headline else ""
    if (
        count >= 3
        or _MOVEMENT.search(text[:_LEAD_CHARACTERS])
        or (count and "mô hình" in headline.lower())
    ):
        return "movement"
    if count:
        return "related"
    is_crime_report = len(_CRIME.findall(text)) >= 3
    is_official = len(_SECURITY.findall(text)) >= 3 and len(_OFFICIAL.findall(text)) >= 2
    return "related" if is_official and not is_crime_report else "unrelated"
