"""The program: exit statuses, help, errors and signals."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from helpers.command_line import (
    LONGEST,
    REPORT,
    Cli,
    Done,
    at,
    finished,
    lines_of,
    process,
    results,
)
from helpers.endpoint import Reply, error, scripted_endpoint


def test_unknown_option(cli: Cli) -> None:
    """An unknown option is a usage error, and the message names it."""
    done = cli("extract", "x.txt", "--colour", "red")
    assert done.status == 2
    assert "--colour" in done.complaint


def test_unknown_command(cli: Cli) -> None:
    """An unknown command is a usage error, and the message names it."""
    done = cli("extrakt")
    assert done.status == 2
    assert "extrakt" in done.complaint


def test_missing_argument(cli: Cli) -> None:
    """``extract`` without an input is a usage error."""
    done = cli("extract", "--model", "m")
    assert done.status == 2
    assert "INPUT" in done.complaint


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "n" * 5000, "--offline"),
        ("extract", "x.txt", "--offline", "--out", "n" * 5000),
        ("extract", "x.txt", "--offline", "--schema", "n" * 5000 + ".json"),
        ("extract", "x.txt", "--offline", "--recordings", "n" * 5000),
        ("recheck", "n" * 5000),
        ("eval", "--gold", "n" * 5000),
    ],
)
def test_a_path_that_cannot_exist(cli: Cli, words: tuple[str, ...]) -> None:
    """A path that the system refuses is a usage error, which says what to check."""
    Path("x.txt").write_text("Xã Tân Lâm có 48 thôn.", "utf-8")
    done = cli(*words)
    assert done.status == 2
    assert "nnn… cannot be used (File name too long): check the path" in done.complaint


@pytest.mark.parametrize(
    "words",
    [
        ("extract", "x.txt", "--offline", "--prompt", f"movement_report@{'9' * 5000}"),
        ("prompts", "show", f"movement_report@{'9' * 5000}"),
        ("schemas", "show", f"movement_report/{'9' * 5000}"),
        ("eval", "--prompts", f"movement_report@4#{'9' * 5000}"),
    ],
)
def test_a_number_that_is_too_long(cli: Cli, words: tuple[str, ...]) -> None:
    """A version or sample with more digits than Python converts is a usage error."""
    Path("x.txt").write_text("Xã Tân Lâm có 48 thôn.", "utf-8")
    done = cli(*words)
    assert (done.status, "ValueError" in done.complaint) == (2, False)


def test_no_arguments_show_the_commands(cli: Cli) -> None:
    """Without a command, the program prints a help text that lists the commands."""
    done = cli()
    shown = [line.split()[0] for line in (done.out + done.err).splitlines() if line.split()]
    assert done.status == 2
    assert {"demo", "extract", "prompts", "schemas"} <= set(shown)


def test_version(cli: Cli) -> None:
    """--version prints the program's name and version on standard output."""
    from importlib.metadata import version

    assert cli("--version") == Done(0, f"antq-llm {version('antq-llm')}\n", "")


@pytest.mark.parametrize(
    "command",
    [["demo"], ["extract"], ["prompts", "show"], ["prompts", "diff"], ["schemas", "show"]],
    ids=" ".join,
)
def test_help_has_an_example(cli: Cli, command: list[str]) -> None:
    """The help of a command contains an example."""
    done = cli(*command, "--help")
    assert (done.status, done.err) == (0, "")
    assert "Example" in done.out
    assert " ".join(["antq-llm", *command]) in " ".join(done.out.split())


def test_help_names_the_options(cli: Cli) -> None:
    """The help of ``extract`` lists its options."""
    out = cli("extract", "--help").out
    options = (
        "out prompt schema model base-url offline recordings record mode max-attempts concurrency "
        "timeout temperature limit ungrounded retry-failed"
    )
    assert [option for option in options.split() if f"--{option} " not in out] == []


def test_debug_stands_anywhere(cli: Cli, key: str, articles: Path) -> None:
    """--debug before or after the command adds a traceback and does not change the status."""
    for arguments in (["--debug", "extract", articles], ["extract", articles, "--debug"]):
        done = cli(*arguments, "--prompt", "no_such_prompt", "--model", "m")
        assert done.status == 2
        assert "Traceback" in done.err
        assert "no_such_prompt" in done.err.splitlines()[-1]


def test_unforeseen_error_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error is reported on one line that mentions --debug."""

    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("one\ntwo")

    monkeypatch.setattr("antq_llm.cli.commands.prompts.list_prompts_command", broken)
    done = cli("prompts", "list")
    assert done.status == 1
    assert "RuntimeError" in done.complaint
    assert "--debug" in done.complaint


def test_interrupt_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch, articles: Path) -> None:
    """After Ctrl-C, the program exits with status 130 and prints one line."""

    def interrupted(_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("antq_llm.cli.commands.extract.run_extract", interrupted)
    done = cli("extract", articles)
    assert done.status == 130
    assert "interrupted" in done.complaint


def test_verbose_logs_what_is_tried_again(cli: Cli, key: str, articles: Path) -> None:
    """-v reports retries on standard error; without -v, they are not reported."""
    said = []
    for flags in ([], ["-v"]):
        with scripted_endpoint([error(429, "slow", Retry_After="0"), Reply(REPORT)]) as endpoint:
            done = cli("extract", articles / "a.txt", *at(endpoint), *flags)
        assert done.status == 0
        said.append("trying again" in done.err)
    assert said == [False, True]


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--version"], 0),
        (["prompts", "check"], 0),
        (["prompts", "list", "--colour"], 2),
        (["prompts", "show", "no_such_prompt"], 2),
    ],
    ids=["version", "check", "unknown option", "unknown prompt"],
)
def test_process_exits_with_the_status(arguments: list[str], status: int) -> None:
    """The process exits with the status that the command returns."""
    assert finished(process(*arguments)).status == status


def test_error_of_a_process_is_one_line() -> None:
    """A usage error prints one line on standard error and no traceback."""
    assert "no_such_prompt" in finished(process("prompts", "show", "no_such_prompt")).complaint


def test_debug_prints_a_traceback() -> None:
    """--debug prints a traceback and keeps the exit status."""
    done = finished(process("--debug", "prompts", "show", "no_such_prompt"))
    assert "Traceback (most recent call last)" in done.err
    assert "no_such_prompt" in done.err
    assert done.status == 2


@pytest.mark.parametrize(
    "words",
    [("prompts", "list"), ("prompts", "diff", "movement_report@1", "movement_report@2")],
    ids=["short", "long"],
)
def test_reader_that_goes_away_is_no_traceback(words: tuple[str, ...]) -> None:
    """If the reader of standard output closes the pipe, the process ends without a message."""
    started = process(*words)
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    err = started.stderr.read()
    started.wait(LONGEST)
    started.stderr.close()
    assert err == ""


def test_process_exits_with_1_for_a_failure(articles: Path) -> None:
    """If an article fails, the process exits with status 1 and still prints the other records."""
    (articles / "empty.txt").write_bytes(b"")
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = finished(process("extract", articles, *at(endpoint), OPENAI_API_KEY="x"))
    assert (done.status, [record["article_id"] for record in done.records]) == (
        1,
        ["a", "b", "sub/c"],
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_keeps_what_is_done(
    articles: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    """On SIGINT or SIGTERM, the status is 130, answered articles are kept and the rest fail."""
    waiting = threading.Event()

    def reply(body: dict[str, Any]) -> Reply:
        if "Bài a." in body["messages"][-1]["content"]:
            return Reply(REPORT)
        waiting.set()
        return Reply(silent=True)

    with scripted_endpoint(reply) as endpoint:
        started = process(
            "extract",
            articles,
            *at(endpoint),
            "--concurrency",
            "1",
            "--out",
            tmp_path / "out",
            OPENAI_API_KEY="x",
        )
        assert waiting.wait(LONGEST)
        started.send_signal(sent)
        done = finished(started)
    assert done.status == 130
    assert "Traceback" not in done.err
    assert results(tmp_path / "out") == (["a"], ["b", "sub/c"])
    assert {line["error"]["kind"] for line in lines_of(tmp_path / "out" / "failures.jsonl")} == {
        "interrupted"
    }
