"""Budget control for requests that are sent through the Batch API."""

from __future__ import annotations

from typing import Protocol

from antq_llm.clients.budget import Budget
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, BudgetExceeded
from antq_llm.store.spending_ledger import BATCH_KEY_PREFIX, StoreLedger


class BudgetGate(Protocol):
    """What decides whether a further request may go out, such as a budget."""

    async def reserve(self, request: Request, size: int) -> AntqError | None:
        """Let a request with a body of so many bytes go out; else return why not, as its article's error.

        What is refused while others are under way waits for them, and is put again when they have been settled.
        """
        ...

    async def settle(self) -> None:
        """Reserve nothing any more: all that was under way has ended, and what it cost is counted with its answers."""
        ...


class UnlimitedGate:
    """Lets everything out."""

    async def reserve(self, request: Request, size: int) -> AntqError | None:  # noqa: ARG002 - as the protocol has it
        """Say yes."""
        return None

    async def settle(self) -> None:
        """Keep no account."""


class StoreBudgetGate:
    """Holds a budget for requests that go out in batches; without one it lets everything out, and frees what an earlier run had reserved."""

    def __init__(
        self, ledger: StoreLedger, budget: Budget | None, tariff: PriceList, max_output: int | None
    ) -> None:
        self._ledger = ledger
        self._budget = budget
        self._tariff = tariff
        self._max_output = max_output

    async def reserve(self, request: Request, size: int) -> BudgetExceeded | None:
        """Reserve the most that a request with so many bytes can cost; the error says that it does not fit."""
        if self._budget is None:
            return None
        usd = self._tariff.max_cost(request.model, size, self._max_output or 0) or 0.0
        fits = await self._ledger.reserve(BATCH_KEY_PREFIX + request.digest, usd, self._budget.limit)
        return None if fits else await self._budget.exceeded(usd)

    async def settle(self) -> None:
        """Reserve nothing any more."""
        await self._ledger.release_batches()
