"""The state of batches in PostgreSQL, accessed over a separate connection."""

from __future__ import annotations

from antq_llm.errors import ConfigurationError
from antq_llm.store.postgres.connection import Connection, PostgresDatabase
from antq_llm.store.postgres.tables import lock_key
from antq_llm.store.sql.batch_table import BatchTable
from antq_llm.store.store_address import StoreAddress


class PostgresBatches(BatchTable):
    """The batch tables of a store in PostgreSQL; see ``BatchState``."""

    def __init__(self, address: StoreAddress, patience: float) -> None:
        self._address = address
        self._is_locked = False
        super().__init__(PostgresDatabase(address, patience=patience, on_connect=self._lock_again))

    def lock(self) -> None:
        key = lock_key(str(self._address.run), "batches")
        row = self._database.execute("SELECT pg_try_advisory_lock(?)", (key,)).fetchone()
        if not row[0]:
            raise ConfigurationError(
                f"another run is working on the batches of the run {self._address.run} in "
                f"{self._address.shown}: wait until the other run ends, or name another --out"
            )
        self._is_locked = True

    def _lock_again(self, _: Connection) -> None:
        if self._is_locked:
            self.lock()
