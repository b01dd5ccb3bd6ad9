"""A relay to a server on loopback that can cut its connections at a chosen moment."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class CuttingRelay:
    """A running relay."""

    port: int
    cuts_at: bytes | None = None
    """Text whose arrival cuts off the client, once; the server still receives the text."""
    is_open: bool = True
    """Whether new connections are accepted; otherwise they are closed at once."""
    sockets: list[socket.socket] = field(default_factory=list)

    def cut_all(self) -> None:
        """Cut all connections."""
        for end in self.sockets:
            _close(end)
        self.sockets.clear()


@contextmanager
def cutting_relay(port: int) -> Iterator[CuttingRelay]:
    """Relay connections from a free port to ``port``."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = CuttingRelay(listener.getsockname()[1])
        threading.Thread(target=_accept, args=(relay, listener, port), daemon=True).start()
        yield relay
        relay.cut_all()
        # Wakes the accepting thread.
        _close(listener)


def _accept(relay: CuttingRelay, listener: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            if not relay.is_open:
                _close(client)
                continue
            server = socket.create_connection(("127.0.0.1", port))
            relay.sockets += [client, server]
            threading.Thread(target=_send, args=(relay, client, server), daemon=True).start()
            threading.Thread(target=_answer, args=(client, server), daemon=True).start()


def _send(relay: CuttingRelay, client: socket.socket, server: socket.socket) -> None:
    with suppress(OSError):
        while data := client.recv(65536):
            if relay.cuts_at is not None and relay.cuts_at in data:
                relay.cuts_at = None
                _close(client)
                server.sendall(data)
                # The server answers the data it received before it notices the end.
                server.shutdown(socket.SHUT_WR)
                return
            server.sendall(data)
    _close(server)


def _answer(client: socket.socket, server: socket.socket) -> None:
    with suppress(OSError):
        while data := server.recv(65536):
            client.sendall(data)
    _close(client)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        end.close()
