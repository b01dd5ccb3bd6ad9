"""Tables as a folder of typed Parquet files; the folder is also a Hugging Face dataset."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from antq_llm.export.writers.dataset_card import CARD, write_dataset_card
from antq_llm.export.writers.manifest import write_manifest
from antq_llm.export.writers.optional_library import import_optional
from antq_llm.tables.table import AddRow, Column, Table, Value

_GROUP_ROWS = 2_000


@contextmanager
def open_parquet_folder(tables: Sequence[Table], target: Path) -> Iterator[AddRow]:
    """Open a writer that creates a folder with one Parquet file per table."""
    arrow, parquet = import_optional("pyarrow"), import_optional("pyarrow.parquet")
    target.mkdir()
    with ExitStack() as stack:
        groups = {}
        for table in tables:
            schema = _arrow_schema(arrow, table)
            path = target / f"{table.name}.parquet"
            file = stack.enter_context(parquet.ParquetWriter(path, schema, compression="zstd"))
            groups[table.name] = _RowGroup(arrow, table, schema, file)

        def add_row(table: Table, values: Sequence[Value]) -> None:
            groups[table.name].add(values)

        yield add_row
        for group in groups.values():
            group.flush()
    write_dataset_card(tables, target)
    write_manifest(tables, target, ".parquet", extra_files=[CARD])


def parquet_bytes(table: Table, rows: Iterable[Sequence[Value]]) -> bytes:
    """Return the content of a Parquet file with one table."""
    arrow, parquet = import_optional("pyarrow"), import_optional("pyarrow.parquet")
    schema = _arrow_schema(arrow, table)
    content = BytesIO()
    with parquet.ParquetWriter(content, schema, compression="zstd") as file:
        group = _RowGroup(arrow, table, schema, file)
        for values in rows:
            group.add(values)
        group.flush()
    return content.getvalue()


class _RowGroup:
    """A buffer for the rows of a table, which are written in groups."""

    def __init__(self, arrow: Any, table: Table, schema: Any, file: Any) -> None:
        self._arrow = arrow
        self._table = table
        self._schema = schema
        self._file = file
        self._rows: list[Sequence[Value]] = []

    def add(self, values: Sequence[Value]) -> None:
        self._rows.append(values)
        if len(self._rows) == _GROUP_ROWS:
            self.flush()

    def flush(self) -> None:
        rows, self._rows = self._rows, []
        arrays = [
            self._arrow.array([_as_arrow(row[index], column) for row in rows], kind)
            for index, (column, kind) in enumerate(
                zip(self._table.columns, self._schema.types, strict=True)
            )
        ]
        self._file.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))


def _arrow_schema(arrow: Any, table: Table) -> Any:
    kinds = {
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "boolean": arrow.bool_(),
        "text": arrow.string(),
        "date": arrow.date32(),
    }
    return arrow.schema(
        [
            arrow.field(
                column.name,
                arrow.list_(kinds[column.kind]) if column.is_list else kinds[column.kind],
                metadata={"description": column.description} if column.description else None,
            )
            for column in table.columns
        ]
    )


def _as_arrow(value: Any, column: Column) -> Any:
    """Return a value as Arrow requires it: dates as ``date`` and numbers as ``float``."""
    if value is not None and column.kind == "date":
        return datetime.date.fromisoformat(value)
    if column.kind != "number" or value is None:
        return value
    if column.is_list:
        return [item if item is None else float(item) for item in value]
    return float(value)
