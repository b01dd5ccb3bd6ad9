"""The store of a run: completions, outcomes and samples over several runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from antq_llm.clients.request import Reask, Request
from antq_llm.errors import ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.store import Store
from antq_llm.store.tables import FORMAT
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the store."""
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
    """A completion is found by its request's digest."""
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
    """A completion answers only its own request."""
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
    """Another run on the same file sees a completion as soon as keep returns."""
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
    """A request that was never retried is at sample 0."""
    assert store.sample_of("d") == 0


def test_another_sample_can_be_made_the_current_one(store: Store) -> None:
    """The current sample of a request is the one set last; others keep theirs."""
    store.use_sample("d", 1)
    store.use_sample("d", 2)
    assert (store.sample_of("d"), store.sample_of("e")) == (2, 0)


def test_each_run_has_a_number(store: Store, second: Store) -> None:
    """Two runs over one store have different numbers."""
    assert len({store.begin_call(), second.begin_call(), store.begin_call()}) == 3


def test_lines_come_in_the_order_of_the_input(store: Store) -> None:
    """A run's lines are in input order, whenever they were stored."""
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
    """A later run has its own lines, and the earlier ones stay."""
    first, later = store.begin_call(), store.begin_call()
    store.put_outcome(first, 0, "a", "record", {"n": 0})
    store.put_outcome(later, 0, "a", "record", {"n": 1})
    assert (list(store.lines(first, "record")), list(store.lines(later, "record"))) == (
        ['{"n":0}'],
        ['{"n":1}'],
    )


def test_lines_are_written_unescaped(store: Store) -> None:
    """Vietnamese letters are not escaped in a line."""
    call = store.begin_call()
    store.put_outcome(call, 0, "a", "record", {"thôn": "Tân Lâm"})
    assert list(store.lines(call, "record")) == ['{"thôn":"Tân Lâm"}']


def test_the_places_with_an_outcome_are_known(store: Store) -> None:
    """The positions of a run are those of its records and failures."""
    call = store.begin_call()
    store.put_outcome(call, 4, "a", "record", {})
    store.put_outcome(call, 7, "b", "failure", {})
    assert store.positions(call) == {4, 7}


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is not a store is a ConfigurationError that names it."""
    path = tmp_path / "store.sqlite3"
    path.write_text("not a database, but some other text that was here before", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        Store(path)


def test_a_folder_that_cannot_be_made_is_told_by_name(tmp_path: Path) -> None:
    """A folder that cannot be made is a ConfigurationError that says what to do."""
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        Store(tmp_path / "out" / "store.sqlite3")


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    """A store of another version is a ConfigurationError that names both formats."""
    path = tmp_path / "store.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(
        ConfigurationError,
        match=r"is a store of format 99, this version reads \d+: name another --out",
    ):
        Store(path)


def test_a_store_that_is_locked_loses_no_outcome(store: Store) -> None:
    """While the file cannot be written, outcomes stay pending and the error says what to do."""
    call = store.begin_call()
    store.put_outcome(call, 0, "a", "record", {"n": 0})
    store._durable.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        ConfigurationError,
        match=r"store\.sqlite3 cannot be written \(database is locked\): .* the same call again",
    ):
        store.positions(call)
    other.close()
    assert store.positions(call) == {0}


def test_an_outcome_may_be_written_again(store: Store) -> None:
    """An outcome whose write was interrupted is written again without harm."""
    call = store.begin_call()
    for _ in range(2):
        store.put_outcome(call, 0, "a", "record", {"n": 0})
        assert store.positions(call) == {0}
    assert list(store.lines(call, "record")) == ['{"n":0}']


def test_a_store_of_the_first_format_keeps_what_was_paid_for(path: Path) -> None:
    """A file of the first format is converted with its completions and outcomes."""
    path.parent.mkdir()
    asked = request(SCHEMA)
    old = sqlite3.connect(path)
    old.executescript("""
        CREATE TABLE completions (digest TEXT PRIMARY KEY, asked TEXT NOT NULL,
            completion TEXT NOT NULL, received TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE samples (digest TEXT PRIMARY KEY, sample INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE calls (call INTEGER PRIMARY KEY, started TEXT NOT NULL);
        CREATE TABLE outcomes (call INTEGER NOT NULL, position INTEGER NOT NULL,
            article_id TEXT NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL,
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
