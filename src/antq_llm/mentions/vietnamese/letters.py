"""Latin capital letters and decimal digits, for use in patterns."""

from __future__ import annotations

CAPITALS = "".join(
    character
    for character in map(chr, range(0x41, 0x1EFA))
    if character.isupper() and (character < "\u0250" or character > "\u1e00")
)
"""Latin capital letters, including those of Vietnamese, for use in a character class.

None of them needs escaping.
"""
MAY_BE_DIGIT = r"0-9\u0660-\u1c59\ua620-\uabf9\uff10-\uff19\U00010000-\U0010ffff"
"""Ranges of characters that include all decimal digits, for use in a character class.

A search for these ranges is faster than a search for ``\\d``, and finds few other characters in
Vietnamese text.
"""
