"""Conversion of stores in earlier formats, in steps that are kept if the process is killed."""

from __future__ import annotations

import json
import logging
import sqlite3
from pathlib import Path

import pytest

from antq_llm.clients.request import Request
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.sqlite import old_formats
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.sqlite.tables import FORMAT
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)
ARTICLES = 450
WITHOUT_ROWID = {1: "WITHOUT ROWID", 2: ""}


def asked(number: int) -> Request:
    """Return the request for an article, given its number."""
    return request(SCHEMA, sample=number)


def line(number: int) -> dict[str, object]:
    """Return an article's line of records.jsonl as earlier versions wrote it."""
    return {
        "article_id": f"a{number:03}",
        "record": {"subject": f"Bài {number}"},
        "usage": {"input_tokens": 5, "output_tokens": 1, "cached_tokens": 0},
        "cost_usd": 0.5,
        "replayed": False,
        "warnings": [],
    }


def write_old_store(path: Path, version: int, articles: int = ARTICLES, calls: int = 2) -> None:
    """Write a store in an earlier format, in which each call has a record of every article."""
    path.parent.mkdir(exist_ok=True)
    old = sqlite3.connect(path)
    old.executescript(f"""
        CREATE TABLE completions (digest TEXT PRIMARY KEY, asked TEXT NOT NULL,
            completion TEXT NOT NULL, received TEXT NOT NULL) {WITHOUT_ROWID[version]};
        CREATE TABLE samples (digest TEXT PRIMARY KEY, sample INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE calls (call INTEGER PRIMARY KEY, started TEXT NOT NULL);
        CREATE TABLE outcomes (call INTEGER NOT NULL, position INTEGER NOT NULL,
            article_id TEXT NOT NULL, kind TEXT NOT NULL, line TEXT NOT NULL,
            PRIMARY KEY (call, position)) {WITHOUT_ROWID[version]};
        PRAGMA user_version = {version};
    """)
    for number in range(articles):
        one = asked(number)
        answer = completion(f"trả lời {number} " + "chữ " * 200)
        row = (one.digest, json.dumps(one.asked()), answer.model_dump_json(), "2021")
        old.execute("INSERT INTO completions VALUES (?, ?, ?, ?)", row)
    for call in range(1, calls + 1):
        old.execute("INSERT INTO calls VALUES (?, '2021')", (call,))
        for number in range(articles):
            text = json.dumps({**line(number), "filler": "chữ " * 200}, ensure_ascii=False)
            row = (call, number, f"a{number:03}", "record", text)
            old.execute("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)", row)
    old.commit()
    old.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the store."""
    return tmp_path / "out" / "store.sqlite3"


def check_all(path: Path, articles: int = ARTICLES) -> None:
    """Check that a converted store has every answer, and every outcome once, with its cost."""
    store = SqliteStore(path)
    texts = [store.completion(asked(number).digest) for number in range(articles)]
    assert [answer and answer.text.split(" chữ")[0] for answer in texts] == [
        f"trả lời {number}" for number in range(articles)
    ]
    call = store.begin_call("i", replaces="")
    found = [json.loads(text) for text in store.lines(call, "record")]
    for one in found:
        one.pop("filler")
    expected = {"checks": "1", "replayed": True}
    assert found == [{**line(number), **expected} for number in range(articles)]
    assert store.count_lines(call, "2").older_checks == articles
    store.close()
    database = sqlite3.connect(path)
    assert database.execute("SELECT usd FROM spending").fetchone() == (articles * 0.5,)
    names = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    assert not {"old_completions", "old_outcomes"} & names
    assert database.execute("PRAGMA user_version").fetchone() == (FORMAT,)
    database.close()


@pytest.mark.parametrize("version", [1, 2])
def test_an_old_store_keeps_what_was_paid_for(
    path: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Converting a store in format 1 or 2 keeps answers, outcomes and costs, and logs a message."""
    write_old_store(path, version)
    with caplog.at_level(logging.WARNING):
        SqliteStore(path).close()
    [message] = caplog.messages
    assert f"converting its rows ({3 * ARTICLES} left)" in message
    check_all(path)


@pytest.mark.parametrize("steps", [0, 1, 3, 5])
def test_a_conversion_that_was_killed_continues(
    path: Path, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next call completes a conversion that was killed after any number of steps."""
    write_old_store(path, 2)
    done = 0
    step = old_formats._step

    def killed(*arguments: object) -> bool:
        nonlocal done
        if done == steps:
            raise KeyboardInterrupt
        done += 1
        return step(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(old_formats, "_step", killed)
        with pytest.raises(KeyboardInterrupt):
            SqliteStore(path)
    check_all(path)


def test_a_conversion_does_not_double_the_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store stays below twice its size during conversion, and ends below half of it."""
    write_old_store(path, 2, calls=4)
    before = path.stat().st_size
    sizes: list[int] = []
    step = old_formats._step

    def measured(*arguments: object) -> bool:
        more = step(*arguments)  # type: ignore[arg-type]
        sizes.append(sum(file.stat().st_size for file in path.parent.glob("store.sqlite3*")))
        return more

    monkeypatch.setattr(old_formats, "_step", measured)
    SqliteStore(path).close()
    assert len(sizes) > 5
    assert max(sizes) < 2 * before
    assert path.stat().st_size < before / 2


@pytest.mark.parametrize("kind", ["recording_missing", "rejected", "transport", "invalid"])
def test_an_old_failure_decides_as_a_new_one(path: Path, kind: str) -> None:
    """An old failure sets the identity of the folder only if the article caused it."""
    write_old_store(path, 2, articles=0)
    old = sqlite3.connect(path)
    text = json.dumps({"article_id": "a", "error": {"kind": kind}, "usage": {}, "cost_usd": None})
    old.execute("INSERT INTO outcomes VALUES (1, 0, 'a', 'failure', ?)", (text,))
    old.commit()
    old.close()
    store = SqliteStore(path)
    assert store.latest_identity() == ("" if kind == "invalid" else None)
    store.close()
