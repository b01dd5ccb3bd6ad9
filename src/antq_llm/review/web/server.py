"""A web server that serves a review on one address of this machine until Ctrl-C."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from antq_llm.core.optional_library import how_to_install, is_installed
from antq_llm.errors import ConfigurationError
from antq_llm.review.workspace import Workspace

DEFAULT_HOST = "127.0.0.1"
_STOP_SECONDS = 3


def check_installed() -> None:
    """Raise ConfigurationError if libraries from the extra ``review`` are missing."""
    if missing := [name for name in ("starlette", "uvicorn") if not is_installed(name)]:
        raise ConfigurationError(
            f"a review needs {' and '.join(missing)}: {how_to_install('review')}"
        )


@dataclass(frozen=True)
class ReviewServer:
    """A review that is ready to be served."""

    app: Any
    """The ASGI application."""
    listener: socket.socket
    address: str
    """The address at which to open the review, with its token."""

    def server(self) -> Any:
        """Return the server, whose ``run(sockets=[listener])`` serves until it is stopped."""
        import uvicorn

        return uvicorn.Server(
            uvicorn.Config(
                self.app,
                log_level="warning",
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )

    def run(self) -> None:
        """Serve until Ctrl-C and then raise KeyboardInterrupt.

        Pending requests have ``_STOP_SECONDS`` seconds to finish.
        """
        with closing(self.listener):
            self.server().run(sockets=[self.listener])


def review_server(workspace: Workspace, host: str = DEFAULT_HOST, port: int = 0) -> ReviewServer:
    """Return a server that listens on an address; port 0 chooses a free port.

    Raises ConfigurationError if the address cannot be used or libraries are missing.
    """
    check_installed()
    from antq_llm.review.web.app import review_app
    from antq_llm.review.web.security import Guard

    listener = _listener(host, port)
    number = listener.getsockname()[1]
    names = {host, "localhost"} if ipaddress.ip_address(host).is_loopback else {host}
    token = secrets.token_urlsafe(24)
    hosts = {f"{_bracketed(name)}:{number}" for name in names}
    return ReviewServer(
        Guard(review_app(workspace), token, hosts),
        listener,
        f"http://{_bracketed(host)}:{number}/?token={token}",
    )


def _listener(host: str, port: int) -> socket.socket:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        raise ConfigurationError(
            f"--host {host!r} is not an IP address: name an address of this machine, "
            "such as 127.0.0.1"
        ) from None
    if address.is_unspecified:
        raise ConfigurationError(
            f"--host {host} would serve the review on every network: name one address of "
            "this machine"
        )
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        # From here on, a browser that opens the address waits until the server runs.
        listener.listen()
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(
            f"{host}:{port} cannot be used ({error}): name another --port or --host"
        ) from error
    return listener


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
