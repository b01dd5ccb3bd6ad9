"""Where the store of a run in PostgreSQL is, and what is refused."""

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
    """Once a folder has a store in PostgreSQL, it is opened without the address."""
    assert not has_store(tmp_path / "out", postgres.url)
    store = open_store(tmp_path / "out", postgres.url)
    await store.keep(request(SCHEMA), completion("một"))
    store.close()
    assert has_store(tmp_path / "out")
    again = open_store(tmp_path / "out")
    assert again.completion(request(SCHEMA).digest) == completion("một")
    again.close()


async def test_runs_of_two_folders_are_apart(tmp_path: Path, postgres: PostgresServer) -> None:
    """Two folders of the same name have two runs, even in one database."""
    one, other = (open_store(tmp_path / name / "out", postgres.url) for name in "ab")
    await one.keep(request(SCHEMA), completion("một"))
    assert other.completion(request(SCHEMA).digest) is None
    one.close()
    other.close()


async def test_folders_that_name_a_run_share_it(tmp_path: Path, postgres: PostgresServer) -> None:
    """Folders, as on several machines, that name the same run have one store."""
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
    """A folder whose run was dropped is an error: a new run would pay for everything again."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    drop_run(address)
    with pytest.raises(ConfigurationError, match=r"no longer has the run .* name another --out"):
        open_store(tmp_path)


def test_a_later_format_is_refused(tmp_path: Path, postgres: PostgresServer) -> None:
    """A run of a later version is an error that names both formats."""
    open_store(tmp_path, postgres.url).close()
    address = read_address(tmp_path)
    assert address is not None
    with psycopg.connect(postgres.url) as database:
        database.execute(f'UPDATE "antq_llm_{address.run}".store SET format = 99')
    with pytest.raises(ConfigurationError, match=r"has format 99, this version reads \d+"):
        open_store(tmp_path)


def test_a_folder_keeps_its_kind_of_store(tmp_path: Path, postgres: PostgresServer) -> None:
    """A folder with a store in SQLite is not continued in PostgreSQL."""
    open_store(tmp_path).close()
    with pytest.raises(ConfigurationError, match=r"has its store in store\.sqlite3: leave out"):
        open_store(tmp_path, postgres.url)


@pytest.mark.parametrize("change", [("postgres?", "other?"), ("run=", "run=x")])
def test_a_folder_keeps_its_run(
    tmp_path: Path, postgres: PostgresServer, change: tuple[str, str]
) -> None:
    """A call that names another database or run is refused, and told which one the folder has."""
    open_store(tmp_path, postgres.url).close()
    stored = json.loads((tmp_path / "store.json").read_text("utf-8"))["store"]
    with pytest.raises(ConfigurationError, match=r"has its store in .*: leave out --store"):
        open_store(tmp_path, stored.replace(*change))


def test_a_wrong_password_is_not_shown(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address with a wrong password is an error that has no password, and no folder is made."""
    monkeypatch.delenv("PGPASSWORD")
    url = postgres.url.replace("app@", "app:sai-mat-khau@")
    with pytest.raises(ConfigurationError, match="cannot be reached") as caught:
        open_store(tmp_path / "out", url)
    assert "sai-mat-khau" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_password_in_the_address_is_not_written(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address may have the password, and the folder's file does not get it."""
    monkeypatch.delenv("PGPASSWORD")
    escaped = PASSWORD.replace("/", "%2F").replace("+", "%2B")
    open_store(tmp_path, postgres.url.replace("app@", f"app:{escaped}@")).close()
    written = (tmp_path / "store.json").read_text("utf-8")
    assert PASSWORD not in written
    assert escaped not in written


def test_a_server_that_is_down_is_named(tmp_path: Path) -> None:
    """A server that does not answer is an error with its address."""
    with pytest.raises(
        ConfigurationError, match=r"postgresql://127\.0\.0\.1:1/db cannot be reached"
    ):
        open_store(tmp_path, "postgresql://app@127.0.0.1:1/db")
