"""The commands ``recheck``, ``diff``, ``forget``, ``export`` and ``report`` for existing runs."""

from __future__ import annotations

from pathlib import Path

import typer

from antq_llm.cli.options.command_parameters import argument
from antq_llm.cli.options.settings_command import CommandCall, add_command

EXPORT_EXAMPLES = (
    "Examples: antq-llm export out --to xlsx; antq-llm export out --to parquet --out tables; "
    "antq-llm export out --to csv --flat people"
)


def add_run_commands(app: typer.Typer) -> None:
    """Add ``recheck``, ``diff``, ``forget``, ``export`` and ``report`` to the program."""
    add_command(
        app,
        "recheck",
        _recheck,
        arguments=[
            argument("run", Path, "A run's folder, which contains its store.", "RUN"),
            argument(
                "inputs",
                list[str] | None,
                "Files, folders or globs with the articles; default: the run's inputs.",
                "INPUT…",
                default=None,
            ),
        ],
        help="Judge the stored answers of a run with the current checks, and print what "
        "changes.\n\nNo requests are sent, and the run is not changed.",
        epilog="Example: antq-llm recheck out --out rechecked",
    )
    add_command(
        app,
        "diff",
        _diff,
        arguments=[
            argument("a", Path, "A run's folder.", "RUN_A"),
            argument("b", Path, "The folder of another run with the same schema.", "RUN_B"),
        ],
        help="Print the differences between the records of two runs, item by item.",
        epilog="Example: antq-llm diff out other --json",
    )
    _add_forget_and_export(app)


def _add_forget_and_export(app: typer.Typer) -> None:
    add_command(
        app,
        "forget",
        _forget,
        arguments=[
            argument("run", Path, "A run's folder.", "RUN"),
            argument(
                "article_ids",
                list[str],
                "Ids of the articles, as in the run's files.",
                "ARTICLE_ID…",
            ),
        ],
        help="Delete articles from a run: their answers, outcomes and texts, and their lines in "
        "the run's files.",
        epilog="Example: antq-llm forget out 2021/09/an-ninh-to-quoc",
    )
    add_command(
        app,
        "export",
        _export,
        arguments=[
            argument("folder", Path, "A run's folder, which contains records.jsonl.", "DIR")
        ],
        help="Write a run as tables: articles, failures, warnings, dropped items, metadata and "
        "each list in the record.",
        epilog=EXPORT_EXAMPLES,
    )
    add_command(
        app,
        "report",
        _report,
        arguments=[argument("run", Path, "A run's folder, which contains records.jsonl.", "RUN")],
        help="Write a run as one HTML page: totals, charts, tables and each article with the "
        "quoted passages marked.\n\nThe page needs no network and no server.",
        epilog="Examples: antq-llm report out; antq-llm report out --language vi --out out.html",
    )


def _recheck(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.recheck import run_recheck

    return run_recheck(
        call.arguments["run"],
        call.arguments["inputs"] or (),
        call.values["out"],
        call.values["schema"],
        as_json=call.values["json"],
    )


def _diff(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.diff import run_diff

    return run_diff(
        call.arguments["a"],
        call.arguments["b"],
        call.values["schema"],
        as_json=call.values["json"],
    )


def _forget(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.forget import run_forget

    return run_forget(
        call.arguments["run"], call.arguments["article_ids"], as_json=call.values["json"]
    )


def _export(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.export import run_export

    return run_export(
        call.arguments["folder"], call.values["to"], call.values["out"], call.values["flat"]
    )


def _report(call: CommandCall) -> int:
    from antq_llm.cli.commands.runs.report import run_report

    return run_report(
        call.arguments["run"],
        call.values["out"],
        call.values["articles"] or (),
        call.values["language"],
        call.values["schema"],
    )
