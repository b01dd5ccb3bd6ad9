"""The number of function calls that reading a text takes: work that can be compared exactly."""

from __future__ import annotations

import sys
from collections.abc import Callable


def of_length(unit: str, length: int) -> str:
    """Return a text of a given length that repeats a unit."""
    return (unit * (length // len(unit) + 1))[:length]


def count_calls(read: Callable[[str], object], text: str) -> int:
    """Return the number of function calls, including built-in ones, that reading a text takes.

    A search with a regular expression counts as one call, whatever the length of the text.
    """
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        read(text)
    finally:
        sys.setprofile(None)
    return calls
