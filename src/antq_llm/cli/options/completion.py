"""Shell completion: the scripts, and completions for prompts, schemas and profiles.

While a shell is completing, nothing else is printed, and unreadable files yield no completions.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import typer

from antq_llm.cli.options.command_classes import named_config, named_profile
from antq_llm.errors import AntqError

PROGRAM = "antq-llm"
COMPLETE_VARIABLE = "_ANTQ_LLM_COMPLETE"
SHELLS = ("bash", "zsh", "fish")

# Bash splits words at @, : and =, which references contain, and replaces only the part after the
# last of them. So remove the beginning of the word from each completion.
_BASH_SCRIPT = f"""\
_antq_llm_completion() {{
    local IFS=$'\\n' line="${{COMP_LINE:0:COMP_POINT}}" word prefix breaks
    COMPREPLY=( $(env _TYPER_COMPLETE_ARGS="$line" _TYPER_COMPLETE_FISH_ACTION=get-args \\
        {COMPLETE_VARIABLE}=complete_fish "$1") )
    COMPREPLY=( "${{COMPREPLY[@]%%$'\\t'*}}" )
    word="${{line##*[[:space:]]}}"
    word="${{word#--*=}}"
    breaks="${{COMP_WORDBREAKS//[^@:=]/}}"
    if [[ -n $breaks ]]; then
        prefix="${{word%"${{word##*[$breaks]}}"}}"
        COMPREPLY=( "${{COMPREPLY[@]#"$prefix"}}" )
    fi
}}
complete -o default -F _antq_llm_completion {PROGRAM}
"""


def completion_script(shell: str) -> str:
    """Return the script that makes a shell complete the program's commands."""
    if shell == "bash":
        return _BASH_SCRIPT
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    script = get_completion_script(prog_name=PROGRAM, complete_var=COMPLETE_VARIABLE, shell=shell)
    return f"{script}\n"


def prepare_completion() -> bool:
    """Return whether a shell is asking for completions; if so, set up Typer's completion."""
    if not os.environ.get(COMPLETE_VARIABLE):
        return False
    from typer.completion import completion_init  # type: ignore[attr-defined]

    completion_init()
    return True


def _quiet(complete: Callable[[typer.Context], list[Any]]) -> Callable[[typer.Context], list[Any]]:
    @wraps(complete)
    def complete_or_nothing(ctx: typer.Context) -> list[Any]:
        try:
            return complete(ctx)
        except (AntqError, OSError):
            return []

    return complete_or_nothing


@_quiet
def complete_prompts(ctx: typer.Context) -> list[Any]:
    """Return the names and references of packaged prompts and of prompts in ``--prompts``."""
    from antq_llm.prompts.registry import list_prompts

    folder = _folder(ctx, "prompts")
    versions = [*list_prompts(), *(list_prompts(folder) if folder else [])]
    newest = {version.name: "newest stable version" for version in versions}
    return [
        *newest.items(),
        *((version.reference, version.status) for version in versions),
    ]


@_quiet
def complete_schemas(ctx: typer.Context) -> list[Any]:
    """Return the names and references of packaged schemas and of schemas in ``--schemas``."""
    from antq_llm.schemas.registry import list_schemas

    references = list_schemas(_folder(ctx, "schemas"))
    return [*dict.fromkeys(reference.split("/")[0] for reference in references), *references]


@_quiet
def complete_profiles(ctx: typer.Context) -> list[Any]:
    """Return the names of the profiles in the settings file."""
    from antq_llm.config.resolved_settings import open_settings_file

    file = open_settings_file(named_config(ctx), os.environ, Path.cwd())
    return [] if file is None else list(file.profiles)


def _folder(ctx: typer.Context, name: str) -> Path | None:
    """Return the ``--prompts`` or ``--schemas`` folder from the command line or the settings."""
    from antq_llm.config.resolved_settings import resolve_settings

    given = ctx.params.get(name)
    if given is not None:
        return Path(given)
    try:
        settings = resolve_settings(
            name,
            {},
            config=named_config(ctx),
            profile=named_profile(ctx),
            environment=os.environ,
            folder=Path.cwd(),
        )
    except AntqError:
        return None
    folder: Path | None = settings.values[name]
    return folder
