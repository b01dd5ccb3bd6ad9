"""The interface that the tables of a store use to access a database.

The tables use the SQL that SQLite and PostgreSQL share, with parameters as ``?`` or ``:name``. A
``Dialect`` has the expressions that differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """The SQL expressions that differ between databases."""

    text_in_json: str
    """A text in a JSON column, from ``{column}`` and ``{path}`` (keys joined by dots)."""
    hexadecimal: str
    """The bytes of ``{column}`` as lower-case hexadecimal digits."""
    outcomes_in_order: str
    """Outcomes joined with the listing, where ``{condition}`` holds, sorted by ``{order}``.

    The names in both are columns of the listing. Lines should not be part of the sorted rows.
    """

    def json_text(self, column: str, *path: str) -> str:
        """Return the expression for a text in a JSON column."""
        return self.text_in_json.format(column=column, path=".".join(path))


class Rows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """The number of changed rows."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""
        ...


class Database(Protocol):
    """A connection; outside a transaction, each statement takes effect immediately."""

    @property
    def dialect(self) -> Dialect:
        """The SQL dialect of the database."""
        ...

    def execute(self, statement: str, parameters: Parameters = ..., /) -> Rows:
        """Execute a statement."""
        ...

    def executemany(self, statement: str, rows: Iterable[Parameters], /) -> object:
        """Execute a statement once for each row of parameters."""
        ...

    def stream(self, query: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Yield the rows of a query without loading all of them into memory."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes or none."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
