"""Rules for indicators: results, sizes and rates, each a figure with a unit and a label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from antq_llm.evidence.spans import Span
from antq_llm.mentions.mention import Mention
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import PLACES, SYLLABLE

# Figures that are not indicators: durations, ordinals, targets and anecdotes.
_DURATION = re.compile(
    r"\s*(?:năm|tháng|ngày|giờ|phút|giây|tuần|tuổi|thập kỷ|thế kỷ|quý|nhiệm kỳ|không|lần thứ|tầng|"
    r"h\b|nội dung|nhiệm vụ|mục tiêu|nhóm giải pháp|giải pháp|"
    r"yếu tố|chữ)\b",
    re.IGNORECASE,
)
_NOT_RESULTS = re.compile(
    r"phấn đấu|chỉ tiêu|mục tiêu|dự kiến|đặt ra mục|(?:gia đình|hộ) (?:ông|bà|anh|chị)|sinh năm|"
    r"bị cáo|điện thoại",
    re.IGNORECASE,
)
_MAX_VALUE = 1e15

# Units of measure and counted nouns.
_MEASURE = re.compile(
    r"\s*(?P<unit>%|đồng(?! chí)|kg|gam|gram|g|tấn|tạ|ha|km2|km|m2|m3|m²|mét|lít|USD|bánh|VNĐ)"
    r"(?!\w)"
)
_MONEY = frozenset(("đồng", "VNĐ", "USD"))
_COUNTER_WORDS = (
    "Khu dân cư|Khu phố|Tổ dân phố|buôn|buổi|bài viết|bình chữa cháy|băng nhóm|băng rôn|bản|"
    "bản cam kết|bị can|bị cáo|bộ|bộ hồ sơ|bộ phận|camera|chi bộ|chi hội|chi đoàn|chiếc|chiến sĩ|"
    "chốt|con|cuộc|cuộc họp|cuộc thi|cá nhân|cái|cán bộ|câu lạc bộ|cây|công nhân|công trình|"
    "căn nhà|cơ quan|cơ sở|cờ|doanh nghiệp|dự án|gia đình|giấy|giấy phép|góc|hòm|hòm thư|hạt|"
    "học sinh|hồ sơ|hộ|hộ dân|hộ gia đình|hội nghị|hội viên|khu dân cư|khu phố|khóa|khẩu|kế hoạch|"
    "làng|lượt|lượt người|lớp|lực lượng|máy|mô hình|mũi|mắt camera|nguồn tin|người|người dân|"
    "ngọn cờ|nhà|nhân khẩu|pano|phiếu|phương tiện|phường|phần quà|phụ nữ|quả|quần chúng|suất|"
    "suất quà|thanh niên|thành viên|thôn|thùng|thị trấn|tin|tin bài|tin báo|tin, bài|tiêu chí|"
    "trường hợp|tuyến|tuyến phố|tuyến đường|tập thể|tổ|tổ chức|tổ dân phố|tổ liên gia|tổ tự quản|"
    "tờ rơi|viên|văn bản|vụ|vụ việc|vụ án|xe|xe mô tô|xã|xã, phường|xã, phường, thị trấn|xóm|điểm|"
    "đoàn viên|đám cháy|đơn vị|đối tượng|đội viên|đợt|ấp|ổ|ổ nhóm"
)
_COUNTERS = sorted(_COUNTER_WORDS.split("|"), key=len, reverse=True)
_COUNTER = re.compile(rf"\s+(?P<unit>(?:{'|'.join(_COUNTERS)})(?!\w)|[^\W\d_]+)")
_NO_UNIT_WORDS = (
    "đã được của và đến là trên với cho có do từ ở tại trong lần về theo nhằm để khi sẽ đang còn "
    "cùng qua vào ra trở nay này đó thì mà nên "
    "hoặc hay tới lên xuống bị bởi như những các một không điều khoản trang giai hạng"
)
_NO_UNIT = frozenset(_NO_UNIT_WORDS.split())
_NAME_AFTER = re.compile(f"{SYLLABLE} {SYLLABLE}")
_NEXT_FIGURE = re.compile(r",? (?:và )?(?:\d[\d.,]*) ")

# The label and the comparator: the words around a figure.
_COMPARATOR_WORDS = re.compile(
    r"(?:hơn|trên|quá|vượt|gần|khoảng|chừng|ước tính|xấp xỉ|dưới|chưa đến|không quá|tối đa|"
    r"ít nhất|tối thiểu)\s+$",
    re.IGNORECASE,
)
_LABEL_BEFORE = re.compile(
    # "tổng kinh phí lên tới hơn"
    r"(?P<label>(?<!\w)(?:tổng |số |trị giá|giá trị|kinh phí|diện tích|chiều dài|tài sản|tỷ lệ)"
    r"[^,;.:()\n]{0,70}?)"
    r"\s*(?:là|đạt|lên tới|lên đến|:)?\s*(?:hơn|trên|gần|khoảng|ước)?\s*$",
    re.IGNORECASE,
)
_LABEL_ENDS = re.compile(
    r"[;…:()\n/]|\.(?!\d)|,(?!\d)| - | – |"
    r"\s+(?:với|và|thuộc|gồm|cùng)(?=\s+(?:hơn |trên |gần |khoảng |tổng )?\d)|"
    r"\s(?:(?:với |có )?(?:tổng )?(?:số tiền|trị giá|giá trị)|nhằm|góp phần|trong đó)\s|$"
)
_LABEL_GOES_ON = re.compile(
    # ", phường, thị trấn": a comma in an enumeration
    r", (?!(?:đã|góp|qua|đồng thời|trong|với|nhằm|giúp|thu|bắt|xử|phát|tổ chức|lập|có|không|cùng|"
    r"các|trên|tại|do)\b)"
    r"(?P<more>[^\W\d_][^,;.…:()\n/\d]*)(?=[,;.…:()\n/]|$)"
)
_MAX_LABEL_CHARACTERS = 250
_MAX_WORDS_AFTER_UNIT = 8
"""Maximum number of words after a comma in a label if at most three words precede the comma."""
_MAX_WORDS_LATER = 3
"""Maximum number of words after a comma in a label if more than three words precede it."""

# Where and when: the scope and the period.
_MAX_SCOPE_CHARACTERS = 400
"""Maximum distance from the start of a place to a later figure in the same sentence."""
_FIRST_MONTHS = re.compile(r"(?<!\d)(\d{1,2}) tháng (?:đầu )?năm\s*$")

_MIN_LARGE_VALUE = 100
"""From this value on, equal figures with the same unit are one item, whatever their labels.

This does not apply to percentages.
"""


@dataclass(frozen=True)
class _Reading:
    """The unit and the label of a figure, and the span of its quote."""

    unit: str
    label: str
    start: int
    end: int


def read_indicators(outline: Outline, taken: list[Span], home: str | None) -> list[dict[str, Any]]:
    """Return the indicators of an article; a range gives two, one for each bound.

    ``taken`` contains the spans of figures to leave out because they belong to awards. ``home`` is
    the place that the article is about.
    """
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    body = outline.headline[1] if outline.headline else 0
    for mention in outline.analyzed.numbers:
        if (
            not body <= mention.start < outline.end
            or (mention.start, mention.end) in taken
            or not outline.analyzed.language.is_figure(mention)
        ):
            continue
        for item in filter(None, (_indicator(outline, bound, home) for bound in mention.bounds)):
            # The lead and the body may state a large figure in different words.
            is_large = item["value"] >= _MIN_LARGE_VALUE and item["unit"] != "%"
            label = "" if is_large else " ".join(item["label"].split()[:4]).lower()
            found.setdefault((item["value"], item["unit"], label), item)
    return list(found.values())


def _indicator(outline: Outline, mention: Mention, home: str | None) -> dict[str, Any] | None:
    text = outline.text
    start, end = outline.sentence_at(mention.start)
    if _DURATION.match(text, mention.end) or _NOT_RESULTS.search(
        text, max(start, mention.start - 120), min(end, mention.end + 60)
    ):
        return None
    reading = _measured(text, mention, start, end) or _counted(text, mention, end)
    if (
        reading is None
        or not isinstance(mention.value, int | float)
        or abs(mention.value) > _MAX_VALUE
    ):
        return None
    before = text[max(start, mention.start - _MAX_SCOPE_CHARACTERS) : mention.start]
    return {
        "label": reading.label,
        "value": mention.value,
        "comparator": mention.comparator,
        "unit": reading.unit,
        "total": mention.total,
        "scope": _scope(before, home),
        "period": _period(outline, start, mention.start),
        "quote": text[reading.start : reading.end],
    }


def _measured(text: str, mention: Mention, start: int, end: int) -> _Reading | None:
    """Read a figure with a unit of measure; return None if the unit or the label is missing.

    The label comes after a percentage and before an amount of money. For any other figure, it is
    looked for before the figure, then after it.
    """
    match = _MEASURE.match(text, mention.end, end)
    if match is None:
        return None
    unit = match["unit"]
    before_start = max(start, mention.start - 110)
    before = _LABEL_BEFORE.search(text[before_start : mention.start])
    if unit == "%" or (before is None and unit not in _MONEY):
        label = _clause(text, match.end(), end).strip()
        label_start = end - len(text[match.end() : end].lstrip())
        return (
            _Reading(unit, label, figure_start(text, mention), label_start + len(label))
            if label
            else None
        )
    if before is None:
        return None
    label = before["label"].strip()
    return _Reading(unit, label, before_start + before.start("label"), match.end())


def _counted(text: str, mention: Mention, end: int) -> _Reading | None:
    """Read a figure with a counted noun, or return None if no such noun follows.

    If the noun is directly followed by another figure with a counted noun (``21 vụ, 30 đối tượng
    …``), the words after the second noun belong to both labels.
    """
    match = _COUNTER.match(text, mention.end, end)
    if (
        match is None
        or match["unit"].lower() in _NO_UNIT
        or len(match["unit"]) < 2
        or _NAME_AFTER.match(text, match.start("unit"), end)
    ):
        return None
    label_start = match.start("unit")
    label = _clause(text, label_start, end)
    label_end = label_start + len(label)
    if label == match["unit"] and (listed := _NEXT_FIGURE.match(text, label_end, end)):
        following = _COUNTER.match(text, listed.end() - 1, end)
        rest = _clause(text, following.end(), end).strip() if following else ""
        label = f"{label} {rest}".strip()
    return _Reading(match["unit"], label, figure_start(text, mention), label_end)


def _clause(text: str, start: int, end: int) -> str:
    """Return the words from a position to the end of the clause; commas in a list do not end it."""
    limit = min(end, start + _MAX_LABEL_CHARACTERS)
    stop = _LABEL_ENDS.search(text, start, limit)
    finish = stop.start() if stop else limit
    while more := _LABEL_GOES_ON.match(text, finish, limit):
        is_short = len(text[start:finish].split()) <= _MAX_WORDS_LATER
        max_words = _MAX_WORDS_AFTER_UNIT if is_short else _MAX_WORDS_LATER
        stop = _LABEL_ENDS.search(text, more.start("more"), limit)
        more_end = min(more.end(), stop.start()) if stop else more.end()
        words = text[more.start("more") : more_end].split()
        if len(words) > max_words or more_end <= finish:
            break
        finish = more_end
    return text[start:finish].rstrip()


def figure_start(text: str, mention: Mention) -> int:
    """Return the position at which a figure begins, including any comparator words before it."""
    words = _COMPARATOR_WORDS.search(text, max(0, mention.start - 16), mention.start)
    return words.start() if words and mention.comparator != "=" else mention.start


def _scope(before: str, home: str | None) -> str | None:
    places = list(PLACES.finditer(before))
    return places[-1][0] if places else home


def _period(outline: Outline, start: int, position: int) -> str | None:
    """Return the last period that a sentence states before a figure.

    A period is a range of years or months, the first months of a year or a single year.
    """
    for mention in reversed(outline.dates_in(start, position)):
        value = mention.edtf
        if re.fullmatch(r"\d{4}(?:-\d\d)?/\d{4}(?:-\d\d)?", value):
            return value
        if re.fullmatch(r"\d{4}", value):
            before = outline.text[max(start, mention.start - 24) : mention.start]
            months = _FIRST_MONTHS.search(before)
            last_month = int(months[1]) if months else 0
            return f"{value}-01/{value}-{last_month:02d}" if 1 <= last_month <= 12 else value
    return None
