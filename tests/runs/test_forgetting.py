"""Deleting articles from a run, including deletions that are killed and then completed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import ConfigurationError
from antq_llm.extraction.extractor import Extractor
from antq_llm.runs import forgetting
from antq_llm.runs.forgetting import forget_articles
from antq_llm.runs.outputs import OutputFolder
from antq_llm.runs.totals import RunTotals
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.samples import Note, completion

SECRET = "Nguyễn Thị Bí Mật"


async def make_run(folder: Path, texts: dict[str, str], *, derived: bool = False) -> None:
    """Write a run whose answers and records contain ``SECRET`` and the article's id."""
    output, totals = OutputFolder(folder), RunTotals()
    for position, (name, text) in enumerate(texts.items()):
        client = ScriptedClient([completion(json.dumps({"subject": f"{SECRET} {name}"}))])
        stored = StoredClient(client, output.store)
        extractor = Extractor(Note, "Trích xuất.", model="m", client=stored)
        outcome = await extractor.aextract(Article(text, name, f"{name}.txt", derived=derived))
        output.put(position, outcome)
        totals.add(outcome)
    output.finish(totals, {}, "", 0.0)
    output.close()


def ids(folder: Path) -> list[str]:
    """Return the article ids in records.jsonl."""
    text = (folder / "records.jsonl").read_text("utf-8")
    return [json.loads(line)["article_id"] for line in text.splitlines()]


def rows(path: Path, query: str) -> list[Any]:
    """Return the rows that a query selects from the store in a run's folder."""
    store = SqliteStore(path / "store.sqlite3")
    found = store._database.execute(query).fetchall()
    store.close()
    return found


async def test_everything_of_an_article_is_deleted(tmp_path: Path) -> None:
    """An article's answer, outcome, line and text are deleted; costs and other articles remain."""
    out = tmp_path / "out"
    await make_run(out, {"a": "Bài a.", "x/b": "Bài b."}, derived=True)
    (out / "export").mkdir()
    report = forget_articles(out, ["x/b"])
    assert (report.stored.answers, report.stored.outcomes) == (1, 1)
    assert (report.lines, report.texts, report.unknown) == (1, 1, ())
    assert report.left == ("export",)
    assert ids(out) == ["a"]
    assert not (out / "texts/x/b.txt").exists()
    assert (out / "texts/a.txt").exists()
    assert rows(out, "SELECT article_id FROM completions") == [("a",)]
    assert rows(out, "SELECT article_id FROM outcomes") == [("a",)]
    assert rows(out, "SELECT usd FROM spending") == [(1.0,)]


async def test_deleted_rows_are_overwritten(tmp_path: Path) -> None:
    """After a deletion, the store's files no longer contain the content of the deleted rows."""
    out = tmp_path / "out"
    await make_run(out, {"a": "Bài a.", "b": "Bài b."})
    [(answer,)] = rows(out, "SELECT answer FROM completions WHERE article_id = 'b'")
    [(line,)] = rows(out, "SELECT line FROM outcomes WHERE article_id = 'b'")
    before = b"".join(path.read_bytes() for path in out.glob("store.sqlite3*"))
    assert answer in before
    assert line in before
    forget_articles(out, ["b"])
    after = b"".join(path.read_bytes() for path in out.glob("store.sqlite3*"))
    assert answer[16:] not in after
    assert line[16:] not in after


@pytest.mark.parametrize("continued_by", ["forget", "open"])
async def test_a_kill_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, continued_by: str
) -> None:
    """The next use of a folder completes a deletion that was killed after clearing the store."""
    out = tmp_path / "out"
    await make_run(out, {"a": "Bài a.", "b": "Bài b."}, derived=True)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(forgetting, "finish_forgetting", killed)
        with pytest.raises(KeyboardInterrupt):
            forget_articles(out, ["b"])
    assert ids(out) == ["a", "b"]
    if continued_by == "forget":
        forget_articles(out, ["b"])
    else:
        OutputFolder(out).close()
    assert ids(out) == ["a"]
    assert not (out / "texts/b.txt").exists()
    assert rows(out, "SELECT * FROM forgetting") == []


async def test_articles_with_the_same_text_are_named(tmp_path: Path) -> None:
    """An answer that two articles share is deleted only with the first, which the report names."""
    out = tmp_path / "out"
    await make_run(out, {"a": "Một bài.", "b": "Một bài."})
    report = forget_articles(out, ["b"])
    assert (report.stored.answers, report.stored.same_text) == (0, ("a",))
    assert forget_articles(out, ["a"]).stored.answers == 1


async def test_an_unknown_article_is_reported(tmp_path: Path) -> None:
    """An unknown id is reported, and the others are deleted."""
    out = tmp_path / "out"
    await make_run(out, {"a": "Bài a."})
    assert forget_articles(out, ["a", "nope"]).unknown == ("nope",)
    assert ids(out) == []


def test_a_folder_without_a_store_is_refused(tmp_path: Path) -> None:
    """A folder without a store raises a ConfigurationError, and nothing is created in it."""
    with pytest.raises(ConfigurationError, match="has no store"):
        forget_articles(tmp_path, ["a"])
    assert list(tmp_path.iterdir()) == []
