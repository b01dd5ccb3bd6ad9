"""Passages and misspelled words that differ between two nearly equal texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from antq_llm.mentions.language import Language, LanguageCode
from antq_llm.mentions.languages import detect_language, load_language
from antq_llm.text.tokens import Token, tokens_of

Run = tuple[int, int]
"""The index of the first token of a run and the index after its last token."""

MIN_MISSPELLED_CHARACTERS = 3
"""Minimum length of a misspelled word; ``ba`` and ``bà``, for example, count as different words."""

_SENTENCE_END = re.compile(r"[.!?…][”\"’»)]*\Z")
_MAX_ABBREVIATION_CHARACTERS = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage, within one line, that only one of two texts has."""

    start: int
    end: int
    whole: bool
    """Whether the passage begins and ends at sentence or line boundaries."""


@dataclass(frozen=True, slots=True)
class Differences:
    """The differences between an earlier and a later text."""

    added: tuple[Passage, ...]
    """Passages that only the later text has."""
    removed: tuple[Passage, ...]
    """Passages that only the earlier text has."""
    misspelled: int
    """The number of words that differ by one letter or tone mark; numbers and names never count."""

    @property
    def none(self) -> bool:
        """Whether both texts have the same words."""
        return not (self.added or self.removed or self.misspelled)


def text_differences(earlier: str, later: str, language: LanguageCode | None = None) -> Differences:
    """Return the differences between two texts, with the fewest tokens changed, added or removed.

    The language is detected from the earlier text unless ``language`` is given.
    """
    words = load_language(language or detect_language(earlier))
    earlier_tokens, later_tokens = tokens_of(earlier), tokens_of(later)
    removed: list[Run] = []
    added: list[Run] = []
    misspelled = 0
    for step in Levenshtein.opcodes(
        [token.form for token in earlier_tokens], [token.form for token in later_tokens]
    ):
        if step.tag == "delete":
            removed.append(_at_bounds(earlier, earlier_tokens, step.src_start, step.src_end))
        elif step.tag == "insert":
            added.append((step.dest_start, step.dest_end))
        elif step.tag == "replace":
            for old, new in zip(
                range(step.src_start, step.src_end),
                range(step.dest_start, step.dest_end),
                strict=True,
            ):
                if all(
                    _may_be_misspelled(text[token.start : token.end], words)
                    for text, token in (
                        (earlier, earlier_tokens[old]),
                        (later, later_tokens[new]),
                    )
                ) and _differs_by_a_letter(earlier_tokens[old], later_tokens[new]):
                    misspelled += 1
                else:
                    removed.append((old, old + 1))
                    added.append((new, new + 1))
    return Differences(
        tuple(_passages(later, later_tokens, added)),
        tuple(_passages(earlier, earlier_tokens, removed)),
        misspelled,
    )


def _may_be_misspelled(original: str, language: Language) -> bool:
    """Return whether a token is a word that may count as misspelled.

    The word must be in lower case, have at least ``MIN_MISSPELLED_CHARACTERS`` letters and express
    neither a number nor a time.
    """
    word = unicodedata.normalize("NFC", original).strip(".,;:!?()\"“”'’")
    return (
        len(word) >= MIN_MISSPELLED_CHARACTERS
        and word.isalpha()
        and word == word.lower()
        and not language.words_in(word)
        and word not in language.meaningful_words
    )


def _differs_by_a_letter(old: Token, new: Token) -> bool:
    return Levenshtein.distance(old.form, new.form, score_cutoff=1) <= 1


def _at_bounds(text: str, tokens: Sequence[Token], first: int, last: int) -> Run:
    """Return a removed run of tokens; if possible, shift it back to sentence boundaries.

    ``[Ông A nói. ]Ông B nói.`` and ``Ông [A nói. Ông ]B nói.`` describe the same removal.
    """
    start, end = first, last
    while (
        not _is_whole(text, tokens, start, end)
        and start > 0
        and tokens[start - 1].form == tokens[end - 1].form
    ):
        start, end = start - 1, end - 1
    return (start, end) if _is_whole(text, tokens, start, end) else (first, last)


def _passages(text: str, tokens: Sequence[Token], runs: Sequence[Run]) -> Iterator[Passage]:
    """Yield the passages that the runs cover, joined if adjacent and split at line ends."""
    joined: list[list[int]] = []
    for first, last in runs:
        if joined and joined[-1][1] == first and not _breaks_line(text, tokens, first):
            joined[-1][1] = last
        else:
            joined.append([first, last])
    for first, last in joined:
        cuts = [
            first,
            *(index for index in range(first + 1, last) if _breaks_line(text, tokens, index)),
            last,
        ]
        for start, end in pairwise(cuts):
            yield Passage(
                tokens[start].start, tokens[end - 1].end, _is_whole(text, tokens, start, end)
            )


def _is_whole(text: str, tokens: Sequence[Token], first: int, last: int) -> bool:
    return _is_bound(text, tokens, first) and _is_bound(text, tokens, last)


def _is_bound(text: str, tokens: Sequence[Token], index: int) -> bool:
    """Return whether a sentence or line ends before a token."""
    if index in {0, len(tokens)} or _breaks_line(text, tokens, index):
        return True
    before = text[tokens[index - 1].start : tokens[index - 1].end]
    is_abbreviation = before[0].isupper() and len(before) <= _MAX_ABBREVIATION_CHARACTERS
    return _SENTENCE_END.search(before) is not None and not is_abbreviation


def _breaks_line(text: str, tokens: Sequence[Token], index: int) -> bool:
    return "\n" in text[tokens[index - 1].end : tokens[index].start]
