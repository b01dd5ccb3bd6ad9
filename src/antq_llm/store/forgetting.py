"""Deleting articles from a store in SQLite. Each function is work for a transaction.

Table ``forgetting`` has the ids of articles that are deleted here and may still be in files.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from antq_llm.store.rows import Forgotten

_IS_ABOUT = "json_extract(asked, '$.article.id') = ?"


def forget(database: sqlite3.Connection, article_ids: Sequence[str]) -> Forgotten:
    """Delete answers, outcomes and requests of articles, and note their ids."""
    known = []
    answers = outcomes = waiting = 0
    for article_id in article_ids:
        database.execute("INSERT OR IGNORE INTO forgetting VALUES (?)", (article_id,))
        deleted = [
            _delete(database, "completions", "article_id = ?", article_id),
            _delete(database, "outcomes", "article_id = ?", article_id),
            _delete(database, "listing", "article_id = ?", article_id),
            _delete(database, "batch_requests", f"{_IS_ABOUT} AND name IS NULL", article_id),
        ]
        query = f"SELECT count(*) FROM batch_requests WHERE {_IS_ABOUT}"  # noqa: S608 - our own names
        in_batches = database.execute(query, (article_id,)).fetchone()[0]
        if any(deleted) or in_batches:
            known.append(article_id)
        answers += deleted[0]
        outcomes += deleted[1]
        waiting += in_batches
    return Forgotten(tuple(known), answers, outcomes, waiting)


def pending(database: sqlite3.Connection) -> list[str]:
    """Return the ids of articles that may still be in files."""
    rows = database.execute("SELECT article_id FROM forgetting ORDER BY article_id")
    return [article_id for (article_id,) in rows]


def end(database: sqlite3.Connection, article_ids: Sequence[str]) -> None:
    """Delete ids of articles that are in no file any more."""
    for article_id in article_ids:
        _delete(database, "forgetting", "article_id = ?", article_id)


def _delete(database: sqlite3.Connection, table: str, condition: str, article_id: str) -> int:
    query = f"DELETE FROM {table} WHERE {condition}"  # noqa: S608 - our own names
    return database.execute(query, (article_id,)).rowcount
