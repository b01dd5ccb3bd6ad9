"""Opening a run's store, which is in SQLite or PostgreSQL.

The store is a SQLite file in the run's folder unless the run uses a PostgreSQL database. If the
run uses PostgreSQL, the folder contains the address of the database for later calls.
"""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from antq_llm.core.optional_library import how_to_install
from antq_llm.errors import ConfigurationError
from antq_llm.store.protocol import Store
from antq_llm.store.store_address import ADDRESS_FILE, find_address, read_address

STORE_FILE = "store.sqlite3"
"""The name of a SQLite store in a run's folder."""
STORE_FILES = (STORE_FILE, ADDRESS_FILE)
"""The names of the files in a run's folder that contain the store or its address."""


def open_store(folder: Path, url: str | None = None, *, is_new: bool = True) -> Store:
    """Open the store of a run's folder, creating the store if there is none.

    If ``is_new`` is false, the store must exist (see ``has_store``), and no address is written to
    the folder. ``url`` is the address of a PostgreSQL database; by default, the address in the
    folder is used. If there is no address, the store is a SQLite file in the folder. Raises
    ConfigurationError if the store cannot be used or if the run has its store elsewhere.
    """
    address = find_address(folder, url)
    if address is None:
        from antq_llm.store.sqlite.sqlite_store import SqliteStore

        return SqliteStore(folder / STORE_FILE)
    if (folder / STORE_FILE).is_file():
        raise ConfigurationError(
            f"{folder} has its store in {STORE_FILE}: leave out --store, or name another --out"
        )
    is_known = not is_new or read_address(folder) is not None
    store: Store = _postgres().open_run_store(folder, address, is_known=is_known)
    return store


def has_store(folder: Path, url: str | None = None) -> bool:
    """Return whether a folder has a store or ``url`` names an existing run."""
    address = find_address(folder, url)
    if address is None:
        return (folder / STORE_FILE).is_file()
    if address.run is None:
        return False
    return (folder / ADDRESS_FILE).is_file() or bool(_postgres().has_run(address))


def _postgres() -> ModuleType:
    # psycopg is an extra and takes half a second to import.
    try:
        from antq_llm.store.postgres import opening
    except ImportError as error:
        raise ConfigurationError(
            f"a store in PostgreSQL needs psycopg ({error}): {how_to_install('postgres')}"
        ) from error
    return opening
