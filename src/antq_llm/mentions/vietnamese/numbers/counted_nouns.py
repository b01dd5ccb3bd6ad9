"""Words that show whether a numeral in words is a quantity: ``hai tài xế``, but not ``ngã ba``."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.context_words import before
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

_NOUNS = (
    "anh|ấp|bài|bàn|bản án|bang|bao|bát|băng|bé|bên|bệnh|bị can|bị cáo|biển|bình|bộ|bố|buổi|bức|"
    "bước|ca|cái|cán bộ|cảnh sát|cánh|căn|cây|câu|cầu thủ|cặp|cha|cháu|chân|chi|chỉ|chị|chiếc|"
    "chiến sĩ|chiến sỹ|chiều|chục|chú|chủ|chùm|chuyên|chuyến|con|cô|công|cơ quan|cơ sở|cú|"
    "cục|cuốn|cuộc|cụ|cử tri|cựu|dãy|diễn viên|doanh nghiệp|dòng|dự án|đại biểu|đại diện|đảng|đám|"
    "đầu|đêm|điểm|đoàn|đoạn|đối tác|đối tượng|đồng chí|đồng đội|đội|đời|đơn vị|đợt|đứa|đường|em|"
    "gã|gia đình|giai đoạn|giáo viên|giờ|gói|góc|hàng|hành khách|héc ta|hecta|hiệp|họ|học sinh|"
    "hồ sơ|hộ|hội|hội nghị|huyện|hướng|hung thủ|khách|khẩu|khoản|khu|kẻ|kiểu|kỳ|ký|lá|làn|lãnh đạo|"
    "lao động|lần|lít|loại|lô|lớp|luật sư|lượng|lượt|lực lượng|mảnh|máy|mặt|mẫu|mẹ|mét|miếng|món|"
    "môn|mô hình|mùa|mục|mũi|nạn nhân|năm|nam|nền|nếp|nghi can|nghi phạm|ngàn|nghìn|ngày|"
    "người|ngôi|nhân chứng|nhân viên|nhà|nhánh|nhát|nhóm|nội dung|nước|nữ|ô tô|ôtô|ông|phát|"
    "phần|phe|phía|phiên|phó|phòng|phóng viên|phụ huynh|phụ nữ|phút|phường|phương án|phương tiện|"
    "quan chức|quả|quận|quốc gia|quyển|sinh viên|sĩ quan|sỹ quan|suất|tài xế|tay|tàu|tập|tấm|tấn|"
    "tầng|tên|thác|thành phố|thành viên|tháng|thanh niên|thập kỷ|thập niên|thế hệ|thế kỷ|thí sinh|"
    "thiếu|thôn|thủy thủ|thuyền viên|thuyền|thứ|tiến sĩ|tiếng|tỉnh|tiếp viên|tổ|tổ chức|toa|tội|"
    "trận|trẻ|trường|trường hợp|triệu|tuần|tuổi|túi|tuyến|tỷ|tỉ|văn bản|vấn đề|vận động viên|"
    "vết|viên|vị|vòng|vợ|vụ|xã|xe|yếu tố|ý kiến|y tá|chương trình|bác sĩ|bác sỹ|yêu cầu|đột phá|"
    "cá nhân|chủ tịch|nhiệm vụ|giải pháp|chức danh|dải|pháp nhân|thương vụ|khuôn mặt|tùy chọn|"
    "thẩm phán|giám đốc|hội viên|đoàn viên|du khách|bãi|vùng|địa điểm|địa phương|địa bàn|lựa chọn|"
    "trụ cột|hình thức|động cơ|chuyên gia|nghị sĩ|ứng viên|nhiệm kỳ|tên lửa|máy bay|nghề|ngành|"
    "khu vực|kịch bản|bệ|lon|chai|tựa|thanh|dải phân cách|hệ thống|cách|bằng|tiệm|quán|"
    "cổng|cửa|chỗ|bánh|xy-lanh|xi lanh|thửa|mặt hàng|sản phẩm|dự luật|nghị quyết|lĩnh vực|cơn|"
    "hãng|công ty|ngân hàng|bệnh viện|bệnh nhân|hành vi|tội danh|án|thi thể|xác|khối|đầu máy|"
    "làng|bà|bạn|bác|cậu|dì|thầy|mẫu|nghệ sĩ|nghệ sỹ|ca sĩ|kỹ sư|công nhân|"
    "ngư dân|tù nhân|phạm nhân|bản|buôn|khóm|dặm|thùng|cúp|binh sĩ|binh sỹ|quỹ"
)
_NOUNS_IN_EITHER_CASE = frozenset((*_NOUNS.split("|"), *_NOUNS.upper().split("|")))
_WORDS_NEXT = lazy_re(r"\s((?:xy-lanh|XY-LANH)(?!\w)|\w+)(?:( \w+)( \w+)?)?")
"""The next one to three words; the longest counted nouns have three."""
PEOPLE = (
    "người|cháu|em|vụ|chiếc|nạn nhân|đối tượng|bị cáo|bị can|học sinh|cán bộ|chiến sĩ|chiến sỹ|"
    "hộ|căn|con|thanh niên|nghi phạm|nghi can|tài xế|trường hợp|thành viên|tên|vị|đồng chí|"
    "cá nhân|tập thể|mô hình|đơn vị"
)
_PEOPLE_NEXT = compile_words(rf"\s(?:{PEOPLE}|{PEOPLE.upper()})(?!\w)")
_WORD_NEXT = lazy_re(r"\s[^\W\d_]")
_PERCENT_NEXT = lazy_re(r"\sphần\s(?:trăm|nghìn)(?!\w)", re.IGNORECASE)

_ORDINAL_BEFORE = before(
    "thứ|tháng|mùng|mồng|lần thứ|ngã|hạng|năm thứ|tuần thứ|khóa|khoá|quý|quốc lộ|số|điều|"
    "khoản|hệ số|lớp"
)
_KIND_BEFORE = before(
    "giải|tầng|bộ|cấp|vòng|đường|phường|quận|khu|tổ|đội|nhóm|loại|bậc|ngày|lần|tập|phần|cơ số"
)
"""Nouns that form a name with a number (``tổ ba``) unless the number counts the next noun."""
_VERB_BEFORE = before(
    "có|bắt|bắt giữ|giữ|gồm|được|khiến|chở|cả|cho|tặng|trao|khởi tố|là|thêm|hơn|gần|khoảng|chỉ|"
    "đưa|làm|cứu|tạm giữ|phát hiện|triệu tập|truy tố|đã có|còn"
)
_ALL_BEFORE = before("cả|tất cả|cả thảy")
TIMES_BEFORE = before("gấp|gấp gần|gấp hơn|gấp khoảng|gấp tới|gấp trên|gấp cả|chia")
_STARTS_SENTENCE = lazy_re(r"\s*(?:\Z|[\n.!?…:“\"‘'(•*–—-])")

_PLAIN = frozenset(("hai", "bốn", "sáu", "tám", "mười"))
"""Number words that seldom have another meaning."""
_FAMILY_NEXT = compile_words(
    r"\s(?:em|cháu|con|chị|anh|cô|ông|vợ|bé|nhà|chú|bác|cậu)(?!\w)", re.IGNORECASE
)
"""Words that may also follow ``ba`` in the sense of "father"."""
_YEAR_BEFORE = before(
    "đầu|cuối|giữa|trong|mỗi|hàng|hằng|một|nhiều|các|những|vài|mấy|từng|qua|bao|suốt|quanh|theo|"
    "hai|ba|bốn|sáu|bảy|tám|chín|mười|mươi|trăm|nghìn|chục|rưỡi|tròn|hết|cùng|vào|nửa|lâu|cả"
)
"""Words after which ``năm`` means "year" even before a word for people: ``đầu năm người dân``."""
_ZODIAC_NEXT = lazy_re(
    r"\scon\s(?:chuột|trâu|hổ|mèo|thỏ|rồng|rắn|ngựa|dê|khỉ|gà|chó|lợn|heo)(?!\w)", re.IGNORECASE
)
"""The zodiac animal of a year, as in ``năm con chuột``."""
_FIVE_PEOPLE_NEXT = lazy_re(
    r"\s(?:người\s(?:đàn ông|đàn bà|phụ nữ|khác|bị|chết|thiệt mạng|thương vong|trong)|"
    r"nạn nhân|đối tượng|nghi phạm|nghi can|bị cáo|bị can)(?!\w)"
)
"""Words for people that seldom follow ``năm`` in the sense of "year"."""
_PHRASE = compile_words(
    r"(?:bốn mùa(?!\s(?:giải|bóng|vụ|thi|hè|đông|xuân|thu|liên|qua|gần))|"
    r"(?:bốn|tám|mười) phương(?!\s(?:án|pháp|diện|tiện|trình|thức|hướng|châm|ngữ))|"
    r"bốn (?:bể|bề)|ba (?:rọi|khía|lô|gác|tê|kích|gai|hoa|chìm)|(?:hai|một) (?:nắng|sương)|"
    r"hai lúa|bảy (?:màu|sắc|nổi)|năm châu|chín suối|trăm họ)(?!\w)",
    re.IGNORECASE,
)
"""Set phrases that contain a number, such as idioms and names of dishes."""
_NOT_COUNTED = compile_words(
    r"\s(?:là|thì|mươi|và|hay|hoặc|của|ở|tại|đã|sẽ|đang|cũng|cùng|lại)(?!\w)", re.IGNORECASE
)
_NOT_THREE = lazy_re(
    r"\s(?:lô|gác|chỉ(?!\s(?:vàng|thị|tiêu|số))|má|mẹ(?!\scon))(?!\w)", re.IGNORECASE
)
"""Words that make ``ba`` part of another word: ``ba lô``, ``ba mẹ``."""


def is_counted_noun_next(text: str, end: int = 0) -> bool:
    """Return whether a noun that is often counted follows a position."""
    match = _WORDS_NEXT.match(text, end)
    if match is None:
        return False
    one, two, three = match.groups(default="")
    return not _NOUNS_IN_EITHER_CASE.isdisjoint((one, one + two, one + two + three))


def certainty(words: tuple[str, ...], text: str, span: tuple[int, int], back: str) -> bool | None:
    """Return True if a numeral in words is certainly a quantity, False if it may be, None if not.

    ``back`` is the text before the numeral, read backwards. A lone ``một`` is certain only after a
    word such as ``gấp`` or in a percentage, because it is more often an article than a number.
    """
    start, end = span
    if not _has_case_of_number(text[start:end], text, end, back) or _ORDINAL_BEFORE.match(back):
        return None
    if TIMES_BEFORE.match(back) or _PERCENT_NEXT.match(text, end) or len(words) > 1:
        return True
    if _PHRASE.match(text, start):
        return None
    if words[0] == "một":
        return False if _PEOPLE_NEXT.match(text, end) else None
    is_after_verb = bool(_VERB_BEFORE.match(back))
    if words[0] == "năm":
        return _is_five(text, start, end, back, is_after_verb=is_after_verb)
    if words[0] == "ba" and _NOT_THREE.match(text, end):
        return None
    if is_counted_noun_next(text, end):
        return words[0] != "ba" or is_after_verb or not _FAMILY_NEXT.match(text, end)
    if _ALL_BEFORE.match(back):
        return False
    if _KIND_BEFORE.match(back) or _NOT_COUNTED.match(text, end):
        return None
    is_number = words[0] in _PLAIN or (words[0] == "ba" and is_after_verb)
    return False if is_number and _WORD_NEXT.match(text, end) else None


def _is_five(text: str, start: int, end: int, back: str, *, is_after_verb: bool) -> bool | None:
    """Return True if ``năm`` certainly means "five", False if it may, None if it means "year"."""
    if _ZODIAC_NEXT.match(text, end):
        return None
    is_year = _YEAR_BEFORE.match(back) or back.lstrip()[:1].isdecimal()
    if not _PEOPLE_NEXT.match(text, end) or (is_year and not is_after_verb):
        return None
    return is_after_verb or text[start].isupper() or _FIVE_PEOPLE_NEXT.match(text, end) is not None


def _has_case_of_number(number: str, text: str, end: int, back: str) -> bool:
    """Return whether a numeral's letter case shows that it is a number and not a name.

    A number is in lower case, in capitals among other capitals or capitalised at the start of a
    sentence. ``Hai Bà Trưng`` and ``anh Ba`` are names.
    """
    if number.islower():
        return True
    following = text[end : end + 2].strip()
    if number.isupper():
        return following[:1].isupper() or not following
    return (
        number[0].isupper()
        and number[1:].islower()
        and bool(_STARTS_SENTENCE.match(back))
        and not following[:1].isupper()
    )
