"""A canary API key is sent only in the Authorization header and is never written."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from antq_llm import ConfigurationError, Options
from antq_llm.cli.main import main
from antq_llm.cli.run_reporter import RunReporter
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from helpers.batch_service import batch_service
from helpers.command_line import INVALID, LAN, NAME_SCHEMA
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint

CANARY = "sk-canary/7f3a+91c2=0b5d"
FORMS = {
    CANARY,
    quote(CANARY, safe=""),
    json.dumps(CANARY)[1:-1],
    base64.b64encode(CANARY.encode()).decode().rstrip("="),
    "7f3a+91c2",
    "7f3a%2B91c2",
}
ECHOES = [CANARY, f"Bearer {CANARY}", quote(CANARY), base64.b64encode(CANARY.encode()).decode()]

REPLIES: dict[str, Callable[[str], Reply]] = {
    "an answer": lambda _: Reply(LAN),
    "a wrong answer": lambda _: Reply(INVALID),
    "an echo in a page": lambda echo: Reply(body=f"<html>{echo}</html>"),
    "an echo in JSON": lambda echo: Reply(body={"headers": {"Authorization": echo}}),
    "an echo in a 400": lambda echo: error(400, f"no {echo}", code=echo),
    "an echo in a 401": lambda echo: error(401, f"wrong key {echo}"),
    "an echo in a 403": lambda echo: Reply(body=f"denied {echo}", status=403),
    "an echo in a 404": lambda echo: error(404, f"unknown {echo}", code=echo),
    "an echo in a 429": lambda echo: error(429, f"slow {echo}", Retry_After="0"),
    "an echo in a 500": lambda echo: Reply(body=[echo], status=500),
    "an echo in a redirect": lambda echo: Reply(
        body=echo, status=307, headers={"Location": f"http://127.0.0.1:1/{quote(echo)}"}
    ),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with two articles and a schema, with the canary as the key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    for name in ("a", "b"):
        Path(f"in/{name}.txt").parent.mkdir(exist_ok=True)
        Path(f"in/{name}.txt").write_text(f"Bà Lan đến dự. Bài {name}.", "utf-8")
    Path("schema.json").write_text(json.dumps(NAME_SCHEMA))
    return tmp_path


def words(base_url: str, *options: str) -> list[str]:
    """Return the arguments of a run that writes to ``out`` and ``recorded``."""
    run = ["extract", "in", "--schema", "schema.json", "--model", "m", "--base-url", base_url]
    return [*run, "--out", "out", "--record", "recorded", *options]


def written(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return the names and contents of all files below a folder, and the printed output."""
    printed = capsys.readouterr()
    files = [path for path in folder.rglob("*") if path.is_file()]
    contents = "".join(path.read_bytes().decode("latin-1") for path in files)
    return "\n".join([printed.out, printed.err, contents, *map(str, files)])


def found(text: str) -> set[str]:
    """Return the forms of the canary in a text."""
    return {form for form in FORMS if form in text}


def sent_beside_the_header(endpoint: Endpoint) -> Iterator[str]:
    """Yield everything sent to an endpoint, except the Authorization headers."""
    for headers, body in zip(endpoint.headers, endpoint.bodies, strict=True):
        others = {name: value for name, value in headers.items() if name != "authorization"}
        yield json.dumps([others, body], ensure_ascii=False)


@pytest.mark.parametrize("name", REPLIES)
def test_a_run_writes_and_sends_no_key(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a server echoes, no file, file name or message of the run contains the key."""
    for number, echo in enumerate(ECHOES):
        with scripted_endpoint([REPLIES[name](echo)]) as endpoint, RunReporter() as reporter:
            options = Options(base_url=endpoint.base_url, tries=1, record=Path("recorded"))
            schema, out = Path("schema.json"), Path(f"out{number}")
            settings = RunSettings(("in",), options, out=out, schema=schema, model="m")
            with suppress(ConfigurationError):
                Run(settings).run(reporter)
        assert endpoint.bodies
        assert [text for text in sent_beside_the_header(endpoint) if found(text)] == []
    assert found(written(folder, capsys)) == set()


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_logs_and_tracebacks_show_no_key(
    status: int, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log and the tracebacks of refused requests show no form of the key."""
    for echo in ECHOES:
        with scripted_endpoint([error(status, echo, code=echo)]) as endpoint:
            main([*words(endpoint.base_url), "-v", "--debug"])
    assert found(written(folder, capsys)) == set()


@pytest.mark.parametrize("flags", [[], ["-v", "--debug"]], ids=["", "-v --debug"])
def test_a_batch_run_writes_no_key(
    flags: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The request files, results and messages of a batch do not contain the key."""
    refused = error(401, f"wrong key {CANARY}")
    with batch_service(lambda _: refused, fail=lambda *_: refused) as service:
        main([*words(service.base_url, "--batch"), *flags])
    assert found(written(folder, capsys)) == set()


@pytest.mark.parametrize(
    "options",
    [
        ["--samples", "2"],
        ["--duplicates"],
        ["--dry-run", "--json"],
        ["--max-cost", "1", "--price", "1,1"],
        ["--prompt", "missing"],
        ["--mode", "tools"],
    ],
    ids=" ".join,
)
def test_other_ways_to_run_write_no_key(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs with samples, duplicates or a budget, dry runs and usage errors do not write the key."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        main([*words(endpoint.base_url, *options), "-v", "--debug"])
    assert found(written(folder, capsys)) == set()


def test_evaluations_and_exports_write_no_key(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files and messages of evaluations and exports do not contain the key."""
    Path("gold").mkdir()
    Path("gold/a.json").write_text(LAN)
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        assert main(words(endpoint.base_url)) == 0
        evaluation = ["eval", "--gold", "gold", "--articles", "in", "--schema", "schema.json"]
        evaluation += ["--model", "m", "--base-url", endpoint.base_url, "--out", "evaluated"]
        assert main(evaluation) == 0
    assert main(["export", "out", "--to", "csv"]) == 0
    assert found(written(folder, capsys)) == set()


def test_an_unexpected_error_shows_no_key(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback of an unexpected error does not show the key, whole or percent-encoded."""

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError(f"a bug with {CANARY} and {quote(CANARY, safe='')}")

    monkeypatch.setattr("antq_llm.cli.commands.extract.Run", broken)
    assert main([*words("http://127.0.0.1:1/v1"), "--debug"]) == 1
    assert found(written(folder, capsys)) == set()
