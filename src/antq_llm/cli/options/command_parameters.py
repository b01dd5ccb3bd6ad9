"""The Typer parameters of a command, built from the table of options."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from antq_llm.cli.options.completion import complete_profiles, complete_prompts, complete_schemas
from antq_llm.config.option import CommandOption
from antq_llm.config.option_table import options_of

SETTINGS_GROUP = "Settings file"

_TYPES: dict[str, Any] = {
    "flag": bool,
    "integer": int | None,
    "number": float | None,
    "path": Path | None,
    "paths": list[Path] | None,
    "prompts": list[str] | None,
    "texts": list[str] | None,
    "variables": list[str] | None,
}
_COMPLETIONS = {"prompts": complete_prompts, "schemas": complete_schemas}

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        rich_help_panel=SETTINGS_GROUP,
        help="A settings file; default: ANTQ_LLM_CONFIG, else antq-llm.toml in the current "
        "folder or a parent folder.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        rich_help_panel=SETTINGS_GROUP,
        help="A profile in the settings file; default: ANTQ_LLM_PROFILE.",
        autocompletion=complete_profiles,
    ),
]


def parameters_of(
    command: str, arguments: Sequence[inspect.Parameter] = (), without: Sequence[str] = ()
) -> list[inspect.Parameter]:
    """Return a command's parameters, including the context, ``--config`` and ``--profile``."""
    return [
        _parameter("context", typer.Context),
        *arguments,
        *(_option(option) for option in options_of(command) if option.name not in without),
        _parameter("config", Config, None),
        _parameter("profile", Profile, None),
    ]


def argument(
    name: str,
    annotation: Any,
    help: str = "",
    metavar: str | None = None,
    *,
    default: Any = inspect.Parameter.empty,
    choices: Sequence[str] = (),
    completion: Callable[..., list[Any]] | None = None,
) -> inspect.Parameter:
    """Return the parameter for a positional argument."""
    info = typer.Argument(
        metavar=metavar,
        help=help or None,
        autocompletion=completion or (_choices(choices) if choices else None),
    )
    annotated = Annotated[annotation, info]
    return _parameter(name, annotated, default)


def given_values(context: typer.Context) -> dict[str, Any]:
    """Return the values given on the command line, by name."""
    return {
        name: value
        for name, value in context.params.items()
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE"
    }


def _option(option: CommandOption) -> inspect.Parameter:
    declaration = f"{option.flag}/--no-{option.flag[2:]}" if option.kind == "flag" else option.flag
    info = typer.Option(
        declaration,
        metavar=option.metavar,
        help=option.help,
        show_default=option.kind != "flag",
        rich_help_panel=option.group,
        autocompletion=_completion(option),
    )
    annotation = Annotated[_TYPES.get(option.kind, str | None), info]  # type: ignore[valid-type]
    return _parameter(option.name, annotation, option.default)


def _completion(option: CommandOption) -> Callable[..., list[Any]] | None:
    if option.completes is not None:
        return _COMPLETIONS[option.completes]
    return _choices(option.choices) if option.choices else None


def _choices(words: Sequence[str]) -> Callable[[], list[Any]]:
    return lambda: list(words)


def _parameter(
    name: str, annotation: Any, default: Any = inspect.Parameter.empty
) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
    )
