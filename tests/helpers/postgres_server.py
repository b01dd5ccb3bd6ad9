"""A PostgreSQL server for tests, on a free loopback port and in a temporary folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "app", "mat-khau+9/x"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server with its folder, programs and port."""

    folder: Path
    binaries: Path
    port: int
    prefix: tuple[str, ...]
    """A prefix for commands that runs them as the server's user; empty if none is needed."""

    @property
    def url(self) -> str:
        """The URL of the database, without the password, which clients read from PGPASSWORD."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
        settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        self._control("start", "-o", f"{settings} -p {self.port} -k {self.folder}")

    def stop(self) -> None:
        """Close all connections and stop the server."""
        self._control("stop", "-m", "immediate")

    def _control(self, action: str, *options: str) -> None:
        self.run("pg_ctl", "-D", "data", "-w", "-l", "log", *options, action)

    def run(self, program: str, *words: str) -> None:
        """Run a PostgreSQL program as the server's user, in the server's folder."""
        subprocess.run(
            [*self.prefix, str(self.binaries / program), *words],
            cwd=self.folder,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def free_port() -> int:
    """Return a loopback port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def find_binaries() -> Path | None:
    """Return the folder with ``initdb`` and ``pg_ctl``, or None if no server is installed."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    return next((one for one in reversed(folders) if (one / "initdb").is_file()), None)


@contextmanager
def running_server(binaries: Path) -> Iterator[PostgresServer]:
    """Run a server for the duration of a ``with`` block, as ``postgres`` if the caller is root."""
    folder = Path(tempfile.mkdtemp(prefix="antq-llm-postgres-"))
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # The server refuses to run as root.
        shutil.chown(folder, "postgres", "postgres")
        prefix = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups")
    (folder / "password").write_text(PASSWORD, "utf-8")
    (folder / "password").chmod(0o644)
    server = PostgresServer(folder, binaries, free_port(), prefix)
    try:
        server.run(
            *("initdb", "-D", "data", "-U", USER, "-A", "scram-sha-256", "--pwfile=password"),
            *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
