"""A budget: reservations, waiting, cancellation and threads."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from antq_llm.clients.budget import Budget, Ledger, MemoryLedger
from antq_llm.errors import BudgetExceeded
from helpers.ledgers import LEDGERS, WatchedLedger, empty_ledger


@pytest_asyncio.fixture(params=LEDGERS)
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """Yield an empty ledger of each kind."""
    async with empty_ledger(request.param, tmp_path) as empty:
        yield empty


async def test_a_request_that_does_not_fit_waits_for_others(ledger: Ledger) -> None:
    """Requests that do not fit wait, since pending requests may cost less than reserved."""
    watched = WatchedLedger(ledger)
    budget = Budget(1.0, watched)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(usd)) for usd in (0.5, 0.2)]
    await watched.wait_for_refusals(3)
    assert not any(task.done() for task in waiting)
    await budget.settle(first, 0.1)
    await asyncio.gather(*waiting)
    spent, reserved = await ledger.used()
    assert (spent, reserved) == (pytest.approx(0.1), pytest.approx(0.7))


async def test_a_request_that_can_never_fit_is_an_error(ledger: Ledger) -> None:
    """If nothing is reserved, the error for a request that does not fit says what to do."""
    budget = Budget(1.0, ledger)
    await budget.settle(await budget.reserve(0.9), 0.9)
    with pytest.raises(
        BudgetExceeded,
        match=r"budget of \$1.0000 has no room for another request: \$0.9000 has been spent.*"
        r"raise --max-cost",
    ):
        await budget.reserve(0.2)
    await budget.settle(await budget.reserve(0.1), 0.1)


async def test_waiters_get_the_error_once_the_rest_is_spent(ledger: Ledger) -> None:
    """Waiting requests raise BudgetExceeded once the reserved ones have used up the budget."""
    watched = WatchedLedger(ledger)
    budget = Budget(1.0, watched)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(0.5)) for _ in range(3)]
    await watched.wait_for_refusals(4)
    await budget.settle(first, 0.9)
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BudgetExceeded] * 3


async def test_a_cancelled_waiter_blocks_nobody(ledger: Ledger) -> None:
    """A request that is cancelled while it waits gives its place to the next."""
    watched = WatchedLedger(ledger)
    budget = Budget(1.0, watched)
    first = await budget.reserve(0.9)
    waiting = [asyncio.create_task(budget.reserve(0.5)) for _ in range(2)]
    await watched.wait_for_refusals(3)
    waiting[0].cancel()
    await budget.settle(first, 0.1)
    await asyncio.wait_for(waiting[1], 10)
    assert await ledger.used() == (pytest.approx(0.1), pytest.approx(0.5))


@pytest.mark.parametrize("steps", range(8))
async def test_a_request_that_is_cancelled_at_any_step_holds_nothing(
    ledger: Ledger, steps: int
) -> None:
    """A request cancelled at any step leaves no reservation and makes no other request wait."""
    budget = Budget(1.0, ledger)

    async def send() -> None:
        async with budget.spending(0.9) as spent:
            await asyncio.sleep(0)
            spent.record_cost(0.0)

    task = asyncio.create_task(send())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await asyncio.wait_for(budget.settle(await budget.reserve(1.0), 1.0), 10)
    with pytest.raises(BudgetExceeded):
        await asyncio.wait_for(budget.reserve(0.1), 10)
    assert await ledger.used() == (1.0, 0.0)


class YieldingLimit(float):
    """A limit that lets other threads run while it is compared."""

    def __lt__(self, amount: float) -> bool:
        time.sleep(0)
        return float(self) < amount


@pytest.mark.slow
def test_the_loops_of_several_threads_share_a_budget() -> None:
    """Event loops in several threads never exceed the budget together, and none waits forever."""
    budget, seen = Budget(YieldingLimit(1.0), MemoryLedger()), list[float]()

    async def ask_on() -> None:
        for _ in range(100):
            with suppress(BudgetExceeded):
                key = await budget.reserve(0.3)
                seen.append(sum(await budget.used()))
                await asyncio.sleep(0)
                await budget.settle(key, 0.0)

    async def several() -> None:
        await asyncio.wait_for(asyncio.gather(*(ask_on() for _ in range(4))), 60)

    with ThreadPoolExecutor(8) as threads:
        for done in [threads.submit(asyncio.run, several()) for _ in range(8)]:
            done.result()
    assert max(seen) <= 1.0
    assert asyncio.run(budget.used()) == (0.0, 0.0)


def test_a_loop_that_was_closed_while_it_waited_stops_nobody() -> None:
    """A closed event loop with a waiting request does not prevent others from settling."""
    watched = WatchedLedger(MemoryLedger())
    budget = Budget(1.0, watched)
    key = asyncio.run(budget.reserve(0.9))
    loop = asyncio.new_event_loop()
    left = loop.create_task(budget.reserve(0.5))
    loop.run_until_complete(watched.wait_for_refusals(2))
    loop.close()
    asyncio.run(budget.settle(key, 0.1))
    assert asyncio.run(budget.used()) == (0.1, 0.0)
    left.get_coro().close()  # type: ignore[union-attr] # it is a coroutine's task
    # Otherwise, asyncio logs the unfinished task when it is collected.
    left._log_destroy_pending = False  # type: ignore[attr-defined]


async def test_what_is_settled_while_the_ledger_is_asked_is_not_missed() -> None:
    """If one request settles while another is being refused, the latter is tried again at once."""

    class SlowLedger(MemoryLedger):
        """A ledger that settles another reservation before it refuses."""

        async def reserve(self, key: str, usd: float, limit: float) -> bool:
            fits = await super().reserve(key, usd, limit)
            if not fits and held:
                await budget.settle(held.pop(), 0.1)
            return fits

    held: list[str] = []
    budget = Budget(1.0, SlowLedger())
    keys = [await budget.reserve(usd) for usd in (0.6, 0.2, 0.2)]
    held.extend(keys[1:])
    async with asyncio.timeout(60):
        await budget.reserve(0.15)
    spent, reserved = await budget.used()
    assert (spent, reserved) == (pytest.approx(0.2), pytest.approx(0.75))


async def test_a_waiting_request_does_not_ask_the_ledger_again() -> None:
    """A request that does not fit is tried again only when another reservation is settled."""
    asked: list[float] = []

    class CountingLedger(MemoryLedger):
        """A ledger that counts the attempts to reserve."""

        async def reserve(self, key: str, usd: float, limit: float) -> bool:
            asked.append(usd)
            return len(asked) < 50 and await super().reserve(key, usd, limit)

    budget = Budget(1.0, CountingLedger())
    first = await budget.reserve(0.9)
    waiting = asyncio.create_task(budget.reserve(0.5))
    for _ in range(100):
        await asyncio.sleep(0)
    assert asked == [0.9, 0.5, 0.5]
    await budget.settle(first, 0.1)
    await waiting
    assert asked == [0.9, 0.5, 0.5, 0.5]
