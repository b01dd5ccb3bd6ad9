"""Typer classes for grouped options in help, and for settings options before the command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

SETTINGS_OPTIONS = ("--config", "--profile")
"""Options of every command, which can also be given before the command's name."""


class LightGroup(TyperGroup):
    """A command group with ``--config`` and ``--profile`` that does not import pydantic."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Store the settings options given before the command in ``ctx.meta``; parse the others."""
        rest = list(args)
        while rest and rest[0].partition("=")[0] in SETTINGS_OPTIONS:
            option, equals, value = rest.pop(0).partition("=")
            if not equals:
                if not rest:
                    ctx.fail(f"Option {option!r} requires an argument.")
                value = rest.pop(0)
            ctx.meta[option] = value
        return super().parse_args(ctx, rest)

    def get_help_option(self, ctx: Any) -> Any:
        """Return the ``--help`` option, with a default that Typer need not convert."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option


class GroupedCommand(TyperCommand):
    """A command whose help lists its options in named groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then the groups of options in order of first appearance."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = parameter.param_type_name == "argument"
            panel = getattr(parameter, "rich_help_panel", None)
            group = "Arguments" if is_argument else panel or "Other"
            # Flags are shown without --no-FLAG, which is only needed to override a settings file.
            groups.setdefault(group, []).append((record[0].split(" / ")[0], record[1]))
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)


def named_config(context: typer.Context) -> Path | None:
    """Return the settings file named before or after the command, if any."""
    file = context.params.get("config") or context.meta.get("--config")
    return None if file is None else Path(file)


def named_profile(context: typer.Context) -> str | None:
    """Return the profile named before or after the command, if any."""
    profile: str | None = context.params.get("profile") or context.meta.get("--profile")
    return profile
