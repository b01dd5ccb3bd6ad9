"""The tables about a run: failures, warnings, dropped items and article metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from antq_llm.evidence.grounding import QUOTE
from antq_llm.tables.row import Row, as_cell, date_cells
from antq_llm.tables.table import (
    ARTICLE_ID,
    DATE_PARTS,
    ITEM,
    SOURCE,
    USAGE,
    Cells,
    ColumnKind,
    Key,
    TableKey,
    Value,
)

_DROPPED = "dropped"
_PUBLISHED = "published"

FAILURES = TableKey("run", ("failures",))
WARNINGS = TableKey("run", ("warnings",))
DROPPED_ITEMS = TableKey("run", ("dropped_items",))
METADATA = TableKey("run", ("metadata",))

RUN_TABLES: dict[TableKey, dict[Key, ColumnKind]] = {
    FAILURES: {
        ARTICLE_ID: "text",
        SOURCE: "text",
        **{Key("run", (name,)): "text" for name in ("type", "kind", "message")},
        Key("run", ("attempts",)): "integer",
        **{Key("run", (name,)): kind for name, kind in USAGE.items()},
        Key("run", ("cost_usd",)): "number",
    },
    WARNINGS: {
        ARTICLE_ID: "text",
        ITEM: "integer",
        **{Key("run", (name,)): "text" for name in ("kind", "message", "pointer")},
        Key("span", ("start",)): "integer",
        Key("span", ("end",)): "integer",
    },
    DROPPED_ITEMS: {
        ARTICLE_ID: "text",
        ITEM: "integer",
        **{Key("run", (name,)): "text" for name in ("message", QUOTE, "data")},
    },
    METADATA: {
        ARTICLE_ID: "text",
        Key("record", ("title",)): "text",
        Key("record", (_PUBLISHED,)): "text",
        **{Key("date", (_PUBLISHED, part)): kind for part, kind in DATE_PARTS.items()},
        **{Key("record", (name,)): "text" for name in ("site", "author", "url")},
    },
}
"""The columns that each table always has; ``metadata`` has more if the run kept other metadata."""


def record_run_rows(line: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows about the run for a line of ``records.jsonl``."""
    warnings = [entry for entry in line.get("warnings") or () if isinstance(entry, dict)]
    for index, warning in enumerate(warnings):
        yield _warning_row(line, index, warning)
    dropped = [entry for entry in warnings if entry.get("kind") == _DROPPED]
    for index, warning in enumerate(dropped):
        yield _dropped_row(line, index, warning)
    yield from _metadata_rows(line)


def failure_rows(line: Mapping[str, Any]) -> Iterator[Row]:
    """Yield the rows for a line of ``failures.jsonl``."""
    error, usage = line["error"], line.get("usage") or {}
    attempts = line.get("attempts") or ()
    values = {
        "type": error.get("type"),
        "kind": error.get("kind"),
        "message": error["message"],
        "attempts": len(attempts) if isinstance(attempts, Sequence) else None,
        **{name: usage.get(name) for name in USAGE},
        "cost_usd": line.get("cost_usd"),
    }
    yield Row(
        FAILURES,
        {ARTICLE_ID: line["article_id"], SOURCE: line.get("source")} | _run_cells(values),
    )
    yield from _metadata_rows(line)


def _warning_row(line: Mapping[str, Any], index: int, warning: Mapping[str, Any]) -> Row:
    cells = _run_cells({name: warning.get(name) for name in ("kind", "message", "pointer")})
    span: Cells = {Key("span", (name,)): warning.get(name) for name in ("start", "end")}
    return Row(WARNINGS, {ARTICLE_ID: line["article_id"], ITEM: index} | cells | span)


def _dropped_row(line: Mapping[str, Any], index: int, warning: Mapping[str, Any]) -> Row:
    item = warning.get("item")
    values = {
        "message": warning.get("message"),
        QUOTE: item.get(QUOTE) if isinstance(item, dict) else None,
        "data": None if item is None else json.dumps(item, ensure_ascii=False),
    }
    return Row(DROPPED_ITEMS, {ARTICLE_ID: line["article_id"], ITEM: index} | _run_cells(values))


def _metadata_rows(line: Mapping[str, Any]) -> Iterator[Row]:
    metadata = line.get("metadata")
    if not isinstance(metadata, dict) or not metadata:
        return
    cells: Cells = {ARTICLE_ID: line["article_id"]}
    for name, value in metadata.items():
        cells[Key("record", (name,))] = (
            json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else as_cell(value)
        )
    cells |= date_cells((_PUBLISHED,), metadata.get(_PUBLISHED))
    yield Row(METADATA, cells)


def _run_cells(values: Mapping[str, Value]) -> Cells:
    return {Key("run", (name,)): value for name, value in values.items()}
