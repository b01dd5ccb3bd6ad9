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
