"""The rows of a line of ``records.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import pointer_to
from antq_llm.evidence.grounding import QUOTE
from antq_llm.export.tables import (
    ARTICLE_ID,
    CONFIDENCE,
    ITEM,
    PROVENANCE,
    RUN,
    SOURCE,
    SPAN,
    Cells,
    Key,
    Path,
    Value,
    key_in_inner_table,
)

UNNAMED = "value"
"""The column of a record that is neither an object nor a list of objects."""
_ITEMS_TABLE = "items"


@dataclass(slots=True)
class Row:
    """A row whose table's columns are not known yet."""

    table: Path
    """The path of its list in the record; empty for the row of an article."""
    cells: Cells


def rows_of(line: Mapping[str, Any]) -> list[Row]:
    """Return the rows of a line: the article, then its items, each before the items inside it."""
    return _RowCollector(line).rows


class _RowCollector:
    """Collects the rows of one line."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        self._spans = {span["pointer"]: span for span in line.get("evidence") or []}
        self._confidence = {rated["pointer"]: rated for rated in line.get("confidence") or []}
        self._provenance: Cells = {Key("run", (name,)): line.get(name) for name in PROVENANCE}
        article = Row(
            (), {ARTICLE_ID: line["article_id"], SOURCE: line.get("source")} | _run_cells(line)
        )
        self.rows = [article]
        record = line["record"]
        if isinstance(record, dict):
            self._add_object(record, article, (), "")
        elif _is_list_of_objects(record):
            self._add_items(record, article, (_ITEMS_TABLE,), "")
        else:
            article.cells[Key("record", (UNNAMED,))] = _cell(record)

    def _add_object(self, item: Mapping[str, Any], row: Row, path: Path, pointer: str) -> None:
        for name, value in item.items():
            value_path, value_pointer = (*path, name), pointer + pointer_to([name])
            if isinstance(value, dict):
                self._add_object(value, row, value_path, value_pointer)
            elif _is_list_of_objects(value):
                self._add_items(value, row, value_path, value_pointer)
            else:
                row.cells[Key("record", value_path)] = _cell(value)
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
            row = Row((*outer.table, *path), {**keys, ITEM: index, **self._provenance})
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


def _cell(value: Any) -> Value:
    """Return a value as a cell; objects and lists inside a mixed list become JSON."""
    if isinstance(value, list):
        return [
            json.dumps(item, ensure_ascii=False) if isinstance(item, dict | list) else item
            for item in value
        ]
    return value  # type: ignore[no-any-return] # a scalar of parsed JSON
