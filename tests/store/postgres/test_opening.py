"""Opening the store of a run in PostgreSQL, and the cases in which this is refused."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.store.opening import has_store, open_store
from antq_llm.store.postgres.opening import drop_run
from antq_llm.store.store_address import read_address
from helpers.postgres_server import PASSWORD, PostgresServer
from helpers.samples import Note, completion, request

SCHEMA = PydanticSchema(Note)


async def test_a_folder_finds_its_store_again(tmp_path: Path, postgres: PostgresServer) -> None:
    """A folder's store in PostgreSQL can be opened again without the address."""
    assert not has_store(tmp_path / "out", postgres.url)
    store = open_store(tmp_path / "out", postgres.url)
    await store.keep(request(SCHEMA), completion("một"))
    store.close()
    assert has_store(tmp_path / "out")
    again = open_store(tmp_path / "out")
    assert again.completion(request(SCHEMA).digest) == completion("một")
    again.close()


async def test_runs_of_two_folders_are_apart(tmp_path: Path, postgres: PostgresServer) -> None:
    """Two folders with the same name have separate runs, even in one database."""
    one, other = (open_store(tmp_path / name / "out", postgres.url) for name in "ab")
    await one.keep(request(SCHEMA), completion("một"))
    assert other.completion(request(SCHEMA).digest) is None
    one.close()
    other.close()


async def test_folders_that_name_a_run_share_it(tmp_path: Path, postgres: PostgresServer) -> None:
    """Folders that name the same run, as on several machines, share one store."""
    url = f"{postgres.url}?run={tmp_path.parent.name}-shared"
    assert not has_store(tmp_path / "a", url)
    one = open_store(tmp_path / "a", url)
    assert has_store(tmp_path / "b", url)
    other = open_store(tmp_path / "b", url)
    await one.keep(request(SCHEMA), completion("một"))
    assert other.completion(request(SCHEMA).digest) == completion("một")
    one.close()
    other.close()


def test_a_run_that_is_gone_is_not_begun_anew(tmp_path: Path, postgres: PostgresServer) -> None:
    """If a folder's run was dropped, opening is refused, since a new run would pay again."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    drop_run(address)
    with pytest.raises(ConfigurationError, match=r"no longer has the run .* name another --out"):
        open_store(tmp_path)


def test_a_later_format_is_refused(tmp_path: Path, postgres: PostgresServer) -> None:
    """A run written by a later version raises an error that names both formats."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    with psycopg.connect(postgres.url) as database:
        database.execute(f'UPDATE "antq_llm_{address.run}".store SET format = 99')
    with pytest.raises(ConfigurationError, match=r"has format 99, .* reads format \d+"):
        open_store(tmp_path)


def test_a_folder_keeps_its_kind_of_store(tmp_path: Path, postgres: PostgresServer) -> None:
    """A folder with a store in SQLite cannot be opened with a PostgreSQL address."""
    open_store(tmp_path).close()
    with pytest.raises(ConfigurationError, match=r"has its store in store\.sqlite3: leave out"):
        open_store(tmp_path, postgres.url)


@pytest.mark.parametrize("change", [("postgres?", "other?"), ("run=", "run=x")])
def test_a_folder_keeps_its_run(
    tmp_path: Path, postgres: PostgresServer, change: tuple[str, str]
) -> None:
    """The address of another database or run is refused, and the error names the folder's store."""
    open_store(tmp_path, postgres.url).close()
    stored = json.loads((tmp_path / "store.json").read_text("utf-8"))["store"]
    with pytest.raises(ConfigurationError, match=r"has its store in .*: leave out --store"):
        open_store(tmp_path, stored.replace(*change))


def test_a_wrong_password_is_not_shown(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error for a wrong password does not show the password, and no folder is created."""
    monkeypatch.delenv("PGPASSWORD")
    url = postgres.url.replace("app@", "app:sai-mat-khau@")
    with pytest.raises(ConfigurationError, match="cannot be reached") as caught:
        open_store(tmp_path / "out", url)
    assert "sai-mat-khau" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_password_in_the_address_is_not_written(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password in the address is not written to the folder."""
    monkeypatch.delenv("PGPASSWORD")
    escaped = PASSWORD.replace("/", "%2F").replace("+", "%2B")
    open_store(tmp_path, postgres.url.replace("app@", f"app:{escaped}@")).close()
    written = (tmp_path / "store.json").read_text("utf-8")
    assert PASSWORD not in written
    assert escaped not in written


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    """If the server does not answer, the error names its address."""
    with pytest.raises(
        ConfigurationError, match=r"postgresql://127\.0\.0\.1:1/db cannot be reached"
    ):
        open_store(tmp_path, "postgresql://app@127.0.0.1:1/db")
