"""The words of a text in comparison form, and how much of them two texts share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from antq_llm.text.comparison_form import NO_TONE, TONE_MARKS, comparison_form

Words = tuple[str, ...]

_CACHED = 1 << 13
"""Enough for the texts of one article's pair; more would only burden the garbage collector."""
_SHORT_RUNS = (1, 2, 3)
"""Lengths of runs that are looked for in sets first, which is quick: passages of one article seldom share a longer one by chance."""
_WORD = re.compile(r"[^\W_]+|\S")
_MARK_OF = {digit: mark for mark, digit in TONE_MARKS.items()} | {NO_TONE: ""}


@lru_cache(maxsize=_CACHED)
def words_of(text: str) -> Words:
    """Return the words and the single marks of punctuation of a text: lower case, each word with its tone mark after its letters.

    ``hoà`` and ``hòa`` are the same word, ``hoa`` and ``hoá`` are others.
    """
    return tuple(word for chunk in text.split() for word in _words_of_chunk(chunk))


@lru_cache(maxsize=1 << 15)
def _words_of_chunk(chunk: str) -> Words:
    """Split at white space first: articles are made of a few thousand syllables, so nearly every chunk is met again."""
    form = comparison_form(chunk)
    return tuple(
        match[0] + "".join(_MARK_OF[digit] for digit in form.tones[match.start() : match.end()])
        for match in _WORD.finditer(form.letters)
    )


def shared_words(one: Words, other: Words) -> float:
    """Return the F1 of two bags of words, from 0 to 1: twice the words in both over all words.

    Source: the token F1 of SQuAD, Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine Comprehension of Text", section 6.1.
    """
    total = len(one) + len(other)
    return 2 * len(_bag(one) & _bag(other)) / total if total else 1.0


def span_overlap(one: Words, other: Words) -> float:
    """Return the F1 of two passages as spans, from 0 to 1: twice their longest common run of words over all their words.

    Two contiguous passages of one article overlap in one run of words, so this is the F1 of their spans without the article.
    """
    total = len(one) + len(other)
    return 2 * longest_common_run(one, other) / total if total else 1.0


def appears_in(part: Words, whole: Words) -> bool:
    """Whether all words of one text stand in another in a row."""
    if part and part[0] not in whole:
        return False
    return any(
        whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1)
    )


def longest_common_run(one: Words, other: Words) -> int:
    """Return the length of the longest run of words that stands in both."""
    for length, (runs, other_runs) in enumerate(
        zip(_short_runs(one), _short_runs(other), strict=True)
    ):
        if runs.isdisjoint(other_runs):
            return length
    places = _places(other)
    longest = 0
    ending_before: dict[int, int] = {}
    for word in one:
        ending_here: dict[int, int] = {}
        for place in places.get(word, ()):
            ending_here[place] = ending_before.get(place - 1, 0) + 1
        longest = max(longest, *ending_here.values(), 0)
        ending_before = ending_here
    return longest


@lru_cache(maxsize=_CACHED)
def _short_runs(words: Words) -> tuple[frozenset[int], ...]:
    """Return the hashes of the runs of each short length: where no hash is shared, no run is."""
    return tuple(
        frozenset(map(hash, zip(*(words[start:] for start in range(length)), strict=False)))
        for length in _SHORT_RUNS
    )


@lru_cache(maxsize=_CACHED)
def _bag(words: Words) -> frozenset[tuple[str, int]]:
    """Return the words of a bag, each numbered by its repetition, so that bags meet as sets."""
    seen: dict[str, int] = {}
    numbered = []
    for word in words:
        seen[word] = count = seen.get(word, 0) + 1
        numbered.append((word, count))
    return frozenset(numbered)


@lru_cache(maxsize=_CACHED)
def _places(words: Words) -> dict[str, Sequence[int]]:
    """Return where each word stands."""
    places: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    return dict(places)
