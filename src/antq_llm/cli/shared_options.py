"""Options that several commands share."""

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

ModelName = Annotated[str | None, typer.Option(metavar="NAME", help="Default: ANTQ_LLM_MODEL.")]
BaseUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Default: OPENAI_BASE_URL, else the SDK's.")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Answer from recordings; no socket is opened.")
]
Record = Annotated[Path | None, typer.Option(metavar="DIR", help="Record completions here.")]
Recordings = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Answer from these before asking; offline, default: the packaged ones."
    ),
]
