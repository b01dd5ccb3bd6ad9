"""A fake of /v1/files and /v1/batches on loopback, with the checks and failures of the real API."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from helpers.endpoint import QuietServer, Reply

KEY = "key-x"
ENDED = {"completed", "failed", "expired", "cancelled"}
URL = "/v1/chat/completions"


@dataclass(frozen=True)
class Unexecuted:
    """The error of a request in a batch that was not executed."""

    code: str = "batch_expired"
    message: str = "This request could not be executed before the completion window expired."


Answer = Callable[[dict[str, Any]], Reply | Unexecuted]
Files = tuple[list[bytes], list[bytes]]


@dataclass(frozen=True)
class Plan:
    """The course of one batch: its status at each poll (the last is repeated) and its result."""

    statuses: Sequence[str] = ("validating", "in_progress", "finalizing", "completed")
    executed: int | None = None
    """The number of requests executed, or None for all; the others are in the error file."""
    faults: Sequence[Mapping[str, Any]] = ()
    """The errors with which the validation of the batch fails; without errors, it succeeds."""
    files: Callable[[list[bytes], list[bytes]], Files] = lambda output, errors: (output, errors)
    """A function that changes the lines of the output and error files; empty files are omitted."""


@dataclass
class Made:
    """A batch that a client created, and its state."""

    id: str
    file: str
    created: int
    metadata: dict[str, str]
    plan: Plan
    lines: list[dict[str, Any]]
    faults: list[Mapping[str, Any]]
    looks: int = 0
    status: str = "validating"
    output: str | None = None
    error: str | None = None
    counts: tuple[int, int] = (0, 0)


Lose = Literal["before", "after", None]


@dataclass
class BatchService:
    """The state and settings of the service; tests change the settings while it runs."""

    answer: Answer
    plans: list[Plan] = field(default_factory=list)
    """Plans for the batches in the order of creation; further batches run normally."""
    most_requests: int = 50_000
    most_bytes: int = 200_000_000
    most_enqueued: int | None = None
    """The maximum size of pending requests, in bytes."""
    fail: Callable[[str, str], Reply | None] = lambda _method, _path: None
    """A function of method and path that returns a replacement for the usual response, or None."""
    lose: Callable[[str, str], Lose] = lambda _method, _path: None
    """A function that says whether to hang up before or after a request takes effect."""
    base_url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, Made] = field(default_factory=dict)
    accepted: Counter[str] = field(default_factory=Counter)
    """How often each ``custom_id`` was in a batch that passed validation and was not cancelled."""
    executed: Counter[str] = field(default_factory=Counter)
    """How often each ``custom_id`` was executed successfully and therefore paid for."""
    live: list[dict[str, Any]] = field(default_factory=list)
    """Bodies of requests sent directly to ``/v1/chat/completions``, outside a batch."""
    seen: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def handle(
        self, method: str, target: str, headers: Mapping[str, str], data: bytes
    ) -> tuple[int, Any, dict[str, str]]:
        """Return the status, body (bytes or JSON) and headers of the response to one request."""
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if headers.get("Authorization") != f"Bearer {KEY}":
            return _refused(401, "Incorrect API key provided.", "invalid_api_key")
        if (failure := self.fail(method, path)) is not None:
            return failure.status, failure.body or {}, failure.headers
        parts = path.removeprefix("/v1/").split("/")
        match [method, *parts]:
            case ["POST", "files"]:
                return self._upload(headers, data)
            case ["GET", "files", file, "content"] if file in self.files:
                return 200, self.files[file], {}
            case ["POST", "batches"]:
                return self._create(json.loads(data))
            case ["GET", "batches"]:
                return self._list(query)
            case ["GET", "batches", batch] if batch in self.batches:
                self._advance(self.batches[batch])
                return 200, _as_json(self.batches[batch]), {}
            case ["POST", "chat", "completions"]:
                body = json.loads(data)
                self.live.append(body)
                reply = self.answer(body)
                assert isinstance(reply, Reply)
                return reply.status, reply.payload(body), reply.headers
        return _refused(404, f"Invalid URL ({method} {path})", None)

    def _upload(self, headers: Mapping[str, str], data: bytes) -> tuple[int, Any, dict[str, str]]:
        form = BytesParser(policy=HTTP).parsebytes(
            b"Content-Type: " + headers["Content-Type"].encode() + b"\r\n\r\n" + data
        )
        fields = {
            part.get_param("name", header="content-disposition"): part for part in form.iter_parts()
        }  # type: ignore[attr-defined]
        if fields["purpose"].get_payload(decode=True) != b"batch":
            return _refused(400, "Invalid purpose", None)
        content = fields["file"].get_payload(decode=True)
        if not str(fields["file"].get_filename()).endswith(".jsonl"):
            return _refused(400, "Invalid file format for Batch API. Must be .jsonl", None)
        file = f"file-{len(self.files) + 1}"
        self.files[file] = content
        return (
            200,
            {
                "id": file,
                "object": "file",
                "bytes": len(content),
                "created_at": 0,
                "filename": "x",
                "purpose": "batch",
                "status": "processed",
            },
            {},
        )

    def _create(self, asked: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
        if asked["input_file_id"] not in self.files:
            return _refused(400, f"Cannot find file {asked['input_file_id']}", None, "file_id")
        if asked["completion_window"] != "24h" or asked["endpoint"] != URL:
            return _refused(400, "Invalid completion_window or endpoint", None)
        metadata = asked.get("metadata") or {}
        assert len(metadata) <= 16
        assert all(len(key) <= 64 and len(value) <= 512 for key, value in metadata.items())
        number = len(self.batches) + 1
        plan = self.plans[number - 1] if number <= len(self.plans) else Plan()
        lines, faults = self._validated(self.files[asked["input_file_id"]])
        made = Made(
            f"batch_{number}",
            asked["input_file_id"],
            1_900_000_000 + number,
            metadata,
            plan,
            lines,
            [*faults, *plan.faults],
        )
        self.batches[made.id] = made
        if not made.faults:
            self.accepted.update(line["custom_id"] for line in lines)
        return 200, _as_json(made), {}

    def _validated(self, content: bytes) -> tuple[list[dict[str, Any]], list[Mapping[str, Any]]]:
        raw = content.decode().split("\n")
        assert raw.pop() == ""
        lines = [json.loads(line) for line in raw]
        faults: list[Mapping[str, Any]] = []
        seen: set[str] = set()
        for number, line in enumerate(lines, start=1):
            if (
                set(line) != {"custom_id", "method", "url", "body"}
                or line["method"] != "POST"
                or line["url"] != URL
            ):
                faults.append(
                    {
                        "code": "invalid_request",
                        "message": "custom_id, method, url and body are needed",
                        "line": number,
                    }
                )
            if line["custom_id"] in seen:
                faults.append(
                    {
                        "code": "duplicate_custom_id",
                        "message": "The custom_id is not unique",
                        "line": number,
                    }
                )
            seen.add(line["custom_id"])
        if len({line["body"]["model"] for line in lines}) != 1:
            faults.append({"code": "mismatched_model", "message": "Models differ", "line": None})
        if len(lines) > self.most_requests or len(content) > self.most_bytes:
            faults.append(
                {
                    "code": "too_large",
                    "message": f"{len(lines)} requests, {len(content)} bytes",
                    "line": None,
                }
            )
        enqueued = sum(
            len(self.files[made.file])
            for made in self.batches.values()
            if made.status not in ENDED and not made.faults
        )
        if self.most_enqueued is not None and enqueued + len(content) > self.most_enqueued:
            faults.append(
                {
                    "code": "token_limit_exceeded",
                    "message": "Enqueued token limit reached for m in organization org-x.",
                    "line": None,
                }
            )
        return lines, faults

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any, dict[str, str]]:
        made = list(self.batches.values())[::-1]
        if "after" in query:
            made = made[[one.id for one in made].index(query["after"][0]) + 1 :]
        page = made[: min(int(query.get("limit", ["20"])[0]), 2)]
        # Pages have at most two entries, so clients must read several pages.
        ids = {"first_id": page[0].id, "last_id": page[-1].id} if page else {}
        return (
            200,
            {
                "object": "list",
                "data": [_as_json(one) for one in page],
                "has_more": len(page) < len(made),
                **ids,
            },
            {},
        )

    def _advance(self, made: Made) -> None:
        if made.status in ENDED:
            return
        made.status = (
            "failed"
            if made.faults
            else made.plan.statuses[min(made.looks, len(made.plan.statuses) - 1)]
        )
        made.looks += 1
        if made.status in ENDED and not made.faults:
            self._execute(made)

    def _execute(self, made: Made) -> None:
        output, errors = [], []
        for number, line in enumerate(made.lines):
            reply: Reply | Unexecuted
            if made.plan.executed is not None and number >= made.plan.executed:
                reply = Unexecuted(
                    "batch_cancelled" if made.status == "cancelled" else "batch_expired"
                )
            else:
                reply = self.answer(line["body"])
            result: dict[str, Any] = {
                "id": f"batch_req_{number}",
                "custom_id": line["custom_id"],
                "response": None,
                "error": None,
            }
            if isinstance(reply, Unexecuted):
                result["error"] = {"code": reply.code, "message": reply.message}
            else:
                result["response"] = {
                    "status_code": reply.status,
                    "request_id": "req_x",
                    "body": reply.payload(line["body"]),
                }
            failed = isinstance(reply, Unexecuted) or reply.status != 200
            self.executed[line["custom_id"]] += not failed
            (errors if failed else output).append(json.dumps(result, ensure_ascii=False).encode())
        made.counts = len(output), len(errors)
        output, errors = made.plan.files(output[::-1], errors)
        made.output, made.error = self._file(output), self._file(errors)

    def _file(self, lines: list[bytes]) -> str | None:
        if not lines:
            return None
        file = f"file-{len(self.files) + 1}"
        self.files[file] = b"\n".join(lines) + b"\n"
        return file


def _refused(
    status: int, message: str, code: str | None, param: str | None = None
) -> tuple[int, Any, dict[str, str]]:
    return (
        status,
        {
            "error": {
                "message": message,
                "type": "invalid_request_error",
                "code": code,
                "param": param,
            }
        },
        {},
    )


def _as_json(made: Made) -> dict[str, Any]:
    faults = {"object": "list", "data": list(made.faults)} if made.status == "failed" else None
    return {
        "id": made.id,
        "object": "batch",
        "endpoint": URL,
        "errors": faults,
        "input_file_id": made.file,
        "completion_window": "24h",
        "status": made.status,
        "output_file_id": made.output,
        "error_file_id": made.error,
        "created_at": made.created,
        "request_counts": {
            "total": len(made.lines),
            "completed": made.counts[0],
            "failed": made.counts[1],
        },
        "metadata": made.metadata,
    }


@contextmanager
def batch_service(answer: Answer, **settings: Any) -> Iterator[BatchService]:
    """Run a service that answers requests with a function of their bodies."""
    service = BatchService(answer, **settings)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _respond(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path).path
            with service.lock:
                service.seen.append((self.command, path))
                lost = service.lose(self.command, path)
                status, body, headers = (
                    (0, None, {})
                    if lost == "before"
                    else service.handle(self.command, self.path, self.headers, data)
                )
            if lost:
                self.close_connection = True
                self.connection.close()
                return
            payload = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            for name, value in {
                "Content-Length": str(len(payload)),
                "Content-Type": "application/json",
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(payload)

        def do_GET(self) -> None:
            self._respond()

        def do_POST(self) -> None:
            self._respond()

        def log_message(self, *_: Any) -> None:
            pass

    server = QuietServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    service.base_url = f"http://127.0.0.1:{server.server_port}/v1/"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
