"""Words around a number that say how it is meant: ``at least``, ``nearly``, ``or more``."""

from __future__ import annotations

import re

from antq_llm.mentions.english.numerals import CURRENCY

LOOKBACK = 60
"""Characters before a number that are read."""

_COMPARATORS = {
    "<": "fewer than|less than|under|below|just under|not quite",
    "<=": (
        "up to|at most|at the most|no more than|not more than|never more than|a maximum of|"
        "as many as|as much as|not exceeding"
    ),
    ">=": (
        "at least|at the least|no fewer than|no less than|not fewer than|not less than|a minimum of"
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
_BEFORE = re.compile(
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
    f"{' '.join(_COMPARATORS.values())} upward upwards approx approx. another further additional "
    "estimated usd eur gbp vnd rs rs.".replace("|", " ").split()
)
"""The words that may be directly before a number with a comparator: most numbers have others."""
_SIGN = re.compile(rf"{CURRENCY}\s?\Z")
_PHRASAL_VERB = re.compile(
    r"\b(?:r[ua]n|running|hand(?:ed|ing)|take[sn]?|took|taking|(?:pull|knock|turn|roll|cross|jump|"
    r"climb|spill|mow)(?:ed|ing|s)|flip(?:ped|ping)|mown|drove|slid|fell|row|dispute|anger|"
    r"concerns?|protests?)\sover\s\Z",
    re.IGNORECASE,
)
"""Words with which ``over`` is no comparator: the car ran over two people."""
_AFTER = re.compile(
    r"(?:\s?%|\s[a-z]+(?:\s[a-z]+)?)?\sor\s(?P<word>more|fewer|less|so|above|over)"
    rf"(?!\w|\s(?:than|{CURRENCY}|[0-9]))"
)
_AND_OVER = re.compile(r"\sand\s(?:above|over|older)(?=\s*(?:[.,;:)]|\Z)|\s(?:are|were|who|in)\b)")
_AFTER_SIGNS = {"more": ">=", "above": ">=", "over": ">=", "so": "~"}
_PLUS = re.compile(r"\+(?![0-9])|-plus\b")


def comparator(text: str, start: int, end: int) -> str:
    """Return the comparator of the words around a number."""
    if _PLUS.match(text, end) or _AND_OVER.match(text, end):
        return ">="
    if after := _AFTER.match(text, end):
        return _AFTER_SIGNS.get(after["word"], "<=")
    before = text[max(0, start - LOOKBACK) : start]
    words = before.split()
    if not words or not (words[-1].lower() in _LAST_WORDS or _SIGN.search(before)):
        return "="
    match = _BEFORE.search(before)
    if match is None or _PHRASAL_VERB.search(before):
        return "="
    return _NAMES[match.lastgroup or ""]
