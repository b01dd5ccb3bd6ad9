"""The table rows of a line of ``records.jsonl``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from antq_llm.core.json_pointer import pointer_to
from antq_llm.evidence.grounding import QUOTE
from antq_llm.tables.row import Row, as_cell, date_cells
from antq_llm.tables.run_tables import record_run_rows
from antq_llm.tables.table import (
    ARTICLE_ID,
    ARTICLES_TABLE,
    CONFIDENCE,
    ITEM,
    PROVENANCE,
    RUN,
    SOURCE,
    SPAN,
    Cells,
    Key,
    Path,
    key_in_inner_table,
)

UNNAMED = "value"
"""The name of the column for a record that is neither an object nor a list of objects."""
ROOT_LIST = "items"
"""The name of the table for a record that is a list of objects."""


def rows_of(line: Mapping[str, Any], date_fields: Collection[Path] = ()) -> list[Row]:
    """Return the rows for a line: those for the article and its items, then those about the run.

    Each item comes before the items inside it. ``date_fields`` are the paths of dates and periods.
    """
    return [*_RowCollector(line, date_fields).rows, *record_run_rows(line)]


class _RowCollector:
    """A collector of the rows of one line."""

    def __init__(self, line: Mapping[str, Any], date_fields: Collection[Path]) -> None:
        self._date_fields = date_fields
        self._spans = {span["pointer"]: span for span in line.get("evidence") or []}
        self._confidence = {rated["pointer"]: rated for rated in line.get("confidence") or []}
        self._provenance: Cells = {Key("run", (name,)): line.get(name) for name in PROVENANCE}
        article = Row(
            ARTICLES_TABLE,
            {ARTICLE_ID: line["article_id"], SOURCE: line.get("source")} | _run_cells(line),
        )
        self.rows = [article]
        record = line["record"]
        if isinstance(record, dict):
            self._add_object(record, article, (), "")
        elif _is_list_of_objects(record):
            self._add_items(record, article, (ROOT_LIST,), "")
        else:
            article.cells[Key("record", (UNNAMED,))] = as_cell(record)

    def _add_object(self, item: Mapping[str, Any], row: Row, path: Path, pointer: str) -> None:
        for name, value in item.items():
            value_path, value_pointer = (*path, name), pointer + pointer_to([name])
            if isinstance(value, dict):
                self._add_object(value, row, value_path, value_pointer)
            elif _is_list_of_objects(value):
                self._add_items(value, row, value_path, value_pointer)
            else:
                row.cells[Key("record", value_path)] = as_cell(value)
                if (*row.table.path, *value_path) in self._date_fields:
                    row.cells |= date_cells(value_path, value)
        if isinstance(item.get(QUOTE), str):
            span = self._spans.get(pointer, {})
            row.cells.update({Key("span", (*path, name)): span.get(name) for name in SPAN})
        rated = self._confidence.get(pointer, {})
        row.cells.update(
            {
                Key("span", (*path, name)): rated[name]
                for name in CONFIDENCE
                if rated.get(name) is not None
            }
        )

    def _add_items(
        self, items: Sequence[Mapping[str, Any]], outer: Row, path: Path, pointer: str
    ) -> None:
        keys = {
            key_in_inner_table(key, outer.table): value
            for key, value in outer.cells.items()
            if key.origin == "key"
        }
        for index, item in enumerate(items):
            row = Row(outer.table.inside(path), {**keys, ITEM: index, **self._provenance})
            self.rows.append(row)
            self._add_object(item, row, (), f"{pointer}/{index}")


def _run_cells(line: Mapping[str, Any]) -> Cells:
    usage = line.get("usage") or {}
    values = {
        **{name: line.get(name, usage.get(name)) for name in RUN},
        "warnings": len(line.get("warnings") or []),
    }
    return {Key("run", (name,)): value for name, value in values.items()}


def _is_list_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
