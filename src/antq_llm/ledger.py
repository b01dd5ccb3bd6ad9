"""The ledger of a run's store: money is counted in the same file as what it bought."""

from __future__ import annotations

import sqlite3

from antq_llm.store import Store


class StoreLedger:
    """Counts money in a store's tables ``spending`` and ``reservations``, in US dollars, over all runs that share it.

    A reservation whose run was killed stays and counts, since its request may have been paid for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        store.counts_costs = False

    async def reserve(self, key: str, usd: float, most: float) -> bool:
        def work(database: sqlite3.Connection) -> bool:
            if sum(_used(database)) + usd > most:
                return False
            database.execute("INSERT INTO reservations VALUES (?, ?)", (key, usd))
            return True

        return bool(await self._store.commit(work))

    async def settle(self, key: str, usd: float) -> None:
        def work(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM reservations WHERE key = ?", (key,))
            database.execute("UPDATE spending SET usd = usd + ?", (usd,))

        await self._store.commit(work)

    async def used(self) -> tuple[float, float]:
        used: tuple[float, float] = await self._store.commit(_used)
        return used


def _used(database: sqlite3.Connection) -> tuple[float, float]:
    spent, reserved = database.execute("SELECT (SELECT usd FROM spending), (SELECT TOTAL(usd) FROM reservations)").fetchone()
    return float(spent), float(reserved)
