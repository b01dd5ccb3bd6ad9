"""A full-text index of a database's tables, which can be searched without Vietnamese diacritics.

Each row of a table that has text from a record or metadata gets a row in the table ``search``. Its
columns are ``article_id``, ``table``, ``item``, ``text`` and ``folded``. The column ``folded`` has
the same text with ``d`` for ``đ``, because SQLite treats ``đ`` as a separate letter. A search
covers both text columns, so that ``duong`` and ``đường`` both find ``đường``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from antq_llm.tables.table import ITEM, Table, Value

_FOLD = str.maketrans("đĐ", "dD")
_SEARCHED_ORIGINS = frozenset({"record", "joined"})


def create_search_index(database: sqlite3.Connection) -> None:
    """Create the index, without any rows."""
    database.execute(
        'CREATE VIRTUAL TABLE search USING fts5(article_id UNINDEXED, "table" UNINDEXED, '
        "item UNINDEXED, text, folded, tokenize = 'unicode61 remove_diacritics 2')"
    )


def index_row(database: sqlite3.Connection, table: Table, values: Sequence[Value]) -> None:
    """Add the text of a row to the index."""
    texts: list[str] = []
    item: Value = None
    for column, value in zip(table.columns, values, strict=True):
        if column.key == ITEM:
            item = value
        if column.key.origin in _SEARCHED_ORIGINS:
            parts = value if isinstance(value, list) else [value]
            texts += [part for part in parts if isinstance(part, str)]
    if texts:
        text = "\n".join(texts)
        folded = text.translate(_FOLD)
        database.execute(
            "INSERT INTO search VALUES (?, ?, ?, ?, ?)",
            (values[0], table.name, item, text, folded),
        )
