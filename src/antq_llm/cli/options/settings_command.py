"""Commands whose options can also come from a settings file or the environment."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from antq_llm.cli.options.command_classes import GroupedCommand, named_config, named_profile
from antq_llm.cli.options.command_parameters import given_values, parameters_of
from antq_llm.config.option_table import options_of
from antq_llm.config.resolved_settings import ResolvedSettings, resolve_settings
from antq_llm.config.values import parse_variables
from antq_llm.errors import ConfigurationError


@dataclass(frozen=True)
class CommandCall:
    """A call to a command, with its positional arguments and settings."""

    arguments: Mapping[str, Any]
    settings: ResolvedSettings
    context: typer.Context

    @property
    def values(self) -> dict[str, Any]:
        """The values of the options, by name."""
        return self.settings.values


Handler = Callable[[CommandCall], int]
"""A function that runs a command and returns the exit status."""


def add_command(
    app: typer.Typer,
    name: str,
    handler: Handler,
    *,
    options: str | None = None,
    without: Sequence[str] = (),
    arguments: Sequence[inspect.Parameter] = (),
    help: str,
    epilog: str | None = None,
) -> None:
    """Add a command to an app.

    ``options`` is the command's name in the table of options; it defaults to ``name``.
    ``without`` names the options to leave out.
    """
    command = options or name

    def run(**values: Any) -> None:
        context: typer.Context = values["context"]
        settings = resolve_call(command, context, _given_options(command, context))
        _say(settings.messages)
        _check_required(command, settings)
        given = {parameter.name: values[parameter.name] for parameter in arguments}
        raise typer.Exit(handler(CommandCall(given, settings, context)))

    signature = inspect.Signature(parameters_of(command, arguments, without))
    run.__signature__ = signature  # type: ignore[attr-defined]
    run.__annotations__ = {}
    app.command(name, cls=GroupedCommand, help=help, epilog=epilog)(run)


def resolve_call(
    command: str, context: typer.Context, given: Mapping[str, Any] | None = None
) -> ResolvedSettings:
    """Return the settings of a command.

    For ``antq-llm config show``, this is the command whose settings are shown. ``given`` contains
    the values of the options on the command line, by name.
    """
    return resolve_settings(
        command,
        given or {},
        config=named_config(context),
        profile=named_profile(context),
        environment=os.environ,
        folder=current_folder(),
    )


def current_folder() -> Path | None:
    """Return the current folder, or None if it was removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _given_options(command: str, context: typer.Context) -> dict[str, Any]:
    names = {option.name for option in options_of(command)}
    given = {name: value for name, value in given_values(context).items() if name in names}
    if "var" in given:
        given["var"] = parse_variables(given["var"])
    return given


def _say(messages: Sequence[str]) -> None:
    from antq_llm.cli.printing import say

    for message in messages:
        say(message)


def _check_required(command: str, settings: ResolvedSettings) -> None:
    for option in options_of(command):
        if option.required and settings.settings[option.name].value is None:
            meaning = option.help[:1].lower() + option.help[1:].removesuffix(".")
            raise ConfigurationError(
                f"{option.flag} is missing: add {option.flag} {option.metavar} ({meaning})"
            )
