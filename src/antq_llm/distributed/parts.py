"""The output of a job: a folder for each table, with a Parquet file for each chunk of articles.

A chunk is done once the list of its finished articles has been written to ``_done``. Files of
other chunks are left over from a call that was killed; the next call deletes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import Any

from antq_llm.core.optional_library import import_optional
from antq_llm.distributed.storage import EXTRA, Storage
from antq_llm.export.writers.parquet_writer import parquet_bytes
from antq_llm.schemas.base import Schema
from antq_llm.tables.layout import Layout
from antq_llm.tables.record_rows import rows_of
from antq_llm.tables.run_tables import failure_rows
from antq_llm.tables.table import Table, Value

DONE = "_done"
OPEN = "open"
"""The name of the part with the failures that the next call retries."""


def write_part(
    storage: Storage,
    part: str,
    schema: Schema[Any],
    *,
    records: Sequence[Mapping[str, Any]] = (),
    failures: Sequence[Mapping[str, Any]] = (),
    texts: Mapping[str, str] | None = None,
) -> None:
    """Write records and failures as tables, ``articles`` first; leave out tables without rows.

    ``texts`` contains the texts that were extracted from pages and documents, by article id.
    """
    layout = Layout()
    layout.add_schema(schema.json_schema, schema.roles)
    rows = [row for line in records for row in rows_of(line, layout.date_fields)]
    rows += [row for line in failures for row in failure_rows(line)]
    for row in rows:
        layout.add_row(row)
    tables = {table.key: table for table in layout.tables()}
    values: dict[str, list[list[Value]]] = {}
    for row in rows:
        table = tables[row.table]
        values.setdefault(table.name, []).append(table.values(row.cells))
    for table in tables.values():
        if table.name in values:
            storage.write(_name(table, part), parquet_bytes(table, values[table.name]))
    if texts:
        storage.write(f"texts/{part}.parquet", _texts(texts))


def mark_done(
    storage: Storage, part: str, articles: Sequence[str], counts: Mapping[str, Any]
) -> None:
    """Mark a chunk as done by writing its counts and the ids of its finished articles."""
    content = json.dumps({"articles": list(articles), **counts}, ensure_ascii=False)
    storage.write(f"{DONE}/{part}.json", content.encode())


def done_parts(storage: Storage) -> Iterator[dict[str, Any]]:
    """Yield the data that ``mark_done`` wrote for each chunk, with the part's name as ``part``."""
    for name in storage.names(DONE):
        if name.endswith(".json"):
            content = json.loads(storage.read(name) or b"{}")
            yield {"part": name[len(DONE) + 1 : -len(".json")], **content}


def delete_unfinished(storage: Storage, done: Iterable[str]) -> int:
    """Delete files of ``OPEN`` and of unfinished chunks; return how many chunks were unfinished."""
    finished, unfinished = set(done), set()
    for name in list(storage.names()):
        part = name.rpartition("/")[2].removesuffix(".parquet")
        if name.startswith("_") or "/" not in name or not name.endswith(".parquet"):
            continue
        if part not in finished:
            storage.delete(name)
            unfinished.add(part)
    return len(unfinished - {OPEN})


def _name(table: Table, part: str) -> str:
    return f"{table.name}/{part}.parquet"


def _texts(texts: Mapping[str, str]) -> bytes:
    arrow = import_optional("pyarrow", EXTRA)
    parquet = import_optional("pyarrow.parquet", EXTRA)
    content = BytesIO()
    columns = {"article_id": list(texts), "text": list(texts.values())}
    parquet.write_table(arrow.table(columns), content, compression="zstd")
    return content.getvalue()
