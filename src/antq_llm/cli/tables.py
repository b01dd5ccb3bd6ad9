"""Printing rows on standard output, as a table or as JSON."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from antq_llm.cli.printing import printable, show_json

PIPE_WIDTH = 140
"""Width in characters of a table written to a pipe or file."""


def print_rows(
    rows: Sequence[Mapping[str, Any]], *, as_json: bool, title: str | None = None
) -> None:
    """Print rows, which all have the same keys, as a table or a JSON array."""
    if as_json:
        show_json(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    if not rows:
        console.print("none")
        return
    table = Table(
        title=None if title is None else printable(title),
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for name, value in rows[0].items():
        numeric = isinstance(value, int | float) and not isinstance(value, bool)
        table.add_column(
            printable(name),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=name == next(iter(rows[0])),
        )
    for row in rows:
        table.add_row(*("" if value is None else printable(value) for value in row.values()))
    console.print(table)
