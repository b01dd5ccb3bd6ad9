"""Atomic replacement of files and folders, with clear messages for disk errors."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antq_llm.errors import ConfigurationError


@contextmanager
def disk_errors_named(path: Path) -> Iterator[None]:
    """Turn an OSError raised in the block into a ConfigurationError that names ``path``."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror}): "
            "free some space or correct the permissions, then repeat the call to continue"
        ) from error


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Write a UTF-8 text file, keeping line endings as given.

    Readers see either the old file or the new one, even with concurrent writers.
    """
    with (
        replaced_atomically(path) as unfinished,
        unfinished.open("w", encoding="utf-8", newline="") as file,
    ):
        file.writelines(pieces)


@contextmanager
def replaced_atomically(target: Path) -> Iterator[Path]:
    """Yield a path for a new file or folder that replaces the target when the block ends.

    The target's parent folder is created if needed. If the block raises, the target is unchanged.
    Files directly in a new folder are synced to disk; files in its subfolders are not.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # With the target's name in it, the temporary name would be too long for some file systems.
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
    # A folder cannot be replaced in one step; if the second step fails, the old one is restored.
    target.rename(aside)
    try:
        new.rename(target)
    except BaseException:
        aside.rename(target)
        raise
