"""The ``antq-llm review`` command, which serves the records of a run for review in a browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from antq_llm.cli.import_path import add_current_folder
from antq_llm.cli.interruption import CommandInterrupted
from antq_llm.cli.printing import say
from antq_llm.cli.standard_streams import flush_results
from antq_llm.records.stored_run import open_run
from antq_llm.review.web.server import check_installed, review_server
from antq_llm.review.workspace import Workspace
from antq_llm.runs.settings_file import schema_source


def run_review(
    folder: Path,
    gold: Path,
    articles: Sequence[str],
    schema: str | None,
    annotators: Path | None,
    audit: Path | None,
    host: str,
    port: int,
) -> int:
    """Serve a review until Ctrl-C, printing its address on standard output."""
    check_installed()
    add_current_folder(schema)
    run = open_run(folder, schema_source(schema))
    workspace = Workspace(run, gold, tuple(map(str, articles)), annotators, audit)
    if workspace.without_text:
        say(
            f"the text of {len(workspace.without_text)} article(s), such as "
            f"{workspace.without_text[0]}, was not found, so their quotes cannot be checked: name "
            "the articles with --articles"
        )
    server = review_server(workspace, host, port)
    say(f"reviewing {len(workspace.article_ids)} article(s) of {folder}; press Ctrl-C to end")
    print(server.address)
    flush_results()
    try:
        server.run()
    except KeyboardInterrupt:
        raise CommandInterrupted(
            f"review ended; the annotations are saved in {gold}, and the same command continues "
            "the review"
        ) from None
    return 0
