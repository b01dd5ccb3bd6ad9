"""Runs with escalation and a store: the requests of a later run and of a retry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from antq_llm import CompletionError, Extractor, Options
from antq_llm.articles.input_list import list_inputs
from antq_llm.runs.outputs import OrderedLines
from antq_llm.runs.runner import Runner
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.asked_by_model import Answer, ByModel
from helpers.samples import ARTICLE, full_report

OPEN = {**full_report(), "indicators": [], "awards": []}
"""A record that leaves out the two figures of the article."""
NOTHING = "{"


def client_of(cheap: Answer, strong: Answer) -> ByModel:
    """Return a client that has one answer for each of the two models."""
    return ByModel({("cheap", 0): cheap, ("strong", 0): strong})


async def test_a_run_that_continues_asks_only_what_is_missing(tmp_path: Path) -> None:
    """The run after a lost connection asks only the stronger model, and the next sends nothing."""
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    store = SqliteStore(tmp_path / "store.sqlite3")

    async def run(client: ByModel) -> list[dict[str, Any]]:
        lines: list[str] = []
        options = Options(escalate="strong", max_attempts=1)
        await Runner(
            Extractor(client=StoredClient(client, store), model="cheap", options=options),
            OrderedLines(lines.append),
            store,
        ).run(list_inputs([str(tmp_path / "a.txt")]))
        return [json.loads(line) for line in lines]

    assert await run(client_of(OPEN, CompletionError("down", kind="transport"))) == []
    client = client_of(NOTHING, full_report())
    (line,) = await run(client)
    assert (client.asked, line["model"], line["attempts"], line["replayed"]) == (
        [("strong", 0)],
        "strong",
        2,
        False,
    )
    (replayed,) = await run(ByModel({}))
    assert {**line, "replayed": True} == replayed
    store.close()


async def test_a_retry_asks_both_models_again(tmp_path: Path) -> None:
    """With retry_failed, both models are asked again with the next sample number."""
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    store = SqliteStore(tmp_path / "store.sqlite3")
    client = ByModel(
        {(model, number): NOTHING for model in ("cheap", "strong") for number in (0, 1)}
    )
    for retry in (False, True):
        made = Extractor(
            client=StoredClient(client, store),
            model="cheap",
            options=Options(escalate="strong", max_attempts=1),
        )
        await Runner(made, OrderedLines(lambda _: None), store, retry).run(
            list_inputs([str(tmp_path / "a.txt")])
        )
    assert client.asked == [("cheap", 0), ("strong", 0), ("cheap", 1), ("strong", 1)]
    store.close()
