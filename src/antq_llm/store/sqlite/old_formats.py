"""Step-by-step conversion of stores in formats 1 and 2, which can be interrupted and continued.

The first step renames the old tables. Each further step moves some of their rows, so that freed
pages are reused and the file does not grow.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from antq_llm.clients.completion import Completion, Usage
from antq_llm.store.rows import StoredOutcome
from antq_llm.store.sql.completion_table import insertion
from antq_llm.store.sql.outcome_table import outcome_row, put_outcomes
from antq_llm.store.sqlite.tables import COUNT_COSTS, FORMAT, TABLES, SqliteDatabase

logger = logging.getLogger(__name__)

READABLE = (1, 2)
OLD_CHECKS = "1"
"""The checks version of lines that do not contain one."""
UNKNOWN_IDENTITY = ""
"""The identity of outcomes that were stored without one."""
_STOPS = frozenset(
    {
        *("transport", "quota", "budget", "interrupted", "configuration", "internal"),
        *("recording_missing", "rejected"),
    }
)
"""The kinds of failures that are not caused by the article."""
_ROWS_PER_STEP = 200
_OLD_TABLES = ("completions", "outcomes")


def create_tables(database: SqliteDatabase) -> None:
    """Create the missing tables of a store, after renaming the tables that must be converted."""
    database.execute("BEGIN IMMEDIATE")
    try:
        found = database.execute("PRAGMA user_version").fetchone()[0]
        if found in READABLE:
            for name in _OLD_TABLES:
                database.execute(f"ALTER TABLE {name} RENAME TO old_{name}")
            database.execute("ALTER TABLE calls ADD COLUMN identity INTEGER NOT NULL DEFAULT 0")
        for statement in TABLES.split(";\n"):
            database.execute(statement)
        if found in READABLE:
            database.execute("INSERT INTO identities VALUES (0, ?)", (UNKNOWN_IDENTITY,))
        else:
            database.execute(COUNT_COSTS)
        database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise


def take_over(database: SqliteDatabase, path: Path) -> None:
    """Move the remaining rows from the tables of an earlier format, if there are any."""
    left = _rows_left(database)
    if left is None:
        return
    logger.warning(
        "%s was written by an earlier version: converting its rows (%d left); if the conversion "
        "is interrupted, the next command continues it",
        path,
        left,
    )
    for name, move in (("completions", _move_completions), ("outcomes", _move_outcomes)):
        while _step(database, name, move):
            pass
    database.executescript(
        "BEGIN IMMEDIATE; DROP TABLE IF EXISTS old_completions; "
        f"DROP TABLE IF EXISTS old_outcomes; {COUNT_COSTS} COMMIT;"
    )
    _shrink(database, path)


def _rows_left(database: SqliteDatabase) -> int | None:
    names = [name for name in _OLD_TABLES if _exists(database, f"old_{name}")]
    if not names:
        return None
    return sum(
        int(database.execute(f"SELECT count(*) FROM old_{name}").fetchone()[0])  # noqa: S608 - our own names
        for name in names
    )


def _step(database: SqliteDatabase, name: str, move: Callable[[SqliteDatabase], int]) -> bool:
    """Move a block of rows in a transaction; return whether there may be more."""
    database.execute("BEGIN IMMEDIATE")
    try:
        # Another program may have moved the last rows in the meantime.
        moved = move(database) if _exists(database, f"old_{name}") else 0
        database.execute("COMMIT")
    except BaseException:
        database.rollback()
        raise
    return moved > 0


def _move_completions(database: SqliteDatabase) -> int:
    rows = database.execute(
        "SELECT digest, asked, completion, received FROM old_completions LIMIT ?",
        (_ROWS_PER_STEP,),
    ).fetchall()
    for digest, asked, completion, received in rows:
        parsed = Completion.model_validate_json(completion)
        insertion(digest, json.loads(asked), parsed, received)(database)
    database.executemany("DELETE FROM old_completions WHERE digest = ?", [row[:1] for row in rows])
    return len(rows)


def _move_outcomes(database: SqliteDatabase) -> int:
    """Move outcomes in the order of their calls, so that later outcomes replace earlier ones."""
    rows = database.execute(
        "SELECT call, position, article_id, kind, line FROM old_outcomes "
        "ORDER BY call, position LIMIT ?",
        (_ROWS_PER_STEP,),
    ).fetchall()
    # A killed call has no row in the table of calls.
    database.executemany(
        "INSERT OR IGNORE INTO calls VALUES (?, '', 0)", [(call,) for call, *_ in rows]
    )
    for call, position, article_id, kind, line in rows:
        outcome = _outcome(article_id, kind, json.loads(line))
        put_outcomes(database, [outcome_row(call, position, outcome)])
    database.executemany(
        "DELETE FROM old_outcomes WHERE call = ? AND position = ?", [row[:2] for row in rows]
    )
    return len(rows)


def _outcome(article_id: str, kind: Any, line: dict[str, Any]) -> StoredOutcome:
    warnings = [warning.get("kind") for warning in line.get("warnings") or ()]
    reason = line.get("error", {}).get("kind")
    try:
        usage = Usage.model_validate(line.get("usage", {}))
    except ValidationError:
        usage = Usage()
    return StoredOutcome(
        article_id,
        kind,
        _with_checks(line),
        usage=usage,
        cost_usd=line.get("cost_usd"),
        is_paid=line.get("replayed") is False,
        checks=OLD_CHECKS,
        reason=reason,
        is_stop=reason in _STOPS,
        dropped=warnings.count("dropped"),
        escalated="escalated" in warnings,
        duplicate="duplicate" in warnings,
    )


def _with_checks(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line with the checks version added in the same place as in newer lines."""
    named: dict[str, Any] = {}
    for key, value in line.items():
        if key in {"record", "error"}:
            named["checks"] = OLD_CHECKS
        named[key] = value
    return named


def _shrink(database: SqliteDatabase, path: Path) -> None:
    """Shrink the file if at least half is unused and the disk has room for three times the data."""
    size, used, free = (
        database.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("page_size", "page_count", "freelist_count")
    )
    live = (used - free) * size
    if 2 * free < used or shutil.disk_usage(path.parent).free < 3 * live:
        return
    try:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("VACUUM")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        # Later data will use the free pages.
        logger.info("%s was not compacted: %s", path, error)


def _exists(database: SqliteDatabase, table: str) -> bool:
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone())
