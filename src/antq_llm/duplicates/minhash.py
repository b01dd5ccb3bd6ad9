"""Search for near-duplicates, which are texts that share most of their runs of three words.

The search uses MinHash with locality-sensitive hashing (Broder 1997, "On the resemblance and
containment of documents"; Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", section
3.4). Each text is reduced to a few numbers, and only texts that share a band of these numbers are
compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from rensa import RMinHash, RMinHashLSH

DEFAULT_THRESHOLD = 0.8
SHINGLE_WORDS = 3
SKETCH_NUMBERS = 48
"""Number of MinHash values kept per text; 48 has many divisors, so many band sizes are possible."""
MIN_RECALL = 0.9
"""The minimum recall at the threshold, from 0 to 1; recall is higher for more similar pairs."""
_SEED = 1


def shingles_of(words: Sequence[str]) -> frozenset[str]:
    """Return the runs of three words in a text; if it has fewer words, they form a single run."""
    return frozenset(
        " ".join(words[start : start + SHINGLE_WORDS])
        for start in range(max(1, len(words) - SHINGLE_WORDS + 1))
    )


def similarity(first: frozenset[str], second: frozenset[str]) -> float:
    """Return the Jaccard index of two sets of shingles, from 0 to 1."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def rows_for(threshold: float) -> int:
    """Return the largest number of rows per band for which recall is at least ``MIN_RECALL``.

    Two texts of similarity s share at least one of b bands of r numbers with probability
    1 - (1 - s^r)^b.
    """
    sizes = [rows for rows in range(1, SKETCH_NUMBERS + 1) if SKETCH_NUMBERS % rows == 0]
    return max(
        rows
        for rows in sizes
        if rows == 1 or 1 - (1 - threshold**rows) ** (SKETCH_NUMBERS // rows) >= MIN_RECALL
    )


def sketch_of(shingles: frozenset[str]) -> RMinHash:
    """Return the MinHash sketch of a text's shingles."""
    sketch = RMinHash(SKETCH_NUMBERS, _SEED)
    sketch.update(list(shingles))
    return sketch


class NearDuplicateIndex:
    """An index of the texts seen so far, numbered from 0 in the order they were added."""

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        self._bands = RMinHashLSH(threshold, SKETCH_NUMBERS, SKETCH_NUMBERS // rows_for(threshold))
        # The last eight bits of each number, enough to rank texts by similarity (Li and König
        # 2010, "b-Bit Minwise Hashing").
        self._bits = array("B")
        self._count = 0

    def nearest(self, sketch: RMinHash, limit: int) -> list[int]:
        """Return the numbers of at most ``limit`` texts that are probably similar.

        If there are more, those with the highest estimated similarity are returned; among equally
        similar texts, the earliest come first.
        """
        found: list[int] = sorted(self._bands.query(sketch))
        if len(found) <= limit:
            return found
        bits = _last_bits(sketch)
        return sorted(found, key=lambda number: -self._agreement(number, bits))[:limit]

    def add(self, sketch: RMinHash) -> int:
        """Add a text and return its number."""
        number = self._count
        self._bands.insert(number, sketch)
        self._bits.extend(_last_bits(sketch))
        self._count += 1
        return number

    def _agreement(self, number: int, bits: Sequence[int]) -> int:
        kept = self._bits[number * SKETCH_NUMBERS : (number + 1) * SKETCH_NUMBERS]
        return sum(ours == theirs for ours, theirs in zip(kept, bits, strict=True))


def _last_bits(sketch: RMinHash) -> list[int]:
    return [number & 0xFF for number in sketch.digest()]
