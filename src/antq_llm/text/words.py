"""The words of a text in comparison form, and measures of how many words two texts share."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from antq_llm.text.comparison_form import NO_TONE, TONE_MARKS, comparison_form

Words = tuple[str, ...]

_CACHED = 1 << 13
"""Cache size, enough for a pair of articles; a larger cache would slow the garbage collector."""
_SHORT_RUNS = (1, 2, 3)
"""The lengths, in words, of the runs that are first compared as sets. Comparing sets is fast and
usually enough, because passages seldom share a longer run by chance."""
_WORD = re.compile(r"[^\W_]+|\S")
_MARK_OF = {digit: mark for mark, digit in TONE_MARKS.items()} | {NO_TONE: ""}


@lru_cache(maxsize=_CACHED)
def words_of(text: str) -> Words:
    """Return the words of a text; each punctuation mark is a word of its own.

    Words are in lower case, with the tone mark after the letters. ``hoà`` and ``hòa`` are the same
    word; ``hoa`` and ``hoá`` are different words.
    """
    return tuple(word for chunk in text.split() for word in _words_of_chunk(chunk))


@lru_cache(maxsize=1 << 15)
def _words_of_chunk(chunk: str) -> Words:
    # Articles draw on a few thousand syllables, so nearly every chunk is in the cache.
    form = comparison_form(chunk)
    return tuple(
        match[0] + "".join(_MARK_OF[digit] for digit in form.tones[match.start() : match.end()])
        for match in _WORD.finditer(form.letters)
    )


def shared_words(first: Words, second: Words) -> float:
    """Return the F1 of two bags of words, from 0 to 1.

    This is twice the number of shared words, divided by the total number of words in the bags.
    Source: the token F1 of SQuAD, Rajpurkar et al. 2016, "SQuAD: 100,000+ Questions for Machine
    Comprehension of Text", section 6.1.
    """
    total = len(first) + len(second)
    return 2 * len(_bag(first) & _bag(second)) / total if total else 1.0


def span_overlap(first: Words, second: Words) -> float:
    """Return the F1 of two passages as spans, from 0 to 1.

    This is twice the length of their longest common run of words, divided by the total number of
    words in the passages. This suits contiguous passages of the same article, because they overlap
    in one run of words.
    """
    total = len(first) + len(second)
    return 2 * longest_common_run(first, second) / total if total else 1.0


def appears_in(part: Words, whole: Words) -> bool:
    """Return whether the words of ``part`` appear in ``whole`` as one run."""
    if part and part[0] not in whole:
        return False
    return any(
        whole[start : start + len(part)] == part for start in range(len(whole) - len(part) + 1)
    )


def longest_common_run(first: Words, second: Words) -> int:
    """Return the length in words of the longest run that both texts contain."""
    for length, (runs, second_runs) in enumerate(
        zip(_short_runs(first), _short_runs(second), strict=True)
    ):
        if runs.isdisjoint(second_runs):
            return length
    positions = _positions(second)
    longest = 0
    ending_before: dict[int, int] = {}
    for word in first:
        ending_here: dict[int, int] = {}
        for position in positions.get(word, ()):
            ending_here[position] = ending_before.get(position - 1, 0) + 1
        longest = max(longest, *ending_here.values(), 0)
        ending_before = ending_here
    return longest


@lru_cache(maxsize=_CACHED)
def _short_runs(words: Words) -> tuple[frozenset[int], ...]:
    """Return, for each length in ``_SHORT_RUNS``, the hashes of the runs of that length."""
    return tuple(
        frozenset(map(hash, zip(*(words[start:] for start in range(length)), strict=False)))
        for length in _SHORT_RUNS
    )


@lru_cache(maxsize=_CACHED)
def _bag(words: Words) -> frozenset[tuple[str, int]]:
    """Return each word with its count so far, so that bags can be compared as sets."""
    seen: dict[str, int] = {}
    numbered = []
    for word in words:
        seen[word] = count = seen.get(word, 0) + 1
        numbered.append((word, count))
    return frozenset(numbered)


@lru_cache(maxsize=_CACHED)
def _positions(words: Words) -> dict[str, Sequence[int]]:
    positions: dict[str, list[int]] = {}
    for position, word in enumerate(words):
        positions.setdefault(word, []).append(position)
    return dict(positions)
