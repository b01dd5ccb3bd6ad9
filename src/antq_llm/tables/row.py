"""A row of a table, and the cells for its values."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from antq_llm.schemas.edtf import date_parts
from antq_llm.tables.table import DATE_PARTS, Cells, Key, Path, TableKey, Value


@dataclass(slots=True)
class Row:
    """A row of a table whose columns are not known yet."""

    table: TableKey
    cells: Cells


def as_cell(value: Any) -> Value:
    """Return a value as a cell; objects and lists inside a list become JSON text."""
    if isinstance(value, list):
        return [
            json.dumps(item, ensure_ascii=False) if isinstance(item, dict | list) else item
            for item in value
        ]
    return value  # type: ignore[no-any-return] # a scalar of parsed JSON


def date_cells(path: Path, value: Any) -> Cells:
    """Return the cells added for a date or period: its first and last day, year and month."""
    if not isinstance(value, str):
        return {}
    parts = date_parts(value)
    return {Key("date", (*path, name)): getattr(parts, name) for name in DATE_PARTS}
