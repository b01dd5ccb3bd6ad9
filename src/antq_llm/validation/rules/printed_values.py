"""Deciding whether a value that the rules do not find may be printed in the article.

The verdict is ``contradicted`` only if a rule is certain. If the value may be printed elsewhere in
the article, or if the rules do not fully understand the passage, the verdict is ``cannot_tell``.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.mention import Mention
from antq_llm.text.words import words_of

_RUN = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED_RUN = re.compile(r"\d+(?:[ .,]{1,3}\d+)+")
_SEPARATOR = re.compile("[.,]")
_THOUSANDS = 3
_SPACED_SEPARATOR = re.compile(r" ?([.,]) ?")
_DIGIT = re.compile(r"(?<![^\W\d_])\d")
"""A digit that is not part of a word such as ``m2``."""
_CHARACTERS_AFTER = 24
"""Number of characters after a number that are searched for the next word."""
_START, _END = attrgetter("start"), attrgetter("end")
_NEXT_WORD = re.compile(r"\s*(%|\w+)")
_MAX_DIGITS = 40
_OPEN_FORMS = frozenset({None, "name", "item"})
"""Forms of codes whose digits may still be a number."""
_MIN_LETTERS = 4
_CACHED_ARTICLES = 4


def mentions_in(span: Span, mentions: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that overlap a span.

    The mentions must be in order and must not overlap each other.
    """
    start, end = span
    first = bisect_right(mentions, start, key=_END)
    return list(mentions[first : bisect_left(mentions, end, lo=first, key=_START)])


def states(mention: Mention, value: float) -> bool:
    """Return whether a mention states a value, alone or as a bound of a range."""
    return value in (mention.value, mention.upper)


def has_open_reading(span: Span, analyzed: AnalyzedArticle) -> bool:
    """Return whether a passage contains something that the rules do not fully understand.

    This can be an uncertain mention, or digits or amount words outside all mentions. An uncertain
    mention that is a single word does not count, because it can mean at most one number.
    """
    position, end = span
    rest: list[str] = []
    for mention in mentions_in(span, analyzed.mentions):
        if not (mention.is_certain or _is_one_value(mention)):
            return True
        rest.append(analyzed.plain_text(position, max(position, mention.start)))
        position = max(position, mention.end)
    rest.append(analyzed.plain_text(position, max(position, end)))
    # A full stop separates the words on both sides of a mention.
    unread = " . ".join(rest)
    return bool(_DIGIT.search(unread) or analyzed.language.amount_words.search(unread))


def word_after(mention: Mention, analyzed: AnalyzedArticle) -> str:
    """Return the percent sign or word after a number; it usually names what the number counts."""
    match = _NEXT_WORD.match(analyzed.plain_text(mention.end, mention.end + _CHARACTERS_AFTER))
    return match[1].lower() if match else ""


def _is_one_value(mention: Mention) -> bool:
    """Return whether a mention is a single word that can mean at most one number."""
    return mention.text.isalpha() and mention.upper is None and isinstance(mention.value, int)


def may_print_number(
    value: float, analyzed: AnalyzedArticle, counted: Collection[str] | None = None
) -> bool:
    """Return whether a number may be printed anywhere in an article, in digits or words.

    A date, time or code of a known form is not a number if its reading is certain. A number in
    words must be certain and be followed by a word in ``counted``, unless ``counted`` is None.
    """
    return (
        any(
            _has_number(mention, value)
            and (
                counted is None
                or _DIGIT.search(mention.text)
                or (mention.is_certain and word_after(mention, analyzed) in counted)
            )
            for mention in analyzed.mentions
        )
        or value in _numbers_with_stray_spaces(analyzed.plain.text)
        or (counted is None and value in analyzed.language.words_in(analyzed.plain.text))
    )


def has_digits_of(value: float, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article has a number, either in words or as digits in any context."""
    return may_print_number(value, analyzed) or _has_digits(analyzed.plain.text, value)


def may_print_text(value: str, analyzed: AnalyzedArticle) -> bool:
    """Return whether an article has the words of a text, ignoring punctuation and spaces."""
    wanted = "".join(_letters_of(value))
    if len(wanted) < _MIN_LETTERS:
        return False
    words = _joined_words(analyzed.plain.text)
    position = words.text.find(wanted)
    while position >= 0:
        if position in words.bounds and position + len(wanted) in words.bounds:
            return True
        position = words.text.find(wanted, position + 1)
    return False


def _has_number(mention: Mention, value: float) -> bool:
    if mention.kind == "number" and value in (mention.value, mention.upper, mention.total):
        return True
    is_open = not mention.is_certain or (mention.kind == "code" and mention.form in _OPEN_FORMS)
    return is_open and _has_digits(mention.text, value)


def _has_digits(text: str, value: float) -> bool:
    """Return whether a text has the digits of a number, in any notation."""
    return any(value in _values_of(run[0]) for run in _RUN.finditer(text))


def _values_of(run: str) -> set[float]:
    """Return the numbers that digits with points and commas may denote in any notation."""
    if len(run) > _MAX_DIGITS:
        return set()
    first, *groups = _SEPARATOR.split(run)
    if not all(part.isdecimal() for part in (first, *groups)):
        return set()
    if not groups:
        return {int(first)}
    values: set[float] = set()
    if all(len(group) == _THOUSANDS for group in groups):
        values.add(int(first + "".join(groups)))
    if groups[-1].strip("0"):
        values.add(float(f"{first}{''.join(groups[:-1])}.{groups[-1]}"))
    return values


@lru_cache(maxsize=_CACHED_ARTICLES)
def _numbers_with_stray_spaces(text: str) -> frozenset[float]:
    """Return the numbers that appear in a text if spaces between digits are ignored.

    Each run of digits is read twice: without the spaces next to points and commas, and without
    any spaces.
    """
    numbers: set[float] = set()
    for match in _SPACED_RUN.finditer(text):
        if " " in match[0]:
            numbers |= _values_of(_SPACED_SEPARATOR.sub(r"\1", match[0]))
            numbers |= _values_of(match[0].replace(" ", ""))
    return frozenset(numbers)


@dataclass(frozen=True, slots=True)
class _JoinedWords:
    """The words of a text joined without separators."""

    text: str
    bounds: frozenset[int]
    """The positions at which words begin, and the end of the text."""


@lru_cache(maxsize=_CACHED_ARTICLES)
def _joined_words(text: str) -> _JoinedWords:
    words = _letters_of(text)
    bounds, position = {0}, 0
    for word in words:
        position += len(word)
        bounds.add(position)
    return _JoinedWords("".join(words), frozenset(bounds))


def _letters_of(text: str) -> list[str]:
    return [word for word in words_of(text) if word[0].isalnum()]
