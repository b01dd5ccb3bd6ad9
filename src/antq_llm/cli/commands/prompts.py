"""The ``antq-llm prompts`` command, which lists, shows, compares and checks prompts."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from antq_llm.cli.printing import printable, printable_lines
from antq_llm.cli.tables import print_rows
from antq_llm.errors import PromptError
from antq_llm.prompts.prompt import Prompt
from antq_llm.prompts.registry import PromptVersion, is_reference, list_prompts, load_prompt


def list_prompts_command(folder: Path | None, *, as_json: bool) -> int:
    """Print the packaged prompts and those in a folder."""
    prompts = [(version, version.load()) for version in _versions(folder)]
    rows = [
        {
            "prompt": prompt.reference,
            "status": version.status,
            "schema": prompt.schema_reference,
            "sha256": prompt.digest[:12],
            "notes": prompt.notes,
        }
        for version, prompt in prompts
    ]
    print_rows(rows, as_json=as_json)
    return 0


def show_prompt_command(reference: str, folder: Path | None) -> int:
    """Print the text of a prompt."""
    prompt = _load(reference, folder)
    print(printable_lines(_text(prompt)), end="")
    return 0


def diff_prompts_command(first: str, second: str, folder: Path | None) -> int:
    """Print a unified diff of two prompts.

    For movement reports, also print how the scores of the prompts' recorded answers differ.
    """
    a, b = _load(first, folder), _load(second, folder)
    for line in difflib.unified_diff(
        _text(a).splitlines(), _text(b).splitlines(), a.reference, b.reference, lineterm=""
    ):
        print(printable(line, keep="\t"))
    scored = "movement_report/1"
    if _text(a) != _text(b) and a.schema_reference == b.schema_reference == scored:
        from antq_llm.cli.commands.eval import print_score_differences

        print_score_differences(first, second, folder)
    return 0


def check_prompts_command(folder: Path | None, *, as_json: bool) -> int:
    """Print whether each prompt can be loaded; return 1 if any cannot."""
    rows = [
        {"prompt": version.reference, "status": version.status, **_load_result(version)}
        for version in _versions(folder)
    ]
    print_rows(rows, as_json=as_json)
    return 0 if all(row["ok"] for row in rows) else 1


def _load_result(version: PromptVersion) -> dict[str, Any]:
    try:
        version.load()
    except PromptError as error:
        return {"ok": False, "message": str(error)}
    return {"ok": True, "message": ""}


def _versions(folder: Path | None) -> list[PromptVersion]:
    return [*list_prompts(), *(list_prompts(folder) if folder else [])]


def _load(reference: str, folder: Path | None) -> Prompt:
    return load_prompt(reference if is_reference(reference) else Path(reference), folder)


def _text(prompt: Prompt) -> str:
    return "".join(f"# {message.role}\n\n{message.content}\n\n" for message in prompt.messages)
