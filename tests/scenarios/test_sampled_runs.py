"""Runs with samples and a store: the requests of a later run and of a retry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm import CompletionError, Extractor, Options
from antq_llm.articles.input_list import list_inputs
from antq_llm.clients.base import Client
from antq_llm.runs.outputs import OrderedLines
from antq_llm.runs.runner import Runner
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.asked_by_model import ByModel, client_of_samples
from helpers.samples import ARTICLE, full_report


async def run(
    folder: Path, client: Client, store: SqliteStore, *, retry_failed: bool = False, **options: Any
) -> list[dict[str, Any]]:
    """Extract a folder with a store, and return the lines of the records."""
    lines: list[str] = []
    extractor = Extractor(
        client=StoredClient(client, store),
        model="m",
        options=Options(**{"max_attempts": 1, **options}),
    )
    await Runner(extractor, OrderedLines(lines.append), store, retry_failed).run(
        list_inputs([str(folder)])
    )
    return [json.loads(line) for line in lines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one article."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(ARTICLE, "utf-8")
    return tmp_path / "in"


async def test_a_run_that_continues_asks_only_for_the_samples_that_are_missing(
    folder: Path, tmp_path: Path
) -> None:
    """A later run asks only for the samples that are missing from the store."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    assert (
        await run(
            folder,
            client_of_samples(
                full_report(), CompletionError("down", kind="transport"), full_report()
            ),
            store,
            samples=3,
        )
        == []
    )
    client = client_of_samples("{", full_report(), "{")
    (line,) = await run(folder, client, store, samples=3)
    assert (client.asked, line["attempts"]) == ([("m", 1)], 3)
    client = client_of_samples("{", "{", "{", full_report(), full_report())
    (line,) = await run(folder, client, store, samples=5)
    assert (client.asked, line["attempts"]) == ([("m", 3), ("m", 4)], 5)
    store.close()


async def test_a_retry_asks_for_samples_that_were_never_asked_for(
    folder: Path, tmp_path: Path
) -> None:
    """With retry_failed, a failed article gets the next round of sample numbers."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    assert await run(folder, client_of_samples("{", "{", "{"), store, samples=3) == []
    client = client_of_samples(
        "{", "{", "{", "{", "{", "{", full_report(), full_report(), full_report()
    )
    assert await run(folder, client, store, samples=3, retry_failed=True) == []
    assert client.asked == [("m", 3), ("m", 4), ("m", 5)]
    (line,) = await run(folder, client, store, samples=3, retry_failed=True)
    assert client.asked[3:] == [("m", 6), ("m", 7), ("m", 8)]
    assert (await run(folder, ByModel({}), store, samples=3))[0]["record"] == line["record"]
    store.close()


async def test_a_retried_single_answer_does_not_move_the_samples(
    folder: Path, tmp_path: Path
) -> None:
    """Answers of a run without sampling and of its retry count as samples in a later run."""
    store = SqliteStore(tmp_path / "store.sqlite3")
    assert await run(folder, client_of_samples("{"), store) == []
    await run(folder, client_of_samples("{", full_report()), store, retry_failed=True)
    client = client_of_samples("{", "{", full_report())
    (line,) = await run(folder, client, store, samples=3)
    assert (client.asked, line["attempts"], line["confidence"][0]["samples"]) == ([("m", 2)], 3, 2)
    store.close()
