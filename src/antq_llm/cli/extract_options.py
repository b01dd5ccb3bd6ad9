"""The options of ``antq-llm extract``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antq_llm.cli.shared_options import (
    AsJson,
    BaseUrl,
    ModelName,
    Offline,
    PromptFolder,
    Record,
    Recordings,
    SchemaFolder,
)

EXTRACT_EXAMPLES = (
    "Examples: antq-llm extract articles/ --out out --model gpt-5-mini; antq-llm extract articles/ --model rules; "
    "antq-llm extract notes.txt --schema my.models:Invoice --base-url http://127.0.0.1:8080/v1 --model local"
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
            metavar="DIR", help="Keep results and the run's store here; run again to continue."
        ),
    ] = None,
    prompt: Annotated[
        str | None, typer.Option(metavar="REF", help="name, name@N, or a file.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="REF", help="name, name/N, a JSON Schema file, or package.module:Model."
        ),
    ] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    recordings: Recordings = None,
    record: Record = None,
    mode: Annotated[
        str | None,
        typer.Option(
            metavar="MODE",
            help="json_schema, tools, json or md_json; default: the strictest that is taken.",
        ),
    ] = None,
    max_attempts: Annotated[
        int, typer.Option(metavar="N", help="Answers to one article that are judged at the most.")
    ] = 3,
    concurrency: Annotated[
        int, typer.Option(metavar="N", help="Articles asked about at a time.")
    ] = 8,
    rpm: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Requests a minute at the most; default: what the endpoint takes."
        ),
    ] = None,
    tpm: Annotated[
        int | None, typer.Option(metavar="N", help="Tokens a minute at the most, in and out.")
    ] = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            metavar="USD",
            help="What the run, with earlier ones on the same --out, may cost at the most.",
        ),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option(
            metavar="IN,OUT",
            help="US dollars for a million tokens in and out; MODEL=IN,OUT for another model.",
        ),
    ] = None,
    max_output_tokens: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            help="Tokens of one answer at the most; default: the endpoint's, with --max-cost 16384.",
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for one request.")] = 600.0,
    temperature: Annotated[
        float | None, typer.Option(metavar="T", help="Default: the endpoint's.")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Only the first N articles.")
    ] = None,
    ungrounded: Annotated[
        str,
        typer.Option(
            metavar="RULE", help="Items whose quote is not found in the end: drop, fail or keep."
        ),
    ] = "drop",
    sample: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Ask for the answer number N to each request: another number, another answer.",
        ),
    ] = 0,
    samples: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Ask N times, vote item by item, and give each item's agreement as its confidence.",
        ),
    ] = 1,
    escalate: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL", help="Ask this stronger model where --model left something open."
        ),
    ] = None,
    second_look: Annotated[
        bool,
        typer.Option(
            "--second-look", help="Ask a focused question about figures that are in no item."
        ),
    ] = False,
    part_characters: Annotated[
        int,
        typer.Option(
            metavar="N", help="Ask about longer articles in parts of at most N characters."
        ),
    ] = 24_000,
    max_characters: Annotated[
        int, typer.Option(metavar="N", help="Refuse longer articles.")
    ] = 400_000,
    retry_failed: Annotated[
        bool,
        typer.Option(
            "--retry-failed",
            help="With --out: ask again about articles whose answers failed before.",
        ),
    ] = False,
    duplicates: Annotated[
        bool,
        typer.Option(
            "--duplicates",
            help="With --out: copies of an earlier article take its record over, unasked.",
        ),
    ] = False,
    duplicate_threshold: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="With --duplicates: the least similarity of a copy, from 0.5 to 1; default: 0.8.",
        ),
    ] = None,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch",
            help="With --out: send requests through the Batch API, at its lower price; can be left.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Send nothing: say what would be sent and cost.")
    ] = False,
    prompts: PromptFolder = None,
    schemas: SchemaFolder = None,
    json: AsJson = False,
) -> None:
    """Extract a record from each article, as JSON lines on standard output or into a folder."""
    parameters = dict(locals())
    from antq_llm.cli.commands.extract import run_extract

    raise typer.Exit(run_extract(parameters))
