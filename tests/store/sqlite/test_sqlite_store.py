"""Errors about the file of a SQLite store."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.store.rows import StoredOutcome
from antq_llm.store.sqlite.sqlite_store import SqliteStore


def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path) -> None:
    """A file that is not a store raises a ConfigurationError that names it."""
    path = tmp_path / "store.sqlite3"
    path.write_text("not a database, but some other text that was here before", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        SqliteStore(path)


def test_a_folder_that_cannot_be_made_is_told_by_name(tmp_path: Path) -> None:
    """A folder that cannot be created raises a ConfigurationError that says what to do."""
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(
        ConfigurationError, match=r"store\.sqlite3 cannot be used as a store .*: name another --out"
    ):
        SqliteStore(tmp_path / "out" / "store.sqlite3")


def test_a_store_of_another_format_is_refused(tmp_path: Path) -> None:
    """The error about a store in a newer format names that format and the newest supported one."""
    path = tmp_path / "store.sqlite3"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(
        ConfigurationError,
        match=r"is a store in format 99, but this version reads formats up to \d+: name another",
    ):
        SqliteStore(path)


def test_a_store_that_is_locked_loses_no_outcome(tmp_path: Path) -> None:
    """While the file is locked, outcomes stay pending, and the error says what to do."""
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(path)
    call = store.begin_call()
    store.put_outcome(call, 0, StoredOutcome("a", "record", {"n": 0}))
    store._durable.execute("PRAGMA busy_timeout = 1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(
        ConfigurationError,
        match=r"cannot be written to \(database is locked\): .* the same command again",
    ):
        store.count_lines(call, "")
    other.close()
    assert store.count_lines(call, "").records == 1
    store.close()
