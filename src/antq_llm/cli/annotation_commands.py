"""The commands for gold annotations, audits and reviews."""

from __future__ import annotations

from pathlib import Path

import typer

from antq_llm.cli.options.command_classes import LightGroup
from antq_llm.cli.options.command_parameters import argument
from antq_llm.cli.options.settings_command import CommandCall, add_command
from antq_llm.config.option_groups import AUDIT, GOLD, REVIEW

_RUN = argument("run", Path, "A run's folder.", "RUN")
_IDS = argument(
    "article_ids", list[str] | None, "Article ids; default: all.", "ARTICLE_ID…", default=None
)


def add_annotation_commands(app: typer.Typer) -> None:
    """Add ``gold``, ``audit`` and ``review`` to the program."""
    add_command(
        app,
        AUDIT,
        _audit,
        arguments=[_RUN],
        help="Draw a random sample of a run's items to judge, and print the run's precision.\n\n"
        "The first call writes a CSV file; enter 'right' or 'wrong' in its verdict column. The "
        "next call reads the file and prints the precision with a 95% interval.",
        epilog="Example: antq-llm audit out --sample 100",
    )
    add_command(
        app,
        REVIEW,
        _review,
        arguments=[_RUN],
        help="Correct the records of a run in a browser to create gold annotations.\n\n"
        "The command prints the address to open and runs until Ctrl-C. Changes are saved "
        "immediately.",
        epilog="Example: antq-llm review out --gold gold",
    )
    gold = typer.Typer(
        help="Create, check and compare gold annotations, by hand or with Label Studio.",
        cls=LightGroup,
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    _add_gold_commands(gold)
    _add_label_studio_commands(gold)
    app.add_typer(gold, name="gold")


def _add_gold_commands(gold: typer.Typer) -> None:
    add_command(
        gold,
        "init",
        _init,
        options=GOLD,
        without=("schema", "schemas", "articles", "annotator"),
        arguments=[_RUN, _IDS],
        help="Write the records of a run as ID.json files to correct by hand.\n\n"
        "Example: antq-llm gold init out --to gold",
    )
    add_command(
        gold,
        "check",
        _check,
        options=GOLD,
        without=("to", "annotator"),
        arguments=[argument("folder", Path, "A folder with ID.json files.", "DIR")],
        help="Check annotations against the schema, and check their references and, with "
        "--articles, their quotes. The exit status is 1 if there are faults.\n\n"
        "Example: antq-llm gold check gold --articles articles",
    )
    add_command(
        gold,
        "diff",
        _diff,
        options=GOLD,
        without=("to", "articles", "annotator"),
        arguments=[
            argument("a", Path, "A folder with ID.json files.", "A"),
            argument("b", Path, "Another folder with ID.json files, for the same schema.", "B"),
        ],
        help="Print where two annotators differ and how far they agree.\n\n"
        "Example: antq-llm gold diff gold/an gold/binh",
    )


def _add_label_studio_commands(gold: typer.Typer) -> None:
    add_command(
        gold,
        "tasks",
        _tasks,
        options=GOLD,
        without=("annotator", "json"),
        arguments=[_RUN, _IDS],
        help="Write the records of a run as Label Studio tasks with predictions, and write the "
        "labelling interface.\n\nExample: antq-llm gold tasks out --to tasks.json",
    )
    add_command(
        gold,
        "import",
        _import,
        options=GOLD,
        without=("articles",),
        arguments=[
            argument("file", Path, "A JSON export from Label Studio.", "FILE"),
        ],
        help="Write annotations exported from Label Studio as ID.json files.\n\n"
        "Example: antq-llm gold import project.json --to gold",
    )


def _audit(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.audit import run_audit

    values = call.values
    return run_audit(
        call.arguments["run"],
        values["sample"],
        values["seed"],
        values["out"],
        values["articles"] or (),
        values["schema"],
        as_json=values["json"],
    )


def _review(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.review import run_review

    values = call.values
    return run_review(
        call.arguments["run"],
        values["gold"],
        values["articles"] or (),
        values["schema"],
        values["annotators"],
        values["audit"],
        values["host"],
        values["port"],
    )


def _init(call: CommandCall) -> int:
    from antq_llm.cli.commands.gold import run_gold_init

    return run_gold_init(
        call.arguments["run"],
        call.arguments["article_ids"] or (),
        call.values["to"],
        as_json=call.values["json"],
    )


def _check(call: CommandCall) -> int:
    from antq_llm.cli.commands.gold import run_gold_check

    return run_gold_check(
        call.arguments["folder"],
        call.values["schema"],
        call.values["schemas"],
        call.values["articles"] or (),
        as_json=call.values["json"],
    )


def _diff(call: CommandCall) -> int:
    from antq_llm.cli.commands.gold import run_gold_diff

    return run_gold_diff(
        call.arguments["a"],
        call.arguments["b"],
        call.values["schema"],
        call.values["schemas"],
        as_json=call.values["json"],
    )


def _tasks(call: CommandCall) -> int:
    from antq_llm.cli.commands.gold import run_gold_tasks

    return run_gold_tasks(
        call.arguments["run"],
        call.arguments["article_ids"] or (),
        call.values["to"],
        call.values["schema"],
        call.values["schemas"],
        call.values["articles"] or (),
    )


def _import(call: CommandCall) -> int:
    from antq_llm.cli.commands.gold import run_gold_import

    return run_gold_import(
        call.arguments["file"],
        call.values["to"],
        call.values["schema"],
        call.values["schemas"],
        call.values["annotator"],
        as_json=call.values["json"],
    )
