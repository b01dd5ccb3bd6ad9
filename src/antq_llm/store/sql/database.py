"""The interface through which a store accesses its database.

Stores use the SQL that SQLite and PostgreSQL share, with parameters as ``?`` or ``:name``. A
``Dialect`` contains the expressions that differ.
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
    """A template for the text at ``{path}`` (keys joined by dots) in the JSON of ``{column}``."""
    hexadecimal: str
    """A template for the bytes of ``{column}`` as lower-case hexadecimal digits."""
    outcomes_in_order: str
    """A query template for the outcomes of kind ``:kind``, joined with their rows in the listing.

    ``{condition}`` selects the rows and ``{order}`` sorts them; both use columns of the listing. To
    save memory, the sort should not include the output lines.
    """

    def json_text(self, column: str, *path: str) -> str:
        """Return the expression for the text at a path in the JSON of a column."""
        return self.text_in_json.format(column=column, path=".".join(path))


class Rows(Protocol):
    """The result of a statement."""

    @property
    def rowcount(self) -> int:
        """The number of changed rows."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None if there is none."""
        ...

    def fetchall(self) -> list[Any]:
        """Return the remaining rows."""
        ...

    def __iter__(self) -> Iterator[Any]:
        """Yield the rows."""
        ...


class Database(Protocol):
    """A database connection; outside a transaction, statements take effect immediately."""

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
        """Open a transaction: make all changes or none."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...
