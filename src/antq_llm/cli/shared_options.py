"""Options of several commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
PromptFolder = Annotated[
    Path | None, typer.Option("--prompts", metavar="DIR", help="A folder of your own prompts.")
]
SchemaFolder = Annotated[
    Path | None, typer.Option("--schemas", metavar="DIR", help="A folder of your own schemas.")
]

ModelName = Annotated[
    str | None, typer.Option(metavar="NAME", help="The model to ask; default: ANTQ_LLM_MODEL.")
]
BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The endpoint; default: OPENAI_BASE_URL, else the SDK's."),
]
Language = Annotated[
    str | None,
    typer.Option(
        metavar="CODE", help="The articles' language, vi or en; default: detected for each."
    ),
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Answer from recordings, without opening a socket.")
]
Record = Annotated[Path | None, typer.Option(metavar="DIR", help="Record completions here.")]
Recordings = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Look for answers here first; default with --offline: the packaged ones.",
    ),
]
SchemaReference = Annotated[
    str | None,
    typer.Option(
        metavar="REF",
        help="A schema: name, name/N, a JSON Schema file, or package.module:Model.",
    ),
]
ModeName = Annotated[
    str | None,
    typer.Option(
        metavar="MODE",
        help="json_schema, tools, json or md_json; default: the strictest that works.",
    ),
]
MaxAttempts = Annotated[int, typer.Option(metavar="N", help="Answers per article, at most.")]
Concurrency = Annotated[int, typer.Option(metavar="N", help="Articles in parallel.")]
RequestRate = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Requests per minute, at most; default: what the endpoint allows."
    ),
]
TokenRate = Annotated[
    int | None, typer.Option(metavar="N", help="Input and output tokens per minute, at most.")
]
Prices = Annotated[
    list[str] | None,
    typer.Option(
        metavar="IN,OUT",
        help="US dollars per million input and output tokens; MODEL=IN,OUT for another model.",
    ),
]
MaxOutputTokens = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Tokens per answer, at most; default: the endpoint's, or 16384 with --max-cost.",
    ),
]
Timeout = Annotated[float, typer.Option(metavar="S", help="Seconds per request, at most.")]
Temperature = Annotated[
    float | None,
    typer.Option(metavar="T", help="Sampling temperature; default: the endpoint's."),
]
