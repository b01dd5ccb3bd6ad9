"""``antq-llm``: the commands, their options and their exit statuses. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import io
import logging
import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from antq_llm.errors import AntqError, ArticleError, CompletionError, ExtractionError, RecordingMissing, RunStopped

EXIT_FAILED = 1
EXIT_WRONG_CALL = 2
EXIT_INTERRUPTED = 130

_GLOBAL_FLAGS = {"--debug": "debug", "-v": "verbose", "--verbose": "verbose"}

app = typer.Typer(
    name="antq-llm",
    help="Checked, structured records from Vietnamese news articles, with the help of a language model. "
    "--debug (tracebacks) and -v (log) go with every command.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
prompts_app = typer.Typer(help="Look at the versioned prompts.", no_args_is_help=True, rich_markup_mode=None)
schemas_app = typer.Typer(help="Look at the schemas.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(prompts_app, name="prompts")
app.add_typer(schemas_app, name="schemas")

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
PromptFolder = Annotated[Path | None, typer.Option("--prompts", metavar="DIR", help="A folder of your own prompts.")]
SchemaFolder = Annotated[Path | None, typer.Option("--schemas", metavar="DIR", help="A folder of your own schemas.")]

ModelName = Annotated[str | None, typer.Option(metavar="NAME", help="Default: ANTQ_LLM_MODEL.")]
BaseUrl = Annotated[str | None, typer.Option(metavar="URL", help="Default: OPENAI_BASE_URL, else the SDK's.")]
Offline = Annotated[bool, typer.Option("--offline", help="Answer from recordings; no socket is opened.")]
Record = Annotated[Path | None, typer.Option(metavar="DIR", help="Record completions here.")]
Recordings = Annotated[Path | None, typer.Option(metavar="DIR", help="Answer from these before asking; offline, default: the packaged ones.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"antq-llm {version('antq-llm')}")
        raise typer.Exit


@app.callback()
def _root(version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)] = False) -> None:
    pass


@app.command(epilog="Example: antq-llm demo --out out")
def demo(
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep records.jsonl, failures.jsonl and run.json here.")] = None, json: AsJson = False
) -> None:
    """Extract the five packaged articles offline, from recorded answers, and print what was found."""
    from antq_llm.cli.demo import run_demo

    raise typer.Exit(run_demo(out, as_json=json))


@app.command(
    epilog="Examples: antq-llm extract articles/ --out out --model gpt-5-mini; antq-llm extract articles/ --model rules; "
    "antq-llm extract notes.txt --schema my.models:Invoice --base-url http://127.0.0.1:8080/v1 --model local"
)
def extract(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files, folders (.txt, .md, .html, .jsonl), or - for standard input.")],
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Keep results and the run's store here; run again to continue.")] = None,
    prompt: Annotated[str | None, typer.Option(metavar="REF", help="name, name@N, or a file.")] = None,
    schema: Annotated[str | None, typer.Option(metavar="REF", help="name, name/N, a JSON Schema file, or package.module:Model.")] = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    offline: Offline = False,
    recordings: Recordings = None,
    record: Record = None,
    mode: Annotated[str | None, typer.Option(metavar="MODE", help="json_schema, tools, json or md_json; default: the strictest that is taken.")] = None,
    max_attempts: Annotated[int, typer.Option(metavar="N", help="Answers to one article that are judged at the most.")] = 3,
    concurrency: Annotated[int, typer.Option(metavar="N", help="Articles asked about at a time.")] = 8,
    rpm: Annotated[int | None, typer.Option(metavar="N", help="Requests a minute at the most; default: what the endpoint takes.")] = None,
    tpm: Annotated[int | None, typer.Option(metavar="N", help="Tokens a minute at the most, in and out.")] = None,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds for one request.")] = 600.0,
    temperature: Annotated[float | None, typer.Option(metavar="T", help="Default: the endpoint's.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", help="Only the first N articles.")] = None,
    ungrounded: Annotated[str, typer.Option(metavar="RULE", help="Items whose quote is not found in the end: drop, fail or keep.")] = "drop",
    sample: Annotated[int, typer.Option(metavar="N", help="Ask for the answer number N to each request: another number, another answer.")] = 0,
    second_look: Annotated[bool, typer.Option("--second-look", help="Ask a focused question about figures that are in no item.")] = False,
    part_characters: Annotated[int, typer.Option(metavar="N", help="Ask about longer articles in parts of at most N characters.")] = 24_000,
    max_characters: Annotated[int, typer.Option(metavar="N", help="Refuse longer articles.")] = 400_000,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="With --out: ask again about articles whose answers failed before.")] = False,
    prompts: PromptFolder = None,
    schemas: SchemaFolder = None,
) -> None:
    """Extract a record from each article, as JSON lines on standard output or into a folder."""
    from antq_llm.cli.extract import ExtractCall, run_extract
    from antq_llm.options import Options

    options = Options(
        base_url=base_url,
        rpm=rpm,
        tpm=tpm,
        timeout=timeout,
        mode=mode,  # type: ignore[arg-type] # Options checks it
        temperature=temperature,
        max_attempts=max_attempts,
        concurrency=concurrency,
        ungrounded=ungrounded,  # type: ignore[arg-type] # Options checks it
        second_look=second_look,
        sample=sample,
        part_characters=part_characters,
        max_characters=max_characters,
        recordings=recordings,
        record=record,
        prompts=prompts,
        schemas=schemas,
    )
    call = ExtractCall(tuple(inputs), options, out=out, prompt=prompt, schema=schema, model=model, offline=offline, limit=limit, retry_failed=retry_failed)
    raise typer.Exit(run_extract(call))


@app.command(
    "eval",
    epilog="Examples: antq-llm eval --offline; antq-llm eval --prompt movement_report@2 --prompt movement_report@3 --offline --out report; "
    "antq-llm eval --records out --gold gold/ --articles articles/ --fail-under 0.9",
)
def evaluate(
    gold: Annotated[Path | None, typer.Option(metavar="DIR", help="Gold annotations, ARTICLE_ID.json; default: the packaged ones.")] = None,
    articles: Annotated[list[str] | None, typer.Option(metavar="DIR", help="Their articles; default: the packaged seeds.")] = None,
    annotators: Annotated[Path | None, typer.Option(metavar="DIR", help="Two folders of annotations made apart: their agreement is the ceiling.")] = None,
    prompt: Annotated[list[str] | None, typer.Option(metavar="REF", help="A prompt to score; REF#N is its sample N. Default: every stable version.")] = None,
    records: Annotated[list[Path] | None, typer.Option(metavar="DIR", help="A run made earlier, with records.jsonl.")] = None,
    baseline: Annotated[str | None, typer.Option(metavar="NAME", help="rules: what patterns find without a model.")] = None,
    offline: Offline = False,
    recordings: Recordings = None,
    record: Record = None,
    model: ModelName = None,
    base_url: BaseUrl = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Write evaluation.html and evaluation.json here.")] = None,
    fail_under: Annotated[float | None, typer.Option(metavar="F1", help="Exit 1 if a system's strict overall F1 is lower.")] = None,
    no_worse_than: Annotated[str | None, typer.Option(metavar="REF", help="Exit 1 if a system is worse than this one beyond doubt.")] = None,
    prompts: PromptFolder = None,
    json: AsJson = False,
) -> None:
    """Score prompts, earlier runs and the rules against gold annotations."""
    from antq_llm.cli.evaluate import EvalCall, run_eval
    from antq_llm.options import Options

    call = EvalCall(
        Options(base_url=base_url, recordings=recordings, record=record, prompts=prompts),
        gold=gold,
        articles=tuple(articles or ()),
        annotators=annotators,
        prompts=tuple(prompt or ()),
        records=tuple(records or ()),
        baseline=baseline,
        model=model,
        offline=offline,
        out=out,
        fail_under=fail_under,
        no_worse_than=no_worse_than,
    )
    raise typer.Exit(run_eval(call, as_json=json))


@app.command(epilog="Examples: antq-llm export out --to xlsx; antq-llm export out --to parquet --out tables")
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A run's folder, with records.jsonl.")],
    to: Annotated[str, typer.Option(metavar="FORMAT", help="csv, parquet, sqlite or xlsx.")],
    out: Annotated[Path | None, typer.Option(metavar="PATH", help="Default: DIR/export (csv, parquet), DIR/export.sqlite3 or DIR/export.xlsx.")] = None,
) -> None:
    """Write the records of a run as tables: one for the articles, and one for each list of the record."""
    from antq_llm.cli.export import run_export

    raise typer.Exit(run_export(folder, to, out))


@prompts_app.command("list")
def prompts_list(prompts: PromptFolder = None, json: AsJson = False) -> None:
    """List the prompts with version, status, schema and notes."""
    from antq_llm.cli.registries import list_prompts_command

    raise typer.Exit(list_prompts_command(prompts, as_json=json))


@prompts_app.command("show")
def prompts_show(reference: Annotated[str, typer.Argument(metavar="REF")], prompts: PromptFolder = None) -> None:
    """Print the text of a prompt. Example: antq-llm prompts show movement_report@2"""
    from antq_llm.cli.registries import show_prompt_command

    raise typer.Exit(show_prompt_command(reference, prompts))


@prompts_app.command("diff")
def prompts_diff(a: Annotated[str, typer.Argument(metavar="A")], b: Annotated[str, typer.Argument(metavar="B")], prompts: PromptFolder = None) -> None:
    """Print what differs between two prompts. Example: antq-llm prompts diff movement_report@1 movement_report@2"""
    from antq_llm.cli.registries import diff_prompts_command

    raise typer.Exit(diff_prompts_command(a, b, prompts))


@prompts_app.command("check")
def prompts_check(prompts: PromptFolder = None, json: AsJson = False) -> None:
    """Check that every prompt can be read and that released ones are unchanged; exit 1 if not."""
    from antq_llm.cli.registries import check_prompts_command

    raise typer.Exit(check_prompts_command(prompts, as_json=json))


@schemas_app.command("list")
def schemas_list(schemas: SchemaFolder = None, json: AsJson = False) -> None:
    """List the registered schemas."""
    from antq_llm.cli.registries import list_schemas_command

    raise typer.Exit(list_schemas_command(schemas, as_json=json))


@schemas_app.command("show")
def schemas_show(reference: Annotated[str, typer.Argument(metavar="REF")], schemas: SchemaFolder = None) -> None:
    """Print the JSON Schema of a reference. Example: antq-llm schemas show movement_report/1"""
    from antq_llm.cli.registries import show_schema_command

    raise typer.Exit(show_schema_command(reference, schemas))


@schemas_app.command("check")
def schemas_check(schemas: SchemaFolder = None, json: AsJson = False) -> None:
    """Check that every schema is valid and agrees with its model; exit 1 if not."""
    from antq_llm.cli.registries import check_schemas_command

    raise typer.Exit(check_schemas_command(schemas, as_json=json))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit status; errors are one line on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and (stream.encoding or "").lower().replace("-", "") != "utf8":
            stream.reconfigure(encoding="utf-8")
    flags = {_GLOBAL_FLAGS[word] for word in given if word in _GLOBAL_FLAGS}
    words = [word for word in given if word not in _GLOBAL_FLAGS] or ["--help"]
    logging.basicConfig(level=logging.INFO if "verbose" in flags else logging.WARNING, format="antq-llm: %(message)s", stream=sys.stderr, force=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    status = _guarded(lambda: typer.main.get_command(app).main(words, prog_name="antq-llm", standalone_mode=False), debug="debug" in flags)
    status = status or (EXIT_WRONG_CALL if not given else 0)
    if arguments is None:
        sys.exit(status)
    return status


def _guarded(command: Callable[[], Any], *, debug: bool) -> int:
    try:
        status = int(command() or 0)
        if status == EXIT_INTERRUPTED:
            raise KeyboardInterrupt
        return status
    except (KeyboardInterrupt, typer.Abort):
        _say("interrupted; with --out, the same call continues")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of standard output has gone, as `| head` does: nothing more can be said there, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except typer.TyperException as error:
        _say(f"{error.format_message()} (see --help)")
        return EXIT_WRONG_CALL
    except AntqError as error:
        _show_traceback(debug)
        _say(str(error))
        of_an_article = isinstance(error, ArticleError | CompletionError | ExtractionError | RecordingMissing | RunStopped)
        return EXIT_FAILED if of_an_article else EXIT_WRONG_CALL
    except Exception as error:
        _show_traceback(debug)
        _say(f"{type(error).__name__}: {error} (--debug shows where)")
        return EXIT_FAILED


def _say(text: str) -> None:
    print(f"antq-llm: {' '.join(text.split())}", file=sys.stderr)


def _show_traceback(debug: bool) -> None:
    if debug:
        traceback.print_exc()
