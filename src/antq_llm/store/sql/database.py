"""The interface of a database for the tables of a store.

The SQL of the tables is what SQLite and PostgreSQL have in common, with parameters as ``?`` or
``:name``. What they write differently is a ``Dialect``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Parameters = Sequence[Any] | Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Dialect:
    """SQL that databases write differently."""

    text_in_json: str
    """A text in a column of JSON, with ``{column}`` and ``{path}``, keys joined by dots."""
    hexadecimal: str
    """The bytes of ``{column}`` as lower-case hexadecimal digits."""
    outcomes_in_order: str
    """Outcomes joined with the listing of ``{condition}``, sorted by ``{order}``, in both of which
    the names are of the listing. The rows that are sorted should not have the lines."""

    def json_text(self, column: str, *path: str) -> str:
        """Return the expression for a text in a column of JSON."""
        return self.text_in_json.format(column=column, path=".".join(path))


class Rows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """The number of rows that were changed."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""
        ...


class Database(Protocol):
    """A connection; outside of a transaction each statement takes effect by itself."""

    @property
    def dialect(self) -> Dialect:
        """The SQL of this database."""
        ...

    def execute(self, statement: str, parameters: Parameters = ..., /) -> Rows:
        """Execute a statement."""
        ...

    def executemany(self, statement: str, rows: Iterable[Parameters], /) -> object:
        """Execute a statement once for each row of parameters."""
        ...

    def stream(self, query: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Yield the rows of a query of which not all fit in memory."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes or none."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
