"""The columns of a run's tables that the report shows, and their uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles
from antq_llm.schemas.roles import (
    Figure,
    Identity,
    Name,
    Printed,
    PrintedTime,
    Refers,
    Role,
    Scored,
)
from antq_llm.tables.table import ARTICLES_TABLE, Column, Key, Path, Table

R = TypeVar("R", bound=Role)
ColumnUse = Literal["figure", "date", "quote", "group", "other"]
"""What the report uses a column for; items can be counted by the values of a ``group`` column."""

_ARTICLE_COLUMNS = (
    Key("source", ("source",)),
    Key("run", ("model",)),
    Key("run", ("attempts",)),
    Key("run", ("cost_usd",)),
    Key("run", ("warnings",)),
)
_HIDDEN_RUN_COLUMNS = {"type", "input_tokens", "output_tokens", "cached_tokens"}


@dataclass(frozen=True, slots=True)
class ShownColumn:
    """A column that the report shows, with its use."""

    column: Column
    use: ColumnUse
    rank: float = 0.0
    """The rank of a ``group`` column, lower if readers are more likely to count items by it."""
    path: str = ""
    """The dotted path of the field in the record; empty if the column is not a field."""

    def as_json(self) -> dict[str, Any]:
        """Return the properties of the column as JSON data for the page's script."""
        return {
            "name": self.column.name,
            "kind": self.column.kind,
            "use": self.use,
            "path": self.path,
            "description": self.column.description,
        }


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table of the report, with the columns that are shown."""

    table: Table
    columns: tuple[ShownColumn, ...]

    @property
    def is_list(self) -> bool:
        """Whether the rows are items of a list in the record."""
        return self.table.key.origin == "record" and self.table.key != ARTICLES_TABLE

    def having(self, use: ColumnUse) -> list[ShownColumn]:
        """Return the columns with the given use."""
        return [shown for shown in self.columns if shown.use == use]


class ColumnChooser:
    """A chooser of a table's columns to show and of their uses, based on a schema's roles."""

    def __init__(self, roles: DeclaredRoles, date_fields: set[Path]) -> None:
        self._quote_keys = roles.quote_keys
        self._dates = date_fields
        self._fields: dict[Path, list[DeclaredField]] = {}
        for field in roles.all_fields:  # a list of texts is a field, and so are its elements
            self._fields.setdefault(_without_indices(field.path), []).append(field)
        self._beside_figures = {
            (*_without_indices(field.path)[:-1], key)
            for field in roles.having(Figure)
            for figure in [field.get(Figure)]
            if figure
            for key in (figure.comparator, figure.total)
            if key
        }

    def shown(self, table: Table) -> ShownTable:
        """Return a table with only the columns that the report shows."""
        columns = [column for column in table.columns if _is_shown(table, column.key)]
        return ShownTable(table, tuple(self._column(table, column) for column in columns))

    def _column(self, table: Table, column: Column) -> ShownColumn:
        if column.key.origin != "record" or table.key.origin != "record":
            return ShownColumn(column, "other")
        path = (*table.key.path, *column.key.path)
        dotted = ".".join(path)
        fields = self._fields.get(path, [])
        if path[-1] in self._quote_keys:
            return ShownColumn(column, "quote", path=dotted)
        if path in self._dates:
            return ShownColumn(column, "date", path=dotted)
        if _role(fields, Figure):
            return ShownColumn(column, "figure", path=dotted)
        if _role(fields, PrintedTime):
            return ShownColumn(column, "other", path=dotted)
        if column.kind not in ("text", "boolean") or path in self._beside_figures:
            return ShownColumn(column, "other", path=dotted)
        return ShownColumn(column, "group", _rank(fields, is_list=column.is_list), dotted)


def _rank(fields: Sequence[DeclaredField], *, is_list: bool) -> float:
    """Return the rank of a field by which items can be counted; the lowest rank comes first.

    The ranks are:

    - 0: proper names
    - 1: names compared without words such as ``TP.``, and lists that identify an item
    - 2: references
    - 3: fields to which no other rank applies
    - 4: scored or printed fields
    - 5: fields with fixed values
    - 6: other fields that identify an item, such as its label
    """
    identity, scored = _role(fields, Identity), _role(fields, Scored)
    if _role(fields, Name):
        return 0
    if (scored and scored.ignore) or (is_list and identity):
        return 1
    if _role(fields, Refers):
        return 2
    if any(field.values for field in fields):
        return 5
    if identity:
        return 6
    return 4 if scored or _role(fields, Printed) else 3


def _role(fields: Sequence[DeclaredField], kind: type[R]) -> R | None:
    return next((role for field in fields if (role := field.get(kind))), None)


def _is_shown(table: Table, key: Key) -> bool:
    if table.key == ARTICLES_TABLE:
        return key.origin == "record" or key in _ARTICLE_COLUMNS
    if table.key.origin == "run":
        return key.origin in ("run", "record") and key.path[-1] not in _HIDDEN_RUN_COLUMNS
    return key.origin == "record"


def _without_indices(path: Path) -> Path:
    return tuple(part for part in path if part != EACH)
