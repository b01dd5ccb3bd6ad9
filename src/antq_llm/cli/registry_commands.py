"""The commands for prompts, schemas and settings."""

from __future__ import annotations

import typer

from antq_llm.cli.options.command_classes import LightGroup
from antq_llm.cli.options.command_parameters import argument
from antq_llm.cli.options.completion import complete_prompts, complete_schemas
from antq_llm.cli.options.settings_command import CommandCall, add_command, resolve_call
from antq_llm.config.option_groups import EXTRACT, TABLES


def add_registry_commands(app: typer.Typer) -> None:
    """Add ``prompts``, ``schemas`` and ``config`` to the program."""
    groups = {
        "prompts": (_add_prompts, "List, show, compare and check prompts."),
        "schemas": (_add_schemas, "List, show and check schemas."),
        "config": (
            _add_config,
            "Show the settings of a command and the source of each value.",
        ),
    }
    for name, (add_to, description) in groups.items():
        group = typer.Typer(
            help=description, cls=LightGroup, no_args_is_help=True, rich_markup_mode=None
        )
        add_to(group)
        app.add_typer(group, name=name)


def _add_prompts(prompts: typer.Typer) -> None:
    add_command(
        prompts,
        "list",
        _prompts_list,
        options="prompts",
        help="List all versions of the prompts with their status, schema and notes.",
    )
    add_command(
        prompts,
        "show",
        _prompts_show,
        options="prompts",
        without=("json",),
        arguments=[argument("reference", str, metavar="REF", completion=complete_prompts)],
        help="Print the text of a prompt. Example: antq-llm prompts show movement_report@2",
    )
    add_command(
        prompts,
        "diff",
        _prompts_diff,
        options="prompts",
        without=("json",),
        arguments=[
            argument("a", str, metavar="A", completion=complete_prompts),
            argument("b", str, metavar="B", completion=complete_prompts),
        ],
        help="Print the differences between two prompts.\n\n"
        "Example: antq-llm prompts diff movement_report@1 movement_report@2",
    )
    add_command(
        prompts,
        "check",
        _prompts_check,
        options="prompts",
        help="Check that every prompt is readable and that released prompts are unchanged; exit "
        "with status 1 if not.",
    )


def _add_schemas(schemas: typer.Typer) -> None:
    add_command(
        schemas, "list", _schemas_list, options="schemas", help="List the registered schemas."
    )
    add_command(
        schemas,
        "show",
        _schemas_show,
        options="schemas",
        without=("json",),
        arguments=[argument("reference", str, metavar="REF", completion=complete_schemas)],
        help="Print a schema as JSON Schema.\n\nExample: antq-llm schemas show movement_report/1",
    )
    add_command(
        schemas,
        "check",
        _schemas_check,
        options="schemas",
        help="Check that every schema is valid and agrees with its model; exit with status 1 if "
        "not.",
    )


def _add_config(config: typer.Typer) -> None:
    add_command(
        config,
        "show",
        _config_show,
        options="config",
        arguments=[
            argument(
                "command",
                str,
                f"The command, one of {', '.join(TABLES)}.",
                "COMMAND",
                choices=TABLES,
                default=EXTRACT,
            )
        ],
        help="Print each option of a command with its value and the source of the value.\n\n"
        "Examples: antq-llm config show; antq-llm config show eval --profile cheap",
    )


def _prompts_list(call: CommandCall) -> int:
    from antq_llm.cli.commands.prompts import list_prompts_command

    return list_prompts_command(call.values["prompts"], as_json=call.values["json"])


def _prompts_show(call: CommandCall) -> int:
    from antq_llm.cli.commands.prompts import show_prompt_command

    return show_prompt_command(call.arguments["reference"], call.values["prompts"])


def _prompts_diff(call: CommandCall) -> int:
    from antq_llm.cli.commands.prompts import diff_prompts_command

    return diff_prompts_command(call.arguments["a"], call.arguments["b"], call.values["prompts"])


def _prompts_check(call: CommandCall) -> int:
    from antq_llm.cli.commands.prompts import check_prompts_command

    return check_prompts_command(call.values["prompts"], as_json=call.values["json"])


def _schemas_list(call: CommandCall) -> int:
    from antq_llm.cli.commands.schemas import list_schemas_command

    return list_schemas_command(call.values["schemas"], as_json=call.values["json"])


def _schemas_show(call: CommandCall) -> int:
    from antq_llm.cli.commands.schemas import show_schema_command

    return show_schema_command(call.arguments["reference"], call.values["schemas"])


def _schemas_check(call: CommandCall) -> int:
    from antq_llm.cli.commands.schemas import check_schemas_command

    return check_schemas_command(call.values["schemas"], as_json=call.values["json"])


def _config_show(call: CommandCall) -> int:
    from antq_llm.cli.commands.config import check_command, show_settings

    command = check_command(call.arguments["command"])
    return show_settings(resolve_call(command, call.context), as_json=call.values["json"])
