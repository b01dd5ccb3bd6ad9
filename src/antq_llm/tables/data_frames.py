"""Tables as pandas data frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from antq_llm.core.optional_library import import_optional
from antq_llm.tables.line_tables import LineTables
from antq_llm.tables.table import Column, ColumnKind, Value

if TYPE_CHECKING:
    from pandas import DataFrame

_TYPES: dict[ColumnKind, str] = {
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
    "text": "string",
    "date": "datetime64[s]",
}
"""Nullable pandas types; dates have a resolution of one second, to cover the years 1 to 9999."""


def data_frames(lines: LineTables) -> dict[str, DataFrame]:
    """Return the tables as data frames, keyed by table name; a list in a cell is a Python list.

    Raises ConfigurationError if pandas is not installed.
    """
    pandas = import_optional("pandas", "pandas", user="to_pandas()")
    rows: dict[str, list[Sequence[Value]]] = {table.name: [] for table in lines.tables}
    for table, values in lines.rows():
        rows[table.name].append(values)
    return {
        table.name: pandas.DataFrame(
            {
                column.name: _series(pandas, column, [row[place] for row in rows[table.name]])
                for place, column in enumerate(table.columns)
            }
        )
        for table in lines.tables
    }


def _series(pandas: Any, column: Column, values: Sequence[Value]) -> Any:
    return pandas.Series(values, dtype="object" if column.is_list else _TYPES[column.kind])
