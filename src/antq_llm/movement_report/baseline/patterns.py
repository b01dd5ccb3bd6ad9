"""Patterns shared by the rules: names, ranks, offices, bodies and places."""

from __future__ import annotations

import re
import sys

UPPER = "".join(
    character
    for character in map(chr, range(sys.maxunicode))
    if character.isupper() and ord(character) < 0x1F00
)
"""Capital letters with and without diacritics, for use in a character class."""

SYLLABLE = rf"[{UPPER}][^\W\d_]*"
"""A capitalised word."""

_SURNAMES = (
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đào đinh đoàn lâm "
    "trịnh mai trương hà tạ tô cao châu chu cù đàm đồng giang giàng hạ hứa kiều kim la lại lò lục "
    "lương lưu mã nghiêm nông ông phùng quách quản sùng tăng thái thạch thân thẩm tiêu tòng tống "
    "triệu tưởng từ ung văn vàng vi viên vương xa khuất khổng bạch âu ân bế cầm chử doãn hầu khúc "
    "liễu lường mạc ninh ngụy phó thào tôn vừ y"
)
SURNAMES = frozenset(_SURNAMES.split())
"""Vietnamese surnames in lower case, including those of ethnic minorities."""

# People: ranks, forms of address and verbs of reporting.
RANK = (
    r"(?:(?:đại|thượng|trung|thiếu) (?:tướng|tá|úy|uý)|chuẩn (?:úy|uý)|"
    r"(?:thượng|trung|hạ) (?:sĩ|sỹ))"
)
FORM_OF_ADDRESS = r"(?:đồng chí|đ/c|ông|bà|anh|chị)"
SAYING_VERBS = (
    r"cho biết|cho hay|khẳng định|nhấn mạnh|nhận định|chia sẻ|nêu rõ|tin rằng|tin tưởng rằng|"
    r"bày tỏ|thông tin|chỉ rõ|lưu ý|nói|phát biểu|đánh giá|báo cáo|"
    r"cho rằng|kết luận|tâm sự|phấn khởi nói|thông báo"
)
"""Verbs that introduce a statement, such as ``khẳng định`` (affirm)."""
ACTING_VERBS = (
    r"đề nghị|yêu cầu|ghi nhận|biểu dương|đánh giá cao|mong muốn|chỉ đạo|kêu gọi|đề xuất|cam kết|"
    r"hứa|mong rằng|chúc mừng"
)
"""Verbs that are part of the statement, such as ``yêu cầu`` (ask) and ``cam kết`` (promise)."""

# Offices and bodies: the words they begin with, and the words that may follow.
OFFICE_HEAD = (
    r"(?:(?:nguyên )?(?:quyền )?(?:phó )?"
    r"(?:tổng bí thư|bí thư|chủ tịch|tổng giám đốc|giám đốc|trưởng|cục trưởng|vụ trưởng|"
    r"viện trưởng|hiệu trưởng|"
    r"tư lệnh|chỉ huy trưởng|chỉ huy|chính (?:ủy|uỷ)|thủ tướng|chánh|đội trưởng|đồn trưởng|"
    r"tổ trưởng|chi cục trưởng|chủ nhiệm|thủ trưởng)|"
    r"thứ trưởng|bộ trưởng|chính trị viên|tổng thư ký|đại biểu quốc hội|"
    r"(?:(?:tỉnh|thành|huyện|quận|thị|đảng) )?(?:ủy|uỷ) viên)"
)
ORG_HEAD = (
    r"(?:(?:các )?(?:UBND|HĐND|UBMTTQ|MTTQ|CLB|CAP|Ủy ban|Uỷ ban|Hội đồng|Công an|CA|Bộ|Ban|Sở|"
    r"Cục|Tổng cục|Phòng|Chi cục|Đảng (?:ủy|uỷ)|Tỉnh (?:ủy|uỷ)|"
    r"Thành (?:ủy|uỷ)|Huyện (?:ủy|uỷ)|Quận (?:ủy|uỷ)|Thị (?:ủy|uỷ)|Mặt trận|Hội|Đoàn|Liên đoàn|"
    r"Trung ương|Công đoàn|Trường|Công ty|Tập đoàn|Bệnh viện|"
    r"Viện|Văn phòng|Đồn|Đài|Báo|TP|Thành phố|Tỉnh|Quận|Huyện|Thị xã|Xã|Phường|Thị trấn|Bộ đội|"
    r"Bộ Chỉ huy|Chủ tịch|Giám đốc|Chính phủ|Nhà nước|"
    r"tỉnh|thành phố|huyện|quận|thị xã|xã|phường|thị trấn|lực lượng|tổ chức))"
)
_OFFICE_WORDS = (
    "an|ban|bản|bí|binh|bộ|các|cán|cảnh|cao|cấp|chất|chi|chí|chiến|chính|chủ|chuyên|cơ|công|cục|"
    "cụm|cựu|cứu|dân|đảng|đảm|đạo|địa|điều|đoàn|đội|đốc|đồn|đồng|động|giám|giáo|giao|hành|hình|"
    "hiệu|hội|huy|huyện|kế|khối|khoa|khu|kiêm|kinh|kỹ|lao|lãnh|liên|lực|lượng|ma|mặt|mạng|môi|nội|"
    "ninh|nông|nữ|phát|phó|phong|phòng|phố|phụ|phương|phường|quân|quận|quản|quốc|quyền|sát|sản|sĩ|"
    "sự|sở|tác|tàng|tham|thành|thanh|thể|thi|thị|thôn|thông|thư|thường|thuật|tỉnh|tin|tịch|nhân|"
    "tộc|tôn|nghiệp|dục|tế|pháp|án|kiểm|tòa|bảo|vệ|thương|tổ|tội|tổng|tra|trách|trấn|trận|trật|trị|"
    "triển|trưởng|trực|trung|trường|truyền|tuyên|túy|tự|ủy|uỷ|ương|vận|văn|về|viên|việc|viện|vụ|"
    "vực|xã|xóm|xuất|ấp"
)
_AND_IN_NAME = rf"và(?= [{UPPER}])(?! (?i:{RANK}|{OFFICE_HEAD}|{FORM_OF_ADDRESS})\b)"
_OFFICE_WORD = rf"(?:{_OFFICE_WORDS})\b(?! (?:biết|hay|biểu|rõ|cáo|dự|trì|tin|gia|mưu)\b)"
_OFFICE_TOKEN = rf"(?:[{UPPER}][\w./’-]*[\w’]|[{UPPER}]|\d+|{_OFFICE_WORD}|{_AND_IN_NAME})"
_OFFICE_PART = rf"(?i:{OFFICE_HEAD})(?: {_OFFICE_TOKEN})*"
OFFICES = re.compile(
    rf"(?<!\w){_OFFICE_PART}(?:, ?(?:{_OFFICE_PART}|"
    rf"(?:Công an|Bộ|UBND|HĐND|MTTQ|Tỉnh|Thành)\b(?: {_OFFICE_TOKEN})*))*"
)
"""Consecutive offices, such as ``Ủy viên Trung ương Đảng, Thứ trưởng Bộ Công an``.

The match can end with a person's name.
"""
OFFICE_COMMA = re.compile(rf", ?(?=(?i:{OFFICE_HEAD})\b)")
"""The comma between two offices."""

NAME = rf"{SYLLABLE}(?: (?!(?i:{OFFICE_HEAD}|{RANK})\b){SYLLABLE}){{1,4}}"
"""Two to five capitalised words."""

# Places: a class word with a name or number.
PLACE_CLASSES = (
    ("province", r"tỉnh|thành phố|TP\.?|T\.?P\.?"),
    ("district", r"quận|huyện|thị xã|Q\.|TX\.?"),
    ("commune", r"phường|xã|thị trấn|P\.|TT\.?"),
)
"""The levels of places, from the largest, with their class words."""
_PLACE_WORDS = "|".join(words for _, words in PLACE_CLASSES)
_PLACE_NAME = rf"{SYLLABLE}(?: (?!(?i:{OFFICE_HEAD})\b){SYLLABLE}){{0,3}}|\d{{1,2}}(?!\d)"
PLACE = re.compile(rf"(?<!\w)(?P<word>(?i:{_PLACE_WORDS}))\s?(?P<name>{_PLACE_NAME})")
_PLACE = rf"(?<!\w)(?:(?i:{_PLACE_WORDS}))\s?(?:{_PLACE_NAME})"
PLACES = re.compile(rf"{_PLACE}(?:, {_PLACE})*")
"""Consecutive places, such as ``xã Tân Lâm, huyện Di Linh``."""

QUOTED = r"[“\"«](?P<quoted>[^“”«»\"\n]{2,200})[”\"»]"


def name_at_end(run: str) -> str | None:
    """Return the full name at the end of a run of capitalised words, or None if there is none.

    The name starts with a surname. Names of three words are tried first, then names of four, two
    and five words.
    """
    syllables = run.split(" ")
    for length in (3, 4, 2, 5):
        if len(syllables) >= length and syllables[-length].lower() in SURNAMES:
            return " ".join(syllables[-length:])
    return None
