"""What is known of requests that go out in batches, kept in the run's store so that a run can be left and picked up again.

Tables: ``batches`` (one row for each file of requests; ``batch`` is the provider's id, null until it is known; ``ended`` is null while it is under
way), ``batch_requests`` (one row for each request that is not answered yet; ``name`` is that of its file while it is under way) and ``batch_modes``
(the strictest mode that an endpoint took for a schema, where that is not the first).
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from typing import Any

from antq_llm.clients.completion import Mode
from antq_llm.core.masking import masked_url
from antq_llm.errors import CompletionError

TABLES = """
CREATE TABLE IF NOT EXISTS batches (
    name TEXT PRIMARY KEY, base_url TEXT NOT NULL, prepared REAL NOT NULL, size INTEGER NOT NULL, requests INTEGER NOT NULL,
    batch TEXT, status TEXT NOT NULL, ended REAL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch_requests (
    digest TEXT PRIMARY KEY, name TEXT, line INTEGER NOT NULL, mode TEXT NOT NULL, schema TEXT NOT NULL, model TEXT NOT NULL, asked TEXT NOT NULL,
    losses INTEGER NOT NULL, refused TEXT, error TEXT
);
CREATE INDEX IF NOT EXISTS batch_requests_by_name ON batch_requests (name);
CREATE TABLE IF NOT EXISTS batch_modes (base_url TEXT, schema TEXT, mode TEXT NOT NULL, PRIMARY KEY (base_url, schema)) WITHOUT ROWID;
"""

MAX_LOSSES = 3
"""How often a request may come back unexecuted before its article fails."""


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file of requests, on its way to a batch or in one."""

    name: str
    """Ours: the batch carries it in its metadata, by which it is found again."""
    base_url: str
    """Masked."""
    prepared: float
    """Unix time at which it was about to be submitted."""
    size: int
    """Bytes."""
    requests: int
    batch: str | None = None
    """The provider's id; None until it is known."""
    status: str = "prepared"


@dataclass(frozen=True, slots=True)
class PendingRequest:
    """One request that was not answered yet."""

    digest: str
    name: str | None
    """The file in which it is under way; None where it is to be sent again, or failed for good."""
    line: int
    """Its place in that file, from 1."""
    mode: Mode
    schema: str
    """The schema's digest."""
    model: str
    asked_json: str
    losses: int = 0
    refused: Mode | None = None
    """The latest mode that the endpoint refused."""
    error_json: str | None = None
    """The refusal of the first mode; where no mode was refused, why the request failed for good."""

    def asked(self) -> dict[str, Any]:
        """Return the digests of what was asked, part by part."""
        asked: dict[str, Any] = json.loads(self.asked_json)
        return asked

    @property
    def error(self) -> CompletionError | None:
        """The error that the endpoint's words became."""
        if self.error_json is None:
            return None
        kept = json.loads(self.error_json)
        return CompletionError(kept["message"], kind=kept["kind"], status=kept["status"])


class BatchState:
    """The rows of one store; a change is durable when its method returns, those within ``together`` when that ends."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._mask_addresses()

    def _mask_addresses(self) -> None:
        """Mask the addresses that earlier versions kept whole."""
        kept = self._database.execute(
            "SELECT base_url FROM batches UNION SELECT base_url FROM batch_modes"
        )
        changed = [(masked_url(url), url) for (url,) in kept.fetchall() if masked_url(url) != url]
        if not changed:
            return
        self._database.execute("PRAGMA secure_delete = ON")
        with self.together():
            self._database.executemany(
                "UPDATE batches SET base_url = ? WHERE base_url = ?", changed
            )
            self._database.executemany(
                "UPDATE OR REPLACE batch_modes SET base_url = ? WHERE base_url = ?", changed
            )

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make changes all or not at all, with one flush to disk."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            self._database.rollback()
            raise

    def open(self) -> list[BatchFile]:
        """Return the files that were prepared and whose batches have not been taken, oldest first."""
        query = "SELECT name, base_url, prepared, size, requests, batch, status FROM batches WHERE ended IS NULL ORDER BY prepared"
        return [BatchFile(*row) for row in self._database.execute(query)]

    def under_way(self) -> tuple[int, int]:
        """Return how many requests, and bytes of requests, are in files that have not been taken."""
        requests, size = self._database.execute(
            "SELECT total(requests), total(size) FROM batches WHERE ended IS NULL"
        ).fetchone()
        return int(requests), int(size)

    def request(self, digest: str) -> PendingRequest | None:
        """Return what is known of a request, None where it was not sent yet or is answered."""
        row = self._database.execute(
            "SELECT * FROM batch_requests WHERE digest = ?", (digest,)
        ).fetchone()
        return PendingRequest(*row) if row else None

    def prepare(self, shipment: BatchFile, requests: Iterable[PendingRequest]) -> None:
        """Keep a file that is about to be submitted, and what is in it."""
        with self.together():
            self._database.execute(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", astuple(shipment)
            )
            self._database.executemany(
                "INSERT OR REPLACE INTO batch_requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                map(astuple, requests),
            )

    def note(self, name: str, batch: str, status: str) -> None:
        """Keep the batch that was made of a file, and how it stands."""
        self._database.execute(
            "UPDATE batches SET batch = ?, status = ? WHERE name = ?", (batch, status, name)
        )

    def drop(self, name: str) -> None:
        """Forget a file of which no batch was made; its requests are free to be sent again."""
        with self.together():
            self._database.execute("UPDATE batch_requests SET name = NULL WHERE name = ?", (name,))
            self._database.execute("DELETE FROM batches WHERE name = ?", (name,))

    def answered(self, request: PendingRequest, base_url: str) -> None:
        """Forget a request whose answer is kept, and begin with its mode from now on if a stricter one was refused before."""
        self._database.execute("DELETE FROM batch_requests WHERE digest = ?", (request.digest,))
        if request.refused is not None:
            self._database.execute(
                "INSERT OR REPLACE INTO batch_modes VALUES (?, ?, ?)",
                (base_url, request.schema, request.mode),
            )

    def refused(self, request: PendingRequest, error: CompletionError) -> None:
        """Keep that a request's mode was refused: the next one is to be tried."""
        values = (request.mode, _json_of(error), request.digest)
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, refused = ?, error = coalesce(error, ?) WHERE digest = ?",
            values,
        )

    def failed(self, request: PendingRequest, error: CompletionError) -> None:
        """Keep why a request failed for good."""
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, refused = NULL, error = ? WHERE digest = ?",
            (_json_of(error), request.digest),
        )

    def free(self, request: PendingRequest) -> None:
        """Let a request be sent again."""
        self._database.execute(
            "UPDATE batch_requests SET name = NULL WHERE digest = ?", (request.digest,)
        )

    def lost(self, request: PendingRequest, why: str) -> None:
        """Let a request that was not executed be sent again, unless that happened too often."""
        if request.losses + 1 >= MAX_LOSSES:
            words = f"in {MAX_LOSSES} batches the request was not executed, in the last since {why}: run again later"
            self.failed(request, CompletionError(words, kind="transport"))
            return
        self._database.execute(
            "UPDATE batch_requests SET name = NULL, losses = losses + 1 WHERE digest = ?",
            (request.digest,),
        )

    def rest_of(self, name: str) -> list[PendingRequest]:
        """Return the requests of a file of which nothing is known yet."""
        return [
            PendingRequest(*row)
            for row in self._database.execute(
                "SELECT * FROM batch_requests WHERE name = ?", (name,)
            )
        ]

    def end(self, name: str) -> None:
        """Keep that everything of a file was taken."""
        self._database.execute("UPDATE batches SET ended = ? WHERE name = ?", (time.time(), name))

    def mode_for(self, base_url: str, schema: str) -> str | None:
        """Return the mode with which an endpoint is asked first for a schema, None for the strictest."""
        row = self._database.execute(
            "SELECT mode FROM batch_modes WHERE base_url = ? AND schema = ?", (base_url, schema)
        ).fetchone()
        return str(row[0]) if row else None

    def forget(self) -> None:
        """Forget the errors of a run that came to its end: the next one asks again."""
        self._database.execute(
            "DELETE FROM batch_requests WHERE name IS NULL AND refused IS NULL AND error IS NOT NULL"
        )

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def _json_of(error: CompletionError) -> str:
    return json.dumps(
        {"kind": error.kind, "message": str(error), "status": error.status}, ensure_ascii=False
    )
