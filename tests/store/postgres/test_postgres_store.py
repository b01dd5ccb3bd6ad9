"""Several runs that share one PostgreSQL store, as runs on different machines can."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import CompletionError, ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.group_commit import GroupCommit, Work
from antq_llm.store.opening import open_store
from antq_llm.store.postgres.postgres_store import PostgresStore
from antq_llm.store.protocol import BatchState
from antq_llm.store.store_address import read_address
from antq_llm.store.stored_client import StoredClient
from helpers.postgres_server import PostgresServer
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


class WaitingClient:
    """A client that counts its requests and holds its answers until released."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer = asyncio.Event()
        self.is_asked = asyncio.Event()

    async def complete(self, request: Request) -> Completion:
        self.asked += 1
        self.is_asked.set()
        await self.answer.wait()
        return completion("một")

    async def aclose(self) -> None:
        pass


@pytest.fixture
def stores(tmp_path: Path, postgres: PostgresServer) -> Iterator[list[PostgresStore]]:
    """Yield the store of one run, opened twice."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    opened = [PostgresStore(address, poll_seconds=0.01) for _ in range(2)]
    yield opened
    for store in opened:
        store.close()


async def test_two_runs_pay_for_an_answer_once(
    stores: list[PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that another run has claimed waits for that run's answer."""
    first, second, looked = WaitingClient(), WaitingClient(), asyncio.Event()

    async def commit(work: Work) -> Any:
        result = await GroupCommit.commit(stores[1]._commits, work)
        looked.set()
        return result

    monkeypatch.setattr(stores[1]._commits, "commit", commit)
    one = asyncio.create_task(StoredClient(first, stores[0]).complete(request(SCHEMA)))
    await first.is_asked.wait()
    other = asyncio.create_task(StoredClient(second, stores[1]).complete(request(SCHEMA)))
    await looked.wait()
    first.answer.set()
    answers = [await one, await other]
    assert [answer.replayed for answer in answers] == [False, True]
    assert (first.asked, second.asked) == (1, 0)


async def test_a_request_that_failed_is_asked_by_the_other_run(
    stores: list[PostgresStore],
) -> None:
    """If a request fails, its claim ends, and another run can send it."""
    refused = ScriptedClient([CompletionError("no", kind="transport")])
    with pytest.raises(CompletionError):
        await StoredClient(refused, stores[0]).complete(request(SCHEMA))
    answer = await StoredClient(ScriptedClient([completion("hai")]), stores[1]).complete(
        request(SCHEMA)
    )
    assert (answer.text, answer.replayed) == ("hai", False)


async def test_the_claims_of_a_run_that_ended_are_free(stores: list[PostgresStore]) -> None:
    """A run that was killed before it released its claims does not block other runs."""
    digest = request(SCHEMA).digest
    await stores[0].claim(digest)
    stores[0]._writer.close()
    assert not await asyncio.wait_for(stores[1].claim(digest), 60)


async def test_a_budget_is_kept_by_two_runs(stores: list[PostgresStore]) -> None:
    """Simultaneous reservations by two runs do not exceed the limit."""
    fits = await asyncio.gather(
        *(stores[number % 2].reserve(str(number), 0.1, 1.05) for number in range(40))
    )
    assert sum(fits) == 10


def test_batches_are_worked_on_by_one_run(stores: list[PostgresStore]) -> None:
    """A second run cannot work on the batches until the first has ended."""
    first, second = (store.batches() for store in stores)
    first.lock()
    with pytest.raises(ConfigurationError, match="another run is working on the batches"):
        second.lock()
    first.close()
    wait_until_locked(second)
    second.close()


def wait_until_locked(batches: BatchState) -> None:
    """Lock the batches once the server has ended the previous run's session, within a minute."""
    for _ in range(600):
        try:
            batches.lock()
        except ConfigurationError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the lock was not released within a minute")
