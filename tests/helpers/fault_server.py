"""A server on loopback that sends raw bytes over real sockets, one scripted fault per request."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ANSWER = '{"name": "Lan"}'


@dataclass(frozen=True)
class Fault:
    """The response to one request: pieces of raw bytes with pauses between them."""

    pieces: Sequence[bytes] = ()
    pause: float = 0.0
    """Seconds between one piece and the next."""
    closes: bool = False
    """Whether to close the connection afterwards."""
    resets: bool = False
    """Whether to reset the connection afterwards, so that unread bytes are lost."""
    stalls: bool = False
    """Whether to keep the connection open afterwards without sending another byte."""
    late: bytes = b""
    """Bytes sent on the same connection after the response."""
    late_after: float = 0.0
    """Seconds between the response and the late bytes."""
    on_late: Callable[[], object] = lambda: None
    """A function that is called when the late bytes have been sent."""


def response(
    body: bytes | str | Any,
    status: int = 200,
    *,
    headers: Sequence[tuple[str, str]] = (),
    length: int | None = None,
) -> bytes:
    """Return a response with a body; ``length`` replaces the correct ``Content-Length``."""
    if not isinstance(body, bytes):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
    lines = [
        f"HTTP/1.1 {status} Status",
        "Content-Type: application/json",
        f"Content-Length: {len(body) if length is None else length}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def completion(
    text: str | None = ANSWER, reason: str | None = "stop", **message: Any
) -> dict[str, Any]:
    """Return a chat completion with 100 input tokens and 20 output tokens."""
    return {
        "id": "chatcmpl-x",
        "object": "chat.completion",
        "model": "faulty-1",
        "choices": [{"index": 0, "finish_reason": reason, "message": {"content": text, **message}}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
    }


def replying(body: Any, status: int = 200, **headers: str) -> Fault:
    """Return a complete response; underscores in header names become hyphens."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Fault([response(body, status, headers=named)])


def failing(status: int, message: str = "no", code: str | None = None, **headers: str) -> Fault:
    """Return an error response in OpenAI's format."""
    return replying({"error": {"message": message, "code": code, "type": code}}, status, **headers)


def compressed(size: int, status: int = 200, encoding: str = "gzip") -> Fault:
    """Return a small compressed response that decompresses to ``size`` spaces."""
    packed: bytes = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](b" " * size)
    return Fault([response(packed, status, headers=[("Content-Encoding", encoding)])])


def endless(piece: bytes = b"x" * 65536, pieces: int = 10_000, status: int = 200) -> Fault:
    """Return a chunked response that is far longer than any answer."""
    head = f"HTTP/1.1 {status} OK\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    return Fault([head, *[chunk] * pieces])


GOOD = replying(completion())


@dataclass
class FaultServer:
    """A running server: its base URL, the bodies it has received and its number of connections."""

    base_url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    connections: int = 0


Script = Sequence[Fault] | Callable[[dict[str, Any]], Fault]


@contextmanager
def fault_server(faults: Script) -> Iterator[FaultServer]:
    """Serve the faults in order and repeat the last, or call a function with each body."""
    seen = FaultServer()
    closing = threading.Event()
    lock = threading.Lock()
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    seen.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    def next_fault(body: dict[str, Any]) -> Fault:
        with lock:
            number = len(seen.bodies)
            seen.bodies.append(body)
        return faults(body) if callable(faults) else faults[min(number, len(faults) - 1)]

    def serve(connection: socket.socket) -> None:
        received = bytearray()
        with connection:
            try:
                while (body := _request_on(connection, received)) is not None:
                    if not _send(connection, next_fault(body), closing):
                        return
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            seen.connections += 1
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield seen
    finally:
        closing.set()
        listener.close()


def _request_on(connection: socket.socket, received: bytearray) -> dict[str, Any] | None:
    """Return the body of the next request, or None at the end; keep later bytes in ``received``."""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return None
        received += more
    end_of_head = received.index(b"\r\n\r\n") + 4
    length = next(
        int(line.split(b":")[1])
        for line in bytes(received[:end_of_head]).split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    while len(received) < end_of_head + length:
        received += connection.recv(65536)
    parsed: dict[str, Any] = json.loads(received[end_of_head : end_of_head + length])
    del received[: end_of_head + length]
    return parsed


def _send(connection: socket.socket, fault: Fault, closing: threading.Event) -> bool:
    """Send the response of a fault; return whether the connection stays open."""
    for number, piece in enumerate(fault.pieces):
        if number and fault.pause and closing.wait(fault.pause):
            return False
        connection.sendall(piece)
    if fault.stalls:
        closing.wait()
        return False
    if fault.resets:
        # With a linger of zero seconds, closing sends a reset.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    if fault.late:
        time.sleep(fault.late_after)
        connection.sendall(fault.late)
        fault.on_late()
    return not (fault.closes or fault.resets)
