"""Messages printed after Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CommandInterrupted(Exception):  # noqa: N818 - not an error
    """An interruption by Ctrl-C; its message says whether the command can continue."""


@contextmanager
def continued_by_the_same_command(kept_in: Path | None, option: str = "--out") -> Iterator[None]:
    """Raise CommandInterrupted on Ctrl-C; its message says whether the command can continue."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandInterrupted(
            f"interrupted; the same command continues from {kept_in}"
            if kept_in is not None
            else f"interrupted; without {option} nothing is kept, and the next call starts over"
        ) from None
