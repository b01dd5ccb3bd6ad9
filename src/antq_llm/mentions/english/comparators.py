"""Words that express the comparator of a number: ``at least``, ``nearly``, ``or more``."""

from __future__ import annotations

import re

from antq_llm.mentions.english.number_words import FIRST_WORD
from antq_llm.mentions.english.numerals import CURRENCY, SCALES
from antq_llm.text.lazy_patterns import lazy_re

LOOKBACK = 60
"""Number of characters before a number that are searched for a comparator."""

_COMPARATORS = {
    "<": "fewer than|less than|under|below|just under|not quite",
    "<=": (
        "up to|at most|at the most|at the very most|no more than|not more than|"
        "never more than|a maximum of|as many as|as much as|not exceeding"
    ),
    ">=": (
        "at least|at the least|at the very least|no fewer than|no less than|not fewer than|"
        "not less than|a minimum of"
    ),
    ">": (
        "more than|over|just over|well over|above|exceeding|in excess of|upwards? of|"
        "greater than|north of"
    ),
    "~": (
        "about|around|roughly|approximately|approx\\.?|some|nearly|almost|close to|an estimated|"
        "estimated|circa|in the region of|somewhere around|~"
    ),
}
_NAMES = dict(zip(("less", "most", "least", "more", "about"), _COMPARATORS, strict=True))
_MONEY = rf"(?:(?:(?:US|A|C|HK|NZ|S)?{CURRENCY}|USD|EUR|GBP|VND|Rs\.?)\s?)?"
_BEFORE = lazy_re(
    r"(?<![\w-])(?:"
    + "|".join(
        rf"(?P<{name}>{_COMPARATORS[sign]})".replace(" ", r"\s") for name, sign in _NAMES.items()
    )
    + r")\s?(?:(?:another|a\sfurther|an\sadditional|an\sestimated|a\stotal\sof)\s)?"
    + _MONEY
    + r"\Z",
    re.IGNORECASE,
)
_LAST_WORDS = frozenset(
    "topped topping exceeded exceeds exceed passed passing surpassed surpassing "
    f"{' '.join(_COMPARATORS.values())} upward upwards approx approx. another further additional "
    "estimated usd eur gbp vnd rs rs.".replace("|", " ").split()
)
"""Words that can directly precede a number with a comparator.

The slower patterns are matched only after one of these words or a currency sign.
"""
_SCALE = "|".join(SCALES)
_SIGN = lazy_re(rf"{CURRENCY}\s?\Z")
_PHRASAL_VERB = lazy_re(
    r"\b(?:r[ua]n|running|hand(?:ed|ing)|take[sn]?|took|taking|(?:pull|knock|turn|roll|cross|jump|"
    r"climb|spill|mow)(?:ed|ing|s)|flip(?:ped|ping)|mown|drove|slid|fell|row|dispute|anger|"
    r"concerns?|protests?)\sover\s\Z",
    re.IGNORECASE,
)
"""Phrases in which ``over`` is probably not a comparator, as in ``the car ran over two people``."""
_AMBIGUOUS = lazy_re(
    r"(?:just\s|well\s)?(?:over|under|above|below|about|around|close\sto|up\sto)\b", re.IGNORECASE
)
"""Comparators that can also be prepositions, as in ``about two brothers`` or ``over six weeks``."""
_PASSED = lazy_re(
    r"\b(?:topp(?:ed|ing)|exceed(?:ed|s)?|pass(?:ed|ing)|surpass(?:ed|ing))\s" + _MONEY + r"\Z",
    re.IGNORECASE,
)
"""Verbs that can mean either to exceed a number or to pass somebody."""
_AT_LEAST_NEXT = lazy_re(
    r"(?:\s?%|(?:\s[a-z]+){0,2}?),?\sat\s(?:the\s)?(?:very\s)?(?P<word>least|most)\b"
)
_TO = r"\s?[-–—]\s?|\s(?:to|and|or)\s"
_END_BEFORE = lazy_re(
    rf"(?<![^\W_])(?:[0-9][0-9.,]*|{FIRST_WORD})(?:\s(?:{_SCALE}))?(?:{_TO}){_MONEY}\Z",
    re.IGNORECASE,
)
_END_NEXT = lazy_re(
    rf"(?:\s(?:{_SCALE}))?(?:{_TO}){_MONEY}(?:[0-9]|(?:{FIRST_WORD})(?![^\W_]))", re.IGNORECASE
)
_AFTER = lazy_re(
    r"(?:\s?%|\s[a-z]+(?:\s[a-z]+)?)?\sor\s(?P<word>more|fewer|less|so|above|over)"
    rf"(?!\w|\s(?:than|{CURRENCY}|[0-9]))"
)
_AND_OVER = lazy_re(r"\sand\s(?:above|over|older)(?=\s*(?:[.,;:)]|\Z)|\s(?:are|were|who|in)\b)")
_AFTER_SIGNS = {"more": ">=", "above": ">=", "over": ">=", "so": "~"}
_PLUS = lazy_re(r"\+(?![0-9])|-plus\b")


END_SIGNS = ("~", ">=", "<=", ">", "<")
"""Comparators, besides ``=``, of the ends of a range such as ``around 40 to 50``."""


def comparators(text: str, start: int, end: int) -> tuple[str, ...]:
    """Return the comparators that the words around a number may express, most likely first."""
    before = text[max(0, start - LOOKBACK) : start]
    sign, *others = _of_words(text, before, end)
    if _END_BEFORE.search(before) or _END_NEXT.match(text, end):
        others += END_SIGNS
    if sign != "=" and others:
        others.append("=")
    return tuple(dict.fromkeys([sign, *others]))


def _of_words(text: str, before: str, end: int) -> tuple[str, ...]:
    if _PLUS.match(text, end) or _AND_OVER.match(text, end):
        return (">=",)
    if after := _AFTER.match(text, end):
        return (_AFTER_SIGNS.get(after["word"], "<="),)
    words = before.split()
    if words and (words[-1].lower() in _LAST_WORDS or _SIGN.search(before)):
        if match := _BEFORE.search(before):
            sign = _NAMES[match.lastgroup or ""]
            if _PHRASAL_VERB.search(before):
                return ("=", sign)
            is_unsure = _AMBIGUOUS.match(before, match.start())
            return (sign, "=") if is_unsure else (sign,)
        if _PASSED.search(before):
            return (">", ">=", "=")
    if after := _AT_LEAST_NEXT.match(text, end):
        return (">=" if after["word"] == "least" else "<=", "=")
    return ("=",)
