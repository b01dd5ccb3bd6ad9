"""Articles in JSON: one object per line, an array of objects or one object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import IO, Any

from antq_llm.articles.decoding import decode
from antq_llm.articles.formats.table_rows import Row, TableProblem, parse_line
from antq_llm.errors import ArticleError


def json_lines(file: IO[bytes]) -> Iterator[Row]:
    """Yield the rows of a file with one JSON value per line.

    Empty lines are skipped, but are counted in the row numbers.
    """
    offset = 0
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield Row(number, parse_line(line), offset)
        offset += len(line)


def json_document(data: bytes, name: str, is_text: Callable[[str], bool]) -> Iterator[Row]:
    """Yield the rows of a JSON document.

    The rows of an array are its items. If an object has no text field but exactly one array of
    objects, its rows are the items of this array; otherwise, the object itself is the only row.
    ``is_text`` returns whether a name is that of a text field. A document with one object per line
    is read as JSON lines. Raises TableProblem for anything else.
    """
    try:
        text = decode(data, name)
    except ArticleError as error:
        raise TableProblem(str(error)) from error
    for number, value in enumerate(_rows(text, is_text), start=1):
        yield Row(number, value)


def _rows(text: str, is_text: Callable[[str], bool]) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        lines = [parse_line(line.encode()) for line in text.split("\n") if line.strip()]
        if len(lines) > 1 and all(isinstance(line, dict) for line in lines):
            return lines
        raise TableProblem(f"it is not valid JSON ({error})") from error
    if isinstance(value, list):
        return value
    if not isinstance(value, dict):
        raise TableProblem("it is neither an array of objects nor an object")
    if any(is_text(name) and isinstance(item, str) for name, item in value.items()):
        return [value]
    arrays = [item for item in value.values() if _is_array_of_objects(item)]
    return arrays[0] if len(arrays) == 1 else [value]


def _is_array_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)
