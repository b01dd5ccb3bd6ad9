"""Finding quotes in a text.

A quote is found verbatim, in another spelling, with a few wrong letters, or given by its first and
last words.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from antq_llm.evidence.spans import Match
from antq_llm.text.comparison_form import NO_TONE, ComparisonForm, comparison_form

CHARACTERS_PER_EDIT = 20
"""A fuzzy match may have one wrong letter for this many characters of the quote."""
MAX_EDITS = 12
MAX_CANDIDATES = 1000
"""Where a text repeats itself in more places than this, no fuzzy match is looked for."""
MAX_ELISION = 6000
"""The most characters that ``first words … last words`` may leave out."""
MIN_ELIDED_CHARACTERS = 8
"""The fewest characters of the words on each side of an elision."""

_ELISION = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")
_TOKEN = re.compile(r"\S+")


class Occurrence(NamedTuple):
    """One span of a quote, in code points of the original text."""

    start: int
    end: int
    match: Match


class Aligner:
    """Finds quotes in one text, whose comparison form is computed once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _form(self) -> ComparisonForm:
        return comparison_form(self.text)

    def find(self, quote: str) -> list[Occurrence]:
        """Return the occurrences of a quote in order, all of the best kind of match.

        Empty if the quote is not in the text. If any occurrence starts and ends with whole words,
        those inside words are left out.
        """
        quote = quote.strip()
        if not quote:
            return []
        position = self.text.find(quote)
        if position >= 0 and self.text.find(quote, position + 1) < 0:
            return [Occurrence(position, position + len(quote), "exact")]
        return (
            self._verbatim(quote)
            or self._normalized(quote)
            or self._elided(quote)
            or self._fuzzy(quote)
        )

    def nearest(self, quote: str) -> str | None:
        """Return the passage most similar to a quote that was not found; None without one."""
        form = comparison_form(quote)
        found = fuzz.partial_ratio_alignment(form.letters, self._form.letters, score_cutoff=60)
        if found is None or found.dest_end <= found.dest_start:
            return None
        start, end = self._form.span(*self._widened(found.dest_start, found.dest_end))
        return self.text[start:end]

    def _verbatim(self, quote: str) -> list[Occurrence]:
        places: list[tuple[int, int]] = []
        position = self.text.find(quote)
        while position >= 0:
            places.append((position, position + len(quote)))
            position = self.text.find(quote, position + 1)
        if len(places) > 1:
            places = [place for place in places if _at_word_bounds(self.text, *place)] or places
        return [Occurrence(start, end, "exact") for start, end in places]

    def _normalized(self, quote: str) -> list[Occurrence]:
        places = self._form.find_all(comparison_form(quote))
        whole = [place for place in places if self._form.at_word_bounds(*place)]
        return [
            Occurrence(*self._form.span(start, end), "normalized") for start, end in whole or places
        ]

    def _elided(self, quote: str) -> list[Occurrence]:
        """Return the whole passage of ``first words … last words``, if there is just one."""
        parts = [part for part in _ELISION.split(quote) if part]
        if len(parts) != 2 or min(map(len, parts)) < MIN_ELIDED_CHARACTERS:
            return []
        heads, tails = ((self._verbatim(part) or self._normalized(part)) for part in parts)
        pairs = [
            (head, tail)
            for head in heads
            for tail in tails
            if 0 <= tail.start - head.end <= MAX_ELISION
        ]
        return (
            [Occurrence(head.start, tail.end, "normalized") for head, tail in pairs]
            if len(pairs) == 1
            else []
        )

    def _fuzzy(self, quote: str) -> list[Occurrence]:
        form = comparison_form(quote)
        wanted = form.letters.strip(" ")
        budget = min(len(wanted) // CHARACTERS_PER_EDIT, MAX_EDITS)
        if not budget:
            return []
        candidates = self._candidates(wanted, budget)
        if len(candidates) > MAX_CANDIDATES:
            return []
        found: dict[tuple[int, int], None] = {}
        for near in candidates:
            window = self._form.letters[near : near + len(wanted) + 2 * budget]
            place = _best_alignment(wanted, window, budget)
            if place is not None and self._is_same_but_for_letters(
                form, near + place[0], near + place[1], budget
            ):
                found[near + place[0], near + place[1]] = None
        return [Occurrence(*self._form.span(start, end), "fuzzy") for start, end in sorted(found)]

    def _candidates(self, wanted: str, budget: int) -> list[int]:
        """Return the positions where the quote may start.

        Within the budget of edits, one of ``budget + 1`` pieces of it must be unchanged.
        """
        size = len(wanted) // (budget + 1)
        starts: dict[int, None] = {}
        for offset in range(0, size * (budget + 1), size):
            piece = wanted[offset : offset + size]
            position = self._form.letters.find(piece)
            while position >= 0:
                starts[max(0, position - offset - budget) // (budget + 1) * (budget + 1)] = None
                position = self._form.letters.find(piece, position + 1)
        return sorted(starts)

    def _is_same_but_for_letters(
        self, quote: ComparisonForm, start: int, end: int, budget: int
    ) -> bool:
        """Return whether word for word only single letters or tones differ.

        None may differ in a number, a capitalised word, the first or the last word.
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
            edits = Levenshtein.distance(our[0], their[0]) + (tones[0] != tones[1])
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
    """Return the part of a window nearest to the wanted text, within the budget of edits.

    Approximate string matching with one bit for each position of the pattern, forwards for the end
    and backwards for the start. Source: G. Myers, "A fast bit-vector algorithm for approximate
    string matching based on dynamic programming", J. ACM 46(3), 1999.
    """
    end = _nearest_end(wanted, window, budget)
    if end is None:
        return None
    length = _nearest_end(wanted[::-1], window[:end][::-1], budget)
    return None if length is None else (end - length, end)


def _nearest_end(pattern: str, text: str, budget: int) -> int | None:
    """Return the end of the best match of a pattern, the first of equals; None past the budget."""
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
