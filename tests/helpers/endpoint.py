"""A scripted OpenAI-compatible endpoint on loopback: real HTTP, one scripted reply per request."""

from __future__ import annotations

import gzip
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """One scripted reply: a chat completion with ``text``, or a ``body`` sent unchanged."""

    text: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    finish_reason: str = "stop"
    refusal: str | None = None
    usage: dict[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    )
    hang_up: bool = False
    """Whether to close the connection without an answer."""
    drip: float = 0.0
    """Seconds between the bytes of the body."""
    silent: bool = False
    """Whether to keep the connection open without an answer until the endpoint is closed."""
    content_type: str = "application/json; charset=utf-8"
    compressed: bool = False

    def payload(self, request: dict[str, Any]) -> Any:
        """Return the JSON to send."""
        if self.body is not None:
            return self.body
        message: dict[str, Any] = {
            "role": "assistant",
            "content": self.text,
            "refusal": self.refusal,
        }
        if request.get("tools"):
            function = {"name": request["tools"][0]["function"]["name"], "arguments": self.text}
            message = {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": "call_x", "type": "function", "function": function}],
            }
        choice = {"index": 0, "finish_reason": self.finish_reason, "message": message}
        return {
            "id": "chatcmpl-x",
            "object": "chat.completion",
            "created": 0,
            "model": "scripted-1",
            "choices": [choice],
            "usage": self.usage,
        }


def error(status: int, message: str, code: str | None = None, **headers: str) -> Reply:
    """Return an error reply in OpenAI's format."""
    return Reply(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body={"error": {"message": message, "code": code, "type": code}},
    )


@dataclass
class Endpoint:
    """A running endpoint: its URL and the requests it has received."""

    base_url: str
    bodies: list[dict[str, Any]]
    headers: list[dict[str, str]]
    ports: list[int] = field(default_factory=list)
    """The client's port for each request, which is the same for requests on one connection."""


class QuietServer(ThreadingHTTPServer):
    """A server that does not report lost connections, such as those of a stopped run."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors other than lost connections."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


Script = Sequence[Reply] | Callable[[dict[str, Any]], Reply]


@contextmanager
def scripted_endpoint(replies: Script, port: int = 0) -> Iterator[Endpoint]:
    """Run an endpoint that sends the replies in order, then repeats the last.

    ``replies`` can also be a function that returns the reply to a request body.
    """
    seen = Endpoint("", [], [])
    lock = threading.Lock()
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                number = len(seen.bodies)
                seen.bodies.append(request)
                seen.ports.append(self.client_address[1])
                seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            # Outside the lock: a function may wait for another request to arrive.
            reply = (
                replies(request) if callable(replies) else replies[min(number, len(replies) - 1)]
            )
            if reply.silent:
                closing.wait()
            if reply.hang_up or reply.silent:
                self.close_connection = True
                self.connection.close()
                return
            payload = reply.payload(request)
            data = (
                payload.encode()
                if isinstance(payload, str)
                else json.dumps(payload, ensure_ascii=False).encode()
            )
            data = gzip.compress(data) if reply.compressed else data
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.content_type)
            if reply.compressed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if reply.drip:
                for byte in data:
                    if closing.wait(reply.drip):
                        return
                    self.wfile.write(bytes([byte]))
                return
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            pass

    server = QuietServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    seen.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield seen
    finally:
        closing.set()
        server.shutdown()
        server.server_close()
