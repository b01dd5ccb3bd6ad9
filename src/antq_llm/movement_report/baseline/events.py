"""Events and documents by rule: the sentence that says when who held what, and documents with a number or a title of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from antq_llm.mentions.numbers_and_dates import Mention
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    ORG_HEAD,
    PLACE,
    PLACE_CLASSES,
    QUOTED,
    SYLLABLE,
    UPPER,
)
from antq_llm.schemas.edtf import Date, is_in_calendar

_MAX_EVENTS = 2
_OPENING = re.compile(
    r"(?:(?P<session>sáng|chiều|tối|trưa|đêm)(?: qua| nay)?,?\s*(?:ngày\s*)?|(?:vào |trong )?ngày\s*|hôm\s*)\(?$",
    re.IGNORECASE,
)
_UNDATED = re.compile(
    r"(?:[A-ZĐ(][\w)]*\s*[-–—]\s*)?(?:(?P<session>Sáng|Chiều|Tối) (?:nay|qua)|Vừa qua|Mới đây|Hôm nay|Hôm qua),? "
)
_SESSIONS = {
    "sáng": "morning",
    "trưa": "afternoon",
    "chiều": "afternoon",
    "tối": "evening",
    "đêm": "evening",
}
_VENUE = re.compile(
    rf",?\s*tại (?P<venue>(?:[^,.;\n]){{3,90}}?),\s*(?=(?:{ORG_HEAD}|[{UPPER}]|diễn|đã|long))"
)
_DID = re.compile(
    r"(?P<lead>(?:(?:đã|vừa|long trọng|trọng thể|phối hợp|cùng|tiến hành) )*)(?P<verb>tổ chức|diễn ra|khai mạc|có (?=buổi)|tham dự (?=buổi|hội)|"
    r"(?=tổng kết|sơ kết|phát động|ra mắt|ra quân|tuyên dương|ký kết|tập huấn|đồng loạt ra quân|công bố|đến thăm|làm việc))(?= ?\w)",
)
_EVENT_NOUN = re.compile(
    r"(?:\w+ ){0,3}?(?:lễ|hội nghị|ngày hội|hội thi|hội thảo|hội thao|buổi|chương trình|tọa đàm|"
    r"toạ đàm|cuộc họp|họp|phiên|đại hội|diễn đàn|lớp|tập huấn|gặp mặt|"
    r"diễn tập|giao lưu|tổng kết|sơ kết|phát động|ra mắt|ra quân|tuyên dương|ký kết|ngày|đợt|làm việc|đến thăm)(?!\w)",
    re.IGNORECASE,
)
_NAME_ENDS = re.compile(
    r"(?:,? (?:với sự (?:tham|có)|nhằm |có sự |do (?:đồng chí|ông|bà)|dưới sự|thu hút|cho hơn|cho \d)|"
    r", (?:triển khai|đồng thời|góp phần|qua đó|với |đây )|;|\. |\.$|\./\.|\n| - đây )"
)
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
_LEVELS = (
    (
        "national",
        r"(?:Đoàn công tác |Đảng ủy |lãnh đạo )?(?:Bộ (?!Chỉ huy|đội)|Chính phủ|Quốc hội|Trung ương|Ủy ban Trung ương|Ban Chỉ đạo (?:quốc gia|Trung ương))",
    ),
    ("organization", r"(?:Trường|Công ty|Tập đoàn|Bệnh viện|Học viện|Đại học|Nhà máy|Ngân hàng)"),
)
_PARTS = re.compile(
    rf"\s*(?:,|\s[-–—]|;|\svà|\scùng|\sphối hợp (?:với|cùng)|\svới)\s+(?={ORG_HEAD}\b)"
)

_DOCUMENT_KINDS = {
    "chương trình": "programme", "kế hoạch": "plan", "chỉ thị": "directive", "công điện": "directive", "nghị quyết": "resolution", "quyết định": "decision",
    "thông tư": "circular", "nghị định": "decree", "luật": "law", "quy chế": "other", "đề án": "other", "hướng dẫn": "other", "kết luận": "other",
    "pháp lệnh": "other",
}  # fmt: skip
_NUMBERED = re.compile(
    r"(?<!\w)(?P<kind>(?i:chương trình|kế hoạch|chỉ thị|công điện|nghị quyết|quyết định|thông tư|nghị định|luật|quy chế|đề án|hướng dẫn|kết luận))"
    r"(?P<more>(?: (?:phối hợp|liên tịch|hành động|liên ngành))*)"
    r"(?: (?:số )(?P<number>\d[\w/-]*)| (?P<bare>\d[\w/-]*[/-][\w/-]+|\d{2,5}(?! (?:năm|tháng|ngày))(?=[ ,.;])))"
)
_BETWEEN = re.compile(
    r"(?<!\w)(?P<kind>(?i:chương trình|quy chế|kế hoạch)) (?P<more>phối hợp|liên tịch)(?: \w+){0,3}? giữa ",
    re.IGNORECASE,
)
_LAW = re.compile(
    rf"(?<!\w)(?P<kind>Luật|Pháp lệnh) (?P<title>[{UPPER}][^\W\d_]+(?:(?:,? (?:và )?)[^\W\d_]+){{1,9}}?)"
    r"(?= (?:năm|số|ngày|được|đã|có|là|quy định|sửa đổi)|[.,;:)“”\"]|$)",
    re.MULTILINE,
)
_PARTIES = re.compile(r"[^.;\n“\"]{0,250}?(?= (?:về|trong|nhằm|giai đoạn)\b|[.;\n“\"])")
_ABOUT = re.compile(
    rf"(?:,? (?:về(?: việc)?|“)\s*)(?:{QUOTED}|(?P<plain>[^.;:\n]{{8,200}}?)"
    rf"(?= (?:cho biết|giai đoạn|đã|được|năm \d)|[.;:\n]|,(?= (?:[{UPPER}]|đã|do|của|trong|với|từ|góp|qua|các|nhằm))|$))"
)
_ISSUER = re.compile(
    rf"\s*(?:,? ngày [\d/.-]+)?,? của (?P<issuer>[{UPPER}][^.,;:\n“\"(]{{2,80}}?)(?= (?:về|giai đoạn|đã|được|trong|và)\b|[.,;:\n“\"(])"
)


def settled(mention: Mention, stamp: str | None) -> str | None:
    """Return the day that a calendar expression names, its year settled by the publication stamp; None for what is no day, month or year."""
    value = str(mention.value).split("/", maxsplit=1)[0]
    if (
        value.startswith("XXXX-XX")
        or len(value) not in {4, 7, 10}
        or (value.startswith("XXXX") and len(value) < 10)
    ):
        return None
    if value.startswith("XXXX") and stamp and not stamp.startswith("XXXX"):
        days = [
            day
            for day in (f"{int(stamp[:4]) - back:04d}{value[4:]}" for back in (0, 1))
            if day <= stamp and is_in_calendar(day)
        ]
        return days[0] if days else value
    return value if re.fullmatch(Date.pattern, value) else None


def read_events(outline: Outline, stamp: str | None) -> list[dict[str, Any]]:
    """Return the events that sentences of the form "when, who held what" report, the first two days of such."""
    events: dict[tuple[str, str | None], dict[str, Any]] = {}
    for start, end in outline.sentences:
        event = _event(outline, start, end, stamp)
        if event and len(events) < _MAX_EVENTS:
            events.setdefault((event["kind"], event["date"]), event)
    return list(events.values())


def _event(outline: Outline, start: int, end: int, stamp: str | None) -> dict[str, Any] | None:
    text = outline.text
    opened = _opened(outline, start, end, stamp)
    if opened is None:
        return None
    begin, after, session, date = opened
    venue = _VENUE.match(text, after, end)
    after = venue.end() if venue else after
    did = _DID.search(text, after, min(end, after + 330))
    if did is None:
        return None
    named = _EVENT_NOUN.match(text[did.end() : end].lstrip())
    if named is None:
        return None
    name_start = did.end() + len(text[did.end() : end]) - len(text[did.end() : end].lstrip())
    cut = _NAME_ENDS.search(text, name_start, end)
    name_end = name_start + len(text[name_start : cut.start() if cut else end].rstrip(" .,…/"))
    name, body = text[name_start:name_end], text[after : did.start()].strip(" ,–-")
    if "\n" in body or len(name) < 8 or len(name) > 500:
        return None
    organizers = _organizers(body)
    return {
        "kind": _kind(name),
        "name": name,
        "date": date,
        "session": session,
        "place": _place((", ".join(organizers), name), venue["venue"] if venue else None),
        "level": next((level for level in map(_level, organizers) if level), None),
        "organizers": organizers,
        "review_period": _review_period(outline, name_start, name_end),
        "quote": text[begin:name_end],
    }


def _opened(
    outline: Outline, start: int, end: int, stamp: str | None
) -> tuple[int, int, str | None, str | None] | None:
    """Return where the time of a sentence begins and ends, the part of the day and the day, if it stands at the sentence's beginning."""
    text = outline.text
    for mention in outline.dates_in(start, min(end, start + 60)):
        opening = _OPENING.search(text, max(start, mention.start - 25), mention.start)
        if opening and opening.start() - start <= 20:
            rest = re.match(r"\)?,?\s*(?:âm lịch,?\s*)?", text[mention.end : end])
            session = _SESSIONS.get((opening["session"] or "").lower())
            return (
                opening.start(),
                mention.end + (rest.end() if rest else 0),
                session,
                settled(mention, stamp),
            )
    if undated := _UNDATED.match(text, start, end):
        return start, undated.end(), _SESSIONS.get((undated["session"] or "").lower()), None
    return None


def _organizers(body: str) -> list[str]:
    body = re.sub(r"\s+(?:do|gồm|với sự)\s.*$", "", re.sub(r"\s*\([^)]*\)", "", body))
    body = re.sub(r"(?:\s+(?:đã|vừa|long trọng|trọng thể|phối hợp|cùng))+$", "", body).strip(" ,")
    parts = [re.sub(r"^(?:tại|với|cùng)\s+", "", part).strip(" ,–-") for part in _PARTS.split(body)]
    return [
        part
        for part in parts
        if part
        and len(part) <= 200
        and (re.match(ORG_HEAD, part) or re.match(rf"{SYLLABLE}", part))
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


def _place(sources: tuple[str, ...], venue: str | None) -> dict[str, Any]:
    """Return the places that the organisers' names and the venue hold, else the event's name."""
    places = (_places_in(f"{source}, {venue or ''}", source) for source in sources)
    found = next(
        (place for place in places if any(place.values())),
        dict.fromkeys(("province", "district", "commune")),
    )
    return {**found, "venue": venue}


def _places_in(text: str, body: str) -> dict[str, str | None]:
    """Return the places with class words; a body that is named for a place without a class word is a province's."""
    place: dict[str, str | None] = dict.fromkeys(("province", "district", "commune"))
    for match in PLACE.finditer(text):
        level = place_level(match["word"])
        if match["word"].lower() == "tỉnh" and place["province"] and place["district"] is None:
            # A city before a province is a city of the province.
            place["district"], place["province"] = place["province"], match["name"]
        place[level] = place[level] or match["name"]
    unclassed = re.search(
        rf"(?:Công an|Biên phòng|Tỉnh đoàn|Bộ đội) (?P<name>{SYLLABLE} {SYLLABLE})$", body
    )
    if unclassed and not any(place.values()):
        place["province"] = unclassed["name"]
    return place


def place_level(word: str) -> str:
    """Return which part of a place a class word names."""
    return next(
        (level for level, words in PLACE_CLASSES if re.fullmatch(words, word, re.IGNORECASE)),
        "province",
    )


def _level(organizer: str) -> str | None:
    """Return whose event it is: the first class word of a place in the organiser's name, which is that of the smallest."""
    for level, words in _LEVELS:
        if re.match(words, organizer, re.IGNORECASE):
            return level
    words = "|".join(words for _, words in PLACE_CLASSES)
    if match := re.search(rf"(?<!\w)(?:{words})(?!\w)(?! hội)", organizer, re.IGNORECASE):
        return place_level(match[0])
    if re.match(r"(?:Tỉnh|Thành) (?:ủy|uỷ|đoàn)|Công an [A-ZĐ]|Sở ", organizer):
        return "province"
    if re.match(r"(?:Huyện|Quận|Thị) (?:ủy|uỷ|đoàn)", organizer):
        return "district"
    return None


def _review_period(outline: Outline, start: int, end: int) -> str | None:
    """Return the period under review: a range of years in the name, else the year after it; for a review of years, the article's only range."""
    name = outline.text[start:end]
    if not re.search(r"tổng kết|sơ kết", name, re.IGNORECASE):
        return None
    dates = outline.dates_in(start, end)
    ranges = [str(one.value) for one in dates if re.fullmatch(r"\d{4}/\d{4}", str(one.value))]
    if ranges:
        return ranges[0]
    years = [str(one.value) for one in dates if re.fullmatch(r"\d{4}", str(one.value))]
    if years:
        return years[0]
    everywhere = {
        str(one.value)
        for one in outline.analyzed.dates
        if re.fullmatch(r"\d{4}/\d{4}", str(one.value))
    }
    return everywhere.pop() if len(everywhere) == 1 and re.search(r"\d+ năm", name) else None


def read_documents(outline: Outline) -> list[dict[str, Any]]:
    """Return the documents with a number, the laws by title and the programmes by their parties, each once and as fully as it is named."""
    best: dict[tuple[str, str], dict[str, Any]] = {}
    for document in _documents(outline):
        key = (
            document["kind"],
            document["number"] or (document["title"] if document["kind"] == "law" else "") or "",
        )
        known = best.get(key)
        if known is None or _fullness(document) > _fullness(known):
            best[key] = document
    if any(kind == "programme" and number for kind, number in best):
        best.pop(("programme", ""), None)
    return list(best.values())


def _fullness(document: dict[str, Any]) -> int:
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
        blank: dict[str, Any] = {"number": None, "issued": None, "issuers": [], "period": None}
        yield {
            "kind": _DOCUMENT_KINDS.get(match["kind"].lower(), "other"),
            **blank,
            "title": match[0],
            "quote": match[0],
        }


def _document(outline: Outline, match: re.Match[str], number: str | None) -> dict[str, Any]:
    """Return the document that begins at a match, with what follows it in the sentence: day, parties, giver, subject, period."""
    text, at = outline.text, match.end()
    limit = min(outline.end, at + 600, outline.sentence_at(match.start())[1] or outline.end)
    finish, issued, issuers = at, None, []
    if dated := re.match(r",? (?:ngày )", text[at:limit]):
        days = [
            one
            for one in outline.dates_in(at, min(limit, at + dated.end() + 18))
            if one.start == at + dated.end()
        ]
        issued, finish = (settled(days[0], None), days[0].end) if days else (None, finish)
    between = re.match(r" giữa ", text[finish:limit])
    parties_at = (
        finish + between.end()
        if between
        else (finish if text[finish - 6 : finish] == " giữa " else None)
    )
    if parties_at is not None and (parties := _PARTIES.match(text, parties_at, limit)):
        issuers = [
            part.strip()
            for part in re.split(r"\s+với\s+|\s+và\s+(?=các |[A-ZĐỦ])|,\s+(?=[A-ZĐỦ])", parties[0])
            if part.strip()
        ]
        finish = parties.end()
    elif issuer := _ISSUER.match(text, finish, limit):
        issuers, finish = [issuer["issuer"]], issuer.end("issuer")
    about = _ABOUT.match(text, finish, limit + 1)
    title = (about["quoted"] or about["plain"]) if about else None
    finish = about.end() if about else finish
    period = re.match(r" giai đoạn ", text[finish:limit])
    ranges = [
        one
        for one in outline.dates_in(finish, limit)
        if period and one.start == finish + period.end() and "/" in str(one.value)
    ]
    finish = ranges[0].end if ranges else finish
    return {
        "kind": _DOCUMENT_KINDS[match["kind"].lower()],
        "number": number,
        "title": title,
        "issued": issued,
        "issuers": issuers,
        "period": str(ranges[0].value) if ranges else None,
        "quote": text[match.start() : finish],
    }
