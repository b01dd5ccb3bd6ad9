"""Gates that keep the requests sent through the Batch API within the budget."""

from __future__ import annotations

from typing import Protocol

from antq_llm.clients.budget import Budget
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, BudgetExceeded
from antq_llm.store.spending_ledger import BATCH_KEY_PREFIX, StoreLedger


class BudgetGate(Protocol):
    """A gate that decides whether the budget allows another request."""

    async def reserve(self, request: Request, size: int) -> AntqError | None:
        """Reserve the maximum cost of a request of ``size`` bytes.

        Returns None, or an error if the budget has no room for the cost. If an error is returned,
        the caller tries again after the pending requests are settled or, if there are none, raises
        the error.
        """
        ...

    async def settle(self) -> None:
        """Release all reservations.

        Call this only when no request is pending and all answers are counted.
        """
        ...


class UnlimitedGate:
    """A gate that admits every request."""

    async def reserve(self, request: Request, size: int) -> AntqError | None:  # noqa: ARG002 - the protocol's
        return None

    async def settle(self) -> None:
        return None


class StoreBudgetGate:
    """A gate that reserves the maximum cost of batched requests in a store's ledger.

    Without a budget, it admits every request without a reservation. ``settle`` also releases the
    reservations of earlier runs.
    """

    def __init__(
        self,
        ledger: StoreLedger,
        budget: Budget | None,
        price_list: PriceList,
        max_output: int | None,
    ) -> None:
        self._ledger = ledger
        self._budget = budget
        self._price_list = price_list
        self._max_output = max_output

    async def reserve(self, request: Request, size: int) -> BudgetExceeded | None:
        if self._budget is None:
            return None
        usd = self._price_list.max_cost(request.model, size, self._max_output or 0) or 0.0
        key = BATCH_KEY_PREFIX + request.digest
        fits = await self._ledger.reserve(key, usd, self._budget.limit)
        return None if fits else await self._budget.exceeded(usd)

    async def settle(self) -> None:
        await self._ledger.release_batches()
