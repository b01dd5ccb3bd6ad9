"""The ``antq-llm diff`` command, which prints the differences between two runs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import show, show_json
from antq_llm.cli.tables import print_rows
from antq_llm.core.excerpt import excerpt
from antq_llm.evaluation.runs.run_diff import RunDiff, diff_runs
from antq_llm.records.stored_run import open_run
from antq_llm.runs.settings_file import schema_source

_MAX_CHANGES = 40
_MAX_IDS = 5


def run_diff(a: Path, b: Path, schema: str | None, *, as_json: bool) -> int:
    """Print the differences between two runs and return the exit status."""
    add_current_folder(schema)
    source = schema_source(schema)
    found = diff_runs(open_run(a, source), open_run(b, source))
    if as_json:
        show_json(json.dumps(found.as_dict(), ensure_ascii=False, indent=1))
    else:
        print_diff(found, str(a), str(b))
    return 0


def print_diff(found: RunDiff, a: str, b: str) -> None:
    """Print the counts and the first changes as tables."""
    changed = found.both - found.unchanged - found.respelled
    show(
        f"{found.both} article(s) with a record in both {a} and {b}: {found.unchanged} equal, "
        f"{found.respelled} different only in spelling or order, {changed} different in values"
    )
    for ids, text in (
        (found.only_in_a, f"only in {a}"),
        (found.only_in_b, f"only in {b}"),
        (found.now_failed, f"failed in {b}"),
        (found.now_extracted, f"failed in {a}"),
    ):
        if ids:
            show(f"{len(ids)} {text}: {_named(ids)}")
    _print_counts(found.items, "list", "items", ("removed", "added", "changed", "unchanged"))
    _print_counts(found.fields, "field", "values", ("removed", "added", "changed"))
    warnings = [
        {"warning": kind, "A": old, "B": new}
        for kind, (old, new) in sorted(found.warnings.items())
        if old != new
    ]
    if warnings:
        print_rows(warnings, as_json=False, title="Warnings")
    print_changes(found)


def print_changes(found: RunDiff) -> None:
    """Print the first changes as a table."""
    if found.changes:
        print_rows(
            [
                {
                    "article": change.article_id,
                    "change": change.kind,
                    "field": change.field,
                    "A": _short(change.old),
                    "B": _short(change.new),
                }
                for change in found.changes[:_MAX_CHANGES]
            ],
            as_json=False,
            title="Changes",
        )
        if len(found.changes) > _MAX_CHANGES:
            show(f"{len(found.changes) - _MAX_CHANGES} more change(s): --json lists all of them")


def _print_counts(
    counts: Mapping[str, Mapping[str, int]], heading: str, what: str, names: Sequence[str]
) -> None:
    rows = [
        {heading: name, **{column: found.get(column, 0) for column in names}}
        for name, found in counts.items()
        if any(found.get(column, 0) for column in ("removed", "added", "changed"))
    ]
    if rows:
        print_rows(rows, as_json=False, title=f"Changed {what}")


def _named(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_MAX_IDS]) + (", …" if len(ids) > _MAX_IDS else "")


def _short(value: Any) -> str | None:
    if value is None:
        return None
    return excerpt(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
