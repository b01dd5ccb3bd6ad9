"""The ledger of a run's store: money is counted in the same file as the answers it paid for."""

from __future__ import annotations

import sqlite3

from antq_llm.clients.pricing import PriceList
from antq_llm.store.store import Store

BATCH_KEY_PREFIX = "batch-"
"""Prefix of the keys of reservations for batches, whose costs are counted with their answers."""
_IS_FOR_BATCHES = f"reservations.key GLOB '{BATCH_KEY_PREFIX}*'"
_COUNT_UNKNOWN_COSTS = f"""
UPDATE spending SET usd = usd + (
    SELECT TOTAL(reservations.usd) FROM reservations JOIN completions
    ON completions.digest = substr(reservations.key, {len(BATCH_KEY_PREFIX) + 1})
    WHERE {_IS_FOR_BATCHES} AND json_extract(completions.completion, '$.cost_usd') IS NULL
)
"""  # noqa: S608 - our own names


class StoreLedger:
    """Counts spending and reservations, in US dollars, over all runs that share a store.

    The reservations of a run that was killed stay, since its requests may have been paid for.
    With a price list, answers that were stored without a cost are counted at its prices.
    """

    def __init__(self, store: Store, price_list: PriceList | None = None) -> None:
        self._store = store
        self._unpriced = (
            sum(price_list.cost(usage, model) or 0.0 for model, usage in store.unpriced())
            if price_list
            else 0.0
        )

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        def work(database: sqlite3.Connection) -> bool:
            if self._unpriced + sum(_used(database)) + usd > limit:
                return False
            database.execute("INSERT OR REPLACE INTO reservations VALUES (?, ?)", (key, usd))
            return True

        return bool(await self._store.commit(work))

    async def settle(self, key: str, usd: float) -> None:
        def work(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM reservations WHERE key = ?", (key,))
            database.execute("UPDATE spending SET usd = usd + ?", (usd,))

        await self._store.commit(work)

    async def release_batches(self) -> None:
        """Release all reservations for batches; call it when no batch is pending.

        Answers without a known cost are counted at what was reserved for them.
        """

        def work(database: sqlite3.Connection) -> None:
            database.execute(_COUNT_UNKNOWN_COSTS)
            database.execute(f"DELETE FROM reservations WHERE {_IS_FOR_BATCHES}")  # noqa: S608 - as above

        await self._store.commit(work)

    async def reserves_for_batches(self) -> bool:
        """Return whether anything is reserved for batches."""
        query = f"SELECT EXISTS (SELECT 1 FROM reservations WHERE {_IS_FOR_BATCHES})"  # noqa: S608 - as above
        return bool(
            await self._store.commit(lambda database: database.execute(query).fetchone()[0])
        )

    async def used(self) -> tuple[float, float]:
        spent, reserved = await self._store.commit(_used)
        return self._unpriced + spent, reserved


def _used(database: sqlite3.Connection) -> tuple[float, float]:
    spent, reserved = database.execute(
        "SELECT (SELECT usd FROM spending), (SELECT TOTAL(usd) FROM reservations)"
    ).fetchone()
    return float(spent), float(reserved)
