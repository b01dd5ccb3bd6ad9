"""The data of a report in the form that the page's script reads.

Table rows and articles are divided into blocks, each a separate JSON text, so that the page parses
only what it shows. A row is ``[article, probability, flags, cell…]``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from antq_llm.core.json_pointer import value_at
from antq_llm.evaluation.item_lines import ItemLines
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.pages.strings import PAGE_LANGUAGES
from antq_llm.pages.untrusted_text import json_for_script
from antq_llm.records.stored_run import StoredRun
from antq_llm.report.article_view import ArticleView
from antq_llm.report.charts import ListCharts, year_of
from antq_llm.report.columns import ColumnChooser, ShownTable
from antq_llm.report.first_look import FirstLook
from antq_llm.report.item_places import Flag, ItemPlaces, flags_by_row, pointer_of
from antq_llm.schemas.declared.declared_roles import NO_ROLES, DeclaredRoles
from antq_llm.schemas.roles import PublicationDate
from antq_llm.tables.layout import Layout
from antq_llm.tables.record_rows import rows_of
from antq_llm.tables.row import Row
from antq_llm.tables.run_tables import failure_rows
from antq_llm.tables.table import Table, TableKey

ROWS_IN_BLOCK = 1_000


class Texts(Protocol):
    """A source of article texts."""

    def get(self, article_id: str) -> str | None:
        """Return the text of an article, or None if it is not known."""
        ...


@dataclass
class _TableData:
    """A table of the report to which rows are added."""

    shown: ShownTable
    charts: ListCharts | None
    rows: int = 0
    is_rated: bool = False
    is_flagged: bool = False
    blocks: list[list[str]] = field(default_factory=list)
    filled: Counter[str] = field(default_factory=Counter)
    """The number of rows that have a value in each column, by column name."""

    def add(self, row: str) -> None:
        if self.rows % ROWS_IN_BLOCK == 0:
            self.blocks.append([])
        self.blocks[-1].append(row)
        self.rows += 1


class ReportData:
    """The data that the report of a run shows, read from the run."""

    def __init__(self, run: StoredRun, texts: Texts) -> None:
        self._run = run
        self._texts = texts
        self._roles: DeclaredRoles = run.schema.roles if run.schema else NO_ROLES
        self.words = {language: SchemaWords(run.schema, language) for language in PAGE_LANGUAGES}
        """The display texts of the schema, by language."""
        self._lines = {
            language: ItemLines(self._roles, words) for language, words in self.words.items()
        }
        self._published = [tuple(declared.path) for declared in self._roles.having(PublicationDate)]
        self._layout = Layout()
        tables = self._laid_out()
        chooser = ColumnChooser(self._roles, self._layout.date_fields)
        self._tables = [_table_data(chooser.shown(table)) for table in tables]
        self._numbers: dict[TableKey, int] = {
            table.key: number for number, table in enumerate(tables)
        }
        self.first_look = FirstLook()
        self.article_blocks: list[str] = []
        self.articles: list[list[Any]] = []
        """The id, title and state (``record`` or ``failure``) of each article."""
        self.warning_kinds: Counter[str] = Counter()
        self.text_states: Counter[str] = Counter()
        for line in run.record_lines():
            self._add_line(line, rows_of(line, self._layout.date_fields))
        for line in run.failure_lines():
            self._add_line(line, list(failure_rows(line)))

    @property
    def tables(self) -> list[ShownTable]:
        """The tables: first the articles, then the record's lists, then data about the run."""
        return [table.shown for table in self._tables]

    def row_blocks(self) -> Iterator[tuple[int, int, str]]:
        """Yield the table number, block number and JSON of each block of rows."""
        for number, table in enumerate(self._tables):
            for position, rows in enumerate(table.blocks):
                yield number, position, "[" + ",\n".join(rows) + "]"

    def tables_json(self) -> list[dict[str, Any]]:
        """Return the properties of the tables and their columns, without the rows."""
        return [
            {
                "name": table.shown.table.name,
                "description": table.shown.table.description,
                "rows": table.rows,
                "is_list": table.shown.is_list,
                "path": ".".join(table.shown.table.key.path) if table.shown.is_list else "",
                "is_of_run": table.shown.table.key.origin == "run",
                "has_probability": table.is_rated,
                "has_flags": table.is_flagged,
                "columns": [
                    column.as_json() | {"filled": table.filled[column.column.name]}
                    for column in table.shown.columns
                ],
            }
            for table in self._tables
        ]

    def charts_json(self) -> list[dict[str, Any]]:
        """Return the chart data of each list that has items, with the number of its table."""
        return [
            {"table": number, **table.charts.as_json()}
            for number, table in enumerate(self._tables)
            if table.charts is not None and table.rows
        ]

    def first_look_json(self) -> list[list[Any]]:
        """Return the items to look at first: [table, row, article, item, probability, flags].

        ``item`` maps each language to a line of text.
        """
        return [
            [
                one.table,
                one.row,
                one.article,
                {name: lines.line(one.item, one.field) for name, lines in self._lines.items()},
                one.probability,
                [[flag.kind, flag.message] for flag in one.flags],
            ]
            for one in self.first_look.items()
        ]

    def _laid_out(self) -> tuple[Table, ...]:
        if self._run.schema is not None:
            self._layout.add_schema(self._run.schema.json_schema, self._roles)
        for line in self._run.record_lines():
            for row in rows_of(line, self._layout.date_fields):
                self._layout.add_row(row)
        for line in self._run.failure_lines():
            for row in failure_rows(line):
                self._layout.add_row(row)
        return self._layout.tables()

    def _add_line(self, line: Mapping[str, Any], rows: list[Row]) -> None:
        record = line.get("record")
        items = [row for row in rows if row.table.origin == "record"]
        pointers = [pointer_of(row, record) for row in items]
        places = ItemPlaces(pointers)
        flags = flags_by_row(line, places)
        rated = {one["pointer"]: one.get("probability") for one in line.get("confidence") or ()}
        article, year = len(self.articles), self._year(line)
        numbers = []
        for position, row in enumerate(rows):
            pointer = pointers[position] if position < len(items) else None
            own_flags = flags.get(position, [])
            probability = rated.get(pointer) if pointer is not None else None
            place = self._add_row(row, article, probability, own_flags, year)
            numbers.append(place)
            if pointer:
                item = value_at(record, pointer)
                field = ".".join(row.table.path)
                self.first_look.add((*place, article), field, item, probability, own_flags)
        text = self._texts.get(str(line["article_id"]))
        view = ArticleView(line, text, places, self._roles.quote_keys)
        self.text_states[view.text_state] += 1
        self._add_article(line, view, numbers[: len(items)])

    def _add_row(
        self,
        row: Row,
        article: int,
        probability: float | None,
        flags: list[Flag],
        year: int | None,
    ) -> tuple[int, int]:
        number = self._numbers[row.table]
        data = self._tables[number]
        cells = [
            shown.column.convert(row.cells.get(shown.column.key)) for shown in data.shown.columns
        ]
        data.filled.update(
            shown.column.name
            for shown, cell in zip(data.shown.columns, cells, strict=True)
            if cell is not None and cell != []
        )
        data.is_rated |= probability is not None
        data.is_flagged |= bool(flags)
        flagged = [[flag.kind, flag.message] for flag in flags] or 0
        data.add(json_for_script([article, probability, flagged, *cells]))
        if data.charts is not None:
            data.charts.add(article, cells, year)
        return number, data.rows - 1

    def _add_article(
        self, line: Mapping[str, Any], view: ArticleView, rows: list[tuple[int, int]]
    ) -> None:
        article_id = str(line["article_id"])
        metadata = line.get("metadata") or {}
        title = self._lines["en"].title(line.get("record")) or metadata.get("title") or ""
        shown = view.as_json()
        self.warning_kinds.update(str(warning[0]) for warning in shown["warnings"])
        error = line.get("error")
        state = "failure" if error else "record"
        self.articles.append([article_id, str(title), state])
        more = {
            "rows": rows,
            "source": line.get("source"),
            "metadata": metadata,
            "error": [error.get("kind"), error.get("message")] if error else None,
        }
        self.article_blocks.append(json_for_script(shown | more))

    def _year(self, line: Mapping[str, Any]) -> int | None:
        """Return the year in which an article was published, or None if it is not known."""
        record = line.get("record")
        for path in self._published:
            value = record
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            if (year := year_of(value)) is not None:
                return year
        return year_of((line.get("metadata") or {}).get("published"))


def _table_data(shown: ShownTable) -> _TableData:
    return _TableData(shown, ListCharts(shown) if shown.is_list else None)
