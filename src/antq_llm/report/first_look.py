"""The items to look at first: the least probable, then those that have only warnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.report.item_places import FLAGS, Flag

MAX_ITEMS = 200
_PENDING = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item that has a probability or a flag, with the key by which it is ranked."""

    key: tuple[int, float, int]
    table: int
    row: int
    article: int
    field: str
    item: Any
    probability: float | None
    flags: tuple[Flag, ...]


class FirstLook:
    """The items to look at first, selected from the items that are added."""

    def __init__(self) -> None:
        self._kept: list[Candidate] = []
        self.added = 0
        """The number of added items with a probability or a flag."""
        self.rated = 0
        """The number of added items with a probability."""

    def add(
        self,
        place: tuple[int, int, int],
        field: str,
        item: Any,
        probability: float | None,
        flags: Sequence[Flag],
    ) -> None:
        """Add an item if it has a probability or a flag.

        ``place`` contains the numbers of the item's table, row and article.
        """
        if probability is None and not flags:
            return
        self.added += 1
        self.rated += probability is not None
        if probability is not None:
            key = (0, probability, self.added)
        else:
            key = (1, min(FLAGS.index(flag.kind) for flag in flags), self.added)
        self._kept.append(Candidate(key, *place, field, item, probability, tuple(flags)))
        if len(self._kept) > _PENDING:
            self._kept = self.items()

    def items(self) -> list[Candidate]:
        """Return at most ``MAX_ITEMS`` items: the least probable, then those with only flags."""
        return sorted(self._kept, key=lambda one: one.key)[:MAX_ITEMS]
