"""An unfinished file of requests for the Batch API."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from antq_llm.clients.completion import Mode
from antq_llm.clients.openai.batch_api import MAX_BYTES, MAX_REQUESTS, URL
from antq_llm.clients.request import Request
from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.core.digest import canonical_json
from antq_llm.store.rows import BatchFile, PendingRequest

# These are allowed in JSON strings, but some readers end a line at them.
_LINE_ENDS = [(end.encode(), f"\\u{ord(end):04x}".encode()) for end in "\u2028\u2029\x85"]


@dataclass(frozen=True)
class FileLimits:
    """The limits on the number of requests in a file and on its size."""

    requests: int = MAX_REQUESTS
    size: int = MAX_BYTES
    """The maximum size, in bytes."""


@dataclass
class RequestFile:
    """A file to which requests are written; their bodies are not kept in memory."""

    path: Path
    base_url: str
    requests: dict[str, PendingRequest] = field(default_factory=dict)
    """The requests so far, by digest."""
    size: int = 0
    """The size so far, in bytes."""

    def __post_init__(self) -> None:
        self.name = self.path.stem
        with disk_errors_named(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("wb")

    def has_room(self, line: bytes, limits: FileLimits) -> bool:
        """Return whether another line fits within the limits."""
        return len(self.requests) < limits.requests and self.size + len(line) <= limits.size

    def add(
        self, line: bytes, request: Request, mode: Mode, previous: PendingRequest | None
    ) -> None:
        """Write a request's line; ``previous`` is the request's state from earlier batches."""
        with disk_errors_named(self.path):
            self._file.write(line)
        self.size += len(line)
        self.requests[request.digest] = PendingRequest(
            request.digest,
            self.name,
            line=len(self.requests) + 1,
            mode=mode,
            schema=request.schema.digest,
            model=request.model,
            asked_json=canonical_json(request.asked()),
            losses=previous.losses if previous else 0,
            refused=previous.refused if previous else None,
            error_json=previous.error_json if previous else None,
        )

    def close(self) -> None:
        """Close the file."""
        with disk_errors_named(self.path):
            self._file.close()

    def discard(self) -> None:
        """Close and delete the file."""
        with suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)

    def as_batch_file(self, prepared: float) -> BatchFile:
        """Return the file's entry for the store, to be added before the file is submitted."""
        return BatchFile(self.name, self.base_url, prepared, self.size, len(self.requests))


def request_line(request: Request, body: bytes) -> bytes:
    """Return the line for a request, given its encoded body."""
    for end, escaped in _LINE_ENDS:
        body = body.replace(end, escaped)
    return b'{"custom_id":"%b","method":"POST","url":"%b","body":%b}\n' % (
        request.digest.encode(),
        URL.encode(),
        body,
    )
