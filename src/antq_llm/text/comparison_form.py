"""The comparison form of a text, with a map from its positions to those of the original.

Spellings that a Vietnamese reader regards as the same word have the same form. They may differ in
case, invisible characters, the composition of letters, the choice of ``Đ`` or ``Ð``, the vowel that
carries the tone mark and the kind of spaces, dashes and quotation marks. The form keeps what
distinguishes words: the quality of every letter (``o``, ``ô``, ``ơ``) and the tone of every
syllable.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from antq_llm.text.offset_map import OffsetMap, rewritten

TONE_MARKS = {"\u0300": "1", "\u0301": "2", "\u0303": "3", "\u0309": "4", "\u0323": "5"}
NO_TONE = "0"
_VOWELS = frozenset("aăâeêioôơuưy")
_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d")
_DOUBLE_QUOTES = frozenset('"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02')
_SINGLE_QUOTES = frozenset("'\u2018\u2019\u201a\u201b\u2032\u00b4`\u02bc")
ETHS = {"\u00d0": "Đ", "\u0189": "Đ", "\u00f0": "đ", "\u0256": "đ"}
"""Letters of old fonts and keyboards that look like ``Đ`` and ``đ``."""
_ETHS_FOLDED = dict.fromkeys("Đđ", "đ") | dict.fromkeys(ETHS, "đ")

# Placeholders for an invisible character, a combining mark and an ellipsis while characters are
# replaced one for one.
_INVISIBLE, _MARK, _ELLIPSIS = "\x00", "\x01", "\x02"
_SPECIAL = re.compile(
    f"(?P<ellipsis>{_ELLIPSIS})"
    f"|(?P<letter>[^{_INVISIBLE}{_MARK}{_ELLIPSIS} ](?:{_INVISIBLE}*{_MARK})+)"
    f"|(?P<space>[ {_INVISIBLE}]* [ {_INVISIBLE}]+|{_INVISIBLE}+ )"
    f"|(?P<gone>[{_INVISIBLE}{_MARK}]+)"
)
_WORD = re.compile(r"[^\W_]+")
_MAX_WORD = 100
"""Maximum number of characters by which a span is extended on each side to include whole words."""
_MAX_POSITIONS = 20_000
"""Maximum number of positions at which ``find_all`` compares the tones."""


@dataclass(frozen=True)
class ComparisonForm:
    """A text's comparison form: its letters, their tones and their positions in the original."""

    original: str
    letters: str
    """Lower-case letters without tones; one space for each run of white space."""
    tones: str
    """The digit of each letter's tone mark; ``0`` for a letter without one."""
    positions: OffsetMap = field(default_factory=OffsetMap, repr=False, compare=False)
    """The position in the original of each character of ``letters``."""

    def find_all(self, part: ComparisonForm, limit: int = 1000) -> list[tuple[int, int]]:
        """Return the start and end in ``letters`` of up to ``limit`` occurrences of ``part``."""
        wanted = part.letters.strip(" ")
        skipped = len(part.letters) - len(part.letters.lstrip(" "))
        tones = part.tones[skipped : skipped + len(wanted)]
        found: list[tuple[int, int]] = []
        position = self.letters.find(wanted) if wanted else -1
        positions_left = _MAX_POSITIONS
        while position >= 0 and len(found) < limit and positions_left:
            positions_left -= 1
            end = position + len(wanted)
            if self.tones[position:end] == tones or self._same_tones(position, end, tones):
                found.append((position, end))
            position = self.letters.find(wanted, position + 1)
        return found

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the original that corresponds to a span of ``letters``."""
        return self.positions.span(start, end)

    def at_word_bounds(self, start: int, end: int) -> bool:
        """Return whether a span of ``letters`` starts and ends at word boundaries."""
        inside = self.letters[start:end]
        before, after = self.letters[start - 1 : start], self.letters[end : end + 1]
        return not (inside[:1].isalnum() and before.isalnum()) and not (
            inside[-1:].isalnum() and after.isalnum()
        )

    def _same_tones(self, start: int, end: int, tones: str) -> bool:
        """Return whether a span's syllables have the given tones, whichever letters carry them."""
        for word in _WORD.finditer(self.letters, *self._whole_words(start, end)):
            first, last = max(word.start(), start), min(word.end(), end)
            wanted = tones[first - start : last - start].replace(NO_TONE, "")
            covered = self.tones[first:last].replace(NO_TONE, "")
            if wanted == covered:
                continue
            is_cut = first > word.start() or last < word.end()
            # If the span cuts a word, the word's tone may be on a letter outside the span.
            if not (
                is_cut
                and wanted
                and wanted == self.tones[word.start() : word.end()].replace(NO_TONE, "")
            ):
                return False
        return True

    def _whole_words(self, start: int, end: int) -> tuple[int, int]:
        lowest, highest = max(0, start - _MAX_WORD), min(len(self.letters), end + _MAX_WORD)
        while (
            start > lowest and self.letters[start - 1].isalnum() and self.letters[start].isalnum()
        ):
            start -= 1
        while end < highest and self.letters[end - 1].isalnum() and self.letters[end].isalnum():
            end += 1
        return start, end


def comparison_form(text: str) -> ComparisonForm:
    """Return the comparison form of a text."""
    letters, tones = text.translate(_LETTERS), text.translate(_TONES)
    if not _SPECIAL.search(letters):
        return ComparisonForm(text, letters, tones)
    starts, ends, kinds = zip(*_special_places(letters), strict=True)
    replaced = [
        _replacement(text[start:end], kind)
        for start, end, kind in zip(starts, ends, kinds, strict=True)
    ]
    new_letters, new_tones = zip(*replaced, strict=True)
    positions = OffsetMap(starts, ends, new_letters)
    return ComparisonForm(
        text,
        rewritten(letters, starts, ends, new_letters),
        rewritten(tones, starts, ends, new_tones),
        positions,
    )


def special_places(text: str) -> list[tuple[int, int, str]]:
    """Return the start, end and kind of each stretch that is replaced in the comparison form.

    The kinds are ``letter`` (a letter with combining marks), ``space`` (a run of white space),
    ``gone`` (invisible characters and stray combining marks) and ``ellipsis``.
    """
    return _special_places(text.translate(_LETTERS))


def visible(text: str) -> str:
    """Return the text without its invisible characters."""
    return "".join(character for character in text if _LETTERS[ord(character)] != _INVISIBLE)


def _special_places(letters: str) -> list[tuple[int, int, str]]:
    return [
        (match.start(), match.end(), match.lastgroup or "") for match in _SPECIAL.finditer(letters)
    ]


@cache
def _replacement(original: str, kind: str) -> tuple[str, str]:
    """Return the letters and tones that replace a stretch of the original."""
    if kind == "ellipsis":
        return "...", NO_TONE * 3
    if kind == "space":
        return " ", NO_TONE
    if kind == "gone":
        return "", ""
    base, tone = _split(visible(original))
    return base, tone + NO_TONE * (len(base) - 1)


class _Letters(dict[int, str]):
    """A map from each character to its letter; each entry is computed on first use."""

    def __missing__(self, point: int) -> str:
        self[point] = value = _letter(chr(point))
        return value


class _Tones(dict[int, str]):
    """A map from each character to its tone digit; each entry is computed on first use."""

    def __missing__(self, point: int) -> str:
        self[point] = tone = _split(chr(point))[1]
        return tone


def _letter(character: str) -> str:
    if character.isspace() or unicodedata.category(character).startswith("Z"):
        return " "
    if character == "…":
        return _ELLIPSIS
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Cs"} or "\ufe00" <= character <= "\ufe0f":
        return _INVISIBLE
    if category == "Mn":
        return _MARK
    for group, sign in ((_DASHES, "-"), (_DOUBLE_QUOTES, '"'), (_SINGLE_QUOTES, "'")):
        if character in group:
            return sign
    base = _split(character)[0]
    return base if len(base) == 1 else character


def _split(letter: str) -> tuple[str, str]:
    """Return a letter in lower case without its tone mark, and the digit of the mark."""
    decomposed = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize(
        "NFC", "".join(mark for mark in decomposed if mark not in TONE_MARKS)
    ).lower()
    if base in _VOWELS:
        return base, next((TONE_MARKS[mark] for mark in decomposed if mark in TONE_MARKS), NO_TONE)
    # A mark on a letter that cannot carry a tone in Vietnamese is part of the letter.
    return _ETHS_FOLDED.get(letter[0], unicodedata.normalize("NFC", letter).lower()), NO_TONE


_LETTERS = _Letters()
_TONES = _Tones()
