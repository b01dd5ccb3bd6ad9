"""Handling standard streams that are closed, unwritable or no longer read."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TextIO

from antq_llm.errors import ConfigurationError

_UNWRITABLE = frozenset({errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.EBADF, errno.EIO})
_MODES = (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY)
_CLOSED: set[str] = set()
"""Names of the streams that were closed when the program started."""


def open_closed_streams() -> None:
    """Open ``os.devnull`` for each closed stream, so that no other file gets its descriptor."""
    for number, (name, mode) in enumerate(zip(("stdin", "stdout", "stderr"), _MODES, strict=True)):
        if getattr(sys, name) is None:
            _CLOSED.add(name)
            # ``os.open`` returns the lowest free descriptor, which is the stream's.
            opened = os.open(os.devnull, mode)
            setattr(sys, name, os.fdopen(opened, "r" if number == 0 else "w", encoding="utf-8"))


def use_utf8() -> None:
    """Make both output streams use UTF-8, regardless of the locale."""
    for stream in (sys.stdout, sys.stderr):
        if (
            isinstance(stream, io.TextIOWrapper)
            and (stream.encoding or "").lower().replace("-", "") != "utf8"
        ):
            stream.reconfigure(encoding="utf-8")


def check_results_are_read() -> None:
    """Raise ConfigurationError if standard output was closed when the program started."""
    if "stdout" in _CLOSED:
        raise ConfigurationError(
            "standard output is closed: redirect it to a file, or name a folder with --out"
        )


def flush_results() -> None:
    """Flush standard output.

    Raises BrokenPipeError if the reader has closed the pipe, and ConfigurationError for other
    write errors.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        raise results_lost(error) from error


def is_unwritable(error: OSError) -> bool:
    """Return whether an error means that a stream, not a named file, cannot be written to."""
    return error.filename is None and error.errno in _UNWRITABLE


def results_lost(error: Exception) -> ConfigurationError:
    """Return the error for results that cannot be written to standard output."""
    reason = error.strerror if isinstance(error, OSError) else error
    return ConfigurationError(
        f"standard output cannot be written to ({reason}): free some space, redirect the "
        "output elsewhere or name a folder with --out, which keeps finished work"
    )


def discard_unwritable() -> None:
    """Discard output that cannot be written, because flushing it on exit would fail."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _discard(stream)


def _discard(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
        stream.flush()
