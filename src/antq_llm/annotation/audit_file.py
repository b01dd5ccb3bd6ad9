"""The CSV file in which a person judges the items of a sample."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from antq_llm.annotation.audit_sample import AuditItem, Verdict
from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.export.writers.spreadsheet_cells import escape_formula, is_formula

_COLUMNS = ("article_id", "pointer", "field", "item", "quote", "context", "verdict", "note")
_REQUIRED = ("article_id", "pointer", "verdict")
_DELIMITERS = (",", ";", "\t")
_VERDICTS: dict[str, Verdict | None] = {"": None, "right": "right", "wrong": "wrong"}


def write_audit(path: Path, items: Sequence[AuditItem]) -> None:
    """Write a sample, with any verdicts and notes, to a CSV file for a spreadsheet program."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(_COLUMNS)
    for item in items:
        cells = (str(getattr(item, name) or "") for name in _COLUMNS)
        writer.writerow(escape_formula(cell) for cell in cells)
    with disk_errors_named(path):
        write_atomically(path, ["\ufeff", file.getvalue()])


def read_audit(path: Path) -> list[AuditItem]:
    """Read the items of a sample, with their verdicts, from a CSV file.

    The separator can be a comma, a semicolon or a tab, because it depends on the language setting
    of the spreadsheet program. Raises ConfigurationError if the file cannot be read, a required
    column is missing or a verdict is not ``right``, ``wrong`` or empty.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read ({error.strerror}): draw a sample with --sample N"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path} is not UTF-8: in the spreadsheet program, save it as 'CSV UTF-8'"
        ) from error
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    if missing := [name for name in _REQUIRED if name not in (rows.fieldnames or ())]:
        raise ConfigurationError(
            f"{path} has no column {' or '.join(missing)}: name a file written by antq-llm audit"
        )
    return list(_read_rows(path, rows))


def _read_rows(path: Path, rows: csv.DictReader[str]) -> Iterator[AuditItem]:
    for row in rows:
        cells = {name: _plain(row.get(name) or "") for name in _COLUMNS}
        verdict = cells.pop("verdict").strip().casefold()
        if verdict not in _VERDICTS:
            raise ConfigurationError(
                f"{path}, line {rows.line_num}: the verdict must be 'right', 'wrong' or empty, "
                f"not {verdict!r}"
            )
        yield AuditItem(**cells, verdict=_VERDICTS[verdict])


def _plain(cell: str) -> str:
    """Return a cell without the apostrophe that ``escape_formula`` puts before a formula."""
    return cell[1:] if cell.startswith("'") and is_formula(cell[1:]) else cell
