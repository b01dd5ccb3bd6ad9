"""Writes that arrive together share one transaction."""

from __future__ import annotations

import asyncio

import pytest

from antq_llm.clients.request import Request
from antq_llm.errors import ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.group_commit import GATHERING_SECONDS
from antq_llm.store.sql.sql_store import SqlStore
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


async def test_answers_that_come_together_share_a_write(
    store: SqlStore, second: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred simultaneous answers are stored in at most ten writes."""
    writes: list[int] = []
    write = store._write
    monkeypatch.setattr(
        store._commits, "_write_all", lambda works: [writes.append(len(works)), write(works)][1]
    )
    asked = [request(SCHEMA, sample=number) for number in range(100)]

    async def keep(one: Request) -> None:
        await store.keep(one, completion(str(one.sample)))
        assert second.completion(one.digest) is not None

    await asyncio.gather(*map(keep, asked))
    assert sum(writes) == 100
    assert len(writes) <= 10
    assert [store.completion(one.digest) for one in asked] == [
        completion(str(number)) for number in range(100)
    ]


async def test_a_write_that_fails_is_told_to_all_who_wait(
    store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed write raises an error in every waiting caller, and later answers can be stored."""

    def full(_: object) -> None:
        raise ConfigurationError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store._commits, "_write_all", full)
        results = await asyncio.gather(
            *(store.keep(request(SCHEMA, sample=number), completion()) for number in range(3)),
            return_exceptions=True,
        )
    assert [str(result) for result in results] == ["the disk is full"] * 3
    await store.keep(request(SCHEMA), completion("một"))
    assert store.completion(request(SCHEMA).digest) == completion("một")


async def test_an_answer_is_kept_though_its_caller_is_gone(store: SqlStore) -> None:
    """An answer is stored even if the task that stores it is cancelled."""
    task = asyncio.create_task(store.keep(request(SCHEMA), completion("một")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.keep(request(SCHEMA, sample=1), completion("hai"))
    assert store.completion(request(SCHEMA).digest) == completion("một")


@pytest.mark.parametrize("seconds", [0.0, GATHERING_SECONDS])
async def test_a_run_that_is_broken_off_takes_no_answer_along(
    store: SqlStore, seconds: float
) -> None:
    """If every task is cancelled, pending and later answers are still stored."""
    asked = asyncio.create_task(store.keep(request(SCHEMA), completion("một")))
    await asyncio.sleep(seconds)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await asyncio.wait_for(store.keep(request(SCHEMA, sample=1), completion("hai")), 10)
    assert store.completion(request(SCHEMA).digest) == completion("một")
