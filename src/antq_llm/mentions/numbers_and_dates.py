"""Numbers, dates, times and codes of a Vietnamese text, found by rule with their spans.

Every expression in digits is one mention: a quantity (``number``), a calendar expression (``date``), a clock time (``time``), or digits that
are part of a name or an identifier (``code``). Dates are read from the expression alone, in EDTF: ``24/9`` is ``XXXX-09-24``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from antq_llm.mentions import context_words
from antq_llm.mentions.numerals import MAX_NUMERAL_CHARACTERS, SCALE, parse_numeral, times_scale
from antq_llm.schemas.edtf import check_calendar

MentionKind = Literal["number", "date", "time", "code"]


class Mention(NamedTuple):
    """One expression in digits: its span in code points, its words in the plain form of the text, and what it says."""

    kind: MentionKind
    start: int
    end: int
    text: str
    value: int | float | str
    """A number for a quantity, EDTF for a date, ``HH:MM`` for a time, the digits for a code."""
    total: int | float | None = None
    """The whole of a printed ``x/y``."""
    comparator: str = "="
    """How the words around a quantity qualify it, in the record's notation."""


_YEAR = r"(?:1[89]|20)\d\d"
_ONE_YEAR = re.compile(_YEAR)
_DASH = r"\s*[-–—]\s*"
_NUMERAL = r"\d+(?:[.,]\d+)*"

# The forms in digits, tried in this order where they begin; each is checked by a reader below, which may decline.
_FORMS = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<![\d/.-])\d{4}-\d\d-\d\d(?![\d-]))",
            r"(?P<phone>(?<![\d.,/])0\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)(?![.,/]\d))",
            r"(?P<clock>(?<![\d.,:])\d{1,2}(?::[0-5]\d(?::[0-5]\d)?|h(?:[0-5]\d)?(?![^\W\d_])|\sgiờ\s[0-5]?\d(?:\sphút)?\b))",
            r"(?P<days>(?<![\d/.,-])\d{1,2}"
            + _DASH
            + r"\d{1,2}(?P<days_rest>(?:[/.]\d{1,2}){1,2}(?:[/.]\d{4})?)(?![\d/]))",
            r"(?P<full>(?<![\d/])\d{1,2}(?P<full_sep>[/.–—-])\d{1,2}(?P=full_sep)(?:\d{4}|\d\d)(?![\d/]))",
            r"(?P<worded>\d{1,2}\stháng\s\d{1,2}(?:(?:\snăm\s|,?\s?/|[–—-])\d{4})?(?!\d))",
            r"(?P<years>(?<![\d/.,-])" + _YEAR + _DASH + _YEAR + r"(?![\d/.-]*\d))",
            r"(?P<month>(?<![\d/.,-])\d{1,2}(?:[/.–—-]|\s+năm\s+)" + _YEAR + r"(?![\d/]|[.,]\d))",
            r"(?P<code_number>\d+/(?:\d{4}/)?[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*)",
            r"(?P<day>(?<![\d/.,-])\d{1,2}[/.-]\d{1,2}(?![\d/]|[.,]\d|%))",
            r"(?P<sum>\d+\+\d+)",
            r"(?P<number>" + _NUMERAL + r")",
        )
    )
)

_VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_LIST_OF_YEARS = re.compile(r"\s*(?:,|và|hoặc|-|–)\s*")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
_RATIO = re.compile(_NUMERAL + r"\s?/\s?" + _NUMERAL)
_QUANTITY = re.compile(
    rf"(?P<first>{_NUMERAL})(?:\s?(?P<scale>{SCALE})\b(?P<rest>(?:\s\d{{1,3}}\s(?:triệu|nghìn|ngàn)\b)*))?"
)

_COUNT_OF_SCALE = re.compile(r"(\d+)\s(\w+)")

_BEFORE_DAY = re.compile(
    r"(?:\b(?:ngày|hôm|mùng|mồng|sáng|trưa|chiều|tối|đêm|từ|đến|tới|hết|trước|sau|và|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật)|[-–,(])\s*\Z",
    re.IGNORECASE,
)
_BEFORE_DAY_SURE = re.compile(
    r"\b(?:ngày|hôm|mùng|mồng|sáng|trưa|chiều|tối|đêm)(?: qua| nay)?,?\s+(?:ngày\s+)?\Z",
    re.IGNORECASE,
)
_BEFORE_MONTH = re.compile(r"\b(?:tháng|từ|đến|tới|hết|trước|sau)\s+\Z", re.IGNORECASE)
_QUARTER = re.compile(r"\bquý\s+(I{1,3}|IV|[1-4])(?:\s*/\s*|\s+năm\s+|\s+)\Z", re.IGNORECASE)
_NO_UNIT_NEXT = re.compile(r"\s*(?:[,.;:)\]–-]|đến|tới|nay|và|$)", re.IGNORECASE)
_UNIT_NEXT = re.compile(r"\s*[^\W\d_]")

_EXPONENT = re.compile(r"(?<![^\W\d_])[kcdm]?m\Z", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"\b(?:tổng số|con số|một số|trong số|trên số|có số|là số|chia làm|chia thành)\s*\Z",
    re.IGNORECASE,
)
_COUNTED_NEXT = re.compile(
    r"[ \u00a0]*(?:%|(?:vụ|đối tượng|người|hộ|lượt|trường hợp|tập thể|cá nhân|đơn vị|đồng(?! chí)|triệu|tỷ|nghìn|khẩu|thành viên|mô hình|cơ sở|buổi|cuộc|"
    r"xã|thôn|tổ|hội nghị|năm|tháng|ngày|giờ|phút|giây|tuổi|bị can|gia đình|ha|kg|km|m2)\b)",
    re.IGNORECASE,
)

_OR_MORE = re.compile(r"\s*(?:%|[^\W\d_]+(?:\s+[^\W\d_]+)?)?\s+trở lên\b", re.IGNORECASE)
_MORE_AFTER = re.compile(r"\s+hơn\b", re.IGNORECASE)
_LOOKAHEAD = 40

_QUOTED = re.compile(r"[“«\"](?P<name>[^“”«»\"\n]{2,160})[”»\"]")


@lru_cache(maxsize=4)
def quoted(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return the start, the end and the words of what stands in quotation marks; the latest texts are remembered, since two readers ask for it."""
    return tuple((*match.span("name"), match["name"]) for match in _QUOTED.finditer(text))


def read_mentions(text: str) -> list[Mention]:
    """Return every expression in digits of a text, in order; quantities and dates in Vietnamese notation, in an English text in English."""
    english = not _VIETNAMESE.search(text)
    names = [
        (start, end)
        for start, end, name in quoted(text)
        if _DIGIT.search(name) and (name[0].isupper() or name[0].isdigit())
    ]
    mentions: list[Mention] = []
    for found in _scan(text, english=english):
        mention = _settled(found, text, names)
        if mention.kind == "number" and mentions and _goes_on(mentions[-1], mention, text):
            mention = Mention("date", mention.start, mention.end, mention.text, mention.text)
        mentions.append(mention)
    return mentions


def _goes_on(earlier: Mention, later: Mention, text: str) -> bool:
    """Whether digits go on with a list of years: ``năm 2021, 2022 và 2023``."""
    is_year = (
        earlier.kind == "date"
        and _ONE_YEAR.fullmatch(str(earlier.value))
        and _ONE_YEAR.fullmatch(later.text)
    )
    return bool(is_year) and _LIST_OF_YEARS.fullmatch(text, earlier.end, later.start) is not None


def _scan(text: str, *, english: bool) -> Iterator[Mention]:
    position = 0
    while (digit := _DIGIT.search(text, position)) and (match := _FORMS.match(text, digit.start())):
        mention = _read(match, text, english=english)
        position = mention.end if mention else match.end()
        # The digit of a square or cubic metre is part of its unit.
        if mention and not (
            mention.text in {"2", "3"}
            and _EXPONENT.search(text[max(0, mention.start - 3) : mention.start])
        ):
            yield mention


def _read(match: re.Match[str], text: str, *, english: bool) -> Mention | None:
    """Return the mention that begins where a form was found; what a form declines is read as a number or a code."""
    form = match.lastgroup or ""
    if form != "number" and (
        mention := _read_form(form.removesuffix("_sep").removesuffix("_rest"), match, text)
    ):
        return mention
    if (pair := _RATIO.match(text, match.start())) and (ratio := _ratio(pair, english=english)):
        return ratio
    return _number(text, match.start(), english=english)


def _read_form(form: str, match: re.Match[str], text: str) -> Mention | None:
    """Return what is no number, None if the form declines it."""
    if form == "iso" and _is_day(match[0]):
        return _mention("date", match, match[0])
    if form in {"phone", "code_number", "sum"}:
        return _mention("code", match, match[0])
    if form == "clock" and (time := _clock(match[0])):
        return _mention("time", match, time)
    if form in {"days", "full", "worded", "years", "month", "day"}:
        before, after = (
            text[max(0, match.start() - context_words.LOOKBACK) : match.start()],
            text[match.end() : match.end() + _LOOKAHEAD],
        )
        if date := _date(form, match, before, after):
            return _mention("date", match, date)
    return None


def _mention(kind: MentionKind, match: re.Match[str], value: str) -> Mention:
    return Mention(kind, match.start(), match.end(), match[0], value)


def _clock(text: str) -> str | None:
    hours, *minutes = _DIGITS.findall(text)
    return f"{int(hours):02d}:{int(minutes[0]) if minutes else 0:02d}" if int(hours) < 24 else None


def _date(form: str, match: re.Match[str], before: str, after: str) -> str | None:
    """Return a calendar expression in EDTF, None where the calendar or the words around it say that it is none."""
    parts = [int(part) for part in _DIGITS.findall(match[0])]
    if form == "years":
        return f"{parts[0]}/{parts[1]}" if parts[0] <= parts[1] else None
    if form == "full":
        return _day(parts[0], parts[1], parts[2] if parts[2] >= 100 else 2000 + parts[2])
    if form == "worded":
        return _day(*parts) if len(parts) == 3 or _BEFORE_DAY_SURE.search(before) else None
    if form == "days":
        first, last = _day(parts[0], *parts[2:]), _day(*parts[1:])
        return f"{first}/{last}" if first and last and len(parts) <= 4 else None
    if form == "month":
        # With a slash and a counted noun behind it, and no word of time before it, it is a ratio.
        is_ratio = (
            "/" in match[0]
            and not _BEFORE_MONTH.search(before)
            and bool(_COUNTED_NEXT.match(after))
        )
        return None if is_ratio or not 1 <= parts[0] <= 12 else f"{parts[1]}-{parts[0]:02d}"
    sure = bool(_BEFORE_DAY_SURE.search(before))
    if "/" not in match[0]:
        return _day(*parts) if sure else None
    is_ratio = not sure and bool(_UNIT_NEXT.match(after)) and not _BEFORE_DAY.search(before)
    return None if is_ratio else _day(*parts)


def _day(day: int, month: int, year: int | None = None) -> str | None:
    date = f"{'XXXX' if year is None else f'{year:04d}'}-{month:02d}-{day:02d}"
    return date if _is_day(date) else None


def _is_day(date: str) -> bool:
    month, day = int(date[5:7]), int(date[8:10])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return False
    try:
        check_calendar(date)
    except ValueError:
        return False
    return True


def _ratio(match: re.Match[str], *, english: bool) -> Mention | None:
    value, total = (parse_numeral(part.strip(), english=english) for part in match[0].split("/"))
    if value is None or total is None or value > total:
        return None
    return Mention("number", match.start(), match.end(), match[0], value, total)


def _number(text: str, start: int, *, english: bool) -> Mention | None:
    match = _QUANTITY.match(text, start)
    if match is None:
        return None
    value = parse_numeral(match["first"], english=english)
    if value is None:
        # No notation of one number: its first group of digits is read alone, and what follows in its turn.
        digits = re.split("[.,]", match["first"], maxsplit=1)[0]
        if len(digits) > MAX_NUMERAL_CHARACTERS:
            return Mention("code", start, start + len(digits), digits, digits)
        return Mention("number", start, start + len(digits), digits, int(digits))
    if match["scale"]:
        value = times_scale(value, match["scale"])
        value += sum(
            times_scale(int(count), scale)
            for count, scale in _COUNT_OF_SCALE.findall(match["rest"])
        )
    return Mention("number", start, match.end(), match[0], value)


def _settled(mention: Mention, text: str, names: list[tuple[int, int]]) -> Mention:
    """Return a mention whose kind is settled by the words around it: years, months and codes look like numbers."""
    start, end = mention.start, mention.end
    if mention.kind != "number":
        months = (
            _quarter(text, start, mention.text)
            if mention.kind == "date" and _ONE_YEAR.fullmatch(mention.text[-4:])
            else None
        )
        return mention._replace(value=months) if months else mention
    back, after = context_words.backwards(text, start), text[end : end + _LOOKAHEAD]
    if mention.total is None:
        if date := _bare_date(mention, text, back, after):
            return mention._replace(kind="date", value=date)
        if (names and any(first <= start and end <= last for first, last in names)) or _is_code(
            mention, back, after
        ):
            return mention._replace(kind="code", value=mention.text)
    sign = _comparator(back, after)
    return mention if sign == "=" else mention._replace(comparator=sign)


def _bare_date(mention: Mention, text: str, back: str, after: str) -> str | None:
    """Return the date of digits without separators: ``quý I/2018``, ``năm 2018``, ``tháng 6``, ``ngày 19``."""
    digits = mention.text
    if len(digits) == 4 and _ONE_YEAR.fullmatch(digits):
        if months := _quarter(text, mention.start, digits):
            return months
        is_year = context_words.YEAR.match(back) or (
            context_words.YEAR_CONTEXT.match(back) and _NO_UNIT_NEXT.match(after)
        )
        return digits if is_year else None
    if len(digits) <= 2:
        if context_words.MONTH.match(back) and 1 <= int(digits) <= 12:
            return f"XXXX-{int(digits):02d}"
        if (
            context_words.DAY.match(back)
            and 1 <= int(digits) <= 31
            and not _COUNTED_NEXT.match(after)
        ):
            return f"XXXX-XX-{int(digits):02d}"
    return None


def _quarter(text: str, start: int, mention: str) -> str | None:
    match = _QUARTER.search(text[max(0, start - context_words.LOOKBACK) : start])
    if match is None:
        return None
    number = {"I": 1, "II": 2, "III": 3, "IV": 4}.get(match[1].upper()) or int(match[1])
    return f"{mention[-4:]}-{3 * number - 2:02d}/{mention[-4:]}-{3 * number:02d}"


def _is_code(mention: Mention, back: str, after: str) -> bool:
    last = back[:1]
    if last.isalnum() and not last.isdecimal():
        return True
    if mention.text[0] == "0" and len(mention.text) > 1 and not _UNIT_NEXT.match(after):
        return True
    return (
        bool(context_words.IDENTIFIER.match(back))
        and not _NOT_A_NAME.search(back[::-1])
        and not _COUNTED_NEXT.match(after)
    )


def _comparator(back: str, after: str) -> str:
    """Return how the words around a number qualify it."""
    if "lên" in after.lower() and _OR_MORE.match(after):
        return ">="
    return context_words.comparator(back) or (">" if _MORE_AFTER.match(after) else "=")
