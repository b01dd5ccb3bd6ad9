"""Words around a number that make it a day, a month, a year, part of an identifier or a quantity.

The words before the number are read backwards, so that each pattern is tried at only one position.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

LOOKBACK = 24
"""Number of characters read before a number."""
LOOKAHEAD = 40
"""Number of characters read after a number."""


def any_reversed(words: Iterable[str]) -> str:
    """Return a pattern for reversed text that matches any of the words or phrases.

    Longer phrases come first, so that all of ``không dưới`` is matched, not only its last word.
    """
    return "|".join(re.escape(word[::-1]) for word in sorted(words, key=len, reverse=True))


def before(words: str) -> re.Pattern[str]:
    """Return a pattern for reversed text that matches any of the words and the spaces after it.

    ``words`` are separated by ``|``.
    """
    return compile_words(rf"\s+(?:{any_reversed(words.split('|'))})(?!\w)", re.IGNORECASE)


MONTH = before("tháng")
DAY = before("ngày|mùng|mồng")
YEAR = before("năm|năm học|giai đoạn|nhiệm kỳ|niên độ|tầm nhìn|thập niên|xuân|tết")

UNIT_NEXT = lazy_re(r"\s*[^\W\d_]")
COUNTED_NEXT = compile_words(
    r"[ \u00a0]*(?:%|(?:vụ|đối tượng|người|hộ|lượt|trường hợp|tập thể|cá nhân|đơn vị|đồng(?! chí)|"
    r"triệu|tỷ|nghìn|khẩu|thành viên|mô hình|cơ sở|buổi|cuộc|xã|thôn|tổ|hội nghị|"
    r"năm(?! (?:19|20)\d\d)|tháng(?! \d{1,2}[/-])|ngày(?! \d{1,2}[/.-])|"
    r"giờ|phút|giây|tuổi|bị can|bị cáo|nạn nhân|học sinh|sinh viên|cán bộ|chiến sĩ|chiến sỹ|"
    r"bệnh nhân|bàn thắng|thanh niên|nam thanh niên|nam sinh|nữ sinh|cảnh sát|nước|địa phương|"
    r"doanh nghiệp|công ty|thương hiệu|lĩnh vực|nền|chỗ|cánh|pha|mặt|lần|gia đình|"
    r"ha|kg|km|m2|cm|mm|mét|lít|ml|tấn|gam|gram|inch|feet|USD|điểm)\b)",
    re.IGNORECASE,
)

_IDENTIFIERS = (
    "số|kế hoạch|chỉ thị|nghị quyết|quyết định|nghị định|thông tư|luật|công điện|"
    "chương trình|đề án|hướng dẫn|kết luận|thông báo|công văn|điều|khoản|quốc lộ|tỉnh lộ|"
    "đường|mặt đường|ban chỉ đạo|tiểu ban|đội|phường|quận|khu phố|khu|khóm|ấp|thôn|xóm|cụm|"
    "tổ|tổ dân phố|phòng|lớp|khối|khóa|khoá|lần|lần thứ|thứ|giai đoạn|đợt|vòng|kỳ|hạng|ảnh|"
    "hình|bảng|biểu|trang|chương|mục|bài|hẻm|ngõ|ngách|kiệt|nhà số|lô|tầng|ql|tl|km|gmt+|"
    "gmt-|utc+|mô hình"
)
IDENTIFIER = lazy_re(
    rf"[ \u00a0]*(?i:{any_reversed(_IDENTIFIERS.split('|'))})(?!\w)|-?[A-ZĐ]{{1,4}}"
)


def backwards(text: str, start: int) -> str:
    """Return at most ``LOOKBACK`` characters before a position, in reverse order."""
    return text[max(0, start - LOOKBACK) : start][::-1]


def is_numbered(back: str) -> bool:
    """Return whether the words before digits make the digits a date or identifier.

    ``back`` is the text before the digits, read backwards.
    """
    return is_dated(back) or bool(IDENTIFIER.match(back))


def is_dated(back: str) -> bool:
    """Return whether the words before digits make the digits a day, month or year.

    ``back`` is the text before the digits, read backwards.
    """
    return any(words.match(back) for words in (MONTH, DAY, YEAR))
