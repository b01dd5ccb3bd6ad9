"""Reading files that may be compressed with gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from antq_llm.errors import ArticleError

GZIP_SUFFIX = ".gz"
MAX_DECOMPRESSED = 2**31
"""Maximum number of bytes read into memory from one file, after decompression."""


def is_compressed(path: Path) -> bool:
    """Return whether a file is compressed, judging by its suffix."""
    return path.suffix.lower() == GZIP_SUFFIX


def without_gzip(path: Path) -> Path:
    """Return a path without its ``.gz`` suffix, if any."""
    return path.with_suffix("") if is_compressed(path) else path


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, decompressing it if needed; raise ArticleError if opening or reading fails."""
    try:
        with gzip.open(path) if is_compressed(path) else path.open("rb") as file:
            yield file  # type: ignore[misc] # GzipFile works like IO[bytes]
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArticleError(
            f"{path} is not a complete gzip file ({error}): compress it again"
        ) from error
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror or error}") from error


def read_bytes(path: Path) -> bytes:
    """Return a file's decompressed bytes; raise ArticleError if it is too large or unreadable."""
    with opened(path) as file:
        data = file.read(MAX_DECOMPRESSED + 1)
    if len(data) > MAX_DECOMPRESSED:
        raise ArticleError(f"{path} has more than {MAX_DECOMPRESSED} bytes: split it")
    return data
