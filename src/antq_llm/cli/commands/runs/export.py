"""The ``antq-llm export`` command, which exports the records of a run as tables."""

from __future__ import annotations

from pathlib import Path

from antq_llm.cli.printing import say
from antq_llm.export.export_run import export_run


def run_export(folder: Path, to: str, out: Path | None, flat: str | None) -> int:
    """Export the records of a run, print the path of the tables and return the exit status."""
    written = export_run(folder, to, out, flat)
    say(f"{written.records} record(s) written as {len(written.tables)} table(s) to {written.path}")
    if written.articles_without_items:
        say(f"{written.articles_without_items} record(s) have no {flat} and are not in the table")
    return 0
