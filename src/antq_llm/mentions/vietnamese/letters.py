"""The capital letters of Vietnamese, for patterns of names."""

from __future__ import annotations

CAPITALS = "".join(
    character
    for character in map(chr, range(0x41, 0x1EFA))
    if character.isupper() and (character < "\u0250" or character > "\u1e00")
)
"""All Latin capital letters, for use in a character class; none needs escaping."""
