"""Replaces files and folders as a whole, and turns errors of the disk into clear messages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antq_llm.errors import ConfigurationError


@contextmanager
def disk_errors_named(path: Path) -> Iterator[None]:
    """Raise a ConfigurationError that names ``path`` instead of an OSError of the block."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror}): "
            "free space, then make the same call again to continue"
        ) from error


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file in UTF-8, with line ends as given.

    Readers see the old file or the new one, and concurrent writers do not mix.
    """
    with (
        replaced_atomically(path) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines(pieces)


@contextmanager
def replaced_atomically(target: Path) -> Iterator[Path]:
    """Yield a path for a new file or folder that replaces the target when the block ends.

    The target's folder is made if needed. If the block raises, the target stays as it is. The
    files of a folder are synced to disk, those of its subfolders are not.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # The target's name is not part of the temporary one, which would be too long for some disks.
    with tempfile.TemporaryDirectory(prefix=".", suffix=".tmp", dir=target.parent) as scratch:
        unfinished = Path(scratch) / "unfinished"
        yield unfinished
        for file in unfinished.iterdir() if unfinished.is_dir() else [unfinished]:
            _sync(file)
        _replace(target, unfinished, Path(scratch) / "replaced")


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _replace(target: Path, new: Path, aside: Path) -> None:
    if not target.is_dir():
        new.replace(target)
        return
    # A folder cannot be replaced in one step: the old one comes back if the second step fails.
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        aside.rename(target)
        raise
