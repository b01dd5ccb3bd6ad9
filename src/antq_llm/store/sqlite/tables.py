"""The tables of a store in SQLite, and the connection to its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from antq_llm.store.sql.database import Dialect, Parameters

FORMAT = 3
BUSY_MILLISECONDS = 60_000

TABLES = """
CREATE TABLE IF NOT EXISTS origins (origin INTEGER PRIMARY KEY, asked TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS completions (
    digest BLOB PRIMARY KEY, origin INTEGER NOT NULL, article_id TEXT NOT NULL,
    article BLOB NOT NULL, sample INTEGER NOT NULL, reask BLOB, answer BLOB,
    input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, cost_usd REAL,
    received TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS completions_by_article ON completions (article);
CREATE TABLE IF NOT EXISTS samples (
    digest TEXT PRIMARY KEY, sample INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identities (
    identity INTEGER PRIMARY KEY, described TEXT NOT NULL UNIQUE
);
CREATE TABLE IF NOT EXISTS calls (
    call INTEGER PRIMARY KEY, started TEXT NOT NULL, identity INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS outcomes (
    outcome INTEGER PRIMARY KEY, identity INTEGER NOT NULL, article_id TEXT NOT NULL,
    article BLOB, kind TEXT NOT NULL, reason TEXT, is_stop INTEGER NOT NULL, checks TEXT NOT NULL,
    dropped INTEGER NOT NULL, escalated INTEGER NOT NULL, duplicate INTEGER NOT NULL,
    input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER, cost_usd REAL,
    fingerprint INTEGER NOT NULL, line BLOB NOT NULL, UNIQUE (identity, article_id)
);
CREATE TABLE IF NOT EXISTS listing (
    identity INTEGER NOT NULL, article_id TEXT NOT NULL, call INTEGER NOT NULL, paid_call INTEGER,
    seen INTEGER NOT NULL, position INTEGER NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (identity, article_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spending (usd REAL NOT NULL);
CREATE TABLE IF NOT EXISTS reservations (
    key TEXT PRIMARY KEY, usd REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS forgetting (article_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (
    name TEXT PRIMARY KEY, base_url TEXT NOT NULL, prepared REAL NOT NULL, size INTEGER NOT NULL,
    requests INTEGER NOT NULL, batch TEXT, status TEXT NOT NULL, ended REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch_requests (
    digest TEXT PRIMARY KEY, name TEXT, line INTEGER NOT NULL, mode TEXT NOT NULL,
    schema TEXT NOT NULL, model TEXT NOT NULL, asked TEXT NOT NULL, losses INTEGER NOT NULL,
    refused TEXT, error TEXT
);
CREATE INDEX IF NOT EXISTS batch_requests_by_name ON batch_requests (name);
CREATE TABLE IF NOT EXISTS batch_modes (
    base_url TEXT, schema TEXT, mode TEXT NOT NULL, PRIMARY KEY (base_url, schema)
) WITHOUT ROWID;
"""
COUNT_COSTS = """
INSERT INTO spending SELECT TOTAL(cost_usd) FROM completions
    WHERE NOT EXISTS (SELECT 1 FROM spending);
"""


class SqliteDatabase(sqlite3.Connection):
    """A SQLite connection in autocommit mode; see ``Database``."""

    dialect: ClassVar = Dialect(
        text_in_json="json_extract({column}, '$.{path}')",
        hexadecimal="lower(hex({column}))",
        # The inner query sorts without the lines, which would need a lot of memory.
        outcomes_in_order="(SELECT * FROM listing WHERE {condition} ORDER BY {order} LIMIT -1) "
        "AS listed CROSS JOIN outcomes USING (identity, article_id) WHERE kind = :kind",
    )

    def stream(self, query: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Yield the rows of a query without loading all of them into memory."""
        return self.execute(query, parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction: make all changes or none."""
        try:
            self.execute("BEGIN IMMEDIATE")
            yield
            self.execute("COMMIT")
        except BaseException:
            self.rollback()
            raise


def open_database(path: Path, *, is_durable: bool = False) -> SqliteDatabase:
    """Open a connection that is in autocommit mode and overwrites deleted data.

    With ``is_durable``, each transaction is flushed to disk.
    """
    database = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, factory=SqliteDatabase
    )
    database.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    database.execute("PRAGMA secure_delete = ON")
    database.execute(f"PRAGMA synchronous = {'FULL' if is_durable else 'NORMAL'}")
    return database
