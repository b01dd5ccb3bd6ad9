"""Files that may be compressed with gzip."""

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
"""Maximum number of bytes of a compressed file that are read into memory."""


def is_compressed(path: Path) -> bool:
    """Return whether a file is compressed, by its suffix."""
    return path.suffix.lower() == GZIP_SUFFIX


def without_gzip(path: Path) -> Path:
    """Return a path without the suffix of compression."""
    return path.with_suffix("") if is_compressed(path) else path


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file for reading, decompressed; ArticleError if it cannot be read to its end."""
    try:
        with gzip.open(path) if is_compressed(path) else path.open("rb") as file:
            yield file  # type: ignore[misc] # GzipFile is as good
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArticleError(
            f"{path} is not a complete gzip file ({error}): compress it again"
        ) from error
    except OSError as error:
        raise ArticleError(f"{path} cannot be read: {error.strerror or error}") from error


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a file, decompressed; ArticleError if it cannot be read."""
    with opened(path) as file:
        data = file.read(MAX_DECOMPRESSED + 1)
    if len(data) > MAX_DECOMPRESSED:
        raise ArticleError(f"{path} has more than {MAX_DECOMPRESSED} bytes: split it")
    return data
