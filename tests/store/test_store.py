"""The run's own store: what it keeps, for whom, and over how many runs."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from antq_llm.clients.request import Reask, Request
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import CompletionError, ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.group_commit import GATHERING_SECONDS
from antq_llm.store.store import Store
from antq_llm.store.stored_client import StoredClient
from antq_llm.store.tables import FORMAT
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store is."""
    return tmp_path / "out" / "store.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(path)
    yield opened
    opened.close()


@pytest.fixture
def second(store: Store, path: Path) -> Iterator[Store]:
    """The same store, opened by another run."""
    opened = Store(path)
    yield opened
    opened.close()


async def test_a_completion_is_kept_under_its_request(store: Store) -> None:
    """What answered a request is found by the request's digest."""
    asked = request(SCHEMA)
    await store.keep(asked, completion("Tân Lâm"))
    assert store.completion(asked.digest) == completion("Tân Lâm")


def test_an_unanswered_request_has_no_completion(store: Store) -> None:
    """A request that was not answered gives None."""
    assert store.completion(request(SCHEMA).digest) is None


@pytest.mark.parametrize(
    "other",
    [
        request(SCHEMA, sample=1),
        request(SCHEMA, model="model-b"),
        request(SCHEMA, reask=Reask("a", "b")),
    ],
)
async def test_another_request_is_not_answered(store: Store, other: Request) -> None:
    """A completion answers its own request alone."""
    await store.keep(request(SCHEMA), completion())
    assert store.completion(other.digest) is None


async def test_the_first_answer_stays(store: Store) -> None:
    """A second answer to one request does not replace the first."""
    await store.keep(request(SCHEMA), completion("một"))
    await store.keep(request(SCHEMA), completion("hai"))
    kept = store.completion(request(SCHEMA).digest)
    assert kept
    assert kept.text == "một"


async def test_what_is_kept_is_there_at_once_for_another_run(store: Store, second: Store) -> None:
    """A write is seen by another run on the same file as soon as it returns."""
    await store.keep(request(SCHEMA), completion("một"))
    assert second.completion(request(SCHEMA).digest) == completion("một")


async def test_what_is_kept_outlives_the_run(path: Path) -> None:
    """A completion is there when the file is opened again."""
    first = Store(path)
    await first.keep(request(SCHEMA), completion("một"))
    first.close()
    again = Store(path)
    kept = again.completion(request(SCHEMA).digest)
    again.close()
    assert kept == completion("một")


def test_the_first_sample_is_the_current_one(store: Store) -> None:
    """A request that was never sampled again is at sample 0."""
    assert store.sample_of("d") == 0


def test_another_sample_can_be_made_the_current_one(store: Store) -> None:
    """The current sample of a request is the one set last, and others keep theirs."""
    store.use_sample("d", 1)
    store.use_sample("d", 2)
    assert (store.sample_of("d"), store.sample_of("e")) == (2, 0)


def test_each_run_has_a_number(store: Store, second: Store) -> None:
    """Two runs over one store do not share a number."""
    assert len({store.begin_call(), second.begin_call(), store.begin_call()}) == 3


def test_lines_come_in_the_order_of_the_input(store: Store) -> None:
    """A run's lines are sorted by their place in the input, whenever they came."""
    call = store.begin_call()
    for position in (2, 0, 1):
        store.put_outcome(call, position, f"a{position}", "record", {"n": position})
    assert list(store.lines(call, "record")) == ['{"n":0}', '{"n":1}', '{"n":2}']


def test_lines_are_told_apart_by_kind(store: Store) -> None:
    """Records and failures of a run are two lists."""
    call = store.begin_call()
    store.put_outcome(call, 0, "a", "record", {"n": 0})
    store.put_outcome(call, 1, "b", "failure", {"n": 1})
    assert (list(store.lines(call, "record")), list(store.lines(call, "failure"))) == (
        ['{"n":0}'],
        ['{"n":1}'],
    )


def test_lines_are_told_apart_by_run(store: Store) -> None:
    """A later run has lines of its own, and the earlier ones stay."""
    first, later = store.begin_call(), store.begin_call()
    store.put_outcome(first, 0, "a", "record", {"n": 0})
    store.put_outcome(later, 0, "a", "record", {"n": 1})
    assert (list(store.lines(first, "record")), list(store.lines(later, "record"))) == (
        ['{"n":0}'],
        ['{"n":1}'],
    )


def test_lines_are_written_unescaped(store: Store) -> None:
    """Vietnamese letters stay readable in a line."""
    call = store.begin_call()
    store.put_outcome(call, 0, "a", "record", {"thôn": "Tân Lâm"})
    assert list(store.lines(call, "record")) == ['{"thôn":"Tân Lâm"}']


def test_the_places_with_an_outcome_are_known(store: Store) -> None:
    """The positions of a run are those of its records and its failures."""
    call = store.begin_call()
    store.put_outcome(call, 4, "a", "record", {})
    store.put_outcome(call, 7, "b", "failure", {})
    assert store.positions(call) == {4, 7}


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is no store is a ConfigurationError that names it and what to do."""
    path = tmp_path / "store.sqlite3"
    path.write_text("not a database, but some other text that was here before", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        Store(path)


def test_a_folder_that_cannot_be_made_is_told_by_name(tmp_path: Path) -> None:
    """A place where no folder can be is a ConfigurationError that says what to do."""
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        Store(tmp_path / "out" / "store.sqlite3")


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    """A store that another version made is a ConfigurationError that tells both formats."""
    path = tmp_path / "store.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(
        ConfigurationError,
        match=r"is a store of format 99, this version reads \d+: name another --out",
    ):
        Store(path)


async def test_what_a_client_answers_is_kept(store: Store) -> None:
    """An answer of the client behind is passed on as it is, and kept."""
    given = await StoredClient(ScriptedClient([completion("một")]), store).complete(request(SCHEMA))
    assert (given, given.replayed, store.completion(request(SCHEMA).digest)) == (
        completion("một"),
        False,
        completion("một"),
    )


async def test_what_was_answered_is_not_asked_again(store: Store) -> None:
    """A request that the store can answer does not reach the client behind, and its answer says so."""
    await store.keep(request(SCHEMA), completion("một"))
    inner = ScriptedClient([])
    given = await StoredClient(inner, store).complete(request(SCHEMA))
    assert (given.text, given.replayed, given.cost_usd, inner.requests) == ("một", True, 0.5, [])


async def test_another_sample_is_asked_for(store: Store) -> None:
    """A new sample of an answered request goes to the client behind."""
    await store.keep(request(SCHEMA), completion("một"))
    given = await StoredClient(ScriptedClient([completion("hai")]), store).complete(
        request(SCHEMA, sample=1)
    )
    assert (given.text, given.replayed) == ("hai", False)


async def test_an_error_is_not_kept(store: Store) -> None:
    """A request that failed is asked again."""
    client = StoredClient(
        ScriptedClient([CompletionError("down", kind="transport"), completion("một")]), store
    )
    with pytest.raises(CompletionError, match="down"):
        await client.complete(request(SCHEMA))
    assert (await client.complete(request(SCHEMA))).text == "một"


async def test_what_a_recording_answered_is_not_kept(store: Store) -> None:
    """An answer that was replayed by the client behind stays where it is."""
    await StoredClient(ScriptedClient([completion(replayed=True)]), store).complete(request(SCHEMA))
    assert store.completion(request(SCHEMA).digest) is None


async def test_answers_that_come_together_share_a_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred answers at once are all in the file when their calls return, in far fewer writes than answers."""
    writes: list[int] = []
    write = store._write
    monkeypatch.setattr(store._commits, "_write_all", lambda works: [writes.append(len(works)), write(works)][1])
    asked = [request(SCHEMA, sample=number) for number in range(100)]

    async def keep(one: Request) -> None:
        await store.keep(one, completion(str(one.sample)))
        with sqlite3.connect(store.path) as other:
            assert other.execute(
                "SELECT count(*) FROM completions WHERE digest = ?", (one.digest,)
            ).fetchone() == (1,)
        other.close()

    await asyncio.gather(*map(keep, asked))
    assert sum(writes) == 100
    assert len(writes) <= 10
    assert [store.completion(one.digest) for one in asked] == [
        completion(str(number)) for number in range(100)
    ]


async def test_a_write_that_fails_is_told_to_all_who_wait(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the file cannot be written, each answer that waited for the write gets the error, and later ones can be kept again."""

    def full(_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(store._commits, "_write_all", full)
        results = await asyncio.gather(
            *(store.keep(request(SCHEMA, sample=number), completion()) for number in range(3)),
            return_exceptions=True,
        )
    assert [str(result) for result in results] == ["database or disk is full"] * 3
    await store.keep(request(SCHEMA), completion("một"))
    assert store.completion(request(SCHEMA).digest) == completion("một")


def test_a_store_that_is_locked_loses_no_outcome(store: Store) -> None:
    """Where the file cannot be written for a time, the error names it and what to do, and the outcomes are written once it can."""
    call = store.begin_call()
    store.put_outcome(call, 0, "a", "record", {"n": 0})
    store._durable.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        ConfigurationError,
        match=r"store\.sqlite3 cannot be written \(database is locked\): .* make the same call again",
    ):
        store.positions(call)
    other.close()
    assert store.positions(call) == {0}


def test_an_outcome_may_be_written_again(store: Store) -> None:
    """An outcome whose write was broken off after it had taken place, as by a second Ctrl-C, is written once more without harm."""
    call = store.begin_call()
    for _ in range(2):
        store.put_outcome(call, 0, "a", "record", {"n": 0})
        assert store.positions(call) == {0}
    assert list(store.lines(call, "record")) == ['{"n":0}']


async def test_an_answer_is_kept_though_its_caller_is_gone(store: Store) -> None:
    """A caller that is cancelled while its answer is written does not take the answer along."""
    task = asyncio.create_task(store.keep(request(SCHEMA), completion("một")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await store.keep(request(SCHEMA, sample=1), completion("hai"))
    assert store.completion(request(SCHEMA).digest) == completion("một")


@pytest.mark.parametrize("seconds", [0.0, GATHERING_SECONDS])
async def test_a_run_that_is_broken_off_takes_no_answer_along(store: Store, seconds: float) -> None:
    """Where every task is cancelled, as at a second Ctrl-C, what was to be kept is kept, and what comes after it too."""
    asked = asyncio.create_task(store.keep(request(SCHEMA), completion("một")))
    await asyncio.sleep(seconds)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    await asyncio.wait_for(store.keep(request(SCHEMA, sample=1), completion("hai")), 10)
    assert store.completion(request(SCHEMA).digest) == completion("một")


def test_a_store_of_the_first_format_keeps_what_was_paid_for(path: Path) -> None:
    """A file in the format of the first version opens with its completions and outcomes, in the present format."""
    path.parent.mkdir()
    asked = request(SCHEMA)
    old = sqlite3.connect(path)
    old.executescript("""
        CREATE TABLE completions (digest TEXT PRIMARY KEY, asked TEXT NOT NULL, completion TEXT NOT NULL, received TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE samples (digest TEXT PRIMARY KEY, sample INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE calls (call INTEGER PRIMARY KEY, started TEXT NOT NULL);
        CREATE TABLE outcomes (call INTEGER NOT NULL, position INTEGER NOT NULL, article_id TEXT NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL,
            PRIMARY KEY (call, position)) WITHOUT ROWID;
        PRAGMA user_version = 1;
    """)
    old.execute(
        "INSERT INTO completions VALUES (?, '{}', ?, '')",
        (asked.digest, completion("cũ").model_dump_json()),
    )
    old.execute("INSERT INTO outcomes VALUES (1, 0, 'a', 'record', '{}')")
    old.commit()
    old.close()
    opened = Store(path)
    assert opened.completion(asked.digest) == completion("cũ")
    assert list(opened.lines(1, "record")) == ["{}"]
    opened.close()
    with sqlite3.connect(path) as found:
        assert found.execute("PRAGMA user_version").fetchone() == (FORMAT,)
        assert (
            "WITHOUT ROWID"
            not in found.execute(
                "SELECT sql FROM sqlite_master WHERE name = 'completions'"
            ).fetchone()[0]
        )
    found.close()
