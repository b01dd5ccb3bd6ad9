"""A connection to PostgreSQL that is restored if it is lost."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from typing import Any, ClassVar, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from antq_llm.errors import ConfigurationError
from antq_llm.store.postgres.nul_characters import escape_nul_characters
from antq_llm.store.postgres.tables import lock_key, schema_of
from antq_llm.store.sql.database import Database, Dialect, Parameters
from antq_llm.store.store_address import StoreAddress

Connection = psycopg.Connection[TupleRow]

PATIENCE_SECONDS = 30.0
"""The time limit for restoring a lost connection, in seconds."""
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 2.0
_NAMED = re.compile(r"(?<!:):(\w+)")
_ROWS_PER_FETCH = 500
_OPTIONS = {
    "connect_timeout": "10",
    "application_name": "antq_llm",
    "client_encoding": "utf8",
    # With these settings, a server that disappears without notice is detected within two minutes.
    "keepalives_idle": "60",
    "keepalives_interval": "15",
    "keepalives_count": "4",
    "tcp_user_timeout": "120000",
}
_SET_UP = """
SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 15; SET tcp_keepalives_count = 4;
SET default_transaction_isolation = 'read committed'; SET synchronous_commit = on;
"""

T = TypeVar("T")


class PostgresDatabase:
    """A connection to the PostgreSQL schema of a run; see ``Database``.

    If the connection is lost during ``transact`` or during a statement outside a transaction, it is
    restored, and the work or statement is repeated. Attempts to restore the connection end after
    ``patience`` seconds. Database errors are raised as ConfigurationErrors that say what to do.
    """

    dialect: ClassVar = Dialect(
        text_in_json="({column}::json #>> string_to_array('{path}', '.'))",
        hexadecimal="encode({column}, 'hex')",
        # Lines are stored outside their rows and so are not sorted with them.
        outcomes_in_order="listing JOIN outcomes USING (identity, article_id) "
        "WHERE {condition} AND kind = :kind ORDER BY {order}",
    )

    def __init__(
        self,
        address: StoreAddress,
        *,
        patience: float = PATIENCE_SECONDS,
        on_connect: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        self._address = address
        self._patience = patience
        self._on_connect = on_connect
        self._use = threading.RLock()
        self._in_transaction = self._is_closed = False
        self._run_lock = lock_key(str(address.run))
        with self._errors_named():
            self._connection = connect(address)

    def execute(self, statement: str, parameters: Parameters = (), /) -> Any:
        """Execute a statement."""
        query = converted(statement)
        if self._in_transaction:
            return self._connection.execute(query, parameters)
        return self._repeated(lambda: self._connected().execute(query, parameters))

    def executemany(self, statement: str, rows: Iterable[Parameters], /) -> object:
        """Execute a statement once for each row of parameters; a transaction must be open."""
        with self._connection.cursor() as cursor:
            cursor.executemany(converted(statement), list(rows))
        return None

    def stream(self, query: str, parameters: Parameters = (), /) -> Iterator[Any]:
        """Yield the rows of a query on a separate connection."""
        with (
            self._errors_named(),
            closing(connect(self._address)) as connection,
            connection.transaction(),
            connection.cursor("rows") as cursor,
        ):
            cursor.itersize = _ROWS_PER_FETCH
            cursor.execute(converted(query), parameters)
            yield from cursor

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Open a transaction that makes all changes or none and blocks the run's other writers.

        If the connection is lost, the changes are not repeated automatically.
        """
        with self._use, self._errors_named():
            self._repeated(self._begin)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                self._in_transaction = False

    def transact(self, work: Callable[[Database], T]) -> T:
        """Do work in a transaction that takes effect exactly once, and return the work's result."""
        return self._repeated(lambda: self._transact_once(work))

    def close(self) -> None:
        """Close the connection permanently."""
        self._is_closed = True
        self._connection.close()

    def _transact_once(self, work: Callable[[Database], T]) -> T:
        self._begin()
        number: str | None = None
        try:
            result = work(self)
            # The number is None if nothing was changed.
            row = self._connection.execute(
                "SELECT pg_current_xact_id_if_assigned()::text"
            ).fetchone()
            number = row[0] if row else None
            self._connection.execute("COMMIT")
        except psycopg.OperationalError:
            self._in_transaction = False
            if self._connection.closed and number is not None and self._was_committed(number):
                return result
            self._roll_back()
            raise
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._in_transaction = False
        return result

    def _begin(self) -> None:
        """Wait until the run's other writers have ended their transactions, then begin one."""
        self._connected().execute(f"BEGIN; SELECT pg_advisory_xact_lock({self._run_lock})")
        self._in_transaction = True

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            self._connection.rollback()
            return
        self._connection.close()

    def _was_committed(self, number: str) -> bool:
        """Return whether an interrupted commit took effect; ``number`` is the transaction's id."""
        while True:
            row = self._repeated(
                lambda: self._connected().execute("SELECT pg_xact_status(%s::xid8)", (number,))
            ).fetchone()
            if row is None or row[0] != "in progress":
                return row is not None and row[0] == "committed"
            time.sleep(_FIRST_WAIT)

    def _connected(self) -> Connection:
        if self._is_closed:
            raise psycopg.InterfaceError("the connection is closed")
        if self._connection.closed:
            self._connection = connect(self._address)
            self._on_connect(self._connection)
        return self._connection

    def _repeated(self, action: Callable[[], T]) -> T:
        """Perform an action, repeating it if the connection is lost, and return its result."""
        deadline, wait = time.monotonic() + self._patience, _FIRST_WAIT
        with self._use, self._errors_named():
            while True:
                try:
                    return action()
                except psycopg.OperationalError:
                    if not self._connection.closed or time.monotonic() >= deadline:
                        raise
                time.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        with errors_named(self._address):
            yield


def connect(address: StoreAddress) -> Connection:
    """Open a connection in autocommit mode; if the address names a run, use the run's schema."""
    described = make_conninfo(address.url, **{**_OPTIONS, **dict(address.secrets)})
    connection = psycopg.connect(described, autocommit=True)
    try:
        escape_nul_characters(connection)
        connection.execute(_SET_UP)
        if address.run is not None:
            name = sql.Identifier(schema_of(address.run))
            connection.execute(sql.SQL("SET search_path TO {}").format(name))
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def errors_named(address: StoreAddress) -> Iterator[None]:
    """Convert database errors in the block to ConfigurationErrors that say what to do."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        raise ConfigurationError(
            f"the store in {address.shown} cannot be used ({_reason(error)}): run GRANT CREATE ON "
            "DATABASE for the database user, or name another --store"
        ) from error
    except psycopg.OperationalError as error:
        raise ConfigurationError(
            f"the store in {address.shown} cannot be reached ({_reason(error)}): start the "
            "database or correct --store and PGPASSWORD, then run the same command again"
        ) from error
    except psycopg.Error as error:
        raise ConfigurationError(
            f"the store in {address.shown} cannot be used ({_reason(error)}): restore it from a "
            "backup, or name another --out to ask about all articles again"
        ) from error


def _reason(error: psycopg.Error) -> str:
    return " ".join(str(error).split())[:200]


@lru_cache(maxsize=256)
def converted(statement: str) -> Any:
    """Return a ``Database`` statement with its placeholders in psycopg's form."""
    return _NAMED.sub(r"%(\1)s", statement).replace("?", "%s")
