"""The help of commands: options in named groups, without slow imports."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup


class LightGroup(TyperGroup):
    """A group of commands whose help does not import pydantic."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return the option ``--help``, with a default that Typer need not convert."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option


class GroupedCommand(TyperCommand):
    """A command whose help has its options in named groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments, then each group of options in the order of the first of each."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            is_argument = parameter.param_type_name == "argument"
            panel = getattr(parameter, "rich_help_panel", None)
            group = "Arguments" if is_argument else panel or "Other"
            # A flag is shown without --no-FLAG, which turns off what a settings file turns on.
            groups.setdefault(group, []).append((record[0].split(" / ")[0], record[1]))
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)
