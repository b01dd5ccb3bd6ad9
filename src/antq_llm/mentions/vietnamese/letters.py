"""The capital letters of Vietnamese, for patterns of names, and digits."""

from __future__ import annotations

CAPITALS = "".join(
    character
    for character in map(chr, range(0x41, 0x1EFA))
    if character.isupper() and (character < "\u0250" or character > "\u1e00")
)
"""All Latin capital letters, for use in a character class; none needs escaping."""
MAY_BE_DIGIT = r"0-9\u0660-\u1c59\ua620-\uabf9\uff10-\uff19\U00010000-\U0010ffff"
"""Characters that include all decimal digits, for use in a character class.

A search for them is faster than one for ``\\d``, and finds little else in Vietnamese text.
"""
