"""Ledgers for tests: an empty one of each kind, and one that counts refusals."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from antq_llm.clients.budget import Ledger, MemoryLedger
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.sqlite.sqlite_store import SqliteStore

LEDGERS = ("memory", "store")


@asynccontextmanager
async def empty_ledger(kind: str, folder: Path) -> AsyncIterator[Ledger]:
    """Yield an empty ledger, in memory or in a store."""
    if kind == "memory":
        yield MemoryLedger()
        return
    store = SqliteStore(folder / "store.sqlite3")
    yield StoreLedger(store)
    await store.drain()
    store.close()


class WatchedLedger:
    """A ledger that can wait until it has refused a number of reservations."""

    def __init__(self, inner: Ledger) -> None:
        self._inner = inner
        self._refusals = 0
        self._awaited: tuple[int, asyncio.Event] | None = None

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        fits = await self._inner.reserve(key, usd, limit)
        self._refusals += not fits
        if self._awaited is not None and self._refusals >= self._awaited[0]:
            self._awaited[1].set()
        return fits

    async def settle(self, key: str, usd: float) -> None:
        await self._inner.settle(key, usd)

    async def used(self) -> tuple[float, float]:
        return await self._inner.used()

    async def wait_for_refusals(self, number: int) -> None:
        """Return once ``number`` reservations have been refused and their tasks are waiting."""
        if self._refusals < number:
            self._awaited = (number, asyncio.Event())
            await self._awaited[1].wait()
        # The task that was refused last needs a few more steps before it waits.
        for _ in range(5):
            await asyncio.sleep(0)
