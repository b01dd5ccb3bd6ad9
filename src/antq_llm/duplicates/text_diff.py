"""What of two nearly equal texts stands in only one of them, spelling and single wrong letters aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from antq_llm.mentions.numerals import words_in
from antq_llm.text.words import words_of

MIN_MISSPELLED_CHARACTERS = 3
"""Letters: among shorter words one letter more or less makes another word (``đã``, ``đa``; ``ba``, ``bà``)."""

_TELLING = frozenset({"năm", "sáng", "trưa", "chiều", "tối"})
"""Words that a value of a record may rest on alone: a numeral that is a year as well, and the parts of the day."""

_TOKEN = re.compile(r"\S+")
_CLOSING_MARKS = frozenset(".,;:")
_LOOSE_MARKS = frozenset("-.,;:|*•")
_SENTENCE_END = re.compile(r"[.!?…][”\"’»)]*\Z")
_MAX_ABBREVIATION = 4


class Token(NamedTuple):
    """A stretch without white space: its span in code points, and its words in comparison form without closing marks."""

    start: int
    end: int
    form: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one line that stands in only one of two texts."""

    start: int
    end: int
    whole: bool
    """Whether it begins where a sentence or a line does and ends where one does, so that what is around it is left as it was."""


@dataclass(frozen=True, slots=True)
class Differences:
    """In what a later text differs from an earlier one."""

    added: tuple[Passage, ...]
    """What only the later one has."""
    removed: tuple[Passage, ...]
    """What only the earlier one has."""
    misspelled: int
    """How many words differ by one letter or tone, in either of them; none is a number, a numeral or capitalised."""

    @property
    def none(self) -> bool:
        """Whether both are the same words."""
        return not (self.added or self.removed or self.misspelled)


def tokens_of(text: str) -> list[Token]:
    """Return the chunks of a text that have a word, a digit or a sign of meaning; dashes and stops by themselves are left out."""
    return [
        Token(match.start(), match.end(), form)
        for match in _TOKEN.finditer(text)
        if (form := _form_of(match[0]))
    ]


def forms_of(text: str) -> list[str]:
    """Return the forms of a text's chunks alone."""
    return [form for form in map(_form_of, text.split()) if form]


@lru_cache(maxsize=1 << 15)
def _form_of(chunk: str) -> str:
    words = words_of(chunk)
    while words and words[-1] in _CLOSING_MARKS:
        words = words[:-1]
    return "" if _LOOSE_MARKS.issuperset(words) else " ".join(words)


def text_differences(earlier: str, later: str) -> Differences:
    """Return in what a later text differs from an earlier one, by the fewest chunks changed, added or removed."""
    ours, theirs = tokens_of(earlier), tokens_of(later)
    removed: list[tuple[int, int]] = []
    added: list[tuple[int, int]] = []
    misspelled = 0
    for step in Levenshtein.opcodes([one.form for one in ours], [one.form for one in theirs]):
        if step.tag == "delete":
            removed.append(_at_bounds(earlier, ours, step.src_start, step.src_end))
        elif step.tag == "insert":
            added.append((step.dest_start, step.dest_end))
        elif step.tag == "replace":
            for index, other in zip(
                range(step.src_start, step.src_end),
                range(step.dest_start, step.dest_end),
                strict=True,
            ):
                if _is_misspelling(earlier, ours[index], later, theirs[other]):
                    misspelled += 1
                else:
                    removed.append((index, index + 1))
                    added.append((other, other + 1))
    return Differences(
        tuple(_passages(later, theirs, added)), tuple(_passages(earlier, ours, removed)), misspelled
    )


def _is_misspelling(earlier: str, one: Token, later: str, other: Token) -> bool:
    """Whether two chunks are one word with one letter or tone changed, added or left out, and no word that says a number or a name."""
    for original in (earlier[one.start : one.end], later[other.start : other.end]):
        word = unicodedata.normalize("NFC", original).strip(".,;:!?()\"“”'’")
        if (
            len(word) < MIN_MISSPELLED_CHARACTERS
            or not word.isalpha()
            or word != word.lower()
            or words_in(word)
            or word in _TELLING
        ):
            return False
    return Levenshtein.distance(one.form, other.form, score_cutoff=1) <= 1


def _at_bounds(text: str, chunks: Sequence[Token], first: int, last: int) -> tuple[int, int]:
    """Return a removed run, moved back over equal chunks to the bounds of sentences if that takes it there.

    Which of two equal beginnings was removed is not to be seen: ``[Ông A nói. ]Ông B nói.`` and ``Ông [A nói. Ông ]B nói.`` are one removal.
    """
    start, end = first, last
    while (
        not _is_whole(text, chunks, start, end)
        and start > 0
        and chunks[start - 1].form == chunks[end - 1].form
    ):
        start, end = start - 1, end - 1
    return (start, end) if _is_whole(text, chunks, start, end) else (first, last)


def _passages(
    text: str, chunks: Sequence[Token], runs: Sequence[tuple[int, int]]
) -> Iterator[Passage]:
    """Yield the passages of runs of chunks, runs that touch as one, cut at the ends of lines."""
    joined: list[list[int]] = []
    for first, last in runs:
        if joined and joined[-1][1] == first and not _breaks_line(text, chunks, first):
            joined[-1][1] = last
        else:
            joined.append([first, last])
    for first, last in joined:
        cuts = [
            first,
            *(index for index in range(first + 1, last) if _breaks_line(text, chunks, index)),
            last,
        ]
        for start, end in pairwise(cuts):
            yield Passage(
                chunks[start].start, chunks[end - 1].end, _is_whole(text, chunks, start, end)
            )


def _is_whole(text: str, chunks: Sequence[Token], first: int, last: int) -> bool:
    return _is_bound(text, chunks, first) and _is_bound(text, chunks, last)


def _is_bound(text: str, chunks: Sequence[Token], index: int) -> bool:
    """Whether a sentence or a line ends before a chunk."""
    if index in {0, len(chunks)} or _breaks_line(text, chunks, index):
        return True
    before = text[chunks[index - 1].start : chunks[index - 1].end]
    is_abbreviation = before[0].isupper() and len(before) <= _MAX_ABBREVIATION
    return _SENTENCE_END.search(before) is not None and not is_abbreviation


def _breaks_line(text: str, chunks: Sequence[Token], index: int) -> bool:
    return "\n" in text[chunks[index - 1].end : chunks[index].start]
