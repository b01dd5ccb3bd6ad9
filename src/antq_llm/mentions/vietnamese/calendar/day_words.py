"""Words before and after digits that show whether the digits are a day, month or year."""

from __future__ import annotations

import re

from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

LOOKBACK = 60
"""Number of characters that are examined before digits."""
LOOKAHEAD = 40
"""Number of characters that are examined after digits."""

_PART_OF_DAY = r"rạng sáng|sáng sớm|sáng|trưa|chiều tối|chiều|tối|đêm|ngày|hôm"
_WEEKDAY = r"thứ (?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật"
_SURE_DAY = compile_words(
    rf"\b(?:(?:{_PART_OF_DAY}|mùng|mồng)(?: nay| qua| mai| kia| sau| trước)?|{_WEEKDAY}"
    r"|(?:các|những|hai|ba|bốn|\d) ngày|nay|hôm sau|tuần trước|tháng trước|vừa qua|tết)"
    r"(?:[,:]|\s?[–-])?\s?[(\[]?\s?(?:tức\s|là\s|từ\s|nhằm\s)*(?:(?:sáng|chiều|tối|đêm|trưa|ngày|mùng)\s)*\Z",
    re.IGNORECASE,
)
DAY_WORDS = tuple(f" {word} " for word in ("ngày", "sáng", "trưa", "chiều", "tối", "đêm", "nay"))
"""The most frequent words before a day; ``str.endswith`` finds them faster than a pattern."""
_LONGEST_DAY_WORD = max(map(len, DAY_WORDS))
_POSSIBLE_DAY = compile_words(
    r"(?:\b(?:từ|đến|tới|hết|trước|sau|và|vào|hôm|kể từ|tính từ|dịp|kỳ|lễ|đợt)|[-–—,(])\s*\Z",
    re.IGNORECASE,
)
_FESTIVAL = compile_words(
    r"\b(?:ngày|dịp|lễ|kỷ niệm|chào mừng|nghỉ lễ|quốc khánh|quốc tế|cách mạng|phụ nữ|thiếu nhi|"
    r"giải phóng|thống nhất|thương binh|liệt sĩ|nhà giáo|phong trào)\b[^.,;:\d(\n]{0,42}\Z",
    re.IGNORECASE,
)
_IN_LIST_OF_DAYS = compile_words(
    r"\b(?:ngày|sáng|chiều|tối|đêm|dịp|lễ)\s(?:[0-3]?\d(?:[/.-][01]?\d)?(?:\s?,\s|\s?và\s|\s?,))+"
    r"(?:ngày\s)?\Z",
    re.IGNORECASE,
)
_MONTH = lazy_re(r"\btháng\s(?:[01]?\d(?:,\s?| và | đến |\s?[-–]\s?))*\Z|\bT\Z", re.IGNORECASE)
_NAMED_T = lazy_re(
    r"\b(?:kênh|biến áp|ga|nhà ga|quốc tế|nội địa|sân bay|cảng|tòa|toà|tháp|khu|lô|cột|đội|tuyến|"
    r"xe|áo|size|loại|đoạn)\s(?:số\s)?T\Z",
    re.IGNORECASE,
)
"""Words after which ``T2`` is the name of, for example, a channel, terminal or building."""
_POSSIBLE_MONTH = lazy_re(
    r"\b(?:từ|đến|tới|hết|trước|sau|vào|năm|trong|kể từ)\s\Z|[(]\Z", re.IGNORECASE
)
_FRACTION = compile_words(
    r"\b(?:bằng|chiếm|chỉ|gần|hơn|được|đạt|tới|cỡ|độ|mất|có|cả|còn|nhìn|giảm|tăng|gấp|nhất là|"
    r"tỷ lệ|tỉ lệ|xấp xỉ|khoảng|trên|dưới|quá|cho|là|với|ít nhất|tối thiểu|tối đa|đến tận)\s\Z",
    re.IGNORECASE,
)
_AROUND_THE_CLOCK = lazy_re(
    r"\b(?:phục vụ|hoạt động|trực|túc trực|liên tục|hỗ trợ|mở cửa|làm việc|giám sát|online|"
    r"trực tuyến|canh gác|bảo vệ)\s\Z",
    re.IGNORECASE,
)
_FUNCTION_WORDS = (
    "và|đến|tới|tại|ở|là|với|cho|của|sẽ|đã|đang|do|theo|so|nay|này|ấy|đó|vừa|khi|thì|có|được|"
    "bị(?! (?:can|cáo|hại))|"
    "từ|trở|khoảng|trong|trên|dưới|về|nên|nhưng|mà|để|cùng|như|không|chưa|thuộc|nằm|gồm|bao|vào|"
    "ra|lên|xuống|qua|sau|trước|hay|hoặc|nếu|vì|cũng|còn|lại|đi|diễn|sửa|tăng|giảm|ước|đạt|thu|"
    "phải|gây|đoạn|hiện|quy|ban|mới|hôm|tối|sáng|nhằm|trú|ngụ|quê|thực|tổ chức|kết|bắt|"
    "phối|nghiên|đưa|mang|"
    "chở|lưu|rồi|nhất|tiếp|chính|xác|tiến|phát|làm|cung|xảy|sinh|giữa|lúc|bằng|khiến|ngay|vẫn|"
    "đều|đứng|nổi|chạy|khai|ghi|hướng|dẫn|gặp|cách|hàng|hằng|âm|dương|mỗi|xử|phê|chỉ|"
    "đối(?! tượng)|đánh|"
    "lao|chơi|gồm có|tham|đăng|công bố|trao|gửi|nhận|thông|tông|va|rẽ|giao|nối|dừng|lệch"
)
NOT_COUNTED_NEXT = compile_words(
    rf"\s*(?:[,.;:…)\]”\"'’–—!?/|+-]|$|[{CAPITALS}(“\[]|(?:{_FUNCTION_WORDS})\b)"
)
"""Text after digits that do not count a noun: punctuation, a capital letter or a function word."""


def last_word(before: str) -> str:
    """Return the last word before digits, without the spaces and signs after it.

    Looking up this word is many times faster than matching patterns against the text before digits.
    """
    words = before.rstrip(" \t\n:.,(+-–'’")
    start = words.rfind(" ") + 1
    return words[(words.rfind("\n", start) + 1) or start :].lstrip("(“\"'")


def words_before(text: str, start: int) -> str:
    """Return at most ``LOOKBACK`` characters before a position."""
    return text[start - LOOKBACK if start > LOOKBACK else 0 : start]


def is_sure_day(before: str) -> bool:
    """Return whether digits after the given words must be a day."""
    return (
        before[-_LONGEST_DAY_WORD:].lower().replace("\n", " ").endswith(DAY_WORDS)
        or _SURE_DAY.search(before) is not None
        or _IN_LIST_OF_DAYS.search(before) is not None
    )


def is_possible_day(before: str) -> bool:
    """Return whether digits after the given words may be a day."""
    return bool(_POSSIBLE_DAY.search(before))


def is_festival(before: str) -> bool:
    """Return whether digits after the given words are a holiday, as in ``ngày Quốc khánh 2-9``."""
    return bool(_FESTIVAL.search(before))


def has_month_word(words: str) -> bool:
    """Return whether words contain ``tháng``, in small letters or capitals."""
    return "háng" in words or "HÁNG" in words


def is_month(before: str) -> bool:
    """Return whether digits after the given words must be a month."""
    if before.endswith("T"):
        return bool(_MONTH.search(before)) and not _NAMED_T.search(before)
    place = max(before.rfind("háng"), before.rfind("HÁNG"))
    return place >= 0 and bool(_MONTH.search(before, max(0, place - 1)))


def is_possible_month(before: str) -> bool:
    """Return whether digits after the given words may be a month with its year."""
    return bool(_POSSIBLE_MONTH.search(before))


def is_fraction(before: str) -> bool:
    """Return whether digits such as ``1/5`` after the given words are a fraction."""
    return bool(_FRACTION.search(before))


def is_around_the_clock(before: str) -> bool:
    """Return whether ``24/7`` after the given words means around the clock."""
    return bool(_AROUND_THE_CLOCK.search(before))
