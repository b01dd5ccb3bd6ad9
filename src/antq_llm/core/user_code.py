"""Guards for calls into user modules, which can raise any exception."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antq_llm.errors import AntqError


@contextmanager
def exits_named(error_of: Callable[[BaseException], AntqError]) -> Iterator[None]:
    """Raise an AntqError if the block tries to end the program, for example with ``sys.exit()``.

    Ordinary exceptions and ``KeyboardInterrupt`` pass through unchanged.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise error_of(error) from error


def described(error: BaseException) -> str:
    """Return the type and message of an exception on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
