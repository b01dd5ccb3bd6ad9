"""Search for quotes in a text, verbatim or approximately.

A quote is found even if it is spelled differently, has a few wrong letters or gives only the first
and last words of a passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from antq_llm.evidence.elision import join_elided, split_at_elision
from antq_llm.evidence.spans import Match
from antq_llm.text.comparison_form import NO_TONE, ComparisonForm, comparison_form

CHARACTERS_PER_EDIT = 20
"""The number of characters of a quote for which a fuzzy match allows one edit."""
MAX_EDITS = 12
# The limits below are far above what articles need. They bound the time spent on a repetitive text
# or answer.
MAX_PLACES = 1000
"""Maximum number of occurrences returned for a quote."""
_MAX_POSITIONS = 20_000
"""Maximum number of verbatim occurrences of a quote that are considered."""
_MAX_PIECE_POSITIONS = 2000
"""Maximum number of positions considered for each piece of a quote in fuzzy matching."""
_MAX_FUZZY_LENGTH = 20_000
_MAX_FUZZY_STEPS = 20_000
"""Maximum number of fuzzy-matching steps for one quote; together, they take about 40 ms."""
_MAX_FUZZY_STEPS_IN_ALL = 1_000_000
_MAX_NEAREST_CELLS = 20_000_000
"""Maximum product of the lengths of the quote and the text in a search for a similar passage."""
_MAX_NEAREST_CALLS = 200

_TOKEN = re.compile(r"\S+")


class Occurrence(NamedTuple):
    """One occurrence of a quote, with its span in code points of the original text."""

    start: int
    end: int
    match: Match


class Aligner:
    """The search for quotes in one text, whose comparison form is computed only once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._found: dict[str, list[Occurrence]] = {}
        self._fuzzy_steps = self._nearest_calls = 0

    @cached_property
    def _form(self) -> ComparisonForm:
        return comparison_form(self.text)

    def find(self, quote: str) -> list[Occurrence]:
        """Return the occurrences of a quote, in order, all with the best kind of match found.

        The list is empty if the quote is not in the text. Occurrences that begin or end within a
        word are returned only if there are no others.
        """
        quote = quote.strip()
        if not quote:
            return []
        if quote not in self._found:
            self._found[quote] = self._find(quote)
        return list(self._found[quote])

    def nearest(self, quote: str) -> str | None:
        """Return the passage most similar to a quote that was not found.

        Returns None if no passage is similar enough, if the search would take too long or if this
        method has been called too often.
        """
        self._nearest_calls += 1
        form = comparison_form(quote)
        if (
            self._nearest_calls > _MAX_NEAREST_CALLS
            or len(form.letters) * len(self._form.letters) > _MAX_NEAREST_CELLS
        ):
            return None
        from rapidfuzz import fuzz

        found = fuzz.partial_ratio_alignment(form.letters, self._form.letters, score_cutoff=60)
        if found is None or found.dest_end <= found.dest_start:
            return None
        start, end = self._form.span(*self._widened(found.dest_start, found.dest_end))
        return self.text[start:end]

    def _find(self, quote: str) -> list[Occurrence]:
        position = self.text.find(quote)
        if position >= 0 and self.text.find(quote, position + 1) < 0:
            return [Occurrence(position, position + len(quote), "exact")]
        return (
            self._verbatim(quote)
            or self._normalized(quote)
            or self._elided(quote)
            or self._fuzzy(quote)
        )

    def _verbatim(self, quote: str) -> list[Occurrence]:
        size = len(quote)
        places = [
            (start, start + size) for start in islice(_starts(self.text, quote), _MAX_POSITIONS)
        ]
        if len(places) > 1:
            places = [place for place in places if _at_word_bounds(self.text, *place)] or places
        return [Occurrence(start, end, "exact") for start, end in places[:MAX_PLACES]]

    def _normalized(self, quote: str) -> list[Occurrence]:
        places = self._form.find_all(comparison_form(quote))
        whole = [place for place in places if self._form.at_word_bounds(*place)]
        return [
            Occurrence(*self._form.span(start, end), "normalized") for start, end in whole or places
        ]

    def _elided(self, quote: str) -> list[Occurrence]:
        """Return the passage abbreviated as ``first words … last words``, if it is unambiguous.

        If the text repeats the passage, all its occurrences are returned.
        """
        parts = split_at_elision(quote)
        if parts is None:
            return []
        heads, tails = (
            [(place.start, place.end) for place in self._verbatim(part) or self._normalized(part)]
            for part in parts
        )
        passages = join_elided(heads, tails)
        wordings = {comparison_form(self.text[start:end]).letters for start, end in passages}
        return [Occurrence(*span, "normalized") for span in passages] if len(wordings) == 1 else []

    def _fuzzy(self, quote: str) -> list[Occurrence]:
        form = comparison_form(quote)
        wanted = form.letters.strip(" ")
        budget = min(len(wanted) // CHARACTERS_PER_EDIT, MAX_EDITS)
        if not budget or len(wanted) > _MAX_FUZZY_LENGTH:
            return []
        found: dict[tuple[int, int], None] = {}
        for near in self._candidates(wanted, budget):
            window = self._form.letters[near : near + len(wanted) + 2 * budget]
            place = _best_alignment(wanted, window, budget)
            if place is not None and self._is_same_but_for_letters(
                form, near + place[0], near + place[1], budget
            ):
                found[near + place[0], near + place[1]] = None
        return [Occurrence(*self._form.span(start, end), "fuzzy") for start, end in sorted(found)]

    def _candidates(self, wanted: str, budget: int) -> list[int]:
        """Return the positions near which the quote may start.

        In a passage with at most ``budget`` edits, at least one of the quote's ``budget + 1``
        pieces is unchanged. If there are too many positions, only those where the most pieces match
        are returned.
        """
        size = len(wanted) // (budget + 1)
        pieces: Counter[int] = Counter()
        for offset in range(0, size * (budget + 1), size):
            piece = wanted[offset : offset + size]
            pieces.update(
                {
                    max(0, position - offset - budget) // (budget + 1) * (budget + 1)
                    for position in islice(_starts(self._form.letters, piece), _MAX_PIECE_POSITIONS)
                }
            )
        steps = (len(wanted) + 2 * budget) * (1 + len(wanted) // 4000)
        left = max(0, _MAX_FUZZY_STEPS_IN_ALL - self._fuzzy_steps) // steps
        limit = min(left, max(1, _MAX_FUZZY_STEPS // steps))
        starts = list(pieces)
        if len(starts) > limit:
            starts = sorted(pieces, key=lambda start: (-pieces[start], start))[:limit]
        self._fuzzy_steps += len(starts) * steps
        return sorted(starts)

    def _is_same_but_for_letters(
        self, quote: ComparisonForm, start: int, end: int, budget: int
    ) -> bool:
        """Return whether the quote and the passage differ only in a few letters or tones.

        The first word, the last word and words with digits or capitals must be the same.
        """
        ours = list(_TOKEN.finditer(quote.letters))
        theirs = list(_TOKEN.finditer(self._form.letters, start, end))
        if len(ours) != len(theirs):
            return False
        spent = 0
        for index, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            tones = [
                form.tones[slice(*word.span())].replace(NO_TONE, "")
                for form, word in ((quote, our), (self._form, their))
            ]
            if our[0] == their[0] and tones[0] == tones[1]:
                continue
            edits = _count_edits(our[0], their[0]) + (tones[0] != tones[1])
            spent += edits
            originals = (
                quote.original[slice(*quote.span(*our.span()))],
                self.text[slice(*self._form.span(*their.span()))],
            )
            at_an_end = index in {0, len(ours) - 1}
            if (
                at_an_end
                or edits > 2
                or spent > budget
                or any(_is_protected(word) for word in originals)
            ):
                return False
        return self._form.at_word_bounds(start, end)

    def _widened(self, start: int, end: int) -> tuple[int, int]:
        letters = self._form.letters
        while start > 0 and letters[start - 1] != " ":
            start -= 1
        while end < len(letters) and letters[end] != " ":
            end += 1
        return start, end


def _starts(text: str, part: str) -> Iterator[int]:
    """Yield the start of each occurrence of ``part``, including overlapping ones."""
    position = text.find(part)
    while position >= 0:
        yield position
        position = text.find(part, position + 1)


def _is_protected(word: str) -> bool:
    return any(character.isdigit() for character in word) or any(
        character.isupper() for character in word
    )


def _at_word_bounds(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (text[start].isalnum() and before.isalnum()) and not (
        text[end - 1].isalnum() and after.isalnum()
    )


def _best_alignment(wanted: str, window: str, budget: int) -> tuple[int, int] | None:
    """Return the span of ``window`` that is most similar to ``wanted``.

    Returns None if every span needs more than ``budget`` edits. The search is approximate string
    matching with one bit per position of the pattern. It runs forwards to find the end and then
    backwards to find the start. Source: G. Myers, "A fast bit-vector algorithm for approximate
    string matching based on dynamic programming", J. ACM 46(3), 1999.
    """
    end = _nearest_end(wanted, window, budget)
    if end is None:
        return None
    length = _nearest_end(wanted[::-1], window[:end][::-1], budget)
    return None if length is None else (end - length, end)


def _nearest_end(pattern: str, text: str, budget: int) -> int | None:
    """Return the end of a pattern's first best match; None if the match needs too many edits."""
    size = len(pattern)
    full, last = (1 << size) - 1, 1 << (size - 1)
    masks: dict[str, int] = {}
    for index, character in enumerate(pattern):
        masks[character] = masks.get(character, 0) | 1 << index
    plus, minus, score = full, 0, size
    best, best_end = budget + 1, None
    for position, character in enumerate(text, start=1):
        mask = masks.get(character, 0)
        diagonal = (((mask & plus) + plus) ^ plus) | mask | minus
        horizontal_plus = minus | ~(diagonal | plus) & full
        horizontal_minus = plus & diagonal
        score += bool(horizontal_plus & last) - bool(horizontal_minus & last)
        horizontal_plus = horizontal_plus << 1 & full
        horizontal_minus = horizontal_minus << 1 & full
        plus = horizontal_minus | ~(diagonal | horizontal_plus) & full
        minus = horizontal_plus & diagonal
        if score < best:
            best, best_end = score, position
    return best_end


def _count_edits(first: str, second: str) -> int:
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.distance(first, second)
