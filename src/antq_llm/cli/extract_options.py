"""The options of ``antq-llm extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antq_llm.cli.shared_options import (
    AsJson,
    BaseUrl,
    Concurrency,
    Language,
    MaxAttempts,
    MaxOutputTokens,
    ModelName,
    ModeName,
    Offline,
    Prices,
    PromptFolder,
    Record,
    Recordings,
    RequestRate,
    SchemaFolder,
    SchemaReference,
    Temperature,
    Timeout,
    TokenRate,
)

EXTRACT_EXAMPLES = (
    "Examples: antq-llm extract articles/ --out out --model gpt-5-mini; "
    "antq-llm extract articles/ --model rules; "
    "antq-llm extract notes.txt --schema my.models:Invoice "
    "--base-url http://127.0.0.1:8080/v1 --model local"
)


def extract(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT…",
            help="Files, folders (.txt, .md, .html, .jsonl), or - for standard input.",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write results and the store here; run the same command again to continue.",
        ),
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(metavar="REF", help="A prompt: name, name@N, or a file.")
    ] = None,
    schema: SchemaReference = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    recordings: Recordings = None,
    record: Record = None,
    mode: ModeName = None,
    language: Language = None,
    max_attempts: MaxAttempts = 3,
    concurrency: Concurrency = 8,
    rpm: RequestRate = None,
    tpm: TokenRate = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            metavar="USD",
            help="Budget of all runs with the same --out.",
        ),
    ] = None,
    price: Prices = None,
    max_output_tokens: MaxOutputTokens = None,
    timeout: Timeout = 600.0,
    temperature: Temperature = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Process only the first N articles.")
    ] = None,
    ungrounded: Annotated[
        str,
        typer.Option(
            metavar="RULE",
            help="What to do with items the article does not support: drop, fail or keep.",
        ),
    ] = "drop",
    sample: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Sample index: a different N gives an independent answer to the same request.",
        ),
    ] = 0,
    samples: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Ask N times and vote on each item; its agreement is its confidence.",
        ),
    ] = 1,
    escalate: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Ask this stronger model about articles that --model left incomplete.",
        ),
    ] = None,
    second_look: Annotated[
        bool,
        typer.Option(
            "--second-look", help="Ask a follow-up question about figures that are in no item."
        ),
    ] = False,
    part_characters: Annotated[
        int,
        typer.Option(
            metavar="N", help="Split longer articles into chunks of at most N characters."
        ),
    ] = 24_000,
    max_characters: Annotated[
        int, typer.Option(metavar="N", help="Refuse longer articles.")
    ] = 400_000,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="With --out: ask again about articles whose answers were invalid.",
        ),
    ] = False,
    only_this_call: Annotated[
        bool,
        typer.Option(
            "--only-this-call",
            help="With --out: leave articles of earlier calls out of the files.",
        ),
    ] = False,
    keep_answers: Annotated[
        int | None,
        typer.Option(
            metavar="DAYS",
            help="With --out: delete stored answers that are older; their records stay.",
        ),
    ] = None,
    duplicates: Annotated[
        bool,
        typer.Option(
            "--duplicates",
            help="With --out: copies of an earlier article get its record without a request.",
        ),
    ] = False,
    duplicate_threshold: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="With --duplicates: minimum similarity of a copy, 0.5 to 1; default: 0.8.",
        ),
    ] = None,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch",
            help="With --out: use the Batch API at its lower price; can be interrupted.",
        ),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Send nothing; print what would be sent and what it would cost."
        ),
    ] = False,
    prompts: PromptFolder = None,
    schemas: SchemaFolder = None,
    json: AsJson = False,
) -> None:
    """Extract a record from each article, to standard output or into a folder."""
    parameters = dict(locals())
    from antq_llm.cli.commands.extract import run_extract

    raise typer.Exit(run_extract(parameters))
