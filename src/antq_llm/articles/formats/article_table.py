"""A table of articles whose rows are read on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from antq_llm.articles.article import Article
from antq_llm.articles.formats.by_suffix import JSON_LINES, read_rows
from antq_llm.articles.formats.table_fields import TableFields, choose_fields, is_id_field, is_read
from antq_llm.articles.formats.table_rows import (
    BrokenRow,
    JsonLinesFile,
    Row,
    RowSpool,
    RowStore,
    TableProblem,
)
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ArticleError

_MAX_NAMES = 8


class RowPlace(NamedTuple):
    """The place of a row in a table, and its id."""

    number: int
    offset: int
    id: str | None
    """None if the row has no usable id."""
    problem: str | None
    """The reason why the row cannot be read; None if it can."""


@dataclass(frozen=True)
class ArticleTable:
    """The articles of a table, and how its fields are used."""

    path: Path
    store: RowStore
    fields: TableFields
    rows: list[RowPlace]
    names: tuple[str, ...]
    """The names of all fields of the table."""
    options: ReadingOptions

    def article(self, offset: int, article_id: str, source: str) -> Article:
        """Read the article of a row; raise ArticleError if it is unreadable or has no text."""
        row = self.store.row(offset)
        if isinstance(row, BrokenRow):
            raise ArticleError(f"{source} {row.reason}")
        if not isinstance(row, dict):
            raise ArticleError(
                f'{source} is not a JSON object: write {{"id": …, "text": …}} for each article'
            )
        text = row.get(self.fields.text) if self.fields.text else None
        if not isinstance(text, str):
            field = self.fields.text or self.options.text_field or "text"
            raise ArticleError(
                f'{source} has no text in the field "{field}": put the text there, or name '
                "another field with --text-field"
            )
        metadata = self.fields.metadata_of(row) if self.options.uses_metadata else None
        return Article(text, article_id, source, metadata=metadata)

    def in_other_processes(self) -> ArticleTable | None:
        """Return the table for other processes, without its list of rows.

        Returns None if the rows are in a temporary file of this process.
        """
        return replace(self, rows=[]) if isinstance(self.store, JsonLinesFile) else None

    def described(self) -> str:
        """Return a message that says how the table is read."""
        unused = self.fields.unused(self.names)
        shown = ", ".join(unused[:_MAX_NAMES]) + (", …" if len(unused) > _MAX_NAMES else "")
        rest = f"; fields not read: {shown}" if unused else ""
        return f"{self.path}: {len(self.rows)} article(s), {self.fields.described()}{rest}"


def list_table(path: Path, options: ReadingOptions) -> ArticleTable:
    """Read a table once to find its fields and the places of its rows.

    Rows are kept in a temporary file, except those of uncompressed JSON lines. Raises TableProblem
    if the file is not a table, or has no rows or no text field, and ArticleError if it cannot be
    read.
    """
    counts: dict[str, int] = {}
    store = JsonLinesFile(path) if path.suffix.lower() in JSON_LINES else RowSpool()
    found: list[tuple[RowPlace, Mapping[str, Any]]] = []
    for row in read_rows(path, options, lambda names: counts.update(dict.fromkeys(names, 0))):
        values = row.value if isinstance(row.value, dict) else {}
        for name, value in values.items():
            counts[name] = counts.get(name, 0) + (isinstance(value, str) and bool(value.strip()))
        found.append((_place(row, store, options), _possible_ids(values, options)))
    fields = choose_fields(counts, options)
    if not found:
        raise TableProblem("it has no rows")
    if fields.text is None and (counts or path.suffix.lower() not in JSON_LINES):
        raise TableProblem(_without_text(tuple(counts), options))
    rows = [place._replace(id=_id(ids.get(fields.id or ""))) for place, ids in found]
    return ArticleTable(path, store, fields, rows, tuple(counts), options)


def _place(row: Row, store: JsonLinesFile | RowSpool, options: ReadingOptions) -> RowPlace:
    if isinstance(store, JsonLinesFile):
        return RowPlace(row.number, row.offset or 0, None, None)
    if isinstance(row.value, BrokenRow):
        return RowPlace(row.number, 0, None, row.value.reason)
    value = row.value
    if isinstance(value, dict):
        value = {name: value[name] for name in value if is_read(name, options)}
    return RowPlace(row.number, store.add(value), None, None)


def _possible_ids(row: Mapping[str, Any], options: ReadingOptions) -> dict[str, Any]:
    return {name: value for name, value in row.items() if is_id_field(name, options)}


def _id(value: Any) -> str | None:
    """Return non-blank text or a whole number as the text of an id; None for other values."""
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, float) and value.is_integer():  # as pandas writes a column with gaps
        value = int(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _without_text(names: tuple[str, ...], options: ReadingOptions) -> str:
    shown = ", ".join(names[:_MAX_NAMES]) + (", …" if len(names) > _MAX_NAMES else "")
    if not names:
        return "it has no fields"
    if options.text_field is not None:
        return f"it has no field {options.text_field!r}, only {shown}"
    return f"it has no text field: name one of {shown} with --text-field"
