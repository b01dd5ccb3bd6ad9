"""The state of batches in a store, which allows a run to be stopped and continued.

Tables:

- ``batches``: a row for each file of requests; ``batch`` is the id that the provider gave the
  batch, or null until the id is known; ``ended`` is null until the batch has ended
- ``batch_requests``: a row for each request without an answer; ``name`` is the name of its file, or
  null if the request is to be sent again or has permanently failed
- ``batch_modes``: the mode to try first, for each endpoint and schema for which a stricter mode was
  refused
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import astuple

from antq_llm.errors import CompletionError
from antq_llm.store.rows import BatchFile, PendingRequest, PendingTotals
from antq_llm.store.sql.database import Database

MAX_LOSSES = 3
"""The number of batches that fail to execute a request before it is marked as failed."""

_COLUMNS = (
    "digest",
    "name",
    "line",
    "mode",
    "schema",
    "model",
    "asked",
    "losses",
    "refused",
    "error",
)
"""The columns of a request, in the order of the fields of ``PendingRequest``."""
_PUT_REQUEST = f"""
INSERT INTO batch_requests ({", ".join(_COLUMNS)}) VALUES ({", ".join("?" * len(_COLUMNS))})
    ON CONFLICT (digest) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)}
"""  # noqa: S608 - our own names


class BatchTable:
    """The batch tables of a store; see ``BatchState``.

    A change is on disk when its method returns or, in a transaction, when the transaction ends.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def transaction(self) -> AbstractContextManager[None]:
        """Open a transaction: make all changes or none, with one flush to disk."""
        return self._database.transaction()

    def lock(self) -> None:
        """Do nothing, because runs that share a file also share its folder, which is locked."""

    def pending_files(self) -> list[BatchFile]:
        """Return the files without a batch or with a batch that has not ended, oldest first."""
        query = (
            "SELECT name, base_url, prepared, size, requests, batch, status FROM batches "
            "WHERE ended IS NULL ORDER BY prepared"
        )
        return [BatchFile(*row) for row in self._database.execute(query)]

    def pending_totals(self) -> PendingTotals:
        """Return the number and total size of the requests in the pending files."""
        requests, size = self._database.execute(
            "SELECT coalesce(sum(requests), 0), coalesce(sum(size), 0) FROM batches "
            "WHERE ended IS NULL"
        ).fetchone()
        return PendingTotals(int(requests), int(size))

    def request(self, digest: str) -> PendingRequest | None:
        """Return a request that has no answer yet, or None if no such request is stored."""
        row = self._database.execute(
            "SELECT * FROM batch_requests WHERE digest = ?", (digest,)
        ).fetchone()
        return PendingRequest(*row) if row else None

    def requests_in(self, name: str) -> list[PendingRequest]:
        """Return the requests in a file that have no result yet."""
        rows = self._database.execute(
            "SELECT * FROM batch_requests WHERE name = ? ORDER BY line", (name,)
        )
        return [PendingRequest(*row) for row in rows]

    def add_file(self, file: BatchFile, requests: Iterable[PendingRequest]) -> None:
        """Store a file that is about to be submitted, with its requests."""
        with self.transaction():
            self._database.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", astuple(file)
            )
            self._database.executemany(_PUT_REQUEST, map(astuple, requests))

    def set_batch(self, name: str, batch: str, status: str) -> None:
        """Store the id and status of the batch that was created from a file."""
        self._database.execute(
            "UPDATE batches SET batch = ?, status = ? WHERE name = ?", (batch, status, name)
        )

    def mark_ended(self, name: str) -> None:
        """Mark the batch of a file as ended; call this once all its results have been read."""
        self._database.execute("UPDATE batches SET ended = ? WHERE name = ?", (time.time(), name))

    def delete_file(self, name: str) -> None:
        """Delete a file for which no batch was created, so that its requests can be sent again."""
        with self.transaction():
            self._database.execute("UPDATE batch_requests SET name = NULL WHERE name = ?", (name,))
            self._database.execute("DELETE FROM batches WHERE name = ?", (name,))

    def mark_answered(self, request: PendingRequest, base_url: str) -> None:
        """Delete a request whose answer is stored.

        If the endpoint refused a stricter mode, later requests with the same schema are first sent
        in this request's mode.
        """
        self._database.execute("DELETE FROM batch_requests WHERE digest = ?", (request.digest,))
        if request.refused is not None:
            self._database.execute(
                "INSERT INTO batch_modes VALUES (?, ?, ?) "
                "ON CONFLICT (base_url, schema) DO UPDATE SET mode = excluded.mode",
                (base_url, request.schema, request.mode),
            )

    def mark_refused(self, request: PendingRequest, error: CompletionError) -> None:
        """Record that a request's mode was refused; the request is sent again in the next mode."""
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, refused = ?, error = coalesce(error, ?) "
            "WHERE digest = ?",
            (request.mode, _to_json(error), request.digest),
        )

    def mark_failed(self, request: PendingRequest, error: CompletionError) -> None:
        """Record the error with which a request permanently failed."""
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, refused = NULL, error = ? WHERE digest = ?",
            (_to_json(error), request.digest),
        )

    def mark_lost(self, request: PendingRequest, reason: str) -> None:
        """Count a batch that did not execute a request, and allow the request to be sent again.

        After ``MAX_LOSSES`` such batches, the request is marked as failed instead.
        """
        if request.losses + 1 >= MAX_LOSSES:
            message = (
                f"{MAX_LOSSES} batches ended without executing the request "
                f"(last reason: {reason}): run the same command again later"
            )
            self.mark_failed(request, CompletionError(message, kind="transport"))
            return
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, losses = ? WHERE digest = ?",
            (request.losses + 1, request.digest),
        )

    def release(self, request: PendingRequest) -> None:
        """Allow a request to be sent again."""
        self._database.execute(
            "UPDATE batch_requests SET name = NULL WHERE digest = ?", (request.digest,)
        )

    def mode_for(self, base_url: str, schema: str) -> str | None:
        """Return the mode to try first for a schema, or None for the strictest mode."""
        row = self._database.execute(
            "SELECT mode FROM batch_modes WHERE base_url = ? AND schema = ?", (base_url, schema)
        ).fetchone()
        return str(row[0]) if row else None

    def delete_errors(self) -> None:
        """Delete the requests that permanently failed, so that the next run sends them again."""
        self._database.execute(
            "DELETE FROM batch_requests "
            "WHERE name IS NULL AND refused IS NULL AND error IS NOT NULL"
        )

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def _to_json(error: CompletionError) -> str:
    return json.dumps(
        {"kind": error.kind, "message": str(error), "status": error.status}, ensure_ascii=False
    )
