"""The tables of a run's store, and the conversion of files of the first format."""

from __future__ import annotations

FORMAT = 2

# Rows of several kilobytes: in insertion order with a separate index, they cost half as much to
# write as rows stored in the order of their digests.
_LARGE = {
    "completions": "(digest TEXT PRIMARY KEY, asked TEXT NOT NULL, completion TEXT NOT NULL, "
    "received TEXT NOT NULL)",
    "outcomes": "(call INTEGER NOT NULL, position INTEGER NOT NULL, article_id TEXT NOT NULL, "
    "kind TEXT NOT NULL, line TEXT NOT NULL, PRIMARY KEY (call, position))",
}
_SMALL = {
    "samples": "(digest TEXT PRIMARY KEY, sample INTEGER NOT NULL) WITHOUT ROWID",
    "calls": "(call INTEGER PRIMARY KEY, started TEXT NOT NULL)",
    "spending": "(usd REAL NOT NULL)",
    "reservations": "(key TEXT PRIMARY KEY, usd REAL NOT NULL) WITHOUT ROWID",
}
CREATE = "".join(
    f"CREATE TABLE IF NOT EXISTS {name} {columns};\n"
    for name, columns in {**_LARGE, **_SMALL}.items()
)
COUNT_COSTS = """
INSERT INTO spending
    SELECT (SELECT TOTAL(json_extract(completion, '$.cost_usd')) FROM completions)
    WHERE NOT EXISTS (SELECT 1 FROM spending);
"""
FROM_FORMAT_1 = "".join(
    f"ALTER TABLE {name} RENAME TO old_{name}; "  # noqa: S608 - our own names
    f"CREATE TABLE {name} {columns}; "
    f"INSERT INTO {name} SELECT * FROM old_{name}; "
    f"DROP TABLE old_{name};\n"
    for name, columns in _LARGE.items()
)
