"""Opening the store of a run's folder, in whichever database it is.

A run keeps its store in the folder, in SQLite, unless it names a PostgreSQL database. The folder
then has the database's address, so that later calls find it.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from antq_llm.core.optional_library import how_to_install
from antq_llm.errors import ConfigurationError
from antq_llm.store.protocol import Store
from antq_llm.store.store_address import ADDRESS_FILE, find_address, read_address

STORE_FILE = "store.sqlite3"
"""The name of the store in a run's folder."""
STORE_FILES = (STORE_FILE, ADDRESS_FILE)
"""Files of a store in a run's folder."""


def open_store(folder: Path, url: str | None = None) -> Store:
    """Return the store of a run's folder; a new one is made if there is none.

    ``url`` is the address of a PostgreSQL database (default: the one that the folder names, else
    a file in it). Raises ConfigurationError if it cannot be used, or the run is in another one.
    """
    address = find_address(folder, url)
    if address is None:
        from antq_llm.store.sqlite.sqlite_store import SqliteStore

        return SqliteStore(folder / STORE_FILE)
    if (folder / STORE_FILE).is_file():
        raise ConfigurationError(
            f"{folder} has its store in {STORE_FILE}: leave out --store, or name another --out"
        )
    is_known = read_address(folder) is not None
    store: Store = _postgres().open_run_store(folder, address, is_known=is_known)
    return store


def has_store(folder: Path, url: str | None = None) -> bool:
    """Return whether a folder has a store, or its run is in the database at ``url``."""
    address = find_address(folder, url)
    if address is None:
        return (folder / STORE_FILE).is_file()
    if address.run is None:
        return False
    return (folder / ADDRESS_FILE).is_file() or bool(_postgres().has_run(address))


def _postgres() -> ModuleType:
    # psycopg is an extra, and takes half a second to import.
    try:
        from antq_llm.store.postgres import opening
    except ImportError as error:
        raise ConfigurationError(
            f"a store in PostgreSQL needs psycopg ({error}): {how_to_install('postgres')}"
        ) from error
    return opening
