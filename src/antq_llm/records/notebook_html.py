"""An extraction as HTML for a notebook: tables, warnings and the text with marked quotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from antq_llm.core.digest import digest_of_text
from antq_llm.core.json_pointer import parts_of
from antq_llm.pages.assets import marks_css, scoped_css
from antq_llm.pages.colours import COLOURS, colour_class
from antq_llm.pages.marked_text import Mark, marked_text
from antq_llm.pages.untrusted_text import isolated, visible
from antq_llm.schemas.base import Schema
from antq_llm.tables.line_tables import LineTables
from antq_llm.tables.record_rows import ROOT_LIST
from antq_llm.tables.table import CONFIDENCE, Column, Path, Scalar, Table, Value

MAX_CHARACTERS = 50_000
"""The maximum number of characters of text to show; a note says how many are left out."""
MAX_ROWS = 100
"""The maximum number of rows to show in each table; a note says how many are left out."""

_LONG_TEXT_CHARACTERS = 60
_SHORT_TEXT_CHARACTERS = 12
_OWN_COLOUR = colour_class(len(COLOURS) - 1)
"""The colour class of quotes that do not belong to an item of a list."""
_PASSAGES = frozenset({"injection", "unaccounted"})
_SCROLLS = Markup('class="antq-scroll" tabindex="0" role="region" aria-label="{}"')
_NONE = Markup('<span class="antq-soft">–</span>')

Rows = list[list[Value]]


def notebook_html(line: Mapping[str, Any], text: str, schema: Schema[Any]) -> str:
    """Return HTML that shows a line of ``records.jsonl`` and the text of its article.

    The HTML has no scripts and loads nothing. Its style sheet does not affect the rest of the page,
    because all selectors contain a class that is derived from the content.
    """
    lines = LineTables(lambda: [line], schema=schema)
    rows: dict[str, Rows] = {table.name: [] for table in lines.tables}
    for table, values in lines.rows():
        rows[table.name].append(values)
    articles, *lists = [table for table in lines.tables if table.key.origin == "record"]
    colours = {table.key.path: colour_class(place) for place, table in enumerate(lists)}
    body = Markup("").join(
        [
            _heading(line),
            _text(text, list(_marks(line, colours))),
            _fields(articles, rows[articles.name]),
            *(
                _list(table, rows[table.name], colours[table.key.path])
                for table in lists
                if rows[table.name]
            ),
            _empty_lists([table.name for table in lists if not rows[table.name]]),
            _warnings(line["warnings"]),
        ]
    )
    name = f"antq-{digest_of_text(body)[:12]}"
    # A notebook must not render text between dollar signs as formulas.
    html = Markup(
        '<div class="antq-output {} mathjax_ignore tex2jax_ignore"><style>{}</style>{}</div>'
    ).format(name, Markup(_style(f".antq-output.{name}")), body)  # noqa: S704 - packaged
    return str(html)


def _style(scope: str) -> str:
    return scoped_css("notebook.css", scope, "antq_llm.records") + marks_css(scope)


def _heading(line: Mapping[str, Any]) -> Markup:
    names = [line["schema"], line["prompt"], line["model"]]
    return Markup('<p><b>{}</b> <span class="antq-soft">{}</span></p>').format(
        isolated(line["article_id"]),
        Markup(" · ").join(isolated(name) for name in names if name is not None),
    )


def _marks(line: Mapping[str, Any], colours: Mapping[Path, str]) -> Iterator[Mark]:
    for evidence in line["evidence"]:
        pointer, match = evidence["pointer"], evidence["match"]
        title = pointer if match == "exact" else f"{pointer} ({match})"
        colour = _colour_of(pointer, colours)
        yield Mark(evidence["start"], evidence["end"], colour, pointer, title)
    for warning in line["warnings"]:
        if warning["kind"] in _PASSAGES and "start" in warning and "end" in warning:
            style = f"antq-{warning['kind']}"
            yield Mark(warning["start"], warning["end"], style, title=warning["message"])


def _colour_of(pointer: str, colours: Mapping[Path, str]) -> str:
    """Return the colour class of the innermost list that contains a place in the record."""
    path = tuple(part for part in parts_of(pointer) if not part.isdecimal())
    if pointer and not path:
        path = (ROOT_LIST,)
    while path and path not in colours:
        path = path[:-1]
    return colours.get(path, _OWN_COLOUR)


def _text(text: str, marks: Sequence[Mark]) -> Markup:
    rest = len(text) - MAX_CHARACTERS
    left_out = _note(f"… {rest:,} more characters") if rest > 0 else ""
    return Markup("<div {}><div class='antq-text' dir='auto'>{}</div></div>{}").format(
        _SCROLLS.format("Text"), marked_text(text[:MAX_CHARACTERS], marks), left_out
    )


def _fields(table: Table, rows: Rows) -> Markup:
    """Return the fields outside lists as a table with one row for each field."""
    shown = [
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(
            isolated(column.name), _cell(value, column)
        )
        for column, value in zip(table.columns, rows[0], strict=True)
        if column.key.origin == "record"
    ]
    if not shown:
        return Markup("")
    return _table("record", _OWN_COLOUR, "", Markup("").join(shown))


def _list(table: Table, rows: Rows, colour: str) -> Markup:
    """Return a list as an HTML table without the columns that have no values."""
    shown = [
        (place, column, _class_of(column, [row[place] for row in rows]))
        for place, column in enumerate(table.columns)
        if _is_shown(column) and any(row[place] not in (None, []) for row in rows)
    ]
    head = Markup("").join(
        Markup('<th scope="col" class="{}">{}</th>').format(style, isolated(_title(column)))
        for _, column, style in shown
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup('<td class="{}">{}</td>').format(style, _cell(row[place], column))
                for place, column, style in shown
            )
        )
        for row in rows[:MAX_ROWS]
    )
    rest = len(rows) - MAX_ROWS
    left_out = _note(f"… and {rest:,} more: use to_pandas() to get all items") if rest > 0 else ""
    head_row = Markup("<thead><tr>{}</tr></thead>").format(head)
    return _table(f"{table.name} ({len(rows):,})", colour, head_row, body) + left_out


def _is_shown(column: Column) -> bool:
    origin, path = column.key
    if origin == "key":
        return path != ("article_id",)
    return origin == "record" or (origin == "span" and path[-1] in CONFIDENCE)


def _title(column: Column) -> str:
    return "#" if column.key == ("key", ("item",)) else column.name


def _class_of(column: Column, values: Sequence[Value]) -> str:
    if column.kind in ("integer", "number") and not column.is_list:
        return "antq-number"
    longest = max((len(value) for value in values if isinstance(value, str)), default=0)
    if longest > _LONG_TEXT_CHARACTERS:
        return "antq-wide"
    return "antq-short" if longest <= _SHORT_TEXT_CHARACTERS and not column.is_list else ""


def _table(title: str, colour: str, head: Markup | str, body: Markup) -> Markup:
    return Markup(
        '<div {}><table><caption><mark class="antq-mark {}">{}</mark></caption>{}'
        "<tbody>{}</tbody></table></div>"
    ).format(_SCROLLS.format(visible(title)), colour, isolated(title), head, body)


def _cell(value: Value, column: Column) -> Markup:
    if value is None or value == []:
        return _NONE
    if isinstance(value, list):
        return Markup("; ").join(_cell(part, column) for part in value)
    if column.key.origin == "span" and isinstance(value, float):
        return isolated(f"{value:.2f}")
    return isolated(_as_text(value))


def _as_text(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _empty_lists(names: Sequence[str]) -> Markup:
    return _note(f"No {', '.join(names)}.") if names else Markup("")


def _warnings(warnings: Sequence[Mapping[str, Any]]) -> Markup:
    if not warnings:
        return Markup("")
    items = Markup("").join(
        Markup("<li><b>{}</b> {}</li>").format(warning["kind"], isolated(warning["message"]))
        for warning in warnings
    )
    return Markup("<p><b>warnings ({:,})</b></p><ul>{}</ul>").format(len(warnings), items)


def _note(message: str) -> Markup:
    return Markup('<p class="antq-soft">{}</p>').format(isolated(message))
