"""Tables as a SQLite database, with keys and full-text search; lists are JSON arrays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from antq_llm.errors import ConfigurationError
from antq_llm.export.writers.search_index import create_search_index, index_row
from antq_llm.tables.table import AddRow, Table, Value

APPLICATION_ID = 0x414E5451
"""The number in a database's header that identifies an export: ``ANTQ`` in ASCII."""

_TYPES = {
    "integer": "INTEGER",
    "number": "NUMERIC",
    "boolean": "BOOLEAN",
    "text": "TEXT",
    "date": "TEXT",
}


@contextmanager
def open_database(tables: Sequence[Table], target: Path) -> Iterator[AddRow]:
    """Open a writer that creates a database with the tables."""
    with closing(sqlite3.connect(target, isolation_level=None)) as database:
        # No journal is needed, because the new file replaces the target only when complete.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for table in tables:
            database.execute(_create_statement(table))
        create_search_index(database)
        inserts = {table.name: _insert_statement(table) for table in tables}
        database.execute("BEGIN")

        def add_row(table: Table, values: Sequence[Value]) -> None:
            cells = [
                json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
                for value in values
            ]
            try:
                database.execute(inserts[table.name], cells)
            except sqlite3.IntegrityError as error:
                raise ConfigurationError(
                    f"two records have the article_id {values[0]!r}, "
                    "which must be unique: keep only one of them in records.jsonl"
                ) from error
            index_row(database, table, values)

        yield add_row
        database.execute("COMMIT")


def is_own_database(path: Path) -> bool:
    """Return whether a file is a database that an export wrote."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return False
    return header.startswith(b"SQLite format 3\0") and header[68:72] == APPLICATION_ID.to_bytes(
        4, "big"
    )


def _create_statement(table: Table) -> str:
    parts = [
        f"{_quoted(column.name)} {'TEXT' if column.is_list else _TYPES[column.kind]}"
        for column in table.columns
    ]
    parts.append(f"PRIMARY KEY ({', '.join(_quoted(name) for name in table.keys)})")
    if table.outer is not None:
        own, outer = (
            ", ".join(map(_quoted, names)) for names in zip(*table.outer_keys, strict=True)
        )
        parts.append(f"FOREIGN KEY ({own}) REFERENCES {_quoted(table.outer)} ({outer})")
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(parts)})"


def _insert_statement(table: Table) -> str:
    placeholders = ", ".join("?" * len(table.columns))
    return f"INSERT INTO {_quoted(table.name)} VALUES ({placeholders})"  # noqa: S608 - quoted


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
