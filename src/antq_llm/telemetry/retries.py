"""Counting how many times a request is sent again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class RetryCount:
    """The number of times that a request was sent again."""

    retries: int = 0


_COUNT: ContextVar[RetryCount | None] = ContextVar("_COUNT", default=None)


@contextmanager
def counted_retries() -> Iterator[RetryCount]:
    """Count the retries of the request sent in the block."""
    count = RetryCount()
    token = _COUNT.set(count)
    try:
        yield count
    finally:
        _COUNT.reset(token)


def count_retry() -> None:
    """Count a retry if a ``counted_retries`` block is active."""
    count = _COUNT.get()
    if count is not None:
        count.retries += 1
