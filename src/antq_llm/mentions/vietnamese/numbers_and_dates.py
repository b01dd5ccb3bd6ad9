"""Numbers, dates, times and codes of a Vietnamese text, found by rule with their spans.

Every expression in digits is one mention: a quantity (``number``), a calendar expression
(``date``), a clock time (``time``), or digits that are part of a name or an identifier (``code``).
Dates are read from the expression alone, in EDTF: ``24/9`` is ``XXXX-09-24``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from antq_llm.mentions.mention import Mention, MentionKind
from antq_llm.mentions.quantity import MAX_NUMERAL_CHARACTERS
from antq_llm.mentions.quoted_names import quoted_names
from antq_llm.mentions.vietnamese import context_words
from antq_llm.mentions.vietnamese.context_words import COUNTED_NEXT, LOOKAHEAD, UNIT_NEXT
from antq_llm.mentions.vietnamese.dates import (
    ONE_YEAR,
    YEAR,
    read_bare_date,
    read_clock,
    read_date,
    read_quarter,
)
from antq_llm.mentions.vietnamese.numerals import SCALE, parse_numeral, times_scale
from antq_llm.schemas.edtf import is_in_calendar

_DASH = r"\s*[-–—]\s*"
_NUMERAL = r"\d+(?:[.,]\d+)*"

# The forms in digits, in the order in which they are tried; the reader of a form may decline it.
_FORMS = re.compile(
    "|".join(
        (
            r"(?P<iso>(?<![\d/.-])\d{4}-\d\d-\d\d(?![\d-]))",
            r"(?P<phone>(?<![\d.,/])0\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?!\d)(?![.,/]\d))",
            r"(?P<clock>(?<![\d.,:])\d{1,2}(?::[0-5]\d(?::[0-5]\d)?|h(?:[0-5]\d)?(?![^\W\d_])"
            r"|\sgiờ\s[0-5]?\d(?:\sphút)?\b))",
            r"(?P<days>(?<![\d/.,-])\d{1,2}"
            + _DASH
            + r"\d{1,2}(?P<days_rest>(?:[/.]\d{1,2}){1,2}(?:[/.]\d{4})?)(?![\d/]))",
            r"(?P<full>(?<![\d/])\d{1,2}(?P<full_sep>[/.–—-])\d{1,2}(?P=full_sep)"
            r"(?:\d{4}|\d\d)(?![\d/]))",
            r"(?P<worded>\d{1,2}\stháng\s\d{1,2}(?:(?:\snăm\s|,?\s?/|[–—-])\d{4})?(?!\d))",
            r"(?P<years>(?<![\d/.,-])" + YEAR + _DASH + YEAR + r"(?![\d/.-]*\d))",
            r"(?P<month>(?<![\d/.,-])\d{1,2}(?:[/.–—-]|\s+năm\s+)" + YEAR + r"(?![\d/]|[.,]\d))",
            r"(?P<code_number>\d+/(?:\d{4}/)?[A-ZĐ][A-ZĐa-zđ0-9]*(?:-[A-ZĐ][A-ZĐa-zđ0-9]*)*)",
            r"(?P<day>(?<![\d/.,-])\d{1,2}[/.-]\d{1,2}(?![\d/]|[.,]\d|%))",
            r"(?P<sum>\d+\+\d+)",
            r"(?P<number>" + _NUMERAL + r")",
        )
    )
)

_DATE_FORMS = frozenset({"days", "full", "worded", "years", "month", "day"})
_VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_LIST_OF_YEARS = re.compile(r"\s*(?:,|và|hoặc|-|–)\s*")
_DIGIT = re.compile(r"\d")
_RATIO = re.compile(_NUMERAL + r"\s?/\s?" + _NUMERAL)
_QUANTITY = re.compile(
    rf"(?P<first>{_NUMERAL})"
    rf"(?:\s?(?P<scale>{SCALE})\b(?P<rest>(?:\s\d{{1,3}}\s(?:triệu|nghìn|ngàn)\b)*))?"
)

_COUNT_OF_SCALE = re.compile(r"(\d+)\s(\w+)")

_EXPONENT = re.compile(r"(?<![^\W\d_])[kcdm]?m\Z", re.IGNORECASE)
_NOT_A_NAME = re.compile(
    r"\b(?:tổng số|con số|một số|trong số|trên số|có số|là số|chia làm|chia thành)\s*\Z",
    re.IGNORECASE,
)
_OR_MORE = re.compile(r"\s*(?:%|[^\W\d_]+(?:\s+[^\W\d_]+)?)?\s+trở lên\b", re.IGNORECASE)
_MORE_AFTER = re.compile(r"\s+hơn\b", re.IGNORECASE)


def read_mentions(text: str) -> list[Mention]:
    """Return every expression in digits of a text, in order.

    A text without Vietnamese letters is read in English notation.
    """
    english = not _VIETNAMESE.search(text)
    names = [
        (start, end)
        for start, end, name in quoted_names(text)
        if _DIGIT.search(name) and (name[0].isupper() or name[0].isdigit())
    ]
    mentions: list[Mention] = []
    for found in _scan(text, english=english):
        mention = _settled(found, text, names)
        if mention.kind == "number" and mentions and _continues_years(mentions[-1], mention, text):
            mention = Mention("date", mention.start, mention.end, mention.text, mention.text)
        mentions.append(mention)
    return mentions


def _continues_years(earlier: Mention, later: Mention, text: str) -> bool:
    """Whether digits continue a list of years: ``năm 2021, 2022 và 2023``."""
    is_year = (
        earlier.kind == "date"
        and ONE_YEAR.fullmatch(str(earlier.value))
        and ONE_YEAR.fullmatch(later.text)
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
    """Return the mention that starts where a form was found.

    What the form's reader declines is read as a number or a code.
    """
    form = match.lastgroup or ""
    if form != "number" and (
        mention := _read_form(form.removesuffix("_sep").removesuffix("_rest"), match)
    ):
        return mention
    if (pair := _RATIO.match(text, match.start())) and (ratio := _ratio(pair, english=english)):
        return ratio
    return _number(text, match.start(), english=english)


def _read_form(form: str, match: re.Match[str]) -> Mention | None:
    """Return a date, a time or a code; None if it is not one after all."""
    if form == "iso" and is_in_calendar(match[0]):
        return _mention("date", match, match[0])
    if form in {"phone", "code_number", "sum"}:
        return _mention("code", match, match[0])
    if form == "clock" and (time := read_clock(match[0])):
        return _mention("time", match, time)
    if form in _DATE_FORMS and (date := read_date(form, match)):
        return _mention("date", match, date)
    return None


def _mention(kind: MentionKind, match: re.Match[str], value: str) -> Mention:
    return Mention(kind, match.start(), match.end(), match[0], value)


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
        # Not the notation of one number: its first group of digits is read alone.
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
    """Return a mention with the kind that the words around it give it.

    Years, months and codes look like numbers.
    """
    start, end = mention.start, mention.end
    if mention.kind != "number":
        months = (
            read_quarter(text, start, mention.text[-4:])
            if mention.kind == "date" and ONE_YEAR.fullmatch(mention.text[-4:])
            else None
        )
        return mention._replace(value=months) if months else mention
    back, after = context_words.backwards(text, start), text[end : end + LOOKAHEAD]
    if mention.total is None:
        if date := read_bare_date(mention.text, text, start, back, after):
            return mention._replace(kind="date", value=date)
        if (names and any(first <= start and end <= last for first, last in names)) or _is_code(
            mention, back, after
        ):
            return mention._replace(kind="code", value=mention.text)
    sign = _comparator(back, after)
    return mention if sign == "=" else mention._replace(comparator=sign)


def _is_code(mention: Mention, back: str, after: str) -> bool:
    last = back[:1]
    if last.isalnum() and not last.isdecimal():
        return True
    if mention.text[0] == "0" and len(mention.text) > 1 and not UNIT_NEXT.match(after):
        return True
    return (
        bool(context_words.IDENTIFIER.match(back))
        and not _NOT_A_NAME.search(back[::-1])
        and not COUNTED_NEXT.match(after)
    )


def _comparator(back: str, after: str) -> str:
    """Return how the words around a number qualify it."""
    if "lên" in after.lower() and _OR_MORE.match(after):
        return ">="
    return context_words.comparator(back) or (">" if _MORE_AFTER.match(after) else "=")
