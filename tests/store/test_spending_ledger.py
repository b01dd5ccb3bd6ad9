"""The ledger in a run's store, shared by several runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from antq_llm.clients.budget import Budget, Ledger
from antq_llm.clients.completion import Usage
from antq_llm.clients.pricing import Price, PriceList
from antq_llm.errors import BudgetExceeded
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from helpers.ledgers import LEDGERS, empty_ledger


@pytest_asyncio.fixture(params=LEDGERS)
async def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ledger]:
    """Yield an empty ledger of each kind."""
    async with empty_ledger(request.param, tmp_path) as empty:
        yield empty


async def test_what_fits_is_reserved_and_settled(ledger: Ledger) -> None:
    """A reservation counts against the limit until it is settled; then its actual cost counts."""
    assert await ledger.reserve("a", 0.6, 1.0)
    assert not await ledger.reserve("b", 0.5, 1.0)
    assert await ledger.used() == (0.0, 0.6)
    await ledger.settle("a", 0.25)
    assert await ledger.used() == (0.25, 0.0)
    assert await ledger.reserve("b", 0.5, 1.0)


async def test_reservations_that_come_together_share_a_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred simultaneous reservations are written in at most ten transactions."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    writes: list[int] = []
    write = store._commits._write_all
    monkeypatch.setattr(
        store._commits, "_write_all", lambda works: [writes.append(len(works)), write(works)][1]
    )
    budget = Budget(2.0, StoreLedger(store))
    keys = await asyncio.gather(*(budget.reserve(0.01) for _ in range(100)))
    assert (sum(writes), len(set(keys))) == (100, 100)
    assert len(writes) <= 10
    store.close()


async def test_what_another_run_has_reserved_counts(tmp_path: Path) -> None:
    """Unsettled reservations of another run on the same store count against the budget."""
    ours, theirs = SqliteStore(tmp_path / "store.sqlite3"), SqliteStore(tmp_path / "store.sqlite3")
    await StoreLedger(theirs).reserve("under way", 0.8, 1.0)
    with pytest.raises(
        BudgetExceeded,
        match=r"a further \$0.8000 is reserved by requests of other or killed runs",
    ):
        await Budget(1.0, StoreLedger(ours)).reserve(0.3)
    for store in (ours, theirs):
        store.close()


class UnpricedStore:
    """A store with two answers without a cost; the price of one of them is unknown."""

    def __init__(self) -> None:
        self.limits: list[float] = []

    def unpriced(self) -> Iterator[tuple[str, Usage]]:
        yield "m", Usage(input_tokens=1_000_000, output_tokens=0)
        yield "unknown", Usage(input_tokens=1_000_000, output_tokens=0)

    async def reserve(self, key: str, usd: float, limit: float) -> bool:
        self.limits.append(limit)
        return True

    async def used(self) -> tuple[float, float]:
        return 0.5, 0.25


@pytest.mark.parametrize(("has_prices", "unpriced"), [(True, 0.25), (False, 0.0)])
async def test_answers_without_a_cost_are_priced(has_prices: bool, unpriced: float) -> None:
    """Answers stored without a cost count at the known prices; unknown prices count as zero."""
    store: Any = UnpricedStore()
    prices = PriceList("http://localhost/v1", {"m": Price(0.25, 1.0)})
    ledger = StoreLedger(store, prices if has_prices else None)
    assert await ledger.used() == (0.5 + unpriced, 0.25)
    await ledger.reserve("a", 0.1, 1.0)
    assert store.limits == [1.0 - unpriced]
