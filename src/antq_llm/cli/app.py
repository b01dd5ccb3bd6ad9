"""The commands and their options. Imports nothing heavy before a command runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from antq_llm.cli.eval_options import EVAL_EXAMPLES, evaluate
from antq_llm.cli.extract_options import EXTRACT_EXAMPLES, extract
from antq_llm.cli.run_options import diff, forget, recheck
from antq_llm.cli.shared_options import AsJson, PromptFolder, SchemaFolder

app = typer.Typer(
    name="antq-llm",
    help="Checked, structured records from Vietnamese news articles, with the help of a language "
    "model. Every command takes --debug (print tracebacks) and -v (print the log).",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
prompts_app = typer.Typer(
    help="List, show, compare and check prompts.", no_args_is_help=True, rich_markup_mode=None
)
schemas_app = typer.Typer(
    help="List, show and check schemas.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(prompts_app, name="prompts")
app.add_typer(schemas_app, name="schemas")


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


@app.command(epilog="Example: antq-llm demo --out out")
def demo(
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write records.jsonl, failures.jsonl and run.json here."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Extract the five packaged articles from recorded answers, and print what was found."""
    from antq_llm.cli.commands.demo import run_demo

    raise typer.Exit(run_demo(out, as_json=json))


app.command(epilog=EXTRACT_EXAMPLES)(extract)


app.command("eval", epilog=EVAL_EXAMPLES)(evaluate)


app.command(epilog="Example: antq-llm recheck out --out rechecked")(recheck)
app.command(epilog="Example: antq-llm diff out other --json")(diff)
app.command(epilog="Example: antq-llm forget out 2021/09/an-ninh-to-quoc")(forget)


@app.command(
    epilog="Examples: antq-llm export out --to xlsx; antq-llm export out --to parquet --out tables"
)
def export(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A run's folder, with records.jsonl.")
    ],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="csv, parquet, sqlite or xlsx.")],
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Default: DIR/export (csv, parquet), DIR/export.sqlite3 or DIR/export.xlsx.",
        ),
    ] = None,
) -> None:
    """Write the records of a run as tables: articles, and one for each list of the record."""
    from antq_llm.cli.commands.export import run_export

    raise typer.Exit(run_export(folder, to, out))


@prompts_app.command("list")
def prompts_list(prompts: PromptFolder = None, json: AsJson = False) -> None:
    """List the prompts with version, status, schema and notes."""
    from antq_llm.cli.commands.prompts import list_prompts_command

    raise typer.Exit(list_prompts_command(prompts, as_json=json))


@prompts_app.command("show")
def prompts_show(
    reference: Annotated[str, typer.Argument(metavar="REF")], prompts: PromptFolder = None
) -> None:
    """Print the text of a prompt. Example: antq-llm prompts show movement_report@2"""
    from antq_llm.cli.commands.prompts import show_prompt_command

    raise typer.Exit(show_prompt_command(reference, prompts))


@prompts_app.command("diff")
def prompts_diff(
    a: Annotated[str, typer.Argument(metavar="A")],
    b: Annotated[str, typer.Argument(metavar="B")],
    prompts: PromptFolder = None,
) -> None:
    """Print the differences between two prompts.

    Example: antq-llm prompts diff movement_report@1 movement_report@2
    """
    from antq_llm.cli.commands.prompts import diff_prompts_command

    raise typer.Exit(diff_prompts_command(a, b, prompts))


@prompts_app.command("check")
def prompts_check(prompts: PromptFolder = None, json: AsJson = False) -> None:
    """Check that every prompt is readable and released ones are unchanged; exit 1 if not."""
    from antq_llm.cli.commands.prompts import check_prompts_command

    raise typer.Exit(check_prompts_command(prompts, as_json=json))


@schemas_app.command("list")
def schemas_list(schemas: SchemaFolder = None, json: AsJson = False) -> None:
    """List the registered schemas."""
    from antq_llm.cli.commands.schemas import list_schemas_command

    raise typer.Exit(list_schemas_command(schemas, as_json=json))


@schemas_app.command("show")
def schemas_show(
    reference: Annotated[str, typer.Argument(metavar="REF")], schemas: SchemaFolder = None
) -> None:
    """Print the JSON Schema of a reference. Example: antq-llm schemas show movement_report/1"""
    from antq_llm.cli.commands.schemas import show_schema_command

    raise typer.Exit(show_schema_command(reference, schemas))


@schemas_app.command("check")
def schemas_check(schemas: SchemaFolder = None, json: AsJson = False) -> None:
    """Check that every schema is valid and agrees with its model; exit 1 if not."""
    from antq_llm.cli.commands.schemas import check_schemas_command

    raise typer.Exit(check_schemas_command(schemas, as_json=json))
