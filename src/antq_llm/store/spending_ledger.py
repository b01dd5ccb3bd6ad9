"""The ledger of a budget, which is kept in the run's store."""

from __future__ import annotations

from antq_llm.clients.pricing import PriceList
from antq_llm.store.protocol import Store

BATCH_KEY_PREFIX = "batch-"
"""The key prefix of reservations for batches.

When an answer from a batch is stored, its actual cost is added to the amount spent.
"""


class StoreLedger:
    """A ledger of spending and reservations in US dollars for all runs that share a store.

    The reservations of a killed run are kept, because its requests may have cost money. If
    ``price_list`` is given, answers already stored without a cost are counted at its prices.
    """

    def __init__(self, store: Store, price_list: PriceList | None = None) -> None:
        self._store = store
        self._unpriced = (
            sum(price_list.cost(usage, model) or 0.0 for model, usage in store.unpriced())
            if price_list
            else 0.0
        )

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        return await self._store.reserve(key, usd, limit - self._unpriced)

    async def settle(self, key: str, usd: float) -> None:
        await self._store.settle(key, usd)

    async def release_batches(self) -> None:
        """Release all reservations for batches; call this only when no batch is pending.

        For requests answered without a known cost, the reserved amount counts as spent.
        """
        await self._store.release_reservations(BATCH_KEY_PREFIX)

    async def reserves_for_batches(self) -> bool:
        """Return whether anything is reserved for batches."""
        return await self._store.has_reservations(BATCH_KEY_PREFIX)

    async def used(self) -> tuple[float, float]:
        spent, reserved = await self._store.used()
        return self._unpriced + spent, reserved
