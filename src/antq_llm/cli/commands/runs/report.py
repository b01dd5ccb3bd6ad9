"""The ``antq-llm report`` command, which writes the report of a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.printing import say
from antq_llm.pages.strings import PageLanguage
from antq_llm.report.write_report import write_report
from antq_llm.runs.settings_file import schema_source


def run_report(
    folder: Path,
    out: Path | None,
    articles: Sequence[str],
    language: PageLanguage,
    schema: str | None,
) -> int:
    """Write the report of a run, print the report's path and return the exit status."""
    add_current_folder(schema)
    written = write_report(
        folder,
        out,
        articles=tuple(map(str, articles)),
        language=language,
        schema=schema_source(schema),
    )
    if written.texts_missing:
        say(
            f"the text of {written.texts_missing} article(s) was not found, so only their quotes "
            "are shown: name the articles with --articles"
        )
    if written.texts_changed:
        say(
            f"the text of {written.texts_changed} article(s) has changed since the run, so only "
            "their quotes are shown"
        )
    say(f"{written.records} record(s), {written.failures} failure(s), in {written.path}")
    return 0
