"""Reconnecting to PostgreSQL without doing anything twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.opening import open_store
from antq_llm.store.postgres.connection import converted
from antq_llm.store.postgres.postgres_store import PostgresStore
from antq_llm.store.rows import StoredOutcome
from antq_llm.store.spending_ledger import StoreLedger
from antq_llm.store.store_address import read_address
from helpers.cutting_relay import CuttingRelay, cutting_relay
from helpers.postgres_server import PostgresServer
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


@pytest.fixture
def relay(postgres: PostgresServer) -> Iterator[CuttingRelay]:
    """A relay to the server that can cut its connections."""
    with cutting_relay(postgres.port) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path, postgres: PostgresServer, relay: CuttingRelay) -> Iterator[PostgresStore]:
    """A store whose connections go through the relay."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    through = address.url.replace(str(postgres.port), str(relay.port))
    opened = PostgresStore(replace(address, url=through), patience=5.0)
    yield opened
    relay.is_open = True
    opened.close()


async def test_a_lost_connection_is_made_again(store: PostgresStore, relay: CuttingRelay) -> None:
    """After all connections are cut, answers are still read and stored."""
    await store.keep(request(SCHEMA), completion("một"))
    relay.cut_all()
    assert store.completion(request(SCHEMA).digest) == completion("một")
    relay.cut_all()
    await store.keep(request(SCHEMA, sample=1), completion("hai"))
    assert store.completion(request(SCHEMA, sample=1).digest) == completion("hai")


@pytest.mark.parametrize(
    "cut", ["COMMIT", "pg_current_xact_id", "INSERT INTO completions", "BEGIN"]
)
async def test_a_cost_is_counted_once(store: PostgresStore, relay: CuttingRelay, cut: str) -> None:
    """Wherever a transaction is cut off, its changes are made exactly once."""
    paid = completion("một").model_copy(update={"cost_usd": 0.25})
    relay.cuts_at = cut.encode()
    await store.keep(request(SCHEMA), paid)
    assert relay.cuts_at is None
    assert await store.used() == (0.25, 0.0)
    assert store.completion(request(SCHEMA).digest) == paid


async def test_a_settlement_is_made_once(store: PostgresStore, relay: CuttingRelay) -> None:
    """If the settlement of a reservation is cut off during the commit, its cost counts once."""
    ledger = StoreLedger(store)
    assert await ledger.reserve("a", 0.6, 1.0)
    relay.cuts_at = b"COMMIT"
    await ledger.settle("a", 0.25)
    assert await ledger.used() == (0.25, 0.0)


def test_an_outcome_waits_for_the_database(
    store: PostgresStore, relay: CuttingRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the database cannot be reached, the error says what to do, and no outcome is lost."""
    call = store.begin_call()
    store.put_outcome(call, 0, StoredOutcome("a", "record", {"n": 0}))
    monkeypatch.setattr(store._writer, "_patience", 0.0)
    relay.is_open = False
    relay.cut_all()
    with pytest.raises(
        ConfigurationError,
        match=r"postgresql://127\.0\.0\.1:\d+/postgres cannot be reached .* the same command again",
    ):
        store.count_lines(call, "")
    relay.is_open = True
    assert store.count_lines(call, "").records == 1


async def test_a_closed_store_stays_closed(store: PostgresStore) -> None:
    """Writing to a closed store raises an error and opens no connection."""
    store.close()
    with pytest.raises(ConfigurationError, match="the connection is closed"):
        await store.keep(request(SCHEMA), completion("một"))
    assert store._writer._connection.closed


async def test_a_claim_outlives_its_connection(store: PostgresStore, relay: CuttingRelay) -> None:
    """A request claimed before the connection was lost is claimed again on the new connection."""
    await store.claim(request(SCHEMA).digest)
    relay.cut_all()
    await store.used()
    query = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
    [(held,)] = store._writer.execute(query)
    assert held == 1


async def test_a_read_that_is_cut_off_says_so(store: PostgresStore, relay: CuttingRelay) -> None:
    """If the connection is lost while lines are read, an error is raised."""
    call = store.begin_call()
    for number in range(2000):
        store.put_outcome(call, number, StoredOutcome(str(number), "record", {"n": number}))
    lines = store.lines(call, "record")
    next(lines)
    relay.cut_all()
    with pytest.raises(ConfigurationError, match="cannot be reached"):
        list(lines)
    assert len(list(store.lines(call, "record"))) == 2000


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a FROM b WHERE c = ? AND d = ?", "SELECT a FROM b WHERE c = %s AND d = %s"),
        ("SELECT :one_two, a::text", "SELECT %(one_two)s, a::text"),
    ],
)
def test_parameters_are_written_as_psycopg_reads_them(statement: str, expected: str) -> None:
    """``?`` and ``:name`` become psycopg's placeholders, and a cast (``::``) is unchanged."""
    assert converted(statement) == expected
