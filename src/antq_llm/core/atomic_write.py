"""Writing files: whole or not at all, and with errors that say what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from antq_llm.errors import ConfigurationError


@contextmanager
def disk_errors_named(path: Path) -> Iterator[None]:
    """Make what the disk says while something of a run is written below a path a ConfigurationError that says what to do."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written ({error.strerror}): free space, then make the same call again to continue"
        ) from error


def write_atomically(path: Path, pieces: Iterable[str]) -> None:
    """Write a text file in UTF-8, line ends as given; a reader sees the old one or the new one, and two writers at once do not meet in a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own: the file's, with something added, may be longer than the disk takes.
    handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_mask())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _mask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
