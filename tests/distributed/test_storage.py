"""The output and inputs of a job can be at any address that Arrow or fsspec supports."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from antq_llm.distributed.storage import Storage, is_url, url_of
from antq_llm.errors import ConfigurationError


def test_a_file_is_written_read_listed_and_deleted(tmp_path: Path) -> None:
    """A storage that is pickled for another process accesses the same files."""
    storage = Storage(f"file://{tmp_path}/out")
    assert storage.read("a/b.json") is None
    storage.write("a/b.json", b"1")
    twin = pickle.loads(pickle.dumps(storage))
    assert (twin.read("a/b.json"), list(twin.names())) == (b"1", ["a/b.json"])
    twin.delete("a/b.json")
    assert list(storage.names("a")) == []


def test_a_file_or_a_folder_is_copied(tmp_path: Path) -> None:
    """A file is copied from its URL, and a folder with all files below it."""
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "a.txt").write_text("A", "utf-8")
    url = f"file://{tmp_path}/in"
    assert Storage(url).copy_to(tmp_path / "folder") == 1
    assert (tmp_path / "folder" / "deep" / "a.txt").read_text("utf-8") == "A"
    assert Storage(f"{url}/deep/a.txt").copy_to(tmp_path / "copy.txt") == 1
    assert (tmp_path / "copy.txt").read_text("utf-8") == "A"
    assert Storage(f"{url}/none").copy_to(tmp_path / "none") == 0


def test_an_address_that_was_made_a_path_is_a_url_again() -> None:
    """The double slash of a URL that became a path is restored, and other paths become absolute."""
    assert url_of(Path("s3://bucket/out")) == "s3://bucket/out"
    assert url_of(Path("file:///data/out")) == "file:///data/out"
    assert Path(url_of(Path("out"))).is_absolute()
    assert (is_url("s3://bucket"), is_url("C:/data"), is_url("data/in")) == (True, False, False)


def test_an_unknown_scheme_is_refused() -> None:
    """An unknown scheme is refused, and the message names the address."""
    with pytest.raises(ConfigurationError, match="nowhere://x cannot be opened"):
        Storage("nowhere://x")
