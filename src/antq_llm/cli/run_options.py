"""The options of the commands that work on runs: ``recheck``, ``diff`` and ``forget``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antq_llm.cli.shared_options import AsJson, SchemaReference


def recheck(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder, with its store.")],
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT…", help="The articles; default: those that the run was made from."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the records and failures that come of it here."),
    ] = None,
    schema: SchemaReference = None,
    json: AsJson = False,
) -> None:
    """Judge the stored answers of a run with the present checks, and print what changes.

    Nothing is asked, and the run stays as it is.
    """
    from antq_llm.cli.commands.recheck import run_recheck

    raise typer.Exit(run_recheck(run, inputs or (), out, schema, as_json=json))


def diff(
    a: Annotated[Path, typer.Argument(metavar="RUN_A", help="A run's folder.")],
    b: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another run of the same schema.")],
    schema: SchemaReference = None,
    json: AsJson = False,
) -> None:
    """Print what differs between the records of two runs, item by item."""
    from antq_llm.cli.commands.diff import run_diff

    raise typer.Exit(run_diff(a, b, schema, as_json=json))


def forget(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run's folder.")],
    article_ids: Annotated[
        list[str],
        typer.Argument(metavar="ARTICLE_ID…", help="As in records.jsonl and failures.jsonl."),
    ],
    json: AsJson = False,
) -> None:
    """Delete articles from a run: answers, outcomes, texts, and lines of its files."""
    from antq_llm.cli.commands.forget import run_forget

    raise typer.Exit(run_forget(run, article_ids, as_json=json))
