"""Calls into a user's own modules, which may raise anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antq_llm.errors import AntqError


@contextmanager
def exits_named(error_of: Callable[[BaseException], AntqError]) -> Iterator[None]:
    """Raise the library's error for whatever ends the program in the block, such as sys.exit().

    Ordinary exceptions pass, and so does Ctrl-C.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise error_of(error) from error


def described(error: BaseException) -> str:
    """Return an exception as one line, with its type."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
