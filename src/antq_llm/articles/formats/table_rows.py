"""The rows of a table of articles, kept in a file and read on demand."""

from __future__ import annotations

import json
import tempfile
import weakref
from codecs import BOM_UTF8
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from antq_llm.errors import ArticleError


class TableProblem(Exception):  # noqa: N818 - in a folder, it is not an error
    """A file that cannot be read as a table; the message says why."""


class BrokenRow(NamedTuple):
    """A row that cannot be read, with the reason."""

    reason: str


class Row(NamedTuple):
    """A row of a table and its number, counted from 1; for JSON lines, the line number."""

    number: int
    value: Any
    """Parsed JSON, or a BrokenRow."""
    offset: int | None = None
    """The row's byte offset in its file; None if the row cannot be read again from the file."""


class RowStore(Protocol):
    """A store that returns rows by their offsets."""

    def row(self, offset: int) -> Any:
        """Return parsed JSON or a BrokenRow; raise ArticleError if the row cannot be read."""
        ...


@dataclass(frozen=True)
class JsonLinesFile:
    """The rows of an uncompressed file of JSON lines, read from the file itself."""

    path: Path

    def row(self, offset: int) -> Any:
        """Return the row at a byte offset; raise ArticleError if the file cannot be read."""
        try:
            with open(self.path, "rb") as file:  # noqa: PTH123 - faster, and used for every article
                file.seek(offset)
                line = file.readline()
        except OSError as error:
            raise ArticleError(f"{self.path} cannot be read: {error.strerror}") from error
        return parse_line(line)


@dataclass
class RowSpool:
    """Rows kept as JSON lines in a temporary file, which is deleted with this object."""

    _file: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    _end: int = 0

    def __post_init__(self) -> None:
        weakref.finalize(self, self._file.close)

    def add(self, row: Any) -> int:
        """Store a row and return its byte offset."""
        offset = self._end
        self._file.seek(offset)
        line = json.dumps(row, ensure_ascii=False, default=_as_json)
        # Keep lone surrogates, so that only their article fails.
        self._end += self._file.write(line.encode(errors="surrogatepass") + b"\n")
        return offset

    def row(self, offset: int) -> Any:
        """Return the row at a byte offset."""
        self._file.seek(offset)
        return json.loads(self._file.readline().decode(errors="surrogatepass"))


def parse_line(line: bytes) -> Any:
    """Return the JSON value on a line, or a BrokenRow."""
    try:
        return json.loads(line.removeprefix(BOM_UTF8).decode())
    except UnicodeDecodeError as error:
        return BrokenRow(f"is not UTF-8 (byte {error.start}): convert the file to UTF-8")
    except ValueError as error:
        return BrokenRow(f"is not valid JSON ({error}): write one JSON object per line")
    except RecursionError:
        return BrokenRow("is nested too deeply: write one flat JSON object per line")


def _as_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime | time) else str(value)
