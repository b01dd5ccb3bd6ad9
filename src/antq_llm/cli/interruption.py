"""What Ctrl-C leaves of a command, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CommandInterrupted(Exception):  # noqa: N818 - not an error
    """Ctrl-C ended a command; the message says how it continues."""


@contextmanager
def continued_by_the_same_command(kept_in: Path | None, option: str = "--out") -> Iterator[None]:
    """Say on Ctrl-C that the same command continues, if its answers are kept in a folder."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandInterrupted(
            f"interrupted; the same command continues from {kept_in}"
            if kept_in is not None
            else f"interrupted; without {option} nothing is kept, and the next call starts anew"
        ) from None
