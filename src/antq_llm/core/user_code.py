"""Guards calls into a user's modules, which may raise anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from antq_llm.errors import AntqError


@contextmanager
def exits_named(error_of: Callable[[BaseException], AntqError]) -> Iterator[None]:
    """Raise the library's error if the block would end the program, such as with sys.exit().

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
