"""The rules for Vietnamese."""

from __future__ import annotations

import re

from antq_llm.mentions.language import Language
from antq_llm.mentions.vietnamese.names import read_names
from antq_llm.mentions.vietnamese.numbers.number_words import words_in
from antq_llm.mentions.vietnamese.numbers_and_dates import read_mentions
from antq_llm.mentions.vietnamese.times import possible_times
from antq_llm.text.lazy_patterns import lazy_re

_BOILERPLATE = lazy_re(
    r"[^\S\n]*(?:xem thêm|đọc thêm|tin liên quan|các tin (?:tức )?khác|tin cùng chuyên mục|"
    r"tin khác|bài liên quan|có thể bạn quan tâm|top|tags?|từ kh(?:óa|oá)|bình luận)\b[^\n]{0,40}$",
    re.IGNORECASE | re.MULTILINE,
)
_DURATION = lazy_re(
    r"\s*(?:năm|tháng|ngày|giờ|phút|giây|tuần|tuổi|thập kỷ|thế kỷ|buổi sáng|ngày đêm)\b",
    re.IGNORECASE,
)
# Capitalised, these words are most often names, such as Vạn Ninh or Nguyễn Văn Mười.
_AMOUNT_WORDS = lazy_re(
    r"\b(?:gấp (?:\w+ )?(?:đôi|ba|bốn|rưỡi|bội|lần|nhiều)|gấp rưỡi|rưỡi|nửa|vài|dăm|mươi|mười|"
    r"(?<!phần )trăm|chục|nghìn|ngàn|vạn|phần (?:ba|tư|năm|mười)|"
    r"triệu(?! (?:tập|hồi|chứng|người))|(?:tỷ|tỉ)(?! (?:lệ|giá|số|trọng|phú|mỉ|suất)))\b"
)
_RELATIVE_DAYS = lazy_re(
    r"\b(?:hôm (?:qua|kia|trước)|(?:sáng|trưa|chiều|tối|đêm|rạng sáng) (?:qua|mai)|"
    r"ngày (?:mai|kia|hôm sau|hôm trước)|tuần (?:qua|trước|rồi|này|tới|sau)|"
    r"thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|cách đây|trước đó|sau đó)\b",
    re.IGNORECASE,
)
_NEXT_DAY = lazy_re(
    r"\b(?:hôm sau|(?:một|1) ngày sau|ngày (?:sau|kế|tiếp theo|tiếp đó)|"
    r"rạng sáng(?! \(?(?:ngày )?\d)|qu[aá] nửa đêm|ngày mai)\b",
    re.IGNORECASE,
)
_SENTENCE_END = lazy_re(r"[.!?…](?=\s)|\n")

VIETNAMESE = Language(
    code="vi",
    read_mentions=read_mentions,
    read_names=read_names,
    words_in=words_in,
    amount_words=_AMOUNT_WORDS,
    relative_days=_RELATIVE_DAYS,
    next_day=_NEXT_DAY,
    possible_dates=lambda _text: frozenset(),  # the day always precedes the month
    possible_times=possible_times,
    boilerplate=_BOILERPLATE,
    duration=_DURATION,
    min_figure_in_words=10,
    sentence_end=_SENTENCE_END,
    # The word for five, which also means year, and the parts of the day.
    meaningful_words=frozenset({"năm", "sáng", "trưa", "chiều", "tối"}),
)
