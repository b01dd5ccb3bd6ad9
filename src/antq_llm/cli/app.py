"""The commands and their options. Imports nothing heavy before a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from antq_llm.cli.command_classes import GroupedCommand, LightGroup
from antq_llm.cli.command_parameters import argument
from antq_llm.cli.completion import (
    SHELLS,
    complete_prompts,
    complete_schemas,
    completion_script,
)
from antq_llm.cli.settings_command import CommandCall, add_command, resolve_call
from antq_llm.config.option_groups import CALIBRATE, EVAL, EXTRACT, IMPROVE, TABLES

EXTRACT_EXAMPLES = (
    "Examples: antq-llm extract articles/ --out out --model gpt-5-mini; "
    "antq-llm extract articles/ --model rules; "
    "antq-llm extract notes.txt --schema my.models:Invoice "
    "--base-url http://127.0.0.1:8080/v1 --model local"
)
EVAL_EXAMPLES = (
    "Examples: antq-llm eval --offline; "
    "antq-llm eval --prompt movement_report@2 --prompt movement_report@3 --offline --out report; "
    "antq-llm eval --records out --gold gold/ --articles articles/ --fail-under 0.9; "
    "antq-llm eval --schema my.models:Invoice --gold gold/ --articles articles/ --out report; "
    "antq-llm eval --checks --gold gold/ --articles articles/"
)
IMPROVE_EXAMPLES = (
    "Example: antq-llm improve movement_report@1 --gold gold/ --articles articles/ --max-cost 5 "
    "--prompts my_prompts --out improve"
)
EXPORT_EXAMPLES = (
    "Examples: antq-llm export out --to xlsx; antq-llm export out --to parquet --out tables"
)


def _app(help: str, **settings: Any) -> typer.Typer:
    return typer.Typer(
        help=help, cls=LightGroup, no_args_is_help=True, rich_markup_mode=None, **settings
    )


app = _app(
    "Checked, structured records from Vietnamese news articles, with the help of a language "
    "model. Every command takes --config and --profile (see antq-llm config show --help), "
    "--debug (print tracebacks) and -v (print the log).",
    name="antq-llm",
    add_completion=False,
    pretty_exceptions_enable=False,
)
prompts_app = _app("List, show, compare and check prompts.")
schemas_app = _app("List, show and check schemas.")
config_app = _app("Show the settings of a command, with where each value comes from.")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"antq-llm {version('antq-llm')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    pass


def _demo(call: CommandCall) -> int:
    from antq_llm.cli.commands.demo import run_demo

    return run_demo(call.values["out"], as_json=call.values["json"])


def _extract(call: CommandCall) -> int:
    from antq_llm.cli.commands.extract import run_extract

    return run_extract(call)


def _eval(call: CommandCall) -> int:
    from antq_llm.cli.commands.eval import call_from_values, run_eval

    return run_eval(call_from_values(call.values), as_json=call.values["json"])


def _improve(call: CommandCall) -> int:
    from antq_llm.cli.commands.improve import run_improve

    return run_improve(call)


def _calibrate(call: CommandCall) -> int:
    from antq_llm.cli.commands.calibrate import run_calibrate

    return run_calibrate(call)


def _recheck(call: CommandCall) -> int:
    from antq_llm.cli.commands.recheck import run_recheck

    return run_recheck(
        call.arguments["run"],
        call.arguments["inputs"] or (),
        call.values["out"],
        call.values["schema"],
        as_json=call.values["json"],
    )


def _diff(call: CommandCall) -> int:
    from antq_llm.cli.commands.diff import run_diff

    return run_diff(
        call.arguments["a"],
        call.arguments["b"],
        call.values["schema"],
        as_json=call.values["json"],
    )


def _forget(call: CommandCall) -> int:
    from antq_llm.cli.commands.forget import run_forget

    return run_forget(
        call.arguments["run"], call.arguments["article_ids"], as_json=call.values["json"]
    )


def _export(call: CommandCall) -> int:
    from antq_llm.cli.commands.export import run_export

    return run_export(call.arguments["folder"], call.values["to"], call.values["out"])


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


add_command(
    app,
    "demo",
    _demo,
    help="Extract the five packaged articles from recorded answers, and print what was found.",
    epilog="Example: antq-llm demo --out out",
)
add_command(
    app,
    EXTRACT,
    _extract,
    arguments=[
        argument(
            "inputs",
            list[str],
            "Files, folders (.txt, .md, .html, .jsonl), or - for standard input.",
            "INPUT…",
        )
    ],
    help="Extract a record from each article, to standard output or into a folder.",
    epilog=EXTRACT_EXAMPLES,
)
add_command(
    app,
    EVAL,
    _eval,
    help="Score prompts, earlier runs and the baseline against gold annotations.",
    epilog=EVAL_EXAMPLES,
)
add_command(
    app,
    IMPROVE,
    _improve,
    arguments=[
        argument(
            "reference",
            str,
            "The prompt: name@version, or a file.",
            "PROMPT",
            completion=complete_prompts,
        )
    ],
    help="Improve a prompt on gold annotations, and write the next version as a draft.",
    epilog=IMPROVE_EXAMPLES,
)
add_command(
    app,
    CALIBRATE,
    _calibrate,
    help="Fit the confidence of items on gold annotations, and measure it.",
    epilog="Example: antq-llm calibrate --gold gold/ --articles articles/ --records out "
    "--out calibration.json",
)
add_command(
    app,
    "recheck",
    _recheck,
    arguments=[
        argument("run", Path, "A run's folder, with its store.", "RUN"),
        argument(
            "inputs",
            list[str] | None,
            "The articles; default: those that the run was made from.",
            "INPUT…",
            default=None,
        ),
    ],
    help="Judge the stored answers of a run with the present checks, and print what changes.\n\n"
    "Nothing is asked, and the run stays as it is.",
    epilog="Example: antq-llm recheck out --out rechecked",
)
add_command(
    app,
    "diff",
    _diff,
    arguments=[
        argument("a", Path, "A run's folder.", "RUN_A"),
        argument("b", Path, "Another run of the same schema.", "RUN_B"),
    ],
    help="Print what differs between the records of two runs, item by item.",
    epilog="Example: antq-llm diff out other --json",
)
add_command(
    app,
    "forget",
    _forget,
    arguments=[
        argument("run", Path, "A run's folder.", "RUN"),
        argument(
            "article_ids", list[str], "As in records.jsonl and failures.jsonl.", "ARTICLE_ID…"
        ),
    ],
    help="Delete articles from a run: answers, outcomes, texts, and lines of its files.",
    epilog="Example: antq-llm forget out 2021/09/an-ninh-to-quoc",
)
add_command(
    app,
    "export",
    _export,
    arguments=[argument("folder", Path, "A run's folder, with records.jsonl.", "DIR")],
    help="Write the records of a run as tables: articles, and one for each list of the record.",
    epilog=EXPORT_EXAMPLES,
)
add_command(
    prompts_app,
    "list",
    _prompts_list,
    options="prompts",
    help="List the prompts with version, status, schema and notes.",
)
add_command(
    prompts_app,
    "show",
    _prompts_show,
    options="prompts",
    without=("json",),
    arguments=[argument("reference", str, metavar="REF", completion=complete_prompts)],
    help="Print the text of a prompt. Example: antq-llm prompts show movement_report@2",
)
add_command(
    prompts_app,
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
    prompts_app,
    "check",
    _prompts_check,
    options="prompts",
    help="Check that every prompt is readable and released ones are unchanged; exit 1 if not.",
)
add_command(
    schemas_app, "list", _schemas_list, options="schemas", help="List the registered schemas."
)
add_command(
    schemas_app,
    "show",
    _schemas_show,
    options="schemas",
    without=("json",),
    arguments=[argument("reference", str, metavar="REF", completion=complete_schemas)],
    help="Print the JSON Schema of a reference. Example: antq-llm schemas show movement_report/1",
)
add_command(
    schemas_app,
    "check",
    _schemas_check,
    options="schemas",
    help="Check that every schema is valid and agrees with its model; exit 1 if not.",
)
add_command(
    config_app,
    "show",
    _config_show,
    options="config",
    arguments=[
        argument(
            "command",
            str,
            f"The command: {', '.join(TABLES)}.",
            "COMMAND",
            choices=TABLES,
            default=EXTRACT,
        )
    ],
    help="Print each option of a command with its value and where the value comes from.\n\n"
    "Examples: antq-llm config show; antq-llm config show eval --profile cheap",
)
app.add_typer(prompts_app, name="prompts")
app.add_typer(schemas_app, name="schemas")
app.add_typer(config_app, name="config")


@app.command(cls=GroupedCommand, epilog='Example: eval "$(antq-llm completion bash)"')
def completion(
    shell: Annotated[
        str,
        typer.Argument(
            metavar="SHELL", help=f"{', '.join(SHELLS)}.", autocompletion=lambda: list(SHELLS)
        ),
    ],
) -> None:
    """Print the script that makes a shell complete commands, options and references."""
    if shell not in SHELLS:
        raise typer.BadParameter(f"there is no script for {shell!r}: name {', '.join(SHELLS)}")
    typer.echo(completion_script(shell), nl=False)
