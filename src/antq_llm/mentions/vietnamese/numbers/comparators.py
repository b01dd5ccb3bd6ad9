"""Comparators in the words around a number: ``hơn 20 hộ``, ``ít nhất 5 vụ``, ``20 hộ trở lên``."""

from __future__ import annotations

import re
from itertools import product

from antq_llm.mentions.vietnamese.context_words import LOOKAHEAD
from antq_llm.text.lazy_patterns import lazy_re

_WORDS: dict[tuple[str, ...], str] = {
    ("<",): "dưới|chưa đến|chưa tới|chưa được|chưa đầy|không đến|không tới|không đầy|chưa quá",
    ("<=",): "không quá|tối đa|nhiều nhất|không vượt quá|không vượt|không hơn|không nhiều hơn|"
    "không lớn hơn|không cao hơn",
    (">=",): "ít nhất|tối thiểu|không dưới|không kém|không ít hơn|không thấp hơn|không nhỏ hơn|"
    "chí ít",
    (">",): "hơn|trên|quá|vượt quá",
    ("~",): "khoảng|gần|chừng|ước|ước tính|ước đạt|xấp xỉ|sấp xỉ|ngót|ngót nghét|trên dưới|tầm|cỡ|"
    "áng chừng|vào khoảng|suýt soát|khoảng chừng|ước chừng|ước khoảng|khoảng độ|chừng độ",
    # More than a number, or more by a number.
    (">", "="): "vượt|lớn hơn|nhiều hơn|đông hơn",
    ("<", "="): "nhỏ hơn|ít hơn",
    ("=", ">"): "cao hơn|dài hơn|nặng hơn|nhanh hơn|đắt hơn|già hơn|rộng hơn|xa hơn|sâu hơn|"
    "sớm hơn|muộn hơn|lâu hơn|mạnh hơn|tốt hơn|khỏe hơn|ngoài",
    ("=", "<"): "thấp hơn|ngắn hơn|nhẹ hơn|chậm hơn|rẻ hơn|trẻ hơn|hẹp hơn|gần hơn|kém|kém hơn",
    # A number that is reached or planned, a maximum or the start of a range.
    ("=", "<=", "~"): "lên đến|lên tới|đến|tới|lên|cao nhất|xuống còn|có thể lên đến",
    ("=", ">="): "từ|thấp nhất",
    ("=", "~"): "dự kiến|trung bình|bình quân|độ",
    ("=",): "nhiệt độ|tốc độ|mật độ|cường độ|nồng độ|mức độ|trình độ|chế độ|tiến độ|cấp độ|vĩ độ|"
    "kinh độ|hiệp ước|điều ước|công ước|quy ước|mơ ước|khoảng cách",
}
_LINKS = ("", " là", " cũng", " phải", " có", " từ", " khoảng", " cũng phải", " đạt")
"""Words that may link a comparator such as ``ít nhất`` to its number, as in ``ít nhất là 5``."""
_SIGNS = {
    (word + link): signs
    for signs, words in _WORDS.items()
    for word, link in product(words.split("|"), _LINKS if signs[0] in {"<=", ">="} else ("",))
}
_MAX_WORDS = max(len(words.split()) for words in _SIGNS)
_WORDS_BEFORE = lazy_re(
    rf"(?:\$(?:SU)?|\s+DSU)?\s+(?P<words>\w+(?: \w+){{0,{_MAX_WORDS - 1}}})", re.IGNORECASE
)
_NEAREST_WORDS = frozenset(word.rsplit(maxsplit=1)[-1] for word in _SIGNS)
"""The last word of each key of ``_SIGNS``."""
_SYMBOL = lazy_re(r"\s?(?P<symbol>[<>≤≥~≈])(?![<>\w])")
_SYMBOL_SIGNS = frozenset("<>≤≥~≈")
_SYMBOLS = {"≤": "<=", "≥": ">=", "≈": "~"}

_OR_MORE = lazy_re(
    r"\s*(?:%|[^\W\d_]+(?:\s+[^\W\d_]+)?)?\s+trở\s+(?P<way>lên|xuống)\b", re.IGNORECASE
)
_MORE_AFTER = lazy_re(r"\s+hơn\b", re.IGNORECASE)
_ON = lazy_re(
    r"\s(?:xe|ô tô|ôtô|tàu|máy bay|tuyến|con đường|đường|cánh đồng|mặt trận|kênh|tờ|sân|lĩnh vực|"
    r"phương diện|phương tiện|mạng|giường|chuyến|chiếc|khu vực|ngọn|quả đồi|ghế|thửa|địa bàn|"
    r"huyện|tỉnh|xã|phường|quận|thành phố|bàn|cây|trang|tài khoản|bản đồ|mái)(?!\w)",
    re.IGNORECASE,
)
"""Nouns with which ``trên`` may mean "on", not "more than", as in ``trên 2 xe máy``."""
_MAX_PLACES = 100
"""From this number on, ``trên`` always means "more than"."""
_PERCENT_NEXT = lazy_re(r"\s?%")
_MEASURE_NEXT = lazy_re(
    r"\s?(?:k?m[23²³]?|cm|mm|kg|tấn|tạ|ha|mét|phút|giờ|giây|năm|tháng|ngày|tuần|tiếng)(?!\w)"
)
"""Units with which ``dài hơn`` more likely means a minimum than a difference: ``dài hơn 40 m``."""
_AGE_NEXT = lazy_re(r"\s(?:tuổi|tuần)(?!\w)", re.IGNORECASE)


def may_be_compared(last: str, before: str, text: str, end: int) -> bool:
    """Return whether the words around a number in digits may contain a comparator.

    ``before`` is the text before the number and ``last`` its last word, in lower case. The number
    ends at ``end``.
    """
    is_after_word = last.isalpha() and last != "usd" and before[-1:] in {" ", "\n"}
    if before[-1:] != "(" and (last in _NEAREST_WORDS or not is_after_word):
        return True
    after = text[end : end + LOOKAHEAD].lower()
    return "hơn" in after or "trở" in after


def comparators(back: str, after: str, value: float) -> tuple[str, ...]:
    """Return the comparators that the words around a number may express, the most likely first.

    ``back`` is the text before the number, read backwards, and ``after`` the text after it.
    """
    if "trở" in after.lower() and (match := _OR_MORE.match(after)):
        return (">=",) if match["way"].lower() == "lên" else ("<=",)
    if back[:2].strip()[:1] in _SYMBOL_SIGNS and (match := _SYMBOL.match(back)):
        return (_SYMBOLS.get(match["symbol"], match["symbol"]),)
    found = _sign_before(back)
    if found is None:
        return (">",) if _MORE_AFTER.match(after) else ("=",)
    word, end = found
    signs = _SIGNS[word]
    is_on = word == "trên" and value < _MAX_PLACES and _ON.match(after)
    if is_on or (word == "vượt" and _PERCENT_NEXT.match(after)):
        signs = ("=", ">")
    elif signs == ("=", ">") and _MEASURE_NEXT.match(after):
        signs = (">", "=")
    elif word == "ngoài" and _AGE_NEXT.match(after):
        signs = (">", "~")
    if signs != ("=",) and (earlier := _sign_before(back, end)):
        signs += tuple(sign for sign in _SIGNS[earlier[0]][:1] if sign not in {*signs, "="})
    return signs


def _sign_before(back: str, position: int = 0) -> tuple[str, int] | None:
    """Return the longest key of ``_SIGNS`` at a position in reversed text, and the key's end."""
    match = _WORDS_BEFORE.match(back, position)
    if match is None:
        return None
    start, end = match.span("words")
    words = back[start:end][::-1].lower().split(" ")
    if words[-1] not in _NEAREST_WORDS:
        return None
    for skipped in range(len(words)):
        sign = " ".join(words[skipped:])
        if sign in _SIGNS:
            return sign, start + len(sign)
    return None
