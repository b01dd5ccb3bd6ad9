"""JSON documents inside other text, found in time linear in its length.

The standard library's decoder would take quadratic time on a text such as ``[[[[…`` or ``{{{{…``:
it fails on deep nesting without saying where, and each of its errors counts the lines before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENING = re.compile(r"[{\[]")
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


class BrokenDocument(Exception):  # noqa: N818 - where a search goes on, not an error for a caller
    """No JSON document begins at a bracket; ``position`` is where what begins there breaks off."""

    def __init__(self, position: int) -> None:
        super().__init__(position)
        self.position = position


def first_bracket(text: str, position: int = 0) -> int | None:
    """Return where the next ``{`` or ``[`` is, None if there is none."""
    bracket = _OPENING.search(text, position)
    return None if bracket is None else bracket.start()


def documents_in(text: str, position: int) -> Iterator[str]:
    """Yield the JSON objects and arrays in a text, from a position on.

    Nothing inside a document is yielded, nor inside one that breaks off: the search goes on behind
    the place where it does.
    """
    while (begin := first_bracket(text, position)) is not None:
        try:
            position = document_end(text, begin)
        except BrokenDocument as broken:
            position = broken.position
        else:
            yield text[begin:position]


def document_end(text: str, begin: int) -> int:
    """Return where the JSON document ends that begins at a bracket; BrokenDocument if it does not.

    It may be nested to any depth, and hold integers of any length.
    """
    closings: list[str] = []
    position = begin
    while True:
        # Here a member of a list or an object begins.
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
    """Return where a string breaks off: at its beginning if it has no end, or is not a string."""
    string = _OPEN_STRING.match(text, position)
    if string is None or text[string.end() : string.end() + 2] in {"", "\\"}:
        return position
    return string.end()
