"""Rules for events: sentences that begin with a time expression and say who held what."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from antq_llm.movement_report.baseline.dates import resolve_date
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    ORG_HEAD,
    PLACE,
    PLACE_CLASSES,
    SYLLABLE,
    UPPER,
)

_MAX_EVENTS = 2
_MAX_OPENING_CHARACTERS = 60
"""Maximum distance from the start of the sentence to the end of the date."""
_MAX_ORGANIZERS_CHARACTERS = 330
"""Maximum distance from the time expression or venue to the end of the verb."""
_MIN_NAME_CHARACTERS, _MAX_NAME_CHARACTERS = 8, 500
_MAX_ORGANIZER_CHARACTERS = 200

# When: the words before or after a day, or instead of one.
_OPENING = re.compile(
    # "Sáng ngày", "Vào ngày (", "Hôm"
    r"(?:(?P<session>sáng|chiều|tối|trưa|đêm)(?: qua| nay)?,?\s*(?:ngày\s*)?|"
    r"(?:vào |trong )?ngày\s*|hôm\s*)\(?$",
    re.IGNORECASE,
)
_UNDATED = re.compile(
    # "Vừa qua, ", perhaps after a dateline
    r"(?:[A-ZĐ(][\w)]*\s*[-–—]\s*)?"
    r"(?:(?P<session>Sáng|Chiều|Tối) (?:nay|qua)|Vừa qua|Mới đây|Hôm nay|Hôm qua),? "
)
_AFTER_DAY = re.compile(r"\)?,?\s*(?:âm lịch,?\s*)?")
_SESSIONS = {
    "sáng": "morning",
    "trưa": "afternoon",
    "chiều": "afternoon",
    "tối": "evening",
    "đêm": "evening",
}

# Where and what: the venue after the day, the verb, the event noun, the end of its name.
_VENUE = re.compile(
    rf",?\s*tại (?P<venue>(?:[^,.;\n]){{3,90}}?),\s*(?=(?:{ORG_HEAD}|[{UPPER}]|diễn|đã|long))"
)
_DID = re.compile(
    r"(?P<lead>(?:(?:đã|vừa|long trọng|trọng thể|phối hợp|cùng|tiến hành) )*)"
    r"(?P<verb>tổ chức|diễn ra|khai mạc|có (?=buổi)|tham dự (?=buổi|hội)|"
    r"(?=tổng kết|sơ kết|phát động|ra mắt|ra quân|tuyên dương|ký kết|tập huấn|"
    r"đồng loạt ra quân|công bố|đến thăm|làm việc))(?= ?\w)",
)
_EVENT_NOUN = re.compile(
    r"(?:\w+ ){0,3}?(?:lễ|hội nghị|ngày hội|hội thi|hội thảo|hội thao|buổi|chương trình|tọa đàm|"
    r"toạ đàm|cuộc họp|họp|phiên|đại hội|diễn đàn|lớp|tập huấn|gặp mặt|"
    r"diễn tập|giao lưu|tổng kết|sơ kết|phát động|ra mắt|ra quân|tuyên dương|ký kết|ngày|đợt|"
    r"làm việc|đến thăm)(?!\w)",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"(?:,? (?:với sự (?:tham|có)|nhằm |có sự |do (?:đồng chí|ông|bà)|dưới sự|thu hút|"
    r"cho hơn|cho \d)|"
    r", (?:triển khai|đồng thời|góp phần|qua đó|với |đây )|;|\. |\.$|\./\.|\n| - đây )"
)

# The kind of an event, by the first of these words in its name.
_KINDS = (
    ("final_review", "tổng kết"),
    ("interim_review", "sơ kết"),
    ("festival", "ngày hội"),
    ("launch", "phát động|ra mắt|ra quân|lễ công bố|hưởng ứng"),
    ("commendation", "tuyên dương|biểu dương|khen thưởng|trao thưởng|tôn vinh|trao tặng"),
    ("signing", "ký kết|ký giao ước|ký cam kết"),
    ("training", "tập huấn|bồi dưỡng"),
    ("other", "kỷ niệm|hội thi|hội thao|hội thảo|diễn tập|giao lưu|viếng|diễn đàn"),
)
_GATHERING = re.compile(
    r"họp|hội nghị|buổi|gặp mặt|tọa đàm|toạ đàm|làm việc|giao ban|đối thoại", re.IGNORECASE
)
_REVIEW = re.compile(r"tổng kết|sơ kết", re.IGNORECASE)

# Who: the organisers, and the level that their names show.
_ORGANIZER_DELIMITER = re.compile(
    rf"\s*(?:,|\s[-–—]|;|\svà|\scùng|\sphối hợp (?:với|cùng)|\svới)\s+(?={ORG_HEAD}\b)"
)
_LEVELS = (
    (
        "national",
        r"(?:Đoàn công tác |Đảng ủy |lãnh đạo )?(?:Bộ (?!Chỉ huy|đội)|Chính phủ|Quốc hội|"
        r"Trung ương|Ủy ban Trung ương|Ban Chỉ đạo (?:quốc gia|Trung ương))",
    ),
    ("organization", r"(?:Trường|Công ty|Tập đoàn|Bệnh viện|Học viện|Đại học|Nhà máy|Ngân hàng)"),
)
_PLACE_CLASS = re.compile(
    rf"(?<!\w)(?:{'|'.join(words for _, words in PLACE_CLASSES)})(?!\w)(?! hội)", re.IGNORECASE
)
_PROVINCE_BODY = re.compile(r"(?:Tỉnh|Thành) (?:ủy|uỷ|đoàn)|Công an [A-ZĐ]|Sở ")
_DISTRICT_BODY = re.compile(r"(?:Huyện|Quận|Thị) (?:ủy|uỷ|đoàn)")
_BODY_OF_PROVINCE = re.compile(
    # "Công an Lâm Đồng"
    rf"(?:Công an|Biên phòng|Tỉnh đoàn|Bộ đội) (?P<name>{SYLLABLE} {SYLLABLE})$"
)


@dataclass(frozen=True)
class _When:
    """The time expression at the beginning of a sentence, such as ``Sáng ngày 12/9``."""

    start: int
    end: int
    session: str | None
    date: str | None


def read_events(outline: Outline, stamp: str | None) -> list[dict[str, Any]]:
    """Return the events of an article, at most two; ``stamp`` supplies missing years."""
    events: dict[tuple[str, str | None], dict[str, Any]] = {}
    for start, end in outline.sentences:
        event = _event(outline, start, end, stamp)
        if event and len(events) < _MAX_EVENTS:
            events.setdefault((event["kind"], event["date"]), event)
    return list(events.values())


def _event(outline: Outline, start: int, end: int, stamp: str | None) -> dict[str, Any] | None:
    text = outline.text
    when = _when(outline, start, end, stamp)
    if when is None:
        return None
    venue = _VENUE.match(text, when.end, end)
    body_start = venue.end() if venue else when.end
    did = _DID.search(text, body_start, min(end, body_start + _MAX_ORGANIZERS_CHARACTERS))
    if did is None or not _EVENT_NOUN.match(text[did.end() : end].lstrip()):
        return None
    name_start = end - len(text[did.end() : end].lstrip())
    cut = _NAME_ENDS.search(text, name_start, end)
    name = text[name_start : cut.start() if cut else end].rstrip(" .,…/")
    name_end = name_start + len(name)
    body = text[body_start : did.start()].strip(" ,–-")
    if "\n" in body or not _MIN_NAME_CHARACTERS <= len(name) <= _MAX_NAME_CHARACTERS:
        return None
    organizers = _organizers(body)
    return {
        "kind": _kind(name),
        "name": name,
        "date": when.date,
        "session": when.session,
        "place": _place((", ".join(organizers), name), venue["venue"] if venue else None),
        "level": next((level for level in map(_level, organizers) if level), None),
        "organizers": organizers,
        "review_period": _review_period(outline, name_start, name_end),
        "quote": text[when.start : name_end],
    }


def _when(outline: Outline, start: int, end: int, stamp: str | None) -> _When | None:
    """Return the time expression that a sentence begins with, if any."""
    text = outline.text
    for mention in outline.dates_in(start, min(end, start + _MAX_OPENING_CHARACTERS)):
        opening = _OPENING.search(text, max(start, mention.start - 25), mention.start)
        if opening and opening.start() - start <= 20:
            rest = _AFTER_DAY.match(text, mention.end, end)
            return _When(
                opening.start(),
                rest.end() if rest else mention.end,
                _SESSIONS.get((opening["session"] or "").lower()),
                resolve_date(mention, stamp),
            )
    if undated := _UNDATED.match(text, start, end):
        session = _SESSIONS.get((undated["session"] or "").lower())
        return _When(start, undated.end(), session, None)
    return None


def _organizers(body: str) -> list[str]:
    body = re.sub(r"\s+(?:do|gồm|với sự)\s.*$", "", re.sub(r"\s*\([^)]*\)", "", body))
    body = re.sub(r"(?:\s+(?:đã|vừa|long trọng|trọng thể|phối hợp|cùng))+$", "", body).strip(" ,")
    parts = (
        re.sub(r"^(?:tại|với|cùng)\s+", "", part).strip(" ,–-")
        for part in _ORGANIZER_DELIMITER.split(body)
    )
    return [
        part
        for part in parts
        if part
        and len(part) <= _MAX_ORGANIZER_CHARACTERS
        and (re.match(ORG_HEAD, part) or re.match(SYLLABLE, part))
    ]


def _kind(name: str) -> str:
    found = [
        (match.start(), kind)
        for kind, words in _KINDS
        if (match := re.search(rf"(?<!\w)(?:{words})(?!\w)", name, re.IGNORECASE))
    ]
    if found:
        return min(found)[1]
    return "meeting" if _GATHERING.search(name) else "other"


def _place(sources: Iterable[str], venue: str | None) -> dict[str, Any]:
    """Return the place of an event.

    Each source, with the venue added, is searched in turn until a place is found.
    """
    places = (_places_in(f"{source}, {venue or ''}", source) for source in sources)
    nowhere = dict.fromkeys(level for level, _ in PLACE_CLASSES)
    return {**next((place for place in places if any(place.values())), nowhere), "venue": venue}


def _places_in(text: str, body: str) -> dict[str, str | None]:
    """Return the places after class words in a text, or else the province in a body's name."""
    place: dict[str, str | None] = dict.fromkeys(level for level, _ in PLACE_CLASSES)
    for match in PLACE.finditer(text):
        level = _place_level(match["word"])
        if match["word"].lower() == "tỉnh" and place["province"] and place["district"] is None:
            # A city before a province is a city in the province.
            place["district"], place["province"] = place["province"], match["name"]
        place[level] = place[level] or match["name"]
    body_of_province = _BODY_OF_PROVINCE.search(body)
    if body_of_province and not any(place.values()):
        place["province"] = body_of_province["name"]
    return place


def _place_level(word: str) -> str:
    """Return the level that a class word indicates, such as ``district`` for ``huyện``."""
    return next(
        (level for level, words in PLACE_CLASSES if re.fullmatch(words, word, re.IGNORECASE)),
        "province",
    )


def _level(organizer: str) -> str | None:
    """Return the level that an organiser's name indicates, or None if it indicates none."""
    for level, words in _LEVELS:
        if re.match(words, organizer, re.IGNORECASE):
            return level
    if match := _PLACE_CLASS.search(organizer):
        return _place_level(match[0])
    if _PROVINCE_BODY.match(organizer):
        return "province"
    return "district" if _DISTRICT_BODY.match(organizer) else None


def _review_period(outline: Outline, start: int, end: int) -> str | None:
    """Return the period that a review covers: a range of years in its name, or else a year.

    If the name states only a number of years and the article has exactly one range of years, the
    period is this range.
    """
    name = outline.text[start:end]
    if not _REVIEW.search(name):
        return None
    values = [date.edtf for date in outline.dates_in(start, end)]
    for form in (r"\d{4}/\d{4}", r"\d{4}"):
        if found := next((value for value in values if re.fullmatch(form, value)), None):
            return found
    ranges = {
        date.edtf for date in outline.analyzed.dates if re.fullmatch(r"\d{4}/\d{4}", date.edtf)
    }
    return ranges.pop() if len(ranges) == 1 and re.search(r"\d+ năm", name) else None
