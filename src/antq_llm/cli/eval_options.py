"""The options of ``antq-llm eval``."""

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

EVAL_EXAMPLES = (
    "Examples: antq-llm eval --offline; "
    "antq-llm eval --prompt movement_report@2 --prompt movement_report@3 --offline --out report; "
    "antq-llm eval --records out --gold gold/ --articles articles/ --fail-under 0.9; "
    "antq-llm eval --schema my.models:Invoice --gold gold/ --articles articles/ --out report; "
    "antq-llm eval --checks --gold gold/ --articles articles/"
)


def evaluate(
    gold: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Gold annotations, ARTICLE_ID.json; default: the packaged ones."
        ),
    ] = None,
    articles: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help="Their articles; default: the packaged seeds."),
    ] = None,
    annotators: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="A folder with two annotators' folders: their agreement is the ceiling.",
        ),
    ] = None,
    schema: SchemaReference = None,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="REF",
            help="A prompt to score; REF#N is its sample N. Default: every stable version of the "
            "schema's, else the general prompt.",
        ),
    ] = None,
    records: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="An earlier run: a folder with records.jsonl."),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Also score a baseline without a model: rules."),
    ] = None,
    offline: Offline = False,
    recordings: Recordings = None,
    record: Record = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    mode: ModeName = None,
    language: Language = None,
    max_attempts: MaxAttempts = 3,
    concurrency: Concurrency = 8,
    rpm: RequestRate = None,
    tpm: TokenRate = None,
    max_cost: Annotated[
        float | None,
        typer.Option(metavar="USD", help="Budget of all calls with the same store."),
    ] = None,
    price: Prices = None,
    max_output_tokens: MaxOutputTokens = None,
    timeout: Timeout = 600.0,
    temperature: Temperature = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write evaluation.html and evaluation.json here, and keep the model's answers.",
        ),
    ] = None,
    store: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep the model's answers here, such as in a run's --out; default: in --out.",
        ),
    ] = None,
    checks: Annotated[
        bool,
        typer.Option(
            "--checks",
            help="Score no system, but the checks: faults found in gold, and planted errors "
            "noticed.",
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(metavar="N", help="With --checks: determines the planted errors.")
    ] = 1,
    fail_under: Annotated[
        float | None,
        typer.Option(metavar="F1", help="Exit 1 if a system's strict overall F1 is lower."),
    ] = None,
    no_worse_than: Annotated[
        str | None,
        typer.Option(
            metavar="REF", help="Exit 1 if a system is significantly worse than this one."
        ),
    ] = None,
    prompts: PromptFolder = None,
    schemas: SchemaFolder = None,
    json: AsJson = False,
) -> None:
    """Score prompts, earlier runs and the baseline against gold annotations."""
    parameters = dict(locals())
    from antq_llm.cli.commands.eval import call_from_parameters, run_eval

    raise typer.Exit(run_eval(call_from_parameters(parameters), as_json=json))
