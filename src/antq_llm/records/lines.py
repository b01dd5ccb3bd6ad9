"""The files in a run's folder: ``records.jsonl``, ``failures.jsonl`` and ``run.json``.

Lines are read and checked one at a time, so memory use is bounded by the longest line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from antq_llm.clients.completion import Usage
from antq_llm.core.atomic_write import replaced_atomically, write_atomically
from antq_llm.core.json_text import encodable_value
from antq_llm.errors import ConfigurationError
from antq_llm.schemas.base import parse_json
from antq_llm.schemas.faults import InvalidAnswer

RECORDS = "records.jsonl"
FAILURES = "failures.jsonl"
RUN = "run.json"


def read_records(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run's ``records.jsonl``.

    Raises ConfigurationError if the file cannot be read or a line is broken. The error names the
    file and, for a broken line, the line's number.
    """
    with open_records(folder) as file:
        yield from records_in(file)


@contextmanager
def open_records(folder: Path) -> Iterator[IO[bytes]]:
    """Open a run's ``records.jsonl`` so that ``records_in`` can read the same file repeatedly."""
    path = folder / RECORDS
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield file


def records_in(file: IO[bytes], place: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the lines of an open ``records.jsonl`` from a position at which a line begins."""
    return _checked_lines(file, _what_is_wrong_with_record, place)


def read_failures(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a run's ``failures.jsonl``, or none if there is no such file.

    Raises ConfigurationError if the file cannot be read or a line is broken. The error names the
    file and, for a broken line, the line's number.
    """
    path = folder / FAILURES
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield from _checked_lines(file, _what_is_wrong_with_failure)


def read_run(folder: Path) -> dict[str, Any]:
    """Return a run's ``run.json``, or an empty dictionary if it is missing or cannot be read."""
    try:
        run = json.loads((folder / RUN).read_bytes())
    except (OSError, ValueError):
        return {}
    return run if isinstance(run, dict) else {}


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Write lines of JSON, encoded as UTF-8, to a file atomically."""
    with replaced_atomically(path) as unfinished, unfinished.open("wb") as file:
        file.writelines(line + b"\n" for line in lines)


def write_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write a run's ``run.json`` atomically."""
    data = json.dumps(encodable_value(run), ensure_ascii=False, indent=1)
    write_atomically(folder / RUN, [data + "\n"])


def _checked_lines(
    file: IO[bytes], what_is_wrong: Callable[[Any], str | None], place: int = 0
) -> Iterator[dict[str, Any]]:
    file.seek(place)
    path = Path(file.name)
    number = 0
    while data := _read_line(file, path):
        number += 1
        try:
            line = parse_json(data.decode("utf-8"))
        except (InvalidAnswer, UnicodeDecodeError) as error:
            raise _broken(path, number, str(error)) from error
        reason = what_is_wrong(line)
        if reason is not None:
            raise _broken(path, number, reason)
        yield line


def _read_line(file: IO[bytes], path: Path) -> bytes:
    try:
        return file.readline()
    except OSError as error:
        raise _unreadable(path, error) from error


def _what_is_wrong_with_record(line: Any) -> str | None:
    if not _has_article_id(line) or "record" not in line:
        return 'it is not an object with an "article_id" and a "record"'
    for name in ("evidence", "confidence"):
        listed = line.get(name, [])
        if not isinstance(listed, list) or not all(map(_has_pointer, listed)):
            return f'its "{name}" is not a list of objects with a "pointer"'
    if not isinstance(line.get("warnings") or [], list):
        return 'its "warnings" are not a list'
    return _what_is_wrong_with_cost(line)


def _what_is_wrong_with_failure(line: Any) -> str | None:
    if not _has_article_id(line) or not _has_message(line.get("error")):
        return 'it is not an object with an "article_id" and an "error" with a "message"'
    return _what_is_wrong_with_cost(line)


def _what_is_wrong_with_cost(line: Mapping[str, Any]) -> str | None:
    try:
        Usage.model_validate(line.get("usage"))
    except ValidationError:
        return 'its "usage" is not an object of token counts'
    cost = line.get("cost_usd", "")
    if cost is not None and (isinstance(cost, bool) or not isinstance(cost, int | float)):
        return 'its "cost_usd" is neither a number nor null'
    return None


def _has_article_id(line: Any) -> bool:
    return isinstance(line, dict) and isinstance(line.get("article_id"), str)


def _has_pointer(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("pointer"), str)


def _has_message(error: Any) -> bool:
    return isinstance(error, dict) and isinstance(error.get("message"), str)


def _broken(path: Path, number: int, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"line {number} of {path} is broken: {reason}. "
        "Run antq-llm extract again with the same --out to rewrite the file"
    )


def _unreadable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be read ({error}): name a folder that antq-llm extract --out wrote"
    )
