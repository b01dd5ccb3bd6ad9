"""Figures, awards and community models by rule: a number with its unit and label, what was given to how many, a quoted name after ``mô hình``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from antq_llm.evidence.spans import Span
from antq_llm.mentions.numbers_and_dates import Mention
from antq_llm.movement_report.baseline.events import settled
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import (
    OFFICE_HEAD,
    ORG_HEAD,
    PLACES,
    QUOTED,
    SYLLABLE,
)

_COMPARATOR_WORDS = re.compile(
    r"(?:hơn|trên|quá|vượt|gần|khoảng|chừng|ước tính|xấp xỉ|dưới|chưa đến|không quá|tối đa|ít nhất|tối thiểu)\s+$",
    re.IGNORECASE,
)
_DURATION = re.compile(
    r"\s*(?:năm|tháng|ngày|giờ|phút|giây|tuần|tuổi|thập kỷ|thế kỷ|quý|nhiệm kỳ|không|lần thứ|tầng|h\b|nội dung|nhiệm vụ|mục tiêu|nhóm giải pháp|giải pháp|"
    r"yếu tố|chữ)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\s*(?P<unit>%|đồng(?! chí)|kg|gam|gram|g|tấn|tạ|ha|km2|km|m2|m3|m²|mét|lít|USD|bánh|VNĐ)(?!\w)"
)
_COUNTER_WORDS = (
    "Khu dân cư|Khu phố|Tổ dân phố|buôn|buổi|bài viết|bình chữa cháy|băng nhóm|băng rôn|bản|bản cam kết|bị can|bị cáo|bộ|bộ hồ sơ|bộ phận|"
    "camera|chi bộ|chi hội|chi đoàn|chiếc|chiến sĩ|chốt|con|cuộc|cuộc họp|cuộc thi|cá nhân|cái|cán bộ|câu lạc bộ|cây|công nhân|công trình|"
    "căn nhà|cơ quan|cơ sở|cờ|doanh nghiệp|dự án|gia đình|giấy|giấy phép|góc|hòm|hòm thư|hạt|học sinh|hồ sơ|hộ|hộ dân|hộ gia đình|hội nghị|"
    "hội viên|khu dân cư|khu phố|khóa|khẩu|kế hoạch|làng|lượt|lượt người|lớp|lực lượng|máy|mô hình|mũi|mắt camera|nguồn tin|người|người dân|"
    "ngọn cờ|nhà|nhân khẩu|pano|phiếu|phương tiện|phường|phần quà|phụ nữ|quả|quần chúng|suất|suất quà|thanh niên|thành viên|thôn|thùng|"
    "thị trấn|tin|tin bài|tin báo|tin, bài|tiêu chí|trường hợp|tuyến|tuyến phố|tuyến đường|tập thể|tổ|tổ chức|tổ dân phố|tổ liên gia|"
    "tổ tự quản|tờ rơi|viên|văn bản|vụ|vụ việc|vụ án|xe|xe mô tô|xã|xã, phường|xã, phường, thị trấn|xóm|điểm|đoàn viên|đám cháy|đơn vị|"
    "đối tượng|đội viên|đợt|ấp|ổ|ổ nhóm"
)
_COUNTERS = _COUNTER_WORDS.split("|")
_COUNTER = re.compile(
    rf"\s+(?P<unit>(?:{'|'.join(sorted(_COUNTERS, key=len, reverse=True))})(?!\w)|[^\W\d_]+)"
)
_NO_UNIT_WORDS = (
    "đã được của và đến là trên với cho có do từ ở tại trong lần về theo nhằm để khi sẽ đang còn cùng qua vào ra trở nay này đó thì mà nên "
    "hoặc hay tới lên xuống bị bởi như những các một không điều khoản trang giai hạng"
)
_NO_UNIT = frozenset(_NO_UNIT_WORDS.split())
_LABEL_ENDS = re.compile(
    r"[;…:()\n/]|\.(?!\d)|,(?!\d)| - | – |\s+(?:với|và|thuộc|gồm|cùng)(?=\s+(?:hơn |trên |gần |khoảng |tổng )?\d)|"
    r"\s(?:(?:với |có )?(?:tổng )?(?:số tiền|trị giá|giá trị)|nhằm|góp phần|trong đó)\s|$"
)
_LABEL_GOES_ON = re.compile(
    r", (?!(?:đã|góp|qua|đồng thời|trong|với|nhằm|giúp|thu|bắt|xử|phát|tổ chức|lập|có|không|cùng|các|trên|tại|do)\b)"
    r"(?P<more>[^\W\d_][^,;.…:()\n/\d]*)(?=[,;.…:()\n/]|$)"
)
_WORDS_AFTER_UNIT, _WORDS_LATER = 8, 3
"""Words that the part of a label after a comma may have, where only the counted noun stands before it, and else."""
_BEFORE_LABEL = re.compile(
    r"(?P<label>(?<!\w)(?:tổng |số |trị giá|giá trị|kinh phí|diện tích|chiều dài|tài sản|tỷ lệ)[^,;.:()\n]{0,70}?)"
    r"\s*(?:là|đạt|lên tới|lên đến|:)?\s*(?:hơn|trên|gần|khoảng|ước)?\s*$",
    re.IGNORECASE,
)
_NOT_RESULTS = re.compile(
    r"phấn đấu|chỉ tiêu|mục tiêu|dự kiến|đặt ra mục|(?:gia đình|hộ) (?:ông|bà|anh|chị)|sinh năm|bị cáo|điện thoại",
    re.IGNORECASE,
)
_AWARD_WORDS = re.compile(
    r"(?P<form>bằng khen|giấy khen|huân chương(?: [\w ]{3,25}? hạng \w+)?|huy chương|kỷ niệm chương|cờ thi đua|thư khen|danh hiệu)|"
    r"khen thưởng|tuyên dương|biểu dương|tặng thưởng|điển hình|tôn vinh",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(
    r"(?P<first>tập thể|đơn vị|cá nhân|gia đình)(?:(?:,| và|, hộ gia đình,| ,) (?P<second>tập thể|cá nhân|hộ gia đình|gia đình)(?:(?: và|,) cá nhân)?)?(?!\w)",
    re.IGNORECASE,
)
_MANY = re.compile(r"(?<!\w)nhiều\s+$", re.IGNORECASE)
_GIVEN_BY = re.compile(
    rf"(?:được|của) (?P<givers>(?:các cấp|{ORG_HEAD}|(?i:{OFFICE_HEAD}))[^.;:\n]{{0,160}}?)"
    r"(?:\s+(?:ghi nhận|trao|tặng|khen|tuyên|biểu|công nhận|cho\b|tôn vinh)|,? tặng)"
)
_GIVER = re.compile(
    rf"(?:^|, )(?P<givers>(?:{ORG_HEAD}|(?i:{OFFICE_HEAD}))[^.,;:\n“\"]{{0,100}}?),? "
    r"(?:đã |cũng )*(?:quyết định |công bố quyết định )?(?:trao|tặng|khen thưởng|biểu dương|tuyên dương)"
)
_GIVER_PARTS = re.compile(rf"\s*(?:,|\svà)\s+(?=(?:{ORG_HEAD}|(?i:{OFFICE_HEAD}))\b)")
_LARGE = 100
_SCOPE_REACH = 400
"""Characters before a figure in which its sentence may name the place that it holds for."""
_COLLECTIVE = frozenset(("tập thể", "đơn vị", "gia đình", "hộ gia đình"))

_MODEL = re.compile(
    rf"(?P<word>(?i:mô hình|câu lạc bộ|CLB))(?P<between>[^“”\"«».;\n]{{0,70}}?)\s?:?\s?{QUOTED}"
)
_MORE_MODELS = re.compile(
    rf"\s*(?:…|\.\.\.)?\s*(?:[,;]|và|hay|hoặc)\s*(?:và )?(?P<between>(?:[^\W\d_]+ ){{0,5}}){QUOTED}"
)
_SUMMED_MODEL = re.compile(r"(?P<word>(?i:mô hình)) (?P<quoted>\d+\+\d+)")
_NOT_MODELS = re.compile(
    r"phong trào|cuộc vận động|theo hướng|chuyên đề|tiêu chuẩn|danh hiệu|chủ đề|khẩu hiệu|chương trình|tiêu chí|về",
    re.IGNORECASE,
)
_MOVEMENT_ITSELF = re.compile(
    r"(?:phong trào )?toàn dân (?:bảo vệ|đoàn kết)|vì an ninh tổ quốc", re.IGNORECASE
)
_MODEL_PLACE = re.compile(
    rf"[^.;\n“”]{{0,12}}?(?:tại|trên địa bàn|ở) (?:địa bàn )?(?P<place>{PLACES.pattern})"
)
_STARTED = re.compile(
    r"[^.;\n]{0,40}?(?:từ|vào|ra mắt|thành lập) (?:tháng |năm |ngày |đầu |cuối )*$"
)


def read_awards(outline: Outline) -> tuple[list[dict[str, Any]], list[Span]]:
    """Return the awards of an article, and the spans of their figures, which are no indicators."""
    found: list[dict[str, Any]] = []
    figures: list[Span] = []
    for start, end in outline.sentences:
        trigger = list(_AWARD_WORDS.finditer(outline.text, start, end))
        if trigger and re.search(r"tập thể|cá nhân|đơn vị", outline.text[start:end]):
            for award, span in _awards_in(outline, start, end, trigger):
                found.append(award)
                figures += [span] if span else []
    counted = any(award["count"] is not None for award in found)
    kept: dict[tuple[Any, ...], dict[str, Any]] = {}
    for award in found:
        if award["count"] is not None or not counted:
            kept.setdefault((award["form"], award["recipients"], award["count"]), award)
    return list(kept.values()), figures


def _awards_in(
    outline: Outline, start: int, end: int, triggers: list[re.Match[str]]
) -> Iterator[tuple[dict[str, Any], Span | None]]:
    text = outline.text
    givers = _givers(text[start:end])
    for match in _RECIPIENTS.finditer(text, start, end):
        figure = _figure_before(outline, match.start(), start)
        many = _MANY.search(text, max(start, match.start() - 12), match.start())
        if figure is None and not many:
            continue
        if figure is not None and (not isinstance(figure.value, int) or figure.total is not None):
            continue
        first = (
            _qualified_start(text, figure) if figure else (many.start() if many else match.start())
        )
        nearest = min(triggers, key=lambda one: max(one.start() - match.end(), first - one.end()))
        form = next((one["form"].lower() for one in triggers if one["form"]), None)
        begin, finish = min(first, nearest.start()), max(match.end(), nearest.end())
        kinds = _recipients(match, counted=figure is not None)
        for kind in kinds:
            yield (
                {
                    "form": form,
                    "conferred_by": givers,
                    "recipients": kind,
                    "count": figure.value if figure else None,
                    "comparator": figure.comparator if figure else None,
                    "names": [],
                    "quote": text[begin:finish],
                },
                ((figure.start, figure.end) if figure else None),
            )


def _recipients(match: re.Match[str], *, counted: bool) -> list[str]:
    kinds = [
        "collective" if word.lower() in _COLLECTIVE else "individual"
        for word in (match["first"], match["second"])
        if word
    ]
    if len(set(kinds)) == 1:
        return kinds[:1]
    return ["mixed"] if counted else kinds


def _figure_before(outline: Outline, position: int, start: int) -> Mention | None:
    near = [one for one in outline.analyzed.numbers if start <= one.start and one.end <= position]
    return near[-1] if near and not outline.text[near[-1].end : position].strip() else None


def _givers(sentence: str) -> list[str]:
    match = _GIVEN_BY.search(sentence) or _GIVER.search(sentence)
    if match is None:
        return []
    return [
        part.strip() for part in _GIVER_PARTS.split(match["givers"].strip(" ,")) if part.strip()
    ]


def read_models(outline: Outline, stamp: str | None) -> list[dict[str, Any]]:
    """Return the schemes named in quotation marks after ``mô hình`` or ``câu lạc bộ``, and those that a list goes on with."""
    found: dict[str, dict[str, Any]] = {}
    for match in _model_matches(outline):
        name = match["quoted"].strip(" .,;")
        if (
            len(name) < 3
            or _MOVEMENT_ITSELF.match(name)
            or (_NOT_MODELS.search(match["between"]) if "between" in match.re.groupindex else False)
        ):
            continue
        is_led = "word" in match.re.groupindex and len(match[0]) - len(name) < 45
        quote = match[0] if is_led else name
        item = {
            "name": name,
            "place": _model_place(outline, match, name),
            "started": _started(outline, match, stamp),
            "quote": quote,
        }
        known = found.setdefault(name.lower(), item)
        known["place"], known["started"] = (
            known["place"] or item["place"],
            known["started"] or item["started"],
        )
    return list(found.values())


def _model_matches(outline: Outline) -> Iterator[re.Match[str]]:
    text = outline.text
    for match in _MODEL.finditer(text, 0, outline.end):
        yield match
        more = _MORE_MODELS.match(text, match.end(), outline.end)
        while more and not re.search(r"(?i)mô hình|câu lạc bộ|CLB", more["between"]):
            yield more
            more = _MORE_MODELS.match(text, more.end(), outline.end)
    yield from _SUMMED_MODEL.finditer(text, 0, outline.end)


def _model_place(outline: Outline, match: re.Match[str], name: str) -> str | None:
    inside = re.search(rf"(?:tại|trên địa bàn) (?P<place>{PLACES.pattern})", name)
    after = _MODEL_PLACE.match(outline.text, match.end(), min(outline.end, match.end() + 150))
    place = inside or after
    return place["place"] if place else None


def _started(outline: Outline, match: re.Match[str], stamp: str | None) -> str | None:
    end = min(outline.end, match.end() + 80)
    for mention in outline.dates_in(match.end(), end):
        if _STARTED.match(outline.text[match.end() : mention.start]):
            return settled(mention, stamp)
    start, _ = outline.sentence_at(match.start())
    before = outline.text[start : match.start()]
    if re.search(r"xây dựng|ra mắt|thành lập|triển khai", before):
        months = [
            one
            for one in outline.dates_in(start, match.start())
            if re.fullmatch(r"\d{4}-\d\d(?:-\d\d)?", str(one.value))
        ]
        return str(months[-1].value) if months else None
    return None


def read_indicators(outline: Outline, taken: list[Span], home: str | None) -> list[dict[str, Any]]:
    """Return the figures that are results, sizes or rates; ``taken`` are those of awards, ``home`` the place that the article is about."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    body = outline.headline[1] if outline.headline else 0
    for mention in outline.analyzed.numbers:
        if (
            body <= mention.start < outline.end
            and (mention.start, mention.end) not in taken
            and (item := _indicator(outline, mention, home))
        ):
            # A large figure that is stated again, in the lead and in the body, is one item whatever the words around it.
            label = (
                ""
                if item["value"] >= _LARGE and item["unit"] != "%"
                else " ".join(item["label"].split()[:4]).lower()
            )
            found.setdefault((item["value"], item["unit"], label), item)
    return list(found.values())


def _indicator(outline: Outline, mention: Mention, home: str | None) -> dict[str, Any] | None:
    text = outline.text
    start, end = outline.sentence_at(mention.start)
    if _DURATION.match(text, mention.end) or _NOT_RESULTS.search(
        text, max(start, mention.start - 120), min(end, mention.end + 60)
    ):
        return None
    read = _measured(text, mention, start, end) or _counted(text, mention, end)
    if read is None or not isinstance(mention.value, int | float) or abs(mention.value) > 1e15:
        return None
    unit, label, begin, finish = read
    return {
        "label": label,
        "value": mention.value,
        "comparator": mention.comparator,
        "unit": unit,
        "total": mention.total,
        "scope": _scope(text[max(start, mention.start - _SCOPE_REACH) : mention.start], home),
        "period": _period(outline, start, mention.start),
        "quote": text[begin:finish],
    }


def _measured(
    text: str, mention: Mention, start: int, end: int
) -> tuple[str, str, int, int] | None:
    """Read a figure with a unit of measure: what it measures follows a rate or a weight, and stands before money and extents."""
    match = _MEASURE.match(text, mention.end, end)
    if match is None:
        return None
    begin = _qualified_start(text, mention)
    before = _BEFORE_LABEL.search(text[max(start, mention.start - 110) : mention.start])
    if match["unit"] == "%" or (before is None and match["unit"] not in {"đồng", "VNĐ", "USD"}):
        label = _clause(text, match.end(), end).strip()
        return (
            (
                match["unit"],
                label,
                begin,
                match.end()
                + len(text[match.end() : end])
                - len(text[match.end() : end].lstrip())
                + len(label),
            )
            if label
            else None
        )
    if before is None:
        return None
    label_at = max(start, mention.start - 110) + before.start("label")
    return match["unit"], before["label"].strip(), label_at, match.end()


def _counted(text: str, mention: Mention, end: int) -> tuple[str, str, int, int] | None:
    """Read a figure with a counted noun; what is said of two nouns one after the other (``21 vụ, 30 đối tượng …``) holds for the first too."""
    match = _COUNTER.match(text, mention.end, end)
    if (
        match is None
        or match["unit"].lower() in _NO_UNIT
        or len(match["unit"]) < 2
        or re.match(f"{SYLLABLE} {SYLLABLE}", text[match.start("unit") : end])
    ):
        return None
    at = match.start("unit")
    label = _clause(text, at, end)
    finish = at + len(label)
    if label == match["unit"] and (
        listed := re.match(r",? (?:và )?(?:\d[\d.,]*) ", text[finish:end])
    ):
        following = _COUNTER.match(text, finish + listed.end() - 1, end)
        rest = _clause(text, following.end(), end).strip() if following else ""
        label = f"{label} {rest}".strip()
    return match["unit"], label, _qualified_start(text, mention), finish


def _clause(text: str, start: int, end: int) -> str:
    """Return the words from a place to the end of their clause, over the commas of an enumeration."""
    limit = min(end, start + 250)
    stop = _LABEL_ENDS.search(text, start, limit)
    finish = stop.start() if stop else limit
    while more := _LABEL_GOES_ON.match(text, finish, limit):
        most = (
            _WORDS_AFTER_UNIT if len(text[start:finish].split()) <= _WORDS_LATER else _WORDS_LATER
        )
        inside = _LABEL_ENDS.search(text, more.start("more"), limit)
        finish_of_more = min(more.end(), inside.start()) if inside else more.end()
        if (
            len(text[more.start("more") : finish_of_more].split()) > most
            or finish_of_more <= finish
        ):
            break
        finish = finish_of_more
    return text[start:finish].rstrip()


def _qualified_start(text: str, mention: Mention) -> int:
    words = _COMPARATOR_WORDS.search(text, max(0, mention.start - 16), mention.start)
    return words.start() if words and mention.comparator != "=" else mention.start


def _scope(before: str, home: str | None) -> str | None:
    places = list(re.finditer(PLACES.pattern, before))
    return places[-1][0] if places else home


def _period(outline: Outline, start: int, position: int) -> str | None:
    """Return the period that a figure's own sentence states before it: a range of years, a quarter, the first months of a year, a year."""
    for mention in reversed(outline.dates_in(start, position)):
        value, before = (
            str(mention.value),
            outline.text[max(start, mention.start - 24) : mention.start],
        )
        if re.fullmatch(r"\d{4}(?:-\d\d)?/\d{4}(?:-\d\d)?", value):
            return value
        if re.fullmatch(r"\d{4}", value):
            months = re.search(r"(?<!\d)(\d{1,2}) tháng (?:đầu )?năm\s*$", before)
            return (
                f"{value}-01/{value}-{int(months[1]):02d}"
                if months and 1 <= int(months[1]) <= 12
                else value
            )
    return None
