"""Writing the report of a run as a single, self-contained HTML file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from antq_llm.core.atomic_write import replaced_atomically
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.runs.run_articles import RunTexts
from antq_llm.export.writers.spreadsheet_cells import FORMULA, PLAIN_NUMBER
from antq_llm.pages.assets import asset, base_css, inline_policy
from antq_llm.pages.colours import colour_class
from antq_llm.pages.strings import PAGE_LANGUAGES, PageLanguage, words_in
from antq_llm.pages.untrusted_text import INVISIBLE_IN_JAVASCRIPT, json_for_script, visible
from antq_llm.records.stored_run import StoredRun, open_run
from antq_llm.report.overview import overview
from antq_llm.report.report_data import ROWS_IN_BLOCK, ReportData

REPORT = "report.html"
_PACKAGE = "antq_llm.report"
_SCRIPTS = (
    *("dom.js", "blocks.js", "tables.js", "charts.js"),
    *("articles.js", "overview.js", "start.js"),
)

Block = tuple[str, Markup]
"""The id and content of a block of data."""


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """The file of a report, and counts of what it shows."""

    path: Path
    records: int
    failures: int
    texts_missing: int
    """The number of articles whose text was not found, so that only quotes are shown."""
    texts_changed: int
    """The number of articles whose text has changed, so that only quotes are shown."""


def write_report(
    folder: Path,
    out: Path | None = None,
    *,
    articles: Sequence[str] = (),
    language: PageLanguage = "en",
    schema: Any = None,
) -> WrittenReport:
    """Write the report of a run to ``out``, by default ``report.html`` in the run's folder.

    ``articles`` are files and folders of articles (default: the inputs of the run). ``language`` is
    the language in which the page opens; readers can change it on the page. Raises
    ConfigurationError if the folder has no valid ``records.jsonl`` or the report cannot be written.
    """
    run = open_run(folder, schema)
    path = out or folder / REPORT
    if path.is_dir():
        raise ConfigurationError(f"{path} is a folder: name a file with --out")
    data = ReportData(run, RunTexts(run, articles))
    summary = overview(run, data)
    try:
        with (
            replaced_atomically(path) as unfinished,
            unfinished.open("w", encoding="utf-8", newline="") as file,
        ):
            file.writelines(_page(run, data, summary, language))
    except OSError as error:
        raise ConfigurationError(
            f"the report cannot be written to {path} ({error.strerror}): "
            "name another file with --out"
        ) from error
    return WrittenReport(
        path,
        summary["records"],
        summary["failures"],
        data.text_states["missing"],
        data.text_states["changed"],
    )


def _page(
    run: StoredRun, data: ReportData, summary: dict[str, Any], language: PageLanguage
) -> Iterator[str]:
    """Yield the page in pieces: the first rows before the script, the other blocks after it."""
    environment = ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(asset("report.html", _PACKAGE))
    style = base_css() + asset("report.css", _PACKAGE)
    script = "\n".join(asset(name, _PACKAGE) for name in _SCRIPTS)
    first_table = _first_table(data)
    first, *others = _ordered_blocks(data, first_table)
    return template.generate(
        name=visible(run.folder.absolute().name),
        language=language,
        words=words_in("report", language),
        policy=inline_policy([style], [script]),
        style=Markup(style),  # noqa: S704 - packaged with the library
        script=Markup(script),  # noqa: S704 - packaged with the library
        data=json_for_script(_page_data(data, summary, language, first_table)),
        first_blocks=[first],
        blocks=others,
    )


def _page_data(
    data: ReportData, summary: dict[str, Any], language: PageLanguage, first_table: int
) -> dict[str, Any]:
    lists = [table for table in data.tables if table.is_list]
    colours = {shown.table.name: colour_class(position) for position, shown in enumerate(lists)}
    return {
        "language": language,
        "words": {known: words_in("report", known) for known in PAGE_LANGUAGES},
        "schema_words": {name: words.as_json() for name, words in data.words.items()},
        "invisible": INVISIBLE_IN_JAVASCRIPT,
        "formula": FORMULA,
        "plain_number": PLAIN_NUMBER,
        "rows_in_block": ROWS_IN_BLOCK,
        "first_table": first_table,
        "overview": summary,
        "tables": [{**table, "colour": colours.get(table["name"])} for table in data.tables_json()],
        "charts": data.charts_json(),
        "first_look": data.first_look_json(),
        "articles": data.articles,
    }


def _first_table(data: ReportData) -> int:
    """Return the number of the first non-empty table of a list, or else of the articles table."""
    filled = [
        number
        for number, (shown, table) in enumerate(zip(data.tables, data.tables_json(), strict=True))
        if shown.is_list and table["rows"]
    ]
    return filled[0] if filled else 0


def _ordered_blocks(data: ReportData, first_table: int) -> list[Block]:
    """Return the blocks, beginning with the first rows of the first table."""
    blocks = [
        (f"rows-{table}-{number}", Markup(block))  # noqa: S704 - by json_for_script
        for table, number, block in data.row_blocks()
    ]
    blocks += [
        (f"article-{number}", Markup(block))  # noqa: S704 - by json_for_script
        for number, block in enumerate(data.article_blocks)
    ]
    first = f"rows-{first_table}-0"
    return sorted(blocks, key=lambda block: block[0] != first) or [("rows-0-0", Markup("[]"))]
