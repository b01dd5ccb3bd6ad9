"""Words around a number that show whether it is a quantity or part of a name or identifier."""

from __future__ import annotations

import re
from typing import Literal

from antq_llm.mentions.english.numerals import CURRENCY
from antq_llm.text.lazy_patterns import lazy_re

LOOKBACK = 40

Reading = Literal["number", "unsure", "code"]

_MONTHS = "January February March April May June July August September October November December"
MONTHS = _MONTHS.split()
_WEEKDAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"

# Before a number.
_CODE_BEFORE = lazy_re(r"(?:[\w#@\\]|[^\W\d_]-|[/&=_])\Z")
_UNSURE_BEFORE = lazy_re(r"(?:[.'’‘½¼¾–—−-]|[0-9]\s)\Z")
_UNSURE_WORDS = frozenset({"minus", "per", "every", "point"})
_SUM_BEFORE = lazy_re(rf"(?:{CURRENCY}\s?|\b(?:USD|EUR|GBP|VND|AUD|US|Rs\.?)\s)\Z")
_IDENTIFIER_WORDS = (
    "route highway interstate motorway junction exit platform gate room flight page pages pp p "
    "chapter article section paragraph clause no nos number numbers numbered terminal channel "
    "postcode code box resolution decree decision circular directive regulation licence license "
    "permit plate serial tel telephone phone fax dial ext hotline helpline call ring phase episode "
    "version volume vol apartment flat suite magazine model bus tram train line bay lane pier unit "
    "ward zone district sector"
)
_IDENTIFIERS = frozenset(_IDENTIFIER_WORDS.split())
_COUNTING_VERBS = frozenset(
    ("exit", "permit", "call", "ring", "box", "train", "line", "phone", "plate", "number")
)
"""Identifier words that can also be verbs or common nouns before a count."""
_PLAIN_WORDS = frozenset(
    (
        "a about above across after all almost also although an and another approximately around "
        "as at because before behind below between both but by circa dr during estimated even "
        "every exactly except following for from he her here his how if in including injuring "
        "inside into is it its just killing least left like more most mr near nearly no not now "
        "of on once only or other our out outside over per police roughly she since so some still "
        "than that the their them then there these they this those though through till to today "
        "together too total toward under until up upon was we were what when where whether which "
        "while who with within without yet yesterday you your meanwhile officials rescuers "
        f"firefighters {_WEEKDAYS} {_MONTHS}"
    )
    .lower()
    .split()
)
"""Words that, even if capitalised, do not make the following number part of a name."""

# After a number.
_CODE_NEXT = lazy_re(
    r"/|-[A-Z0-9]*[A-Z]|-(?:[a-z]+-)?(?:bit|series)\b"
    r"|\s(?:[A-Z][\w’'-]*\s){1,3}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Way|Place|Square|Boulevard|Blvd|Court|Close|"
    r"Terrace|Crescent|Row|Hill)\b"
)
_UNSURE_NEXT = lazy_re(
    r"\s?[½¼¾]|\s[0-9]|[\s-](?:thirds?|quarters?|fifths?|tenths?|halves|fold|times)\b|\s?[x×]\b",
    re.IGNORECASE,
)
_PEOPLE = (
    "people|persons?|men|man|women|woman|children|child|boys?|girls?|passengers?|drivers?|"
    "victims?|others|dead|deaths?|fatalit(?:y|ies)|injured|injuries|killed|wounded|missing|"
    "officers|students|pupils|workers|residents|patients|vehicles?|cars?|houses|homes|households|"
    "families|villages|dollars|euros|pounds"
)
_COUNTED_NEXT = lazy_re(rf"\s(?:(?:more|other|young|new)\s)?(?:{_PEOPLE})\b")
_UNIT_NEXT = lazy_re(
    r"\s?%|\s(?:per\s?cent|percent|kilomet\w+|km|met(?:re|er)s?|miles?|feet|tonnes?|tons?|"
    r"degrees|years?|months?|weeks?|days?|hours?|minutes?|seconds?)\b"
)
_PLURAL_NEXT = lazy_re(
    r"\s(?!(?:was|is|has|its|this|as|us|his|does|yes|thus|plus|minus|versus|across|towards|"
    r"besides|perhaps|always|afterwards|says|means|makes|remains)\b)"
    r"(?:[a-z]+[a-rt-z]s|people|men|women|children)\b"
)
_ONE_OF_MANY = lazy_re(r"\s(?:person|man|woman|child|boy|girl|passenger|driver|victim|death|"
                          r"fatality|dead|killed|injured)\b")  # fmt: skip
_SENTENCE_START = lazy_re(r"(?:[.!?…:;]['\"”’)]*\s+|\n\s*|[\"“‘'(]\s*|(?:\A|\s)[-–—•*]\s+)\Z")
_CAPITAL_NEXT = lazy_re(r"\s[A-Z]")


def counts_next(text: str, end: int) -> bool:
    """Return whether a plural noun, a unit or a word such as ``dead`` follows a number."""
    return any(pattern.match(text, end) for pattern in (_UNIT_NEXT, _COUNTED_NEXT, _PLURAL_NEXT))


def counts_people_next(text: str, end: int) -> bool:
    """Return whether a word for people, vehicles, homes or money follows a number.

    The rules do not read such a number as a year.
    """
    return bool(_COUNTED_NEXT.match(text, end))


def is_identifier(text: str, start: int) -> bool:
    """Return whether the word before a number makes it part of an identifier."""
    return word_before(text, start).lower() in _IDENTIFIERS


def word_before(text: str, start: int) -> str:
    """Return the word before a position, without trailing full stops and colons.

    The result is empty if there is no word, or no space between the word and the position.
    """
    before = text[max(0, start - LOOKBACK) : start]
    return before.split()[-1].rstrip(".:") if before[-1:].isspace() and before.strip() else ""


def is_sum(text: str, start: int) -> bool:
    """Return whether a number directly follows a currency sign or code."""
    return bool(_SUM_BEFORE.search(text[max(0, start - 6) : start]))


def reading_of(text: str, start: int, end: int) -> Reading:
    """Classify digits as a number, a code or unsure, based on the text around them."""
    if is_sum(text, start):
        return "unsure" if _UNSURE_NEXT.match(text, end) else "number"
    characters, word = text[max(0, start - 2) : start], word_before(text, start)
    if _CODE_BEFORE.search(characters) or _CODE_NEXT.match(text, end):
        return "code"
    if word.lower() in _IDENTIFIERS:
        is_verb = word in _COUNTING_VERBS and counts_next(text, end)
        return "unsure" if is_verb else "code"
    if (
        word.lower() in _UNSURE_WORDS
        or _UNSURE_BEFORE.search(characters)
        or _UNSURE_NEXT.match(text, end)
    ):
        return "unsure"
    return "unsure" if _is_name(word) and not _COUNTED_NEXT.match(text, end) else "number"


def reading_of_words(text: str, start: int, end: int, *, is_qualified: bool) -> Reading:
    """Classify a number in words as a number or unsure, based on the text around it.

    ``is_qualified`` says whether the number has a comparator or a total, as in ``six of the 41``.
    A qualified number is not part of a name, and a qualified ``one`` is not a pronoun.
    """
    words = text[start:end]
    if reading_of(text, start, end) != "number":
        return "unsure"
    if is_qualified:
        return "number"
    if words.lower() == "one" and not _ONE_OF_MANY.match(text, end):
        return "unsure"
    if words[0].isupper():
        is_first = start == 0 or bool(_SENTENCE_START.search(text[max(0, start - 6) : start]))
        if not is_first or words.isupper() or _CAPITAL_NEXT.match(text, end):
            return "unsure"
    return "number"


def _is_name(word: str) -> bool:
    """Return whether the word before a number looks like part of a name."""
    return word[:1].isupper() and word[-1].isalnum() and word.lower() not in _PLAIN_WORDS
