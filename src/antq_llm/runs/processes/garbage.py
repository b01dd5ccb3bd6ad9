"""A context manager that makes garbage collection less frequent in the processes of a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collect_rarely() -> Iterator[None]:
    """Collect garbage less often until the block ends.

    A run creates few reference cycles, and frequent searches for them would take a tenth of the
    run's time.
    """
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
