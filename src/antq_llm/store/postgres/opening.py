"""Opening or creating the store of a run in PostgreSQL."""

from __future__ import annotations

import re
import secrets
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from psycopg import sql

from antq_llm.errors import ConfigurationError
from antq_llm.store.postgres.connection import Connection, connect, errors_named
from antq_llm.store.postgres.postgres_store import PostgresStore
from antq_llm.store.postgres.tables import FORMAT, TABLES, lock_key, schema_of
from antq_llm.store.store_address import StoreAddress, find_address, write_address

_MAX_NAME_CHARACTERS = 40


def open_run_store(folder: Path, address: StoreAddress, *, is_known: bool) -> PostgresStore:
    """Open the store of a folder's run.

    If ``is_known`` is false, a missing store is created, and its address is written to the folder.
    Raises ConfigurationError if the store cannot be used.
    """
    if not is_known:
        named = address if address.run else replace(address, run=_new_name(folder))
        create_run(named)
        if not write_address(folder, named):
            # Another call on the folder was faster.
            if named is not address:
                drop_run(named)
            return open_run_store(folder, _known(folder, address), is_known=True)
        address = named
    _check_format(address)
    return PostgresStore(address)


def has_run(address: StoreAddress) -> bool:
    """Return whether the run that an address names exists in the database."""
    with errors_named(address), closing(connect(address)) as connection:
        return _exists(connection, address)


def create_run(address: StoreAddress) -> None:
    """Create the PostgreSQL schema of a run, with its tables, unless the schema exists."""
    name = sql.Identifier(_schema(address))
    with (
        errors_named(address),
        closing(connect(address)) as connection,
        connection.transaction(),
    ):
        # Two calls can create the same run at the same time.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key("create"),))
        if not _exists(connection, address):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
            connection.execute(TABLES)
            connection.execute("INSERT INTO store VALUES (%s)", (FORMAT,))


def drop_run(address: StoreAddress) -> None:
    """Drop a run's PostgreSQL schema and all its contents."""
    name = sql.Identifier(_schema(address))
    with errors_named(address), closing(connect(address)) as connection:
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))


def _check_format(address: StoreAddress) -> None:
    with errors_named(address), closing(connect(address)) as connection:
        if not _exists(connection, address):
            raise ConfigurationError(
                f"{address.shown} no longer has the run {address.run}: restore it from a backup, "
                "or name another --out to ask about all articles again"
            )
        found = connection.execute("SELECT format FROM store").fetchone()
    if found is None or found[0] != FORMAT:
        raise ConfigurationError(
            f"the run {address.run} in {address.shown} has format {found and found[0]}, but "
            f"this version reads format {FORMAT}: name another --out"
        )


def _exists(connection: Connection, address: StoreAddress) -> bool:
    row = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = %s)", (_schema(address),)
    ).fetchone()
    return bool(row and row[0])


def _schema(address: StoreAddress) -> str:
    return schema_of(str(address.run))


def _known(folder: Path, given: StoreAddress) -> StoreAddress:
    known = find_address(folder, None)
    if known is None or not known.is_same_database(given) or given.run not in {None, known.run}:
        raise ConfigurationError(
            f"another command has just started a run in {folder}: name another --out"
        )
    return replace(given, run=known.run)


def _new_name(folder: Path) -> str:
    """Return a unique run name that starts with the folder's name, so that users recognise it."""
    readable = re.sub(r"[^A-Za-z0-9_.-]+", "-", folder.resolve().name)[:_MAX_NAME_CHARACTERS]
    return f"{readable or 'run'}-{secrets.token_hex(4)}"
