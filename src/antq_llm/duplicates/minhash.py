"""Which of the texts seen so far a text is nearly equal to, by the runs of words that they share.

MinHash with locality-sensitive hashing (Broder 1997, "On the resemblance and containment of documents"; Leskovec, Rajaraman and Ullman,
"Mining of Massive Datasets", section 3.4): a text is kept as a few numbers, and of a hundred thousand only those are looked at that share
a band of them.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from rensa import RMinHash, RMinHashLSH

DEFAULT_THRESHOLD = 0.8
RUN = 3
"""Words of a shingle."""
NUMBERS = 48
"""The numbers that a text is kept as: many divisors, so that they make bands of many sizes."""
MIN_RECALL = 0.9
"""The part of the pairs at the threshold itself that are found; of nearer ones it is more, of equal ones all."""
_SEED = 1


def shingles_of(words: Sequence[str]) -> frozenset[str]:
    """Return the runs of words of a text; one run of all where there are fewer."""
    return frozenset(
        " ".join(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))
    )


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the Jaccard index of two sets of shingles, from 0 to 1: those in both over those in either."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def rows_for(threshold: float) -> int:
    """Return the numbers of a band: as many as still let the asked part of the pairs at a threshold be found.

    Two texts of similarity s share one of b bands of r numbers with the probability 1 - (1 - s^r)^b.
    """
    sizes = [rows for rows in range(1, NUMBERS + 1) if NUMBERS % rows == 0]
    return max(
        rows
        for rows in sizes
        if rows == 1 or 1 - (1 - threshold**rows) ** (NUMBERS // rows) >= MIN_RECALL
    )


def sketch_of(shingles: frozenset[str]) -> RMinHash:
    """Return the few numbers by which a text is compared; the order of its shingles does not matter."""
    sketch = RMinHash(NUMBERS, _SEED)
    sketch.update(list(shingles))
    return sketch


class NearDuplicateIndex:
    """The texts seen so far, numbered from 0 in the order in which they were added."""

    def __init__(self, threshold: float = DEFAULT_THRESHOLD) -> None:
        self._bands = RMinHashLSH(threshold, NUMBERS, NUMBERS // rows_for(threshold))
        # The last eight bits of each number: enough to rank texts by how many they share (Li and König 2010, "b-Bit Minwise Hashing").
        self._bits = array("B")
        self._count = 0

    def nearest(self, sketch: RMinHash, limit: int) -> list[int]:
        """Return the numbers of the texts that are probably alike, the most alike by estimate first, of equals the earliest; at most ``limit``."""
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
        kept = self._bits[number * NUMBERS : (number + 1) * NUMBERS]
        return sum(one == other for one, other in zip(kept, bits, strict=True))


def _last_bits(sketch: RMinHash) -> list[int]:
    return [number & 0xFF for number in sketch.digest()]
