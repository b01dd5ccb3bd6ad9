"""Settings that make garbage collection less frequent in the processes of a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARE = (100_000, 20, 50)


@contextmanager
def collect_rarely() -> Iterator[None]:
    """Collect garbage less often until the block ends.

    A run creates few reference cycles, and frequent searches for them would take a tenth of the
    run's time.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    collect_rarely_until_exit()
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


def collect_rarely_until_exit() -> None:
    """Collect garbage less often until the process ends."""
    gc.set_threshold(*_RARE)


def skip_collection_at_exit() -> None:
    """Exclude all existing objects from the garbage collection that Python runs at exit.

    For a command that processes few articles, that collection takes a fifth of the time.
    """
    gc.freeze()
