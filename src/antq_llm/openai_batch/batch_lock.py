"""The lock on the batches in a run's folder."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from antq_llm.errors import ConfigurationError


def lock_batches(folder: Path) -> FileLock:
    """Lock the folder of a store's batches and return the lock.

    The folder is created if necessary. Raises ConfigurationError if another run holds the lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise ConfigurationError(
            f"another run is working on the batches in {folder}: "
            "wait until it ends, or name another --out"
        ) from error
    return lock
