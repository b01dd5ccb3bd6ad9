"""A proxy on loopback that keeps the head of each request and opens no tunnels."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

ANSWER = (
    b'{"choices": [{"finish_reason": "stop", "message": {"content": "{\\"name\\": \\"Lan\\"}"}}]}'
)


@dataclass
class Proxy:
    """A running proxy: its port, and the heads of the requests it received."""

    port: int = 0
    heads: list[bytes] = field(default_factory=list)

    def url(self, user: str = "") -> str:
        """Return the proxy's URL, with ``user``, such as ``name:password@``, before the host."""
        return f"http://{user}127.0.0.1:{self.port}"

    def head(self) -> str:
        """Return the head of the only request received."""
        (head,) = self.heads
        return head.decode()


@asynccontextmanager
async def recording_proxy(location: str = "", redirect: int = 307) -> AsyncIterator[Proxy]:
    """Run a proxy that refuses ``CONNECT`` and answers other requests with a completion.

    If ``location`` is given, every request is redirected to it.
    """
    proxy = Proxy()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        proxy.heads.append(head)
        status, body = (
            (b"502 Bad Gateway", b"") if head.startswith(b"CONNECT") else (b"200 OK", ANSWER)
        )
        if location:
            status, body = f"{redirect} Elsewhere\r\nLocation: {location}".encode(), b""
        length = str(len(body)).encode()
        start = (
            b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nConnection: close\r\n"
        )
        writer.write(start + b"Content-Length: " + length + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await server.wait_closed()
