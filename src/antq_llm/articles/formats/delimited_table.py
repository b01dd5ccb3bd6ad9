"""Articles in CSV and TSV files."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from antq_llm.articles.decoding import decode
from antq_llm.articles.formats.table_rows import BrokenRow, Row, TableProblem
from antq_llm.errors import ArticleError

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DELIMITERS = ",;\t|"
_MAX_FIELD_CHARACTERS = 2**31 - 1


def delimited_rows(data: bytes, name: str, delimiter: str | None = None) -> Iterator[Row]:
    """Yield the rows below the header of a CSV file, each as an object of strings.

    A first line such as ``sep=;``, which some spreadsheet programs write, names the delimiter.
    Without such a line, ``delimiter`` is used or, if it is None, the most frequent delimiter in the
    header. A row with text beyond the last column of the header becomes a BrokenRow. Raises
    TableProblem if the bytes cannot be decoded, the header is missing or repeats a name, or a
    quotation mark is misplaced or not closed.
    """
    try:
        text = decode(data, name)
    except ArticleError as error:
        raise TableProblem(str(error)) from error
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        text, delimiter = rest, first.strip()[-1]
    csv.field_size_limit(_MAX_FIELD_CHARACTERS)
    lines = csv.reader(_lines(text), delimiter=delimiter or _likeliest(text), strict=True)
    try:
        header = next((line for line in lines if any(map(str.strip, line))), None)
        if header is None:
            raise TableProblem("it is empty")
        names = _names(header)
        cells_of_rows = (line for line in lines if any(map(str.strip, line)))
        for number, cells in enumerate(cells_of_rows, start=1):
            yield Row(number, _row(names, cells))
    except csv.Error as error:
        raise TableProblem(
            f"line {lines.line_num} is not valid CSV ({error}): check its quotation marks"
        ) from error


def _lines(text: str) -> Iterator[str]:
    """Yield a text's lines with their endings; ``StringIO`` would need four times the memory."""
    return (match[0] for match in _LINE.finditer(text))


def _likeliest(text: str) -> str:
    """Return the header's most frequent delimiter outside quotation marks; a comma by default."""
    counts: Counter[str] = Counter()
    quoted = False
    for character in text.lstrip():
        if character == '"':
            quoted = not quoted
        elif not quoted and character in _DELIMITERS:
            counts[character] += 1
        elif not quoted and character in "\r\n":
            break
    return counts.most_common(1)[0][0] if counts else ","


def _names(header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    repeated = [name for name, count in Counter(names).items() if count > 1 and name]
    if repeated:
        raise TableProblem(f"its header has several columns named {repeated[0]!r}: rename them")
    return names


def _row(names: list[str], cells: list[str]) -> Any:
    if any(map(str.strip, cells[len(names) :])):
        return BrokenRow(
            f"has {len(cells)} cells, but the header has {len(names)}: check the quotation marks "
            "in the row"
        )
    return dict(zip_longest(names, cells[: len(names)]))
