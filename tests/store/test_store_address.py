"""The address of a database: parsing it, masking it and storing it without the password."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.store.store_address import StoreAddress, masked_store, read_address, write_address


def test_an_address_is_taken_apart() -> None:
    """Parsing an address splits off the password and the run, and leaves a libpq URI."""
    address = StoreAddress.parse("postgres://a:b%2Fc@h:5/db?run=x-1&sslmode=require")
    assert (address.url, address.run) == ("postgresql://a@h:5/db?sslmode=require", "x-1")
    assert dict(address.secrets) == {"password": "b/c"}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:mat/khau@h/db",
        "postgresql://a:mat?khau@h/db",
        "postgresql://a:mat#khau@h/db",
        "host=h password=khau",
        "mysql://a:khau@h/db",
        "postgresql:khau",
        "",
    ],
)
def test_what_is_no_address_is_not_shown(url: str) -> None:
    """The error about an invalid address says what to write, without showing the address."""
    with pytest.raises(ConfigurationError, match="write postgresql://USER@HOST") as caught:
        StoreAddress.parse(url)
    assert "khau" not in str(caught.value)


@pytest.mark.parametrize("run", ["a+b", "a%20b", "a/b", "", "x" * 51])
def test_the_name_of_a_run_is_checked(run: str) -> None:
    """A run name that is empty or too long, or that has invalid characters, is refused."""
    with pytest.raises(ConfigurationError, match="the run name in --store must be 1 to 50"):
        StoreAddress.parse(f"postgresql://h/db?run={run}")


def test_an_address_is_masked() -> None:
    """A masked address has no user, password or options."""
    assert masked_store("postgresql://a:b@h:5/db?password=c&run=x") == "postgresql://h:5/db"
    assert "b@" not in repr(StoreAddress.parse("postgresql://a:b@h:5/db"))


def test_a_folder_keeps_an_address(tmp_path: Path) -> None:
    """A folder keeps its first address, without the password."""
    address = StoreAddress.parse("postgresql://a:mat-khau@h:5/db?run=x&sslmode=require")
    assert write_address(tmp_path / "out", address)
    assert not write_address(tmp_path / "out", StoreAddress.parse("postgresql://h/db?run=y"))
    assert "mat-khau" not in (tmp_path / "out/store.json").read_text("utf-8")
    assert read_address(tmp_path / "out") == StoreAddress(address.url, "x")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"store": 1}', '{"store": "postgresql://h/db"}'])
def test_a_damaged_address_is_named(tmp_path: Path, text: str) -> None:
    """A file without a valid address raises an error that names it."""
    (tmp_path / "store.json").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=r"store\.json is damaged"):
        read_address(tmp_path)
