"""Finding duplicates in a run: copies wait for the first article, whatever its outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from antq_llm.articles.input_list import list_inputs
from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.duplicates.finder import DuplicateFinder
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.records.result import Extraction, Failure
from antq_llm.runs.runner import Outcome, Runner
from antq_llm.schemas.registry import schema_from
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.duplicates import FULL, OTHER, OTHER_FULL, folder_of
from helpers.samples import ARTICLE, ByArticle, completion

REPORT = schema_from("movement_report/1", None)


class Places:
    """A sink that keeps outcomes by position."""

    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}

    def put(self, position: int, outcome: Outcome) -> None:
        self.outcomes[position] = outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store."""
    opened = SqliteStore(tmp_path / "store.sqlite3")
    yield opened
    opened.close()


def batch(client: Client, store: SqliteStore, concurrency: int = 8) -> tuple[Runner, Places]:
    """Return a runner that finds copies, and the sink of its outcomes."""
    options = Options(concurrency=concurrency, max_attempts=1)
    extractor = Extractor(
        REPORT, "Trích xuất.", model="m", client=StoredClient(client, store), options=options
    )
    places = Places()
    return Runner(extractor, places, store, finder=DuplicateFinder(REPORT)), places


class Held:
    """A client that answers article ``a`` only once another has been answered."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.begun = asyncio.Event()
        self.release = asyncio.Event()

    async def complete(self, request: Request) -> Completion:
        self.asked.append(request.article_id)
        if request.article_id == "a":
            self.begun.set()
            await self.release.wait()
        else:
            self.release.set()
        return completion(FULL if request.article_id == "a" else OTHER_FULL)

    async def aclose(self) -> None:
        return None


async def test_copies_wait_for_a_pending_article(tmp_path: Path, store: SqliteStore) -> None:
    """Copies of a pending article wait for it, but other articles do not."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=OTHER)
    client = Held()
    run, places = batch(client, store)
    totals = await run.run(list_inputs([str(folder)]))
    assert client.asked == ["a", "c"]
    assert (totals.records, totals.duplicates) == (3, 1)
    assert len(places.outcomes) == 3


async def test_refused_key_stops_the_run(tmp_path: Path, store: SqliteStore) -> None:
    """An error that concerns every article is raised, and each article fails."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=ARTICLE + "\n\n")
    run, places = batch(ByArticle(dict.fromkeys("abc", ConfigurationError("no key"))), store)
    with pytest.raises(ConfigurationError, match="no key"):
        await run.run(list_inputs([str(folder)]))
    assert [type(outcome) for outcome in places.outcomes.values()] == [Failure] * 3


async def test_interrupted_run(tmp_path: Path, store: SqliteStore) -> None:
    """An interrupted run has a failure for the first article and each waiting copy."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n")
    client = Held()
    run, places = batch(client, store)
    task = asyncio.create_task(run.run(list_inputs([str(folder)])))
    await client.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [
        outcome.error.kind for outcome in places.outcomes.values() if isinstance(outcome, Failure)
    ] == ["interrupted", "interrupted"]


async def test_article_that_cannot_be_read_again(tmp_path: Path, store: SqliteStore) -> None:
    """If the first article's file is gone, a later one becomes the representative."""
    folder = folder_of(tmp_path, a=ARTICLE, b=ARTICLE + "\n", c=ARTICLE + "\n\n")
    inputs = list_inputs([str(folder)])
    client = ByArticle(dict.fromkeys("abc", FULL))
    run, places = batch(client, store, concurrency=1)
    run.on_outcome = lambda _: (folder / "a.txt").unlink(missing_ok=True)
    await run.run(inputs)
    assert client.asked == ["a", "b"]
    assert isinstance(places.outcomes[2], Extraction)
    assert "a copy of b" in places.outcomes[2].warnings[0].message
