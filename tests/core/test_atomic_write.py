"""Replacing files and folders as a whole or not at all."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from antq_llm.core.atomic_write import disk_errors_named, replaced_atomically, write_atomically
from antq_llm.errors import ConfigurationError


def failing() -> Iterator[str]:
    """Yield a piece of text, then raise RuntimeError."""
    yield "hai"
    raise RuntimeError("power cut")


def names_in(folder: Path) -> list[str]:
    """Return the names of the files and folders in a folder."""
    return [path.name for path in folder.iterdir()]


def folder_with(parent: Path, name: str, text: str) -> Path:
    """Create a folder with one file and return its path."""
    folder = parent / name
    folder.mkdir()
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return folder


def test_a_file_is_written_as_given(tmp_path: Path) -> None:
    """The pieces are written in UTF-8 with unchanged line ends, and a missing folder is created."""
    path = tmp_path / "new" / "a.txt"
    write_atomically(path, ["một\n", "hai\r\n"])
    assert path.read_bytes() == "một\nhai\r\n".encode()


def test_a_file_has_the_mode_of_other_files(tmp_path: Path) -> None:
    """The umask decides who may read the file, as for any new file."""
    (tmp_path / "plain").touch()
    write_atomically(tmp_path / "a.txt", ["một"])
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "a.txt")]
    assert modes[0] == modes[1]


def test_a_name_of_any_length_is_written(tmp_path: Path) -> None:
    """A file whose name has the maximum length is written.

    For example, a page that was saved under its headline can have a very long name.
    """
    path = tmp_path / f"{'ế' * 83}.txt"
    write_atomically(path, ["một"])
    assert path.read_text("utf-8") == "một"
    assert names_in(tmp_path) == [path.name]


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    """A file is written completely or not at all."""
    path = tmp_path / "a.txt"
    write_atomically(path, ["old"])
    with pytest.raises(RuntimeError, match="power cut"):
        write_atomically(path, failing())
    assert path.read_text(encoding="utf-8") == "old"


def test_a_write_leaves_nothing_beside_its_file(tmp_path: Path) -> None:
    """Neither a complete write nor a failed one leaves other files in the folder."""
    path = tmp_path / "a.txt"
    write_atomically(path, ["một"])
    with pytest.raises(RuntimeError):
        write_atomically(path, failing())
    assert (names_in(tmp_path), path.read_text("utf-8")) == (["a.txt"], "một")


def test_writers_at_the_same_time_do_not_mix(tmp_path: Path) -> None:
    """If several threads write a file at once, it contains the whole text of one of them."""
    path = tmp_path / "a.txt"
    texts = [str(number) * 100_000 for number in range(8)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda text: write_atomically(path, text), texts))
    assert path.read_text(encoding="utf-8") in texts
    assert names_in(tmp_path) == ["a.txt"]


def test_a_folder_is_replaced(tmp_path: Path) -> None:
    """The folder has only the new files after the block, and the old ones until then."""
    target = folder_with(tmp_path, "tables", "old")
    (target / "b.txt").touch()
    with replaced_atomically(target) as unfinished:
        unfinished.mkdir()
        (unfinished / "a.txt").write_text("new", encoding="utf-8")
        assert (target / "a.txt").read_text(encoding="utf-8") == "old"
    assert (names_in(tmp_path), names_in(target)) == (["tables"], ["a.txt"])
    assert (target / "a.txt").read_text(encoding="utf-8") == "new"


def test_a_folder_that_fails_half_way_leaves_the_old_one(tmp_path: Path) -> None:
    """If the block raises an exception, the old folder stays and no other folder is left."""
    target = folder_with(tmp_path, "tables", "old")
    with pytest.raises(FileNotFoundError), replaced_atomically(target) as unfinished:
        (unfinished / "no folder" / "a.txt").touch()
    assert (names_in(tmp_path), names_in(target)) == (["tables"], ["a.txt"])


def test_a_folder_that_cannot_be_moved_in_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the new folder cannot be moved into place, the old one is restored."""
    target = folder_with(tmp_path, "tables", "old")
    rename = Path.rename

    def refuse(path: Path, to: Path) -> Path:
        if path.name == "unfinished":
            raise OSError("busy")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="busy"), replaced_atomically(target) as unfinished:
        unfinished.mkdir()
    assert (names_in(tmp_path), names_in(target)) == (["tables"], ["a.txt"])


def test_an_error_of_the_disk_says_what_to_do(tmp_path: Path) -> None:
    """An OSError becomes a ConfigurationError with the path and the reason."""
    path = tmp_path / "a.jsonl"
    with (
        pytest.raises(ConfigurationError, match=r"a\.jsonl cannot be written \(No space") as caught,
        disk_errors_named(path),
    ):
        raise OSError(28, "No space left on device")
    assert isinstance(caught.value.__cause__, OSError)
