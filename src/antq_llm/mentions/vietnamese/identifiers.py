"""Digits that the surrounding words show to be part of a name or identifier."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.vietnamese.calendar.day_words import (
    LOOKAHEAD,
    NOT_COUNTED_NEXT,
)
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT, UNIT_NEXT
from antq_llm.mentions.vietnamese.digits import Digits
from antq_llm.mentions.vietnamese.letters import CAPITALS
from antq_llm.mentions.vietnamese.numbers.counted_nouns import is_counted_noun_next
from antq_llm.text.lazy_patterns import lazy_re

_SURE_WORDS = {
    "document": "chỉ thị|nghị quyết|nghị định|thông tư|công văn|khoản|trung ương|mã số|"
    "(?<!con )(?<!tổng )(?<!một )(?<!trong )(?<!trên )(?<!có )(?<!là )(?<!đa )(?<!thiểu )"
    "(?<!dân )(?<!(?<!giao )thông )(?<!hệ )(?<!chỉ )(?<!doanh )(?<!ẩn )(?<!vô )(?<!chia )"
    "(?<!ít )số",
    "road": "quốc lộ|tỉnh lộ|hương lộ|huyện lộ|đại lộ|mặt đường|cao tốc|ql|tl|đt|hl|vành đai|km",
    "address": "phường|quận|khu phố|khóm|ấp|thôn|xóm|tổ dân phố|hẻm|ngõ|ngách|kiệt|nhà số|"
    r"số nhà|tiểu khu|kp|[pqf]\.|buôn|khu vực|khu dân cư",
    "room": "tầng|căn hộ|lầu|căn hộ số",
    "unit": "ban chỉ đạo|tiểu ban|quân khu|quân đoàn|sư đoàn|lữ đoàn|trung đoàn|tiểu đoàn|"
    "binh đoàn|hải đoàn|hải đội|phân khu|tổ công tác",
    "ordinal": "lần thứ|thứ|lớp|khóa|khoá|gmt\\+|gmt-|utc\\+|phút thứ|năm thứ|top|lần|"
    "(?:học sinh|nữ sinh|nam sinh|học|trường|nhà|bão|gió|hết) cấp",
}
"""Words that introduce a code, by the form of the code.

Digits after such a word are an identifier unless they count the next noun.
"""
_POSSIBLE_WORDS = {
    "document": "kế hoạch|quyết định|công điện|đề án|hướng dẫn|kết luận|thông báo|quy định|"
    "chương trình|điều|luật|ban chấp hành",
    "address": "khu|cụm|tổ|lô|khoảnh|(?<!văn )bản",
    "road": "(?<!mặt )(?<!đoạn )(?<!con )(?<!chặng )đường|ngã",
    "room": "(?<!quốc )(?<!hải )(?<!dự )(?<!đề )(?<!văn )(?<!tiền )(?<!giải )phòng|giường",
    "bus": "tuyến|tuyến số|xe buýt|xe bus|buýt số|chuyến bay|bến",
    "unit": "(?<!quân )(?<!bộ )đội|trạm|nhóm|mô hình|đại đội|chuyên án|"
    "cảnh sát biển|(?<!bờ )(?<!nước )biên phòng|hải quân vùng|kiểm ngư|mã vùng|"
    "công ty|xí nghiệp|nhà máy|bệnh viện|quân y|đa khoa|chuyên đề|thủy điện|thuỷ điện|nhiệt điện",
    "ordinal": "khối|giai đoạn|đợt|vòng|kỳ|hạng|(?<!hình )ảnh|(?<!màn )(?<!mô )(?<!loại )"
    "(?<!chơi )hình|bảng|biểu|trang|chương|mục|bài|hiệp|phút|tập|cấp|bậc|thế hệ|phần|mẫu|"
    "phiên bản|loại|kênh|ván|set|cột|phương án|câu|giải|quyển|tuần|kỳ quay|cột mốc|(?<!lần )lượt|"
    "vòng bảng|bước|zone|level",
    "vehicle": "(?<!toa )(?<!chiếc )(?<!con )tàu|tàu ngầm|tàu hộ vệ|khu trục hạm|tàu cá|"
    "trực thăng|tiêm kích|biên đội",
}
"""Words that may introduce a code, by the form of the code.

Digits after such a word are an identifier unless they may count the next noun.
"""


def _patterns_by_last_word(words: dict[str, str], end: str) -> dict[str, re.Pattern[str]]:
    """Return patterns of phrases that may precede digits, keyed by the last word of the phrases.

    The groups of a pattern are named after the forms. Trying only the phrases that end with the
    last word before the digits is many times faster than trying all phrases.
    """
    ending: dict[str, dict[str, list[str]]] = {}
    for form, alternatives in words.items():
        for alternative in re.split(r"\|(?![^(]*\))", alternatives):
            *_, last = re.findall(r"\[\w+\]|[^\W\d_]+", alternative)
            for word in last[1:-1] if last.startswith("[") else (last,):
                ending.setdefault(word, {}).setdefault(form, []).append(alternative)
    return {word: _pattern_of(forms, end) for word, forms in ending.items()}


def _pattern_of(forms: dict[str, list[str]], end: str) -> re.Pattern[str]:
    groups = "|".join(f"(?P<{form}>{'|'.join(words)})" for form, words in forms.items())
    return lazy_re(rf"(?<![\w.-])(?:{groups}){end}\Z", re.IGNORECASE)


_SURE = _patterns_by_last_word(_SURE_WORDS, r"[ :.]?\s?")
_POSSIBLE = _patterns_by_last_word(_POSSIBLE_WORDS, r"\s")
_LONGEST_WORD = len("giao thông số : ") + len("ban chấp hành ")
"""Number of characters to search for one of the words above and a word that rules it out."""
_EMERGENCY = lazy_re(r"\b(?:cảnh sát|lực lượng|số|gọi|tổng đài|báo|phản ứng nhanh|tại)\s\Z", re.I)
_FINENESS = frozenset(("999", "9999"))
"""Fineness values of gold."""
_EMERGENCY_NUMBERS = frozenset(("111", "112", "113", "114", "115", "911"))
_WEEKDAY = lazy_re(
    r"\b(?:sáng|trưa|chiều|tối|đêm|ngày|hôm|từ|đến|tới|vào|các|mỗi|hàng|hằng)\sthứ\s\Z",
    re.IGNORECASE,
)
_WEEKDAY_AFTER = lazy_re(
    r"\s?(?:hàng|hằng|tuần|tới\b|này\b|đến thứ|(?:\(|,\s?)?(?:ngày\s)?\d{1,2}[/.-]\d)",
    re.IGNORECASE,
)
_UNIT_NEXT = lazy_re(
    r"\s?(?:GB|MB|TB|MHz|GHz|MW|KW|kWh|Nm|HP|MP|USD|VND|VNĐ|EUR|NDT|DN|HS|CLB|BV|mAh|Rs|inch|"
    r"tấn|độ|cc|mm|cm|ml)\b"
)
_JOINED = lazy_re(
    rf"(?!(?<=\d)[hHgGxX])[^\W\d_]\Z|\b(?:[{CAPITALS}][^\W\d_]*|[a-z]+[A-Z][^\W\d_]*)[-–]\Z|\bU\.\Z"
)
_SEPARATORS = frozenset(("", " ", "\n", "("))
"""Characters that often precede digits; the empty string means the start of the text."""
_DATE_NEXT = lazy_re(
    r"\s(?:ngày\s\d{1,2}[/.-]\d|tháng\s\d{1,2}(?:[/-]\d|\snăm\s\d)|năm\s(?:19|20)\d\d(?!\d))",
    re.IGNORECASE,
)
"""A date after digits; the digits do not count its first word, ``ngày``, ``tháng`` or ``năm``."""
_DIMENSION_NEXT = lazy_re(r"\s?[x×]\s?\d")
_PLACE_NEXT = lazy_re(
    rf"[,\s]\s?(?:thôn|xã|phường|tổ|khu|ấp|quận|huyện|khu phố)\s(?:[{CAPITALS}]|\d)"
)
_LAW_NEXT = lazy_re(
    r"\s(?:của\s)?(?:bộ luật|luật(?!\s(?:sư|gia|lệ))|blhs|bltths|blds|"
    r"pháp lệnh|hiến pháp|nghị định|nghị quyết|thông tư|quyết định|quy chế|quy định|điều lệ|"
    r"công ước|hiệp định|(?:khoản|điều|điểm|mục|chương)\s(?:\d{1,3}[a-zđ]?|[a-zđ]|[XVI]+))(?!\w)",
    re.IGNORECASE,
)
"""What may follow a clause number: the document, article or larger clause that contains it."""
_CLAUSE = lazy_re(r"\b(?:điều|khoản|điểm|mục|chương|tiết)\s\Z", re.IGNORECASE)
_ALWAYS_NUMBERED = lazy_re(r"\b(?:á hậu|á khôi|á vương|á quân)\s\Z", re.IGNORECASE)
"""Titles after which digits are a rank (``á hậu 2``) unless a word for times or years follows."""
_TIMES_NEXT = lazy_re(r"\s(?:lần|năm|mùa|kỳ|giải)(?!\w)", re.IGNORECASE)
_CLAUSE_LAST = frozenset(("điều", "khoản", "điểm", "mục", "chương", "tiết"))
_TITLE_LAST = frozenset(("hậu", "khôi", "vương", "quân"))
_NAME = lazy_re(
    rf"(?<=[^\s.!?:“\"(\n–-][ ])(?:[{CAPITALS}][\w.’']*|[a-z]+[A-Z]\w*)[ ]\Z|\b[A-Z]{{2,}}[ ]\Z"
)
_LIST_ITEM_BEFORE = lazy_re(r"(?:^|[.:;)]\s|\n\s?)\Z")
_LIST_ITEM_AFTER = lazy_re(rf"[.)]\s[{CAPITALS}“\"]")
_MODEL_NAME = lazy_re(
    r"[A-Z]*[a-z]*[aeiouy][b-df-hj-np-tv-xz]+[aeiouy][a-z]*\Z|[A-Za-z]*[fjwz][A-Za-z]*\Z|"
    r"[a-z]+[A-Z]\w*\Z|Boeing\Z|CSGT\Z|CSB\Z|SAR\Z|KN\Z|HQ\Z",
    re.ASCII,
)
"""A model name that is not a Vietnamese syllable, or an abbreviation for a patrol or ship."""
_PATROLS = frozenset(("csgt", "cscđ", "cstt", "cshs", "csb", "kn", "hq", "sar"))
_PATROL_NUMBER = lazy_re(r"\d{1,2}\.\d{1,2}|\d{3,4}")
"""Numbers that identify a patrol or ship even before a counted noun."""
_MODEL_BEFORE = lazy_re(
    r"\b(?:xe|máy bay|trực thăng|tiêm kích|tàu|súng|tên lửa|ô tô|xe tăng|điện thoại|dòng|hãng|loại|"
    rf"mẫu|chiếc|phiên bản|máy)(?:\s[{CAPITALS}][\w.-]*){{1,3}}\s\Z"
)
"""A capitalised name of up to three words after a word such as ``xe`` or ``súng``."""
_VERSION = lazy_re(r"\d\.\d")
ROMAN_NUMERAL = r"[XVI]{1,6}"
_ROMAN = lazy_re(rf"{ROMAN_NUMERAL}\b(?![-.])")
_TELLING_LAST = frozenset(
    (
        *_SURE,
        *_POSSIBLE,
        *_PATROLS,
        *_CLAUSE_LAST,
        *_TITLE_LAST,
        *("sát", "lượng", "số", "gọi", "đài", "báo", "nhanh", "tại", "thứ", "vàng"),
    )
)
"""Words that, right before digits, may make them an identifier, as any capitalised word may."""
_ROMAN_BEFORE = lazy_re(r"\b(?:khóa|khoá|lần thứ|đại hội|chương|phần|kỳ|hạng)\s\Z", re.IGNORECASE)
_MAY_BE_NAME = lazy_re(r"[\d./–-]+|[\d./]+(?:\s?[–-]\s?|\s(?:đến|tới)\s)[\d./]+")
"""Numbers without a scale or decimal comma; only these can be identifiers."""
_MAX_NAME_DIGITS = 4
_MAX_LIST_ITEM = 30
_NEXT_IN_LIST = lazy_re(r"\s*(?:,|và|hoặc|hay|-|–|đến)\s*")
_LISTED_FORMS = frozenset(("address", "document", "road", "room", "unit"))


def read_identifier(number: Mention, place: Digits) -> Mention | None:
    """Return a number as a code if the words around it mark it as part of a name, else None."""
    if not _MAY_BE_NAME.fullmatch(number.text):
        return None
    before, last, lower = place.before, place.last, place.last_lower
    after = place.text[number.end : number.end + LOOKAHEAD]
    digits = number.text
    form = _sure_form(digits, before, lower, after)
    if form is not None:
        return _code(number, form)
    words = _POSSIBLE.get(lower)
    possible = words.search(before[-_LONGEST_WORD:]) if words else None
    if (last.islower() and not possible) or _DIMENSION_NEXT.match(after):
        return None
    is_whole = "," not in digits and "." not in digits
    if possible and is_whole and not _may_count_next(after):
        is_certain = any(
            words.match(after) for words in (NOT_COUNTED_NEXT, _PLACE_NEXT, _DATE_NEXT)
        )
        return _code(number, possible.lastgroup or "", is_certain=is_certain)
    is_short = digits.isdecimal() or _VERSION.fullmatch(digits)
    if last.islower() or not is_short or len(digits) > _MAX_NAME_DIGITS or _may_count_next(after):
        return None
    if NOT_COUNTED_NEXT.match(after) and _NAME.search(before):
        return _code(number, "name", is_certain=not after.lstrip().startswith((",", ";")))
    is_model = before.endswith(f"{last} ") and _MODEL_NAME.match(last)
    if not after[:1].isalpha() and (is_model or _MODEL_BEFORE.search(before)):
        return _code(number, "name", is_certain=False)
    return None


def follows_ordinary_word(number: Mention, place: Digits) -> bool:
    """Return whether a number follows an ordinary word, which never introduces an identifier."""
    return (
        place.last.islower()
        and place.last.isalpha()
        and place.last_lower not in _TELLING_LAST
        and place.before[-1:] in _SEPARATORS
        and number.text[0] != "0"
        and place.text[number.end : number.end + 1] not in {".", ")"}
    )


def _sure_form(digits: str, before: str, last: str, after: str) -> str | None:
    """Return the form of the code if digits are certainly an identifier, else None.

    The form is empty if it is unknown. ``last`` is the last word before the digits, in lower case.
    """
    if digits in _EMERGENCY_NUMBERS and _EMERGENCY.search(before):
        return "phone"
    if (
        last == "thứ"
        and digits in "234567"
        and (_WEEKDAY.search(before) or _WEEKDAY_AFTER.match(after))
    ):
        return "weekday"
    is_joined = before[-1:] not in _SEPARATORS and _JOINED.search(before[-_LONGEST_WORD:])
    is_patrol = last in _PATROLS and _PATROL_NUMBER.fullmatch(digits)
    if is_joined or is_patrol or (digits in _FINENESS and last == "vàng"):
        return "name"
    if last in _CLAUSE_LAST and _LAW_NEXT.match(after) and _CLAUSE.search(before):
        return "document"
    if last in _TITLE_LAST and len(digits) == 1 and _is_title(before, after):
        return "ordinal"
    if digits[0] == "0" and len(digits) > 1 and digits.isdecimal() and not UNIT_NEXT.match(after):
        return ""
    if (
        after[:1] in {".", ")"}
        and digits.isdecimal()
        and int(digits) <= _MAX_LIST_ITEM
        and _LIST_ITEM_AFTER.match(after)
        and _LIST_ITEM_BEFORE.search(before)
    ):
        return "item"
    words = _SURE.get(last)
    named = words.search(before[-_LONGEST_WORD:]) if words else None
    counts = _may_count_next if last == "top" else _counts_next
    return (named.lastgroup or "") if named and not counts(after) else None


def _is_title(before: str, after: str) -> bool:
    return bool(_ALWAYS_NUMBERED.search(before)) and not _TIMES_NEXT.match(after)


def _counts_next(after: str) -> bool:
    """Return whether digits count the next noun, unless it begins the name of a place."""
    is_counted = COUNTED_NEXT.match(after) or _UNIT_NEXT.match(after)
    return bool(is_counted) and not _PLACE_NEXT.match(after)


def _may_count_next(after: str) -> bool:
    """Return whether digits may count the noun after them."""
    if _DATE_NEXT.match(after):
        return False
    is_noun = is_counted_noun_next(after) and not _PLACE_NEXT.match(after)
    return is_noun or _counts_next(after)


def _code(number: Mention, form: str, *, is_certain: bool = True) -> Mention:
    return Mention(
        "code", number.start, number.end, number.text, number.text,
        form=form or None, is_certain=is_certain,
    )  # fmt: skip


def read_roman_identifier(text: str, start: int) -> Mention | None:
    """Return the Roman numeral of a term, congress or chapter, as in ``khóa XII``."""
    match = _ROMAN.match(text, start)
    if match is None or not _ROMAN_BEFORE.search(text[max(0, start - len("đại hội  ")) : start]):
        return None
    return Mention("code", start, match.end(), match[0], match[0], form="ordinal")


def continues_identifiers(earlier: Mention, later: Mention, text: str) -> bool:
    """Return whether digits continue a list of identifiers: ``khoản 1, 2 và 3``."""
    return (
        earlier.kind == "code"
        and earlier.form in _LISTED_FORMS
        and later.text.replace(",", "").isdecimal()
        and _NEXT_IN_LIST.fullmatch(text, earlier.end, later.start) is not None
        and (NOT_COUNTED_NEXT.match(text, later.end) or _LAW_NEXT.match(text, later.end))
        is not None
    )


def continues_name(earlier: Mention, later: Mention, text: str) -> bool:
    """Return whether digits continue a name after a hyphen: ``Boeing 787-9``."""
    return (
        earlier.kind == "code"
        and earlier.form == "name"
        and text[earlier.end : later.start] in {"-", "–"}
        and later.text.isdecimal()
    )
