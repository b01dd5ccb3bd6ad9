"""Finding JSON documents inside other text in linear time.

The standard library's decoder would take quadratic time on text such as ``[[[[…`` or ``{{{{…``: it
counts the lines before each error, and it does not report where nesting is too deep.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from antq_llm.validation.reasoning_marks import Mark, ReasoningMarks

_OPENING = re.compile(r'\[|\{(?=[ \t\n\r]*+["}])')
_FENCE = re.compile(r"```\w*")
_CLOSING_OF = {"{": "}", "[": "]"}
_SPACE = re.compile(r"[ \t\n\r]*+")
_COLON = re.compile(r"[ \t\n\r]*+:[ \t\n\r]*+")
_OPEN_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+')
_STRING = re.compile(_OPEN_STRING.pattern + '"')
_SCALAR = re.compile(
    _STRING.pattern
    + r"|-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
    + r"|true|false|null|NaN|-?Infinity"
)


class BrokenDocument(Exception):  # noqa: N818 - it says where to go on, and callers never see it
    """The error for a JSON document that breaks off at ``position``."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def documents_in(text: str) -> list[str]:
    """Return the JSON objects and arrays outside the reasoning in a text, in order.

    Parts of a document are not returned separately. If a document breaks off, the search continues
    there or after a mark of reasoning inside it.
    """
    return _Search(text).documents()


class _Search:
    """One pass over a text; marks of reasoning inside a complete document are ignored."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._reasoning = ReasoningMarks(text)
        self._marks = self._reasoning.marks
        self._position = self._searched_from = 0
        self._opening = -1
        self._has_words = False
        self._found: list[str] = []

    def documents(self) -> list[str]:
        while True:
            begin = self._next_opening()
            mark = self._mark_before(begin + 1)
            if mark is not None:
                self._skip_words(mark.start)
                self._follow(mark)
            elif begin < len(self._text):
                self._skip_words(begin)
                self._read_document(begin)
            else:
                return self._found

    def _next_opening(self) -> int:
        """Return the position at which the next document may begin, or the end of the text."""
        if not self._searched_from <= self._position <= self._opening:
            found = _OPENING.search(self._text, self._position)
            self._opening = len(self._text) if found is None else found.start()
            self._searched_from = self._position
        return self._opening

    def _mark_before(self, position: int) -> Mark | None:
        """Return the next mark if it begins before a position, else None."""
        number = self._number_of(self._position)
        if number < len(self._marks) and self._marks[number].start < position:
            return self._marks[number]
        return None

    def _skip_words(self, end: int) -> None:
        if not self._has_words:
            self._has_words = bool(_FENCE.sub("", self._text[self._position : end]).strip())

    def _follow(self, mark: Mark) -> None:
        self._position = mark.end
        if mark.opens:
            # If the mark is never closed, the rest of the text is reasoning.
            if self._is_in_force(mark):
                self._position = self._reasoning.end_of(mark) or len(self._text)
        elif mark.alone and self._has_words:
            # The mark closes reasoning that began before the text, in the chat template.
            self._found.clear()

    def _read_document(self, begin: int) -> None:
        try:
            self._position = document_end(self._text, begin)
        except BrokenDocument as broken:
            self._has_words = True
            self._leave_broken(begin, broken.position)
        else:
            self._found.append(self._text[begin : self._position])

    def _leave_broken(self, begin: int, end: int) -> None:
        """Continue where a document breaks off, or after a mark of reasoning inside it."""
        self._position = end
        inside = self._marks[self._number_of(begin) : self._number_of(end)]
        # Of several ends, the last one decides, so that nothing is read more than twice.
        ends = [mark for mark in inside if not mark.opens and mark.alone]
        beginnings = [mark for mark in inside if mark.opens and self._is_in_force(mark)]
        for mark in ends[-1:] or beginnings[:1]:
            self._follow(mark)

    def _is_in_force(self, mark: Mark) -> bool:
        return not mark.is_mention or self._reasoning.end_of(mark) is not None

    def _number_of(self, position: int) -> int:
        """Return the number of marks that begin before a position."""
        return bisect_left(self._marks, position, key=lambda mark: mark.start)


def document_end(text: str, begin: int) -> int:
    """Return the end of the JSON document that begins at a bracket.

    The document may be nested to any depth and contain integers of any length. Raises
    BrokenDocument if it breaks off.
    """
    closings: list[str] = []
    position = begin
    while True:
        # A member of a list or an object begins here.
        if closings and closings[-1] == "}":
            position = _after_key(text, position)
        closing = _CLOSING_OF.get(text[position : position + 1])
        if closing is None:
            position = _after_scalar(text, position)
        else:
            closings.append(closing)
            position = _after_space(text, position + 1)
            if not text.startswith(closing, position):
                continue
        while text.startswith(closings[-1], position):
            position += 1
            closings.pop()
            if not closings:
                return position
            position = _after_space(text, position)
        if not text.startswith(",", position):
            raise BrokenDocument(position)
        position = _after_space(text, position + 1)


def _after_key(text: str, position: int) -> int:
    key = _STRING.match(text, position)
    if key is None:
        raise BrokenDocument(_break_in_string(text, position))
    colon = _COLON.match(text, key.end())
    if colon is None:
        raise BrokenDocument(key.end())
    return colon.end()


def _after_scalar(text: str, position: int) -> int:
    scalar = _SCALAR.match(text, position)
    if scalar is None:
        raise BrokenDocument(_break_in_string(text, position))
    return _after_space(text, scalar.end())


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    assert space is not None
    return space.end()


def _break_in_string(text: str, position: int) -> int:
    """Return the position of an invalid character in a string, else the given position."""
    string = _OPEN_STRING.match(text, position)
    if string is None or text[string.end() : string.end() + 2] in {"", "\\"}:
        return position
    return string.end()
