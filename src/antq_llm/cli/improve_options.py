"""The options of ``antq-llm improve``."""

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

IMPROVE_EXAMPLES = (
    "Example: antq-llm improve movement_report@1 --gold gold/ --articles articles/ --max-cost 5 "
    "--prompts my_prompts --out improve"
)


def improve(
    reference: Annotated[str, typer.Argument(metavar="PROMPT", help="The prompt: name@version.")],
    gold: Annotated[Path, typer.Option(metavar="DIR", help="Gold annotations, ARTICLE_ID.json.")],
    articles: Annotated[list[str], typer.Option(metavar="DIR", help="Their articles.")],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Keep all answers and improvement.json here; the same call continues.",
        ),
    ],
    max_cost: Annotated[
        float | None,
        typer.Option(metavar="USD", help="Budget of all calls with the same --out."),
    ] = None,
    max_trials: Annotated[
        int, typer.Option(metavar="N", help="Articles to extract while optimising, about.")
    ] = 100,
    held_out: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of the articles kept for the test.")
    ] = 0.5,
    examples: Annotated[
        int, typer.Option(metavar="N", help="Worked examples to choose from the training articles.")
    ] = 0,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the split and the search.")] = 0,
    schema: SchemaReference = None,
    model: ModelName = None,
    reviser: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The model that revises; default: --model."),
    ] = None,
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
    price: Prices = None,
    max_output_tokens: MaxOutputTokens = None,
    timeout: Timeout = 600.0,
    temperature: Temperature = None,
    prompts: PromptFolder = None,
    schemas: SchemaFolder = None,
    json: AsJson = False,
) -> None:
    """Improve a prompt on gold annotations, and write the next version as a draft."""
    parameters = dict(locals())
    from antq_llm.cli.commands.improve import run_improve

    raise typer.Exit(run_improve(parameters, as_json=json))
