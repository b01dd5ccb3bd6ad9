"""The commands and their options. Slow imports are deferred until a command runs."""

from __future__ import annotations

from typing import Annotated

import typer

from antq_llm.cli.annotation_commands import add_annotation_commands
from antq_llm.cli.options.command_classes import GroupedCommand, LightGroup
from antq_llm.cli.options.command_parameters import argument
from antq_llm.cli.options.completion import (
    SHELLS,
    complete_prompts,
    completion_script,
)
from antq_llm.cli.options.settings_command import CommandCall, add_command
from antq_llm.cli.registry_commands import add_registry_commands
from antq_llm.cli.run_commands import add_run_commands
from antq_llm.config.option_groups import CALIBRATE, EVAL, EXTRACT, IMPROVE

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

app = typer.Typer(
    help="Extract checked, structured records from Vietnamese news articles with a language "
    "model. Every command except completion takes --config and --profile (see antq-llm config "
    "show --help); all commands take --debug (print tracebacks) and -v (print the log).",
    name="antq-llm",
    cls=LightGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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


add_command(
    app,
    "demo",
    _demo,
    help="Extract records from the five packaged articles, using recorded answers, and print a "
    "summary.",
    epilog="Example: antq-llm demo --out out",
)
add_command(
    app,
    EXTRACT,
    _extract,
    arguments=[
        argument(
            "inputs",
            list[str] | None,
            "Files, folders, globs or - for standard input.",
            "INPUT…",
            default=None,
        )
    ],
    help="Extract a record from each article and write it to standard output or a folder.",
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
            "The prompt, as name@version or a file.",
            "PROMPT",
            completion=complete_prompts,
        )
    ],
    help="Improve a prompt with gold annotations; if a better prompt is found, write it as a draft "
    "of the next version.",
    epilog=IMPROVE_EXAMPLES,
)
add_command(
    app,
    CALIBRATE,
    _calibrate,
    help="Fit the confidence of items to gold annotations, and measure its quality.",
    epilog="Example: antq-llm calibrate --gold gold/ --articles articles/ --records out "
    "--out calibration.json",
)
add_run_commands(app)
add_annotation_commands(app)
add_registry_commands(app)


@app.command(cls=GroupedCommand, epilog='Example: eval "$(antq-llm completion bash)"')
def completion(
    shell: Annotated[
        str,
        typer.Argument(
            metavar="SHELL", help=f"{', '.join(SHELLS)}.", autocompletion=lambda: list(SHELLS)
        ),
    ],
) -> None:
    """Print a script that lets a shell complete commands, options and arguments."""
    if shell not in SHELLS:
        raise typer.BadParameter(
            f"there is no script for {shell!r}: choose one of {', '.join(SHELLS)}"
        )
    typer.echo(completion_script(shell), nl=False)
