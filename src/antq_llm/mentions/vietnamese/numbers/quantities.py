"""Quantities as mentions: amounts, ranges, ratios, fractions and negative numbers."""

from __future__ import annotations

import re

from antq_llm.mentions.mention import Mention
from antq_llm.mentions.quantity import exact_product
from antq_llm.mentions.vietnamese.context_words import (
    LOOKAHEAD,
    backwards,
    before,
)
from antq_llm.mentions.vietnamese.digits import Digits, reads
from antq_llm.mentions.vietnamese.numbers.amounts import Amount, read_amount
from antq_llm.mentions.vietnamese.numbers.counted_nouns import (
    PEOPLE,
    TIMES_BEFORE,
    certainty,
    is_counted_noun_next,
)
from antq_llm.mentions.vietnamese.numbers.digits_in_row import (
    follows_lower_digit,
    read_digits_in_row,
)
from antq_llm.mentions.vietnamese.numbers.number_words import DIGIT, read_number_words
from antq_llm.mentions.vietnamese.numbers.numerals import NUMERAL, parse_numeral
from antq_llm.mentions.vietnamese.numbers.ranges import DASHES, range_link, read_range
from antq_llm.mentions.vietnamese.numbers.vague_amounts import FIRST_WORD, read_vague_amount
from antq_llm.text.lazy_patterns import lazy_re
from antq_llm.text.word_patterns import compile_words

QUANTITY_WORDS = (*DIGIT.split("|"), "mười", *FIRST_WORD.split("|"))
"""The words with which a quantity in words may begin."""


_YEAR = lazy_re(r"[Nn]ăm \d")
"""``năm`` (year) before a web address that begins with a digit.

``possible_starts`` does not see the digit, because it stops at the address.
"""
_LONE_COUNT = compile_words(
    r"\d{1,12} (?!(?:chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|tr|thousand|million|billion|trillion|"
    r"phần|trong|và|hoặc|hay)(?!\w)|tr(?:đ|vnđ))[^\W\d_]",
    re.IGNORECASE,
)
_LATER_PARTS = ("đến", "tới", "rưỡi")
"""Words that may continue an amount or range, even after a unit or other words."""
_ONE_OR_FIVE_ALONE = compile_words(
    rf"(?:một|năm)(?!,\shai\s|\s(?:{DIGIT}|mươi|mốt|lăm|nhăm|chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ|phẩy|phần|"
    rf"trong|mấy|vài|nửa|{PEOPLE})(?!\w))",
    re.IGNORECASE,
)
"""``một`` or ``năm``, unless a word for people or a word that may continue a number follows."""
_RATIO = lazy_re(rf"{NUMERAL}\s?/\s?{NUMERAL}")
_FRACTION = lazy_re(r"\sphần\s(?=\w)")
_OUT_OF = lazy_re(r"\strong\s(?:(?:tổng\s)?số\s|tổng cộng\s)?(?=[^\W_])")
_LINK = lazy_re(r"\s(?:phần|trong|và|hoặc|hay)\s")
"""A word that may link an amount to a second one."""
_RANK_BEFORE = before("thứ|hạng|top|lần thứ|vị trí|số|năm|tháng|ngày|phút|vòng")
"""Words after which a number is a rank, a date or the like, even if ``trong`` follows it."""
_MAX_WHOLE = 1000
"""Maximum total after ``trong``; a larger number is more likely a year or a separate quantity."""
_PARTS = lazy_re(r"(?:tư|\d{1,3})(?!\w)", re.IGNORECASE)
_EXPONENT = lazy_re(r"(?:(?<![^\W\d_])|\d\s?)[kcdm]?m\Z|\d\s?[kcdm]?m\s\Z", re.IGNORECASE)
_ALL_DAY = lazy_re(r"24\s?/\s?24")
_MINUSES = frozenset("-−–")
_MINUS = lazy_re(r"[-−–](?=\s[^\W\d_]|\()|−(?=\s*(?:\Z|\n|[:;,]))")
_MINUS_AT_START = lazy_re(r"[-–](?=\s*(?:\Z|\n|[:;,]))")
_TO_SIGNED = lazy_re(r"\s(?:đến|tới|[-–])\s(?P<sign>[-−–]|âm\s)?(?=\d)", re.IGNORECASE)
_DEGREES_NEXT = lazy_re(r"\s?(?:%|°|độ(?!\w))", re.IGNORECASE)
_SIGNED_NEXT = lazy_re(r"\s?(?:%|°|độ|điểm)|,\d|\s(?:tỷ|tỉ|triệu|nghìn)(?!\w)", re.IGNORECASE)
_BELOW_ZERO = before("âm")
_AND = lazy_re(r"\s(?:và|hoặc|hay)\s(?=\d)")
_AND_SOME = lazy_re(r"\smấy(?!\w)", re.IGNORECASE)
_DIGITS = lazy_re(r"\d+")


@reads(r"\d+(?:\s?/|[.,]\d)")
def read_ratio(digits: Digits) -> Mention | None:
    """Return the part of a whole that starts at a digit, such as ``3/5``; None if there is none."""
    pair = _RATIO.match(digits.text, digits.start)
    return _ratio(pair, english=digits.english) if pair else None


def read_quantity(digits: Digits) -> Mention:
    """Return the quantity that starts at a digit, or a code if there are too many digits."""
    if count := _lone_count(digits):
        return count
    text, start, english = digits.text, digits.start, digits.english
    amount = read_amount(text, start, english=english)
    if amount is None:
        return _long_code(text, start)
    is_linked = _LINK.match(text, amount.end)
    if is_linked and (
        fraction := _fraction(text, amount) or _part_of(text, amount, english=english)
    ):
        return fraction
    signed = _signed(digits, amount) if _may_be_signed(digits) else None
    if mention := signed or _range(text, amount, english=english):
        return mention
    if is_linked:
        amount = _with_next_scale(text, amount)
    return _mention(text, amount, amount.is_certain)


def _lone_count(digits: Digits) -> Mention | None:
    """Return an integer unless the next word may be part of a scale, range or fraction.

    For such an integer, the other functions that ``read_quantity`` calls would return the same, but
    more slowly.
    """
    text, start, end = digits.text, digits.start, digits.end
    is_lone = _LONE_COUNT.match(text, start) and not text[end + 1].isupper()
    if not is_lone or _may_be_signed(digits):
        return None
    following = text[end : end + LOOKAHEAD]
    if not DASHES.isdisjoint(following) or any(map(following.__contains__, _LATER_PARTS)):
        return None
    words = text[start:end]
    return Mention("number", start, end, words, int(words))


def read_quantity_in_words(text: str, start: int) -> Mention | None:
    """Return the quantity in words that starts at a position; None if there is none."""
    if _YEAR.match(text, start) or _is_article_or_year(text, start):
        return None
    if vague := read_vague_amount(text, start):
        return Mention(
            "number", start, vague.end, text[start : vague.end], vague.value,
            upper=vague.upper, is_certain=vague.is_certain,
        )  # fmt: skip
    amount = read_amount(text, start)
    if amount is None:
        return None
    if fraction := _fraction(text, amount):
        return fraction
    back = backwards(text, start)
    if part := _part_of(text, amount):
        return part
    if mention := _range(text, amount):
        number = read_number_words(text, start)
        is_number = certainty(("hai", *amount.words), text, (start, amount.end), back)
        return mention if number and is_number else None
    if about := read_digits_in_row(text, amount, back):
        return about
    if more := _AND_SOME.match(text, amount.end):
        return _and_some(text, amount, more.end())
    words = amount.words if amount.is_certain else ("hai", *amount.words)
    is_sure = certainty(words, text, (start, amount.end), back)
    if is_sure and follows_lower_digit(amount, back):
        is_sure = False
    return None if is_sure is None else _mention(text, amount, is_sure and amount.is_certain)


def _is_article_or_year(text: str, start: int) -> bool:
    """Return whether a word is ``một`` or ``năm`` and certainly not part of a quantity.

    ``một`` and ``năm`` are the most frequent number words, but they seldom mean a number.
    """
    match = _ONE_OR_FIVE_ALONE.match(text, start)
    if match is None or TIMES_BEFORE.match(backwards(text, start)):
        return False
    end = match.end()
    return text.find("rưỡi", end, end + LOOKAHEAD) < 0 and not range_link(text, end)


def is_exponent(mention: Mention, text: str) -> bool:
    """Return whether digits are the end of a unit such as ``m2`` or ``km3``."""
    return mention.text in {"2", "3"} and bool(
        _EXPONENT.search(text[max(0, mention.start - 5) : mention.start])
    )


def _mention(text: str, amount: Amount, is_certain: bool) -> Mention:
    start, end = amount.start, amount.end
    mention = Mention("number", start, end, text[start:end], amount.value)
    return mention if is_certain else mention._replace(is_certain=False)


def _with_next_scale(text: str, first: Amount) -> Amount:
    """Return the 30 in ``30 và 40 triệu`` as 30 million, marked as uncertain."""
    match = _AND.match(text, first.end)
    second = read_amount(text, match.end()) if match and first.scale == 1 else None
    if second is None or second.scale == 1 or second.value > first.value * second.scale * 100:
        return first
    value = exact_product(first.value, second.scale)
    return first._replace(value=value, is_certain=False)


def _long_code(text: str, start: int) -> Mention:
    match = _DIGITS.match(text, start)
    digits = match[0] if match else text[start]
    return Mention("code", start, start + len(digits), digits, digits)


def _ratio(match: re.Match[str], *, english: bool) -> Mention | None:
    value, total = (parse_numeral(part.strip(), english=english) for part in match[0].split("/"))
    if value is None or total is None or value > total:
        return None
    is_certain = not _ALL_DAY.fullmatch(match[0])
    return Mention(
        "number", match.start(), match.end(), match[0], value, total, is_certain=is_certain
    )


def _fraction(text: str, part: Amount) -> Mention | None:
    """Return a fraction such as ``hai phần ba`` or ``1 phần 3``, but not a percentage."""
    match = _FRACTION.match(text, part.end)
    if match is None or part.value >= 100:
        return None
    total: int | float
    parts = _PARTS.match(text, match.end())
    whole = read_number_words(text, match.end())
    if parts:
        end, total = parts.end(), int(parts[0]) if parts[0].isdecimal() else 4
    elif whole:
        end, total = whole.end, whole.value
    else:
        return None
    if total < 2 or part.value > total:
        return None
    # "một phần năm 2016" is a part of a year.
    is_certain = not (whole and whole.words == ("năm",))
    return Mention(
        "number", part.start, end, text[part.start : end], part.value, total, is_certain=is_certain
    )


def _part_of(text: str, part: Amount, *, english: bool = False) -> Mention | None:
    """Return a part of a whole, such as ``3 trong 4 năm`` or ``hai trong số bốn người``."""
    match = _OUT_OF.match(text, part.end)
    if match is None or part.words == ("một",):
        return None
    if _RANK_BEFORE.match(backwards(text, part.start)):
        return None
    whole = read_amount(text, match.end(), english=english)
    if whole is None or not part.value < whole.value or whole.scale != part.scale:
        return None
    is_five = "số" in match[0] and is_counted_noun_next(text, whole.end)
    if (whole.words == ("năm",) and not is_five) or whole.value > _MAX_WHOLE:
        return None
    start, end = part.start, whole.end
    return Mention("number", start, end, text[start:end], part.value, whole.value)


def _range(text: str, first: Amount, *, english: bool = False) -> Mention | None:
    found = read_range(text, first, english=english)
    if found is None:
        return None
    start, end = found.start, found.end
    return Mention(
        "number", start, end, text[start:end], found.lower,
        upper=found.upper, is_certain=found.is_certain,
    )  # fmt: skip


def _and_some(text: str, amount: Amount, end: int) -> Mention | None:
    """Return an amount such as ``mười mấy người`` as a range, here from 11 to 19."""
    if amount.value % 10 or not 10 <= amount.value <= 90:
        return None
    start, value = amount.start, amount.value
    return Mention(
        "number", start, end, text[start:end], value + 1, upper=value + 9, is_certain=False
    )


def _may_be_signed(digits: Digits) -> bool:
    return digits.before[-1:] in _MINUSES or digits.last_lower.rstrip().endswith("âm")


def _signed(digits: Digits, amount: Amount) -> Mention | None:
    """Return a negative amount such as ``-5%`` or ``âm 5 độ``, or a range that begins with one.

    A hyphen at the start of a line may also mark an item of a list.
    """
    text, start, end = digits.text, digits.start, amount.end
    link = _TO_SIGNED.match(text, end)
    last = read_amount(text, link.end()) if link else None
    is_range = last is not None and last.scale == amount.scale
    last_end = last.end if last and is_range else end
    if amount.scale == 1 and not _SIGNED_NEXT.match(text, last_end):
        return None
    back = backwards(text, start)
    is_certain = not _MINUS_AT_START.match(back)
    if _MINUS.match(back) or (not is_certain and _DEGREES_NEXT.match(text, last_end)):
        start -= 1
    elif _BELOW_ZERO.match(back):
        start -= len("âm ")
    else:
        return None
    upper = None
    if link and last and is_range:
        upper = -last.value if link["sign"] else last.value
        upper, end = (upper, last.end) if -amount.value < upper else (None, end)
        # "âm 5 đến 10 độ" may mean -10 to -5.
        is_certain = is_certain and (bool(link["sign"]) or last.value <= amount.value)
    return Mention(
        "number", start, end, text[start:end], -amount.value, upper=upper, is_certain=is_certain
    )
