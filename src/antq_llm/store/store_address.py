"""The address of a run's PostgreSQL store, and the file with this address in the run's folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.core.masking import masked_url
from antq_llm.errors import ConfigurationError

ADDRESS_FILE = "store.json"
"""The name of the file in a run's folder that contains the address of the run's store."""
_SCHEMES = ("postgresql", "postgres")
_SECRETS = ("password", "sslpassword")
_RUN = re.compile(r"[A-Za-z0-9_.-]{1,50}")


@dataclass(frozen=True)
class StoreAddress:
    """The address of a database, and the name of a run stored there."""

    url: str = field(repr=False)
    """The address as a libpq connection URI, without passwords or the name of the run."""
    run: str | None = None
    """The name of the run; None until a name is chosen."""
    secrets: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Pairs of a libpq parameter name and a password, for the user and the SSL key."""

    @classmethod
    def parse(cls, url: str) -> StoreAddress:
        """Parse ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE?run=NAME``.

        Every part except the scheme is optional. Raises ConfigurationError if the address is
        malformed. The error does not quote the address, because it may contain a password.
        """
        try:
            parts = urlsplit(url)
            query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise _malformed() from None
        is_cut = "@" in parts.path or parts.fragment or re.search(r"\s", url)
        if parts.scheme not in _SCHEMES or "//" not in url or is_cut:
            raise _malformed()
        user_and_password, at, host = parts.netloc.rpartition("@")
        user, colon, password = user_and_password.partition(":")
        secrets = [("password", unquote(password))] if colon else []
        secrets += [(name, value) for name, value in query if name in _SECRETS]
        kept = [(name, value) for name, value in query if name not in (*_SECRETS, "run")]
        bare = f"postgresql://{user}{at}{host}{parts.path}"
        return cls(
            f"{bare}?{urlencode(kept)}" if kept else bare, _run_of(dict(query)), tuple(secrets)
        )

    @property
    def shown(self) -> str:
        """The address in masked form, for messages."""
        return masked_url(self.url)

    def is_same_database(self, other: StoreAddress) -> bool:
        """Return whether another address refers to the same database, ignoring user and options."""
        return self.shown == other.shown

    def as_json(self) -> str:
        """Return the content of the address file, without the passwords."""
        mark = "&" if "?" in self.url else "?"
        return json.dumps({"store": f"{self.url}{mark}run={self.run}"}, indent=1) + "\n"


def is_database(value: object) -> bool:
    """Return whether a value is a database address rather than a path."""
    return isinstance(value, str) and value.partition("://")[0] in _SCHEMES


def masked_store(url: str) -> str:
    """Return an address without its user, password and options, for use in messages and files."""
    return StoreAddress.parse(url).shown


def read_address(folder: Path) -> StoreAddress | None:
    """Return the address in a run's folder, or None if the run's store is not in PostgreSQL.

    Raises ConfigurationError if the address file is damaged.
    """
    path = folder / ADDRESS_FILE
    if not path.is_file():
        return None
    try:
        address = StoreAddress.parse(json.loads(path.read_bytes())["store"])
    except (ValueError, LookupError, TypeError, AttributeError, ConfigurationError):
        address = None
    if address is None or address.run is None:
        raise ConfigurationError(
            f"{path} is damaged: restore it, or name another --out to ask about all articles again"
        )
    return address


def find_address(folder: Path, url: str | None) -> StoreAddress | None:
    """Return the address of a folder's store, or None if the store is in SQLite.

    Without ``url``, the address is read from the folder's address file. Otherwise, the result is
    ``url`` with the run that this file names, if the file exists. Raises ConfigurationError if
    ``url`` and the file name different databases or runs.
    """
    known = read_address(folder)
    if url is None:
        return known
    given = StoreAddress.parse(url)
    if known is None:
        return given
    if not known.is_same_database(given) or given.run not in {None, known.run}:
        raise ConfigurationError(
            f"{folder} has its store in {known.shown}, run {known.run}, not in {given.shown}"
            + (f", run {given.run}" if given.run else "")
            + ": leave out --store, or name another --out"
        )
    return replace(given, run=known.run)


def write_address(folder: Path, address: StoreAddress) -> bool:
    """Write the address to a run's folder; return False if another call has already written one."""
    path = folder / ADDRESS_FILE
    with disk_errors_named(path):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(address.as_json())
        except FileExistsError:
            return False
    return True


def _run_of(query: dict[str, str]) -> str | None:
    run = query.get("run")
    if run is not None and not _RUN.fullmatch(run):
        raise ConfigurationError(
            "the run name in --store must be 1 to 50 characters from A-Z a-z 0-9 _ . -, "
            f"not {run[:60]!r}"
        )
    return run


def _malformed() -> ConfigurationError:
    return ConfigurationError(
        "--store is not the address of a PostgreSQL database: write "
        "postgresql://USER@HOST/DATABASE, and set PGPASSWORD to the password. If the "
        "address contains a password, write / ? # @ in the password as %2F %3F %23 %40"
    )
