"""Regular expressions with many words, arranged to skip most places in a text quickly."""

from __future__ import annotations

import re
from typing import NamedTuple

from antq_llm.text.lazy_patterns import lazily

_MIN_ALTERNATIVES = 4
"""Minimum number of alternatives to rearrange; fewer are fast enough as they are."""
_OPENING = re.compile(r"\((?:\?(?:P<\w+>|[aiLmsux-]*:|<?[=!]))?")
_QUANTIFIERS = frozenset("?*+{")
_QUANTIFIER = re.compile(r"(?:[?*+]|\{[\d,]+\})[?+]?|")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
"""A character class; a closing bracket that comes first is part of it."""


def compile_words(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that tries its alternatives only at letters with which one of them begins.

    The pattern is compiled on first use. The result matches the same texts as
    ``re.compile(pattern, flags)``, which tries every alternative at every position if case is
    ignored. The pattern may set flags only for groups, and its spaces are significant.
    """
    return lazily(lambda: re.compile(_Reader(pattern).alternatives().text, flags))


class _Part(NamedTuple):
    """A part of a pattern, rearranged."""

    text: str
    firsts: frozenset[str] | None
    """What the part may begin with, as members of a character class; None if unknown."""


class _Reader:
    """A reader that goes through a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._position = 0

    def alternatives(self) -> _Part:
        """Read to the end of a group, or of the pattern."""
        found = [self._sequence()]
        while self._next() == "|":
            self._position += 1
            found.append(self._sequence())
        return _arranged(found)

    def _next(self) -> str:
        return self._pattern[self._position : self._position + 1]

    def _sequence(self) -> _Part:
        """Read one alternative."""
        text, is_open = "", True
        firsts: frozenset[str] | None = frozenset()
        while self._next() not in {"", "|", ")"}:
            part, quantifier = self._part(), self._quantifier()
            text += part.text + quantifier
            if is_open:
                firsts = None if firsts is None or part.firsts is None else firsts | part.firsts
                is_open = part.firsts == frozenset() or quantifier[:1] in _QUANTIFIERS - {"+"}
        return _Part(text, None if is_open else firsts)

    def _quantifier(self) -> str:
        return self._read(_QUANTIFIER)

    def _read(self, kind: re.Pattern[str]) -> str:
        match = kind.match(self._pattern, self._position)
        assert match is not None
        self._position = match.end()
        return match[0]

    def _part(self) -> _Part:
        """Read a character, an escape, a class or a group."""
        start, character = self._position, self._next()
        if character == "(":
            return self._group()
        if character == "[":
            text = self._read(_CLASS)
            return _Part(text, frozenset(text[1:-1]) if text[1:-1].isalpha() else None)
        self._position += 2 if character == "\\" else 1
        text = self._pattern[start : self._position]
        if text in {r"\b", r"\B"}:
            return _Part(text, frozenset())
        is_plain = text.isalpha() or text == r"\d"
        return _Part(text, frozenset((text,)) if is_plain else None)

    def _group(self) -> _Part:
        opening = self._read(_OPENING)
        start = self._position
        inner = self.alternatives()
        end, self._position = self._position, self._position + 1
        if opening in {"(?<=", "(?<!"}:
            # The alternatives of a lookbehind must all have the same length.
            return _Part(f"{opening}{self._pattern[start:end]})", frozenset())
        firsts = inner.firsts
        if opening in {"(?=", "(?!"}:
            firsts = frozenset()
        elif opening.endswith(":") and "i" in opening:
            firsts = None  # a lookahead outside the group would not ignore case
        return _Part(f"{opening}{inner.text})", firsts)


def _arranged(alternatives: list[_Part]) -> _Part:
    """Return the alternatives, after a lookahead for their first characters if there are many."""
    text = "|".join(alternative.text for alternative in alternatives)
    firsts = frozenset[str]()
    for alternative in alternatives:
        if alternative.firsts is None:
            return _Part(text, None)
        firsts |= alternative.firsts
    if len(alternatives) < _MIN_ALTERNATIVES:
        return _Part(text, firsts)
    if all(alternative.text[:1] in firsts for alternative in alternatives):
        text = _by_first_letter([alternative.text for alternative in alternatives])
    return _Part(f"(?=[{''.join(sorted(firsts))}])(?:{text})", firsts)


def _by_first_letter(alternatives: list[str]) -> str:
    endings: dict[str, list[str]] = {}
    for alternative in alternatives:
        endings.setdefault(alternative[0], []).append(alternative[1:])
    are_quantified = any(alternative[1:2] in _QUANTIFIERS for alternative in alternatives)
    if are_quantified or len({letter.lower() for letter in endings}) < len(endings):
        return "|".join(alternatives)
    return "|".join(
        f"{letter}(?:{'|'.join(rest)})" if len(rest) > 1 else letter + rest[0]
        for letter, rest in endings.items()
    )
