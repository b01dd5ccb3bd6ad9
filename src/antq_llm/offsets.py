"""Offsets of a text in other units than code points, for readers in other languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Unit = Literal["utf-8", "utf-16"]


def convert_offsets(text: str, offsets: Sequence[int], unit: Unit) -> list[int]:
    """Return offsets in code points as offsets in bytes of UTF-8, or in 16-bit units of UTF-16 (as JavaScript and Java count)."""
    encoding, size = ("utf-8", 1) if unit == "utf-8" else ("utf-16-le", 2)
    wanted = sorted(set(offsets))
    found: dict[int, int] = {}
    done = length = 0
    for offset in wanted:
        if not 0 <= offset <= len(text):
            raise ValueError(f"offset {offset} is outside the text of {len(text)} code points")
        length += len(text[done:offset].encode(encoding)) // size
        done = offset
        found[offset] = length
    return [found[offset] for offset in offsets]
