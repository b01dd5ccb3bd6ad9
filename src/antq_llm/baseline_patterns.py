"""The words and forms of the genre that the rules of the baseline share, and an article laid out in lines and sentences."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property

from antq_llm.consistency import ArticleReading, Span
from antq_llm.mentions import Mention

UPPER = "".join(character for character in map(chr, range(sys.maxunicode)) if character.isupper() and ord(character) < 0x1F00)
"""Capital letters with and without marks, as the inside of a character class."""

SYLLABLE = rf"[{UPPER}][^\W\d_]*"

_SURNAMES = (
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh đoàn lâm trịnh mai trương hà tạ tô cao châu chu cù đàm "
    "đồng giang giàng hạ hứa kiều kim la lại lò lục lương lưu mã nghiêm nông ông phùng quách quản sùng tăng thái thạch thân thẩm tiêu tòng "
    "tống triệu tưởng từ ung văn vàng vi viên vương xa khuất khổng bạch âu ân bế cầm chử doãn hầu khúc liễu lường mạc ninh ngụy phó thào "
    "tôn vừ y"
)
SURNAMES = frozenset(_SURNAMES.split())
"""Vietnamese surnames, those of minorities among them, in lower case."""

RANK = r"(?:(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy|uý)|chuẩn (?:úy|uý)|(?:thượng|trung|hạ) (?:sĩ|sỹ))"
FORM_OF_ADDRESS = r"(?:đồng chí|đ/c|ông|bà|anh|chị)"

OFFICE_HEAD = (
    r"(?:(?:nguyên )?(?:quyền )?(?:phó )?(?:tổng bí thư|bí thư|chủ tịch|tổng giám đốc|giám đốc|trưởng|cục trưởng|vụ trưởng|viện trưởng|hiệu trưởng|"
    r"tư lệnh|chỉ huy trưởng|chỉ huy|chính (?:ủy|uỷ)|thủ tướng|chánh|đội trưởng|đồn trưởng|tổ trưởng|chi cục trưởng|chủ nhiệm|thủ trưởng)|"
    r"thứ trưởng|bộ trưởng|chính trị viên|tổng thư ký|đại biểu quốc hội|"
    r"(?:(?:tỉnh|thành|huyện|quận|thị|đảng) )?(?:ủy|uỷ) viên)"
)
ORG_HEAD = (
    r"(?:(?:các )?(?:UBND|HĐND|UBMTTQ|MTTQ|CLB|CAP|Ủy ban|Uỷ ban|Hội đồng|Công an|CA|Bộ|Ban|Sở|Cục|Tổng cục|Phòng|Chi cục|Đảng (?:ủy|uỷ)|Tỉnh (?:ủy|uỷ)|"
    r"Thành (?:ủy|uỷ)|Huyện (?:ủy|uỷ)|Quận (?:ủy|uỷ)|Thị (?:ủy|uỷ)|Mặt trận|Hội|Đoàn|Liên đoàn|Trung ương|Công đoàn|Trường|Công ty|Tập đoàn|Bệnh viện|"
    r"Viện|Văn phòng|Đồn|Đài|Báo|TP|Thành phố|Tỉnh|Quận|Huyện|Thị xã|Xã|Phường|Thị trấn|Bộ đội|Bộ Chỉ huy|Chủ tịch|Giám đốc|Chính phủ|Nhà nước|"
    r"tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|lực lượng|tổ chức))"
)
_OFFICE_WORDS = (
    "an|ban|bản|bí|binh|bộ|các|cán|cảnh|cao|cấp|chất|chi|chí|chiến|chính|chủ|chuyên|cơ|công|cục|cụm|cựu|cứu|dân|đảng|đảm|đạo|địa|điều|đoàn|đội|đốc|đồn|đồng|"
    "động|giám|giáo|giao|hành|hình|hiệu|hội|huy|huyện|kế|khối|khoa|khu|kiêm|kinh|kỹ|lao|lãnh|liên|lực|lượng|ma|mặt|mạng|môi|nội|ninh|nông|nữ|phát|phó|phong|"
    "phòng|phố|phụ|phương|phường|quân|quận|quản|quốc|quyền|sát|sản|sĩ|sự|sở|tác|tàng|tham|thành|thanh|thể|thi|thị|thôn|thông|thư|thường|thuật|tỉnh|tin|tịch|"
    "nhân|tộc|tôn|nghiệp|dục|tế|pháp|án|kiểm|tòa|bảo|vệ|thương|tổ|tội|tổng|tra|trách|trấn|trận|trật|trị|triển|trưởng|trực|trung|trường|truyền|tuyên|túy|tự|ủy|uỷ|ương|vận|văn|về|viên|việc|viện|vụ|vực|xã|xóm|xuất|ấp"
)
_AND_IN_NAME = rf"và(?= [{UPPER}])(?! (?i:{RANK}|{OFFICE_HEAD}|{FORM_OF_ADDRESS})\b)"
_OFFICE_WORD = rf"(?:{_OFFICE_WORDS})\b(?! (?:biết|hay|biểu|rõ|cáo|dự|trì|tin|gia|mưu)\b)"
_OFFICE_TOKEN = rf"(?:[{UPPER}][\w./’-]*[\w’]|[{UPPER}]|\d+|{_OFFICE_WORD}|{_AND_IN_NAME})"
_OFFICE_PART = rf"(?i:{OFFICE_HEAD})(?: {_OFFICE_TOKEN})*"
OFFICES = re.compile(rf"(?<!\w){_OFFICE_PART}(?:, ?(?:{_OFFICE_PART}|(?:Công an|Bộ|UBND|HĐND|MTTQ|Tỉnh|Thành)\b(?: {_OFFICE_TOKEN})*))*")
"""Offices one after the other, such as ``Ủy viên Trung ương Đảng, Thứ trưởng Bộ Công an``; a name may stand at the end."""
OFFICE_COMMA = re.compile(rf", ?(?=(?i:{OFFICE_HEAD})\b)")

NAME = rf"{SYLLABLE}(?: (?!(?i:{OFFICE_HEAD}|{RANK})\b){SYLLABLE}){{1,4}}"

PLACE_CLASSES = (
    ("province", r"tỉnh|thành phố|TP\.?|T\.?P\.?"),
    ("district", r"quận|huyện|thị xã|Q\.|TX\.?"),
    ("commune", r"phường|xã|thị trấn|P\.|TT\.?"),
)
_PLACE_WORDS = "|".join(words for _, words in PLACE_CLASSES)
PLACE = re.compile(rf"(?<!\w)(?P<word>(?i:{_PLACE_WORDS}))\s?(?P<name>{SYLLABLE}(?: (?!(?i:{OFFICE_HEAD})\b){SYLLABLE}){{0,3}}|\d{{1,2}}(?!\d))")
PLACES = re.compile(
    rf"{PLACE.pattern.replace('?P<word>', '?:').replace('?P<name>', '?:')}(?:, {PLACE.pattern.replace('?P<word>', '?:').replace('?P<name>', '?:')})*"
)
"""Places from the smallest to the largest, such as ``xã Tân Lâm, huyện Di Linh``."""

QUOTED = r"[“\"«](?P<quoted>[^“”«»\"\n]{2,200})[”\"»]"

_SENTENCE_END = re.compile(rf"(?<!\bTP)(?<!\bTp)(?<!\b[QPT])(?:[.!?…]+[”\"’)]*|\./\.)(?=\s+[“\"(]?[{UPPER}\d])|\n+")


@dataclass(frozen=True)
class Outline:
    """An article laid out: its lines and sentences up to the links to other stories, and its headline."""

    reading: ArticleReading

    @property
    def text(self) -> str:
        """The text of the article."""
        return self.reading.text

    @cached_property
    def end(self) -> int:
        """Where the article's own text ends."""
        return self.reading.furniture_start

    @cached_property
    def lines(self) -> list[Span]:
        """The lines that are not blank, without the white space around them."""
        found = []
        start = 0
        for line in self.text[: self.end].split("\n"):
            if stripped := line.strip():
                at = start + line.index(stripped)
                found.append((at, at + len(stripped)))
            start += len(line) + 1
        return found

    @cached_property
    def sentences(self) -> list[Span]:
        """The sentences after the headline, without the white space around them."""
        spans = []
        start = self.headline[1] if self.headline else 0
        cuts = [match.end() for match in _SENTENCE_END.finditer(self.text, start, self.end)]
        for cut in [*cuts, self.end]:
            sentence = self.text[start:cut]
            if stripped := sentence.strip():
                at = start + sentence.index(stripped)
                spans.append((at, at + len(stripped)))
            start = cut
        return spans

    @cached_property
    def headline(self) -> Span | None:
        """The first line that is a title: of some length, beginning with a capital, with no stamp and no dateline."""
        return next((line for line in self.lines[:6] if is_title(self.text[slice(*line)])), None)

    def sentence_at(self, position: int) -> Span:
        """Return the sentence that a position is in, the headline too; else the position itself."""
        if self.headline and self.headline[0] <= position < self.headline[1]:
            return self.headline
        return _span_at(self.sentences, position)

    def line_at(self, position: int) -> Span:
        """Return the line that a position is in, else the position itself."""
        return _span_at(self.lines, position)

    def dates_in(self, start: int, end: int) -> list[Mention]:
        """Return the calendar expressions of a stretch of the text."""
        return [mention for mention in self.reading.dates if start <= mention.start and mention.end <= end]


def _span_at(spans: list[Span], position: int) -> Span:
    index = bisect_right(spans, position, key=lambda span: span[0]) - 1
    return spans[index] if index >= 0 and position < spans[index][1] else (position, position)


def is_title(line: str) -> bool:
    """Whether a line of the head looks like a title: of some length, beginning with a capital, with no stamp and no dateline."""
    words = line.split()
    has_dateline = re.match(r"\(?[A-ZĐ.]{2,12}\)?\s*[-–—] *(?:Ngày|Sáng|Chiều|Tối)|\(\w+\)\s*[-–]", line)
    return 5 <= len(words) <= 45 and not has_dateline and re.match(rf"[“\"'(]?[{UPPER}\d]", line) is not None and not re.match(r"[\d\s:|/.-]+$", line)


def name_at_end(run: str) -> str | None:
    """Return the full name that a run of capitalised syllables ends with, told by its surname: of three syllables, else four, two or five."""
    syllables = run.split(" ")
    for length in (3, 4, 2, 5):
        if len(syllables) >= length and syllables[-length].lower() in SURNAMES:
            return " ".join(syllables[-length:])
    return None
