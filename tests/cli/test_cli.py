"""The command line: what it is called with, what it writes where, and its exit statuses."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer, person, report

REPORT = answer(report(people=[person()]))
LAN = '{"name": "Lan"}'
INVALID = '{"name": 7}'
NAME_SCHEMA = {
    "title": "named",
    "type": "object",
    "properties": {"name": {"type": "string"}},
    "required": ["name"],
    "additionalProperties": False,
}
RECORD_KEYS = [
    "article_id",
    "source",
    "schema",
    "prompt",
    "prompt_sha256",
    "model",
    "record",
    "evidence",
    "attempts",
    "usage",
    "cost_usd",
    "replayed",
    "warnings",
]
FAILURE_KEYS = ["article_id", "source", "error", "attempts", "usage", "cost_usd"]
LONGEST = 60


@dataclass(frozen=True)
class Done:
    """What a call came to."""

    status: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines on standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def complaint(self) -> str:
        """The one line on standard error of a call that was wrong; nothing may stand beside it."""
        assert self.out == ""
        assert "Traceback" not in self.err
        assert self.err.endswith("\n")
        (line,) = self.err.splitlines()
        assert line.startswith("antq-llm: ")
        return line


Cli = Callable[..., Done]


@pytest.fixture(autouse=True)
def log_and_path_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A call sets up the log and looks for models in the current folder; later tests see neither."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    monkeypatch.setattr(sys, "path", sys.path[:])
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Return a function that calls the command line in this process, in an empty current folder."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    def call(*arguments: Any) -> Done:
        status = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(status, out, err)

    return call


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    """Set a key, and an address where nobody listens: a call that should have been refused leads nowhere."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    return "key-secret"


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Return a folder of three articles: a, b and sub/c."""
    folder = tmp_path / "articles"
    for name in ("a", "b", "sub/c"):
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{ARTICLE}\nBài {name}.\n", "utf-8")
    return folder


@pytest.fixture
def named(tmp_path: Path) -> Path:
    """Return the file of a small JSON Schema."""
    path = tmp_path / "named.json"
    path.write_text(json.dumps(NAME_SCHEMA), "utf-8")
    return path


def at(endpoint: Endpoint, model: str = "m-1") -> list[str]:
    """Return the options that lead to an endpoint."""
    return ["--base-url", endpoint.base_url, "--model", model]


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON-lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def results(out: Path) -> tuple[list[str], list[str]]:
    """Return the ids of the articles that came out and of those that failed."""
    return [line["article_id"] for line in lines_of(out / "records.jsonl")], [
        line["article_id"] for line in lines_of(out / "failures.jsonl")
    ]


# --- calls that are wrong: exit 2, one line


def test_unknown_option(cli: Cli) -> None:
    """An unknown option is a wrong call, and the line names it."""
    done = cli("extract", "x.txt", "--colour", "red")
    assert done.status == 2
    assert "--colour" in done.complaint


def test_unknown_command(cli: Cli) -> None:
    """An unknown command is a wrong call, and the line names it."""
    done = cli("extrakt")
    assert done.status == 2
    assert "extrakt" in done.complaint


def test_missing_argument(cli: Cli) -> None:
    """extract without an input is a wrong call."""
    done = cli("extract", "--model", "m")
    assert done.status == 2
    assert "INPUT" in done.complaint


def test_no_arguments_show_the_commands(cli: Cli) -> None:
    """Without a command the help is shown, with each command on a line of its own."""
    done = cli()
    shown = [line.split()[0] for line in (done.out + done.err).splitlines() if line.split()]
    assert done.status == 2
    assert {"demo", "extract", "prompts", "schemas"} <= set(shown)


@pytest.mark.parametrize("name", ["no/such/folder", "gone.txt"])
def test_missing_input(cli: Cli, key: str, name: str) -> None:
    """An input that does not exist is a wrong call, and the line names it."""
    done = cli("extract", name, "--model", "m")
    assert done.status == 2
    assert name in done.complaint


def test_folder_without_articles(cli: Cli, key: str, tmp_path: Path) -> None:
    """A folder in which nothing is an article is a wrong call."""
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"\x89PNG")
    done = cli("extract", tmp_path / "pictures", "--model", "m")
    assert done.status == 2
    assert "has no articles" in done.complaint


@pytest.mark.parametrize("prompt", ["no_such_prompt", "movement_report@77", "gone/prompt.md"])
def test_unknown_prompt(cli: Cli, key: str, articles: Path, prompt: str) -> None:
    """An unknown prompt is a wrong call, and the line names it."""
    done = cli("extract", articles, "--prompt", prompt, "--model", "m")
    assert done.status == 2
    assert prompt in done.complaint


@pytest.mark.parametrize(
    "schema",
    [
        "no_such_schema",
        "movement_report/77",
        "gone.json",
        "no.such.module:Model",
        "json:JSONDecoder",
    ],
)
def test_unknown_schema(cli: Cli, key: str, articles: Path, schema: str) -> None:
    """An unknown schema is a wrong call, and the line names it."""
    done = cli("extract", articles, "--schema", schema, "--model", "m")
    assert done.status == 2
    assert schema in done.complaint


def test_module_that_breaks_on_import_is_a_wrong_call(cli: Cli, key: str, articles: Path) -> None:
    """A module of the caller's own that fails while it is imported is a wrong call, told on one line."""
    Path("broken_models_x.py").write_text("raise ValueError('first line\\nsecond line')\n", "utf-8")
    done = cli("extract", articles, "--schema", "broken_models_x:Model", "--model", "m")
    assert done.status == 2
    assert "broken_models_x:Model" in done.complaint


def test_prompt_for_another_schema(cli: Cli, key: str, articles: Path, named: Path) -> None:
    """A prompt that was written for another schema is a wrong call."""
    done = cli(
        "extract", articles, "--schema", named, "--prompt", "movement_report", "--model", "m"
    )
    assert done.status == 2
    assert "is written for schema movement_report/1" in done.complaint


def test_no_key(cli: Cli, articles: Path) -> None:
    """Without a key the line names both ways out: the variable, and --offline."""
    done = cli("extract", articles, "--model", "m")
    assert done.status == 2
    assert "OPENAI_API_KEY" in done.complaint
    assert "--offline" in done.complaint


def test_no_model(cli: Cli, key: str, articles: Path) -> None:
    """Without a model the line names the option and the variable."""
    done = cli("extract", articles)
    assert done.status == 2
    assert "--model" in done.complaint
    assert "ANTQ_LLM_MODEL" in done.complaint


def test_wrong_call_leaves_no_folder(cli: Cli, articles: Path, tmp_path: Path) -> None:
    """What is wrong with a call is said before a folder is made."""
    assert cli("extract", articles, "--model", "m", "--out", tmp_path / "out").status == 2
    assert not (tmp_path / "out").exists()


def test_refused_key(cli: Cli, key: str, articles: Path) -> None:
    """A key that the endpoint refuses is a wrong call, and the line does not show the key."""
    with scripted_endpoint([error(401, "Incorrect API key")]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 2
    assert "refused the key" in done.err
    assert key not in done.err
    assert "Traceback" not in done.err


def test_refused_key_leaves_no_article_out(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """With --out, a refused key puts each article among the failures."""
    with scripted_endpoint([error(401, "Incorrect API key")]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--out", tmp_path / "out")
    assert done.status == 2
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])


def test_unknown_model_at_the_endpoint(cli: Cli, key: str, articles: Path) -> None:
    """A model that the endpoint does not know is a wrong call."""
    with scripted_endpoint([error(404, "The model `m-1` does not exist")]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 2
    assert "The model `m-1` does not exist" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ["--mode", "strict"],
        ["--limit", "0"],
        ["--concurrency", "0"],
        ["--max-attempts", "0"],
        ["--timeout", "0"],
        ["--ungrounded", "ignore"],
        ["--retry-failed"],
        ["--base-url", "localhost:8080"],
        ["--recordings", "gone"],
        ["--temperature", "nan"],
        ["--limit", "two"],
    ],
    ids=" ".join,
)
def test_impossible_option(cli: Cli, key: str, articles: Path, options: list[str]) -> None:
    """An option with an impossible value is a wrong call, told on one line."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), *options)
    assert (done.status, endpoint.bodies) == (2, [])
    assert done.complaint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("---\nname: mine\nversion: one\nschema: null\n---\n# user\n\n{{article}}\n", "version"),
        ("---\nname: mine\nschema: null\n---\n# user\n\n{{article}}\n", "version"),
        ("---\nname: [mine\n---\n# user\n\n{{article}}\n", "YAML"),
        (
            "---\nname: mine\nversion: 1\nschema: null\ncolour: red\n---\n# user\n\n{{article}}\n",
            "colour",
        ),
        ("---\nname: mine\nversion: 1\nschema: null\n# user\n\n{{article}}\n", "no closing line"),
        ("---\nname: mine\nversion: 1\nschema: null\n---\n# user\n\nno article\n", "{{article}}"),
        ("---\n---\n# user\n\n{{article}}\n", "front matter"),
    ],
    ids=[
        "version is no number",
        "no version",
        "broken YAML",
        "unknown key",
        "not closed",
        "no article",
        "empty",
    ],
)
@pytest.mark.usefixtures("key")
def test_malformed_prompt_file(
    cli: Cli, articles: Path, tmp_path: Path, text: str, words: str
) -> None:
    """A prompt file that is malformed is a wrong call, and the line names the file and what is wrong in it."""
    path = tmp_path / "mine.md"
    path.write_text(text, "utf-8")
    done = cli("extract", articles, "--prompt", path, "--model", "m")
    assert done.status == 2
    assert str(path) in done.complaint
    assert words in done.complaint


def test_two_inputs_with_one_id(cli: Cli, key: str, tmp_path: Path) -> None:
    """Two inputs with one id are a wrong call, and the line names both."""
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.txt").write_text("Một bài.", "utf-8")
    done = cli("extract", tmp_path / "x" / "same.txt", tmp_path / "y" / "same.txt", "--model", "m")
    assert done.status == 2
    assert all(
        word in done.complaint for word in ("'same'", str(tmp_path / "x"), str(tmp_path / "y"))
    )


def test_out_that_is_a_file(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """--out that names a file is a wrong call, and the file stays as it is."""
    (tmp_path / "out").write_text("mine", "utf-8")
    done = cli("extract", articles, "--model", "m", "--out", tmp_path / "out")
    assert done.status == 2
    assert "is a file" in done.complaint
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "objekt"}',
        '{"$ref": "https://example.org/x.json"}',
        "[1]",
        "not JSON",
        '{"type": "object",\n "a": \n}',
    ],
)
def test_schema_file_that_is_no_schema(
    cli: Cli, key: str, articles: Path, tmp_path: Path, schema: str
) -> None:
    """A file that is no usable JSON Schema is a wrong call, told on one line."""
    path = tmp_path / "mine.json"
    path.write_text(schema, "utf-8")
    done = cli("extract", articles, "--schema", path, "--model", "m")
    assert done.status == 2
    assert "mine" in done.complaint


# --- version, help, debug


def test_version(cli: Cli) -> None:
    """--version prints name and version on standard output."""
    from importlib.metadata import version

    assert cli("--version") == Done(0, f"antq-llm {version('antq-llm')}\n", "")


@pytest.mark.parametrize(
    "command",
    [["demo"], ["extract"], ["prompts", "show"], ["prompts", "diff"], ["schemas", "show"]],
    ids=" ".join,
)
def test_help_has_an_example(cli: Cli, command: list[str]) -> None:
    """The help of a command shows how it is called."""
    done = cli(*command, "--help")
    assert (done.status, done.err) == (0, "")
    assert "Example" in done.out
    assert " ".join(["antq-llm", *command]) in " ".join(done.out.split())


def test_help_names_the_options(cli: Cli) -> None:
    """The help of extract names the options of the contract."""
    out = cli("extract", "--help").out
    options = "out prompt schema model base-url offline recordings record mode max-attempts concurrency timeout temperature limit ungrounded retry-failed"
    assert [option for option in options.split() if f"--{option} " not in out] == []


def test_debug_stands_anywhere(cli: Cli, key: str, articles: Path) -> None:
    """With --debug an error comes with its traceback and the same status, wherever the flag stands."""
    for arguments in (["--debug", "extract", articles], ["extract", articles, "--debug"]):
        done = cli(*arguments, "--prompt", "no_such_prompt", "--model", "m")
        assert (
            done.status,
            "Traceback" in done.err,
            "no_such_prompt" in done.err.splitlines()[-1],
        ) == (2, True, True)


def test_unforeseen_error_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody foresaw is one line that points at --debug, also where its own words have several."""

    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("one\ntwo")

    monkeypatch.setattr("antq_llm.cli.commands.prompts.list_prompts_command", broken)
    done = cli("prompts", "list")
    assert done.status == 1
    assert "RuntimeError" in done.complaint
    assert "--debug" in done.complaint


def test_interrupt_is_130(cli: Cli, monkeypatch: pytest.MonkeyPatch, articles: Path) -> None:
    """Ctrl-C ends with status 130 and one line."""

    def interrupted(_: Any) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("antq_llm.cli.commands.extract.run_extract", interrupted)
    done = cli("extract", articles)
    assert done.status == 130
    assert "interrupted" in done.complaint


def test_verbose_logs_what_is_tried_again(cli: Cli, key: str, articles: Path) -> None:
    """-v says on standard error what is tried again; without it nothing is said."""
    said = []
    for flags in ([], ["-v"]):
        with scripted_endpoint([error(429, "slow", Retry_After="0"), Reply(REPORT)]) as endpoint:
            done = cli("extract", articles / "a.txt", *at(endpoint), *flags)
        assert done.status == 0
        said.append("trying again" in done.err)
    assert said == [False, True]


# --- articles that cannot be read: exit 1, the others come out


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a picture"),
        (b"abc\x01\x07def", "control characters"),
        ("Công an xã".encode("utf-16")[:-1], "UTF-16"),
    ],
    ids=["empty", "blank", "mark alone", "picture", "control bytes", "half of UTF-16"],
)
def test_unreadable_article_fails_alone(
    cli: Cli, key: str, articles: Path, data: bytes, words: str
) -> None:
    """A file that is no text is named on standard error and counts as one failure; the other articles come out."""
    (articles / "bad.txt").write_bytes(data)
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 1
    assert [record["article_id"] for record in done.records] == ["a", "b", "sub/c"]
    told = [line for line in done.err.splitlines() if line.startswith("antq-llm: bad: ")]
    assert len(told) == 1
    assert words in told[0]
    assert "3 record(s), 1 failure(s)" in done.err
    assert len(endpoint.bodies) == 3


def test_failed_article_is_one_line(cli: Cli, key: str, articles: Path) -> None:
    """An article whose answers are all invalid is one line on standard error, and one line sums up the run."""
    with scripted_endpoint([Reply('{"relevance":\n\n "great"}')]) as endpoint:
        done = cli("extract", articles / "a.txt", *at(endpoint), "--max-attempts", "2")
    assert (done.status, done.out, len(endpoint.bodies)) == (1, "", 2)
    assert len(done.err.splitlines()) == 2


def test_used_up_quota_stops_the_run(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """A used-up quota is asked about once, and every article is among the failures."""
    with scripted_endpoint([error(429, "quota", "insufficient_quota")]) as endpoint:
        done = cli(
            "extract", articles, *at(endpoint), "--concurrency", "1", "--out", tmp_path / "out"
        )
    assert (done.status, len(endpoint.bodies)) == (1, 1)
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])


# --- schemas of the caller's own


TREE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "family",
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "age": {
                    "oneOf": [
                        {"type": "integer", "minimum": 0},
                        {"type": "string", "pattern": "^khoảng "},
                    ]
                },
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "children"],
            "additionalProperties": False,
        }
    },
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return the file of a recursive JSON Schema with $ref and oneOf."""
    path = tmp_path / "family.json"
    path.write_text(json.dumps(TREE, ensure_ascii=False), "utf-8")
    return path


def family(age: Any) -> str:
    """Return an answer whose innermost child has an age."""
    return answer(
        {
            "name": "Lan",
            "age": "khoảng 60",
            "children": [
                {"name": "Minh", "children": [{"name": "An", "age": age, "children": []}]}
            ],
        }
    )


def test_recursive_json_schema_accepts_what_is_valid(
    cli: Cli, key: str, articles: Path, tree: Path
) -> None:
    """An answer that satisfies $ref, oneOf and recursion is the record as it stands, at the first attempt."""
    with scripted_endpoint([Reply(family(5))]) as endpoint:
        done = cli("extract", articles / "a.txt", "--schema", tree, *at(endpoint))
    assert (done.status, len(endpoint.bodies)) == (0, 1)
    assert done.records[0]["record"] == json.loads(family(5))
    assert (done.records[0]["schema"], done.records[0]["prompt"], done.records[0]["attempts"]) == (
        "family",
        "general@1",
        1,
    )


@pytest.mark.parametrize("age", [-1, "năm", None, 1.5])
def test_recursive_json_schema_reasks_with_the_path(
    cli: Cli, key: str, articles: Path, tree: Path, age: Any
) -> None:
    """An answer that breaks the schema three levels down is asked about again, with the path of the fault."""
    with scripted_endpoint([Reply(family(age)), Reply(family(5))]) as endpoint:
        done = cli("extract", articles / "a.txt", "--schema", tree, *at(endpoint))
    assert (done.status, done.records[0]["attempts"], len(endpoint.bodies)) == (0, 2, 2)
    assert "/children/0/children/0/age: " in endpoint.bodies[1]["messages"][-1]["content"]


def test_recursive_json_schema_that_is_never_met_fails(
    cli: Cli, key: str, articles: Path, tree: Path, tmp_path: Path
) -> None:
    """Answers that never satisfy the schema are a failure of kind invalid that keeps each completion and its fault."""
    with scripted_endpoint([Reply(family(-1))]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            "--schema",
            tree,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "2",
        )
    (failure,) = lines_of(tmp_path / "out" / "failures.jsonl")
    assert (done.status, failure["error"]["type"], failure["error"]["kind"]) == (
        1,
        "ExtractionError",
        "invalid",
    )
    assert [attempt["completion"] for attempt in failure["attempts"]] == [family(-1)] * 2
    assert all("/children/0/children/0/age" in attempt["error"] for attempt in failure["attempts"])


def test_model_of_the_current_folder(cli: Cli, key: str, articles: Path) -> None:
    """package.module:Model is found below the current folder."""
    Path("own_package_x").mkdir()
    Path("own_package_x/models.py").write_text(
        "from pydantic import BaseModel\n\n\nclass Named(BaseModel):\n    name: str\n", "utf-8"
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract", articles / "a.txt", "--schema", "own_package_x.models:Named", *at(endpoint)
        )
    assert done.status == 0
    assert (done.records[0]["record"], done.records[0]["schema"]) == (
        {"name": "Lan"},
        "own_package_x.models:Named",
    )


def test_prompt_file_with_a_schema_file(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A file of plain instructions is a prompt, and goes out with the caller's own schema."""
    path = tmp_path / "who.md"
    path.write_text("Tìm người được nêu tên.\n", "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract", articles / "a.txt", "--schema", named, "--prompt", path, *at(endpoint)
        )
    assert (done.status, done.records[0]["prompt"]) == (0, "who")
    assert endpoint.bodies[0]["messages"][0]["content"] == "Tìm người được nêu tên."


def test_mode_that_the_schema_cannot_take(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A strict mode that was demanded for a schema with optional keys is told on lines of their own, and no article is left out."""
    path = tmp_path / "loose.json"
    path.write_text(json.dumps({**NAME_SCHEMA, "required": []}), "utf-8")
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract",
            articles,
            "--schema",
            path,
            "--mode",
            "json_schema",
            *at(endpoint),
            "--out",
            tmp_path / "out",
        )
    assert done.status in {1, 2}
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])
    assert "optional keys" in done.err


def test_options_reach_the_endpoint(cli: Cli, key: str, articles: Path, named: Path) -> None:
    """Model, mode and temperature are those of the call."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint, "viet-1"),
            "--mode",
            "tools",
            "--temperature",
            "0.25",
        )
    (body,) = endpoint.bodies
    assert (body["model"], body["temperature"], body["tool_choice"]["function"]["name"]) == (
        "viet-1",
        0.25,
        "named",
    )


# --- inputs


def test_json_lines_are_articles(cli: Cli, key: str, named: Path, tmp_path: Path) -> None:
    """Each line of a .jsonl file is an article; without an id it is called by file and line, and blank lines count as lines."""
    path = tmp_path / "many.jsonl"
    path.write_text(
        '{"id": "k1", "text": "Bà Lan."}\n\n{"text": "Ông Minh."}\n{"id": 7, "text": "Cô An."}\n',
        "utf-8",
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", path, "--schema", named, *at(endpoint))
    assert done.status == 0
    assert [(record["article_id"], record["source"]) for record in done.records] == [
        ("k1", f"{path}:1"),
        ("many:3", f"{path}:3"),
        ("7", f"{path}:4"),
    ]


def test_broken_json_line_fails_alone(cli: Cli, key: str, named: Path, tmp_path: Path) -> None:
    """A line that is no article is named by its number, and the others come out."""
    path = tmp_path / "many.jsonl"
    path.write_text(
        '{"id": "k1", "text": "Bà Lan."}\n{"id": \n{"id": "k3", "txt": "Ông Minh."}\n{"id": "k4", "text": "Cô An."}\n',
        "utf-8",
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", path, "--schema", named, *at(endpoint))
    assert (done.status, [record["article_id"] for record in done.records]) == (1, ["k1", "k4"])
    assert f"antq-llm: many:2: {path}:2 " in done.err
    assert f"antq-llm: k3: {path}:3 " in done.err


def test_standard_input_is_an_article(
    cli: Cli, key: str, named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """- reads one article from standard input, as UTF-8 whatever the locale."""
    monkeypatch.setattr(
        sys,
        "stdin",
        io.TextIOWrapper(io.BytesIO("Bà Lan ở xã Tân Lâm.".encode()), encoding="ascii"),
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", "-", "--schema", named, *at(endpoint))
    assert (done.status, done.records[0]["article_id"], done.records[0]["source"]) == (
        0,
        "stdin",
        "-",
    )
    assert "Bà Lan ở xã Tân Lâm." in endpoint.bodies[0]["messages"][-1]["content"]


def test_ids_are_paths_below_the_folder(cli: Cli, key: str, articles: Path) -> None:
    """A folder is read recursively in sorted order, hidden and other files left out, and ids are paths without the suffix."""
    for name in (".hidden.txt", ".git/x.txt", "notes.pdf", "B.md"):
        (articles / name).parent.mkdir(exist_ok=True)
        (articles / name).write_text("Bài khác.", "utf-8")
    with scripted_endpoint([Reply(answer(report()))]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert [record["article_id"] for record in done.records] == ["B", "a", "b", "sub/c"]


def test_limit_takes_the_first(cli: Cli, key: str, articles: Path) -> None:
    """--limit asks about the first articles only."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--limit", "2")
    assert ([record["article_id"] for record in done.records], len(endpoint.bodies)) == (
        ["a", "b"],
        2,
    )


# --- standard output and --out


def test_standard_output_is_in_input_order(cli: Cli, key: str, articles: Path) -> None:
    """Records go to standard output in the order of the input, also where the first article is answered last."""
    others = threading.Semaphore(0)

    def reply(body: dict[str, Any]) -> Reply:
        if "Bài a." in body["messages"][-1]["content"]:
            assert others.acquire(timeout=LONGEST)
            assert others.acquire(timeout=LONGEST)
        else:
            others.release()
        return Reply(REPORT)

    with scripted_endpoint(reply) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--concurrency", "3")
    assert (done.status, [record["article_id"] for record in done.records]) == (
        0,
        ["a", "b", "sub/c"],
    )


def test_standard_output_has_records_alone(cli: Cli, key: str, articles: Path) -> None:
    """Each line of standard output is a record with the contract's keys; all else goes to standard error, and nothing is kept."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert [list(record) for record in done.records] == [RECORD_KEYS] * 3
    assert "3 record(s), 0 failure(s)" in done.err
    assert list(Path().iterdir()) == []


def test_standard_output_keeps_vietnamese(cli: Cli, key: str, articles: Path) -> None:
    """Vietnamese is written as it is, not as escapes."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles / "a.txt", *at(endpoint))
    assert "Phạm Quốc Bình" in done.out


def test_out_has_records_failures_and_run(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """--out writes records.jsonl, failures.jsonl and run.json with the contract's keys, and nothing to standard output."""
    (articles / "empty.txt").write_bytes(b"")
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--out", tmp_path / "out")
    assert (done.status, done.out) == (1, "")
    records, failures = (
        lines_of(tmp_path / "out" / "records.jsonl"),
        lines_of(tmp_path / "out" / "failures.jsonl"),
    )
    assert [list(line) for line in records] == [RECORD_KEYS] * 3
    assert [list(line) for line in failures] == [FAILURE_KEYS]
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert {"settings", "versions", "counts", "usage", "cost_usd", "started", "seconds"} <= set(run)
    assert (
        run["counts"]["records"],
        run["counts"]["failures"],
        run["counts"]["dropped_items"],
    ) == (3, 1, 0)
    assert run["usage"] == {"input_tokens": 300, "output_tokens": 60, "cached_tokens": None}
    assert {"antq-llm", "openai", "instructor", "pydantic", "python"} <= set(run["versions"])


def test_record_line_says_where_it_comes_from(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A line of records.jsonl names article, schema, prompt with its digest, and model, and its evidence points at the quotes."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli(
            "extract",
            articles,
            *at(endpoint, "viet-1"),
            "--out",
            tmp_path / "out",
            "--prompt",
            "movement_report@1",
        )
    line = lines_of(tmp_path / "out" / "records.jsonl")[2]
    lock = json.loads((data_folder("prompts") / "lock.json").read_bytes())
    path = articles / "sub" / "c.txt"
    assert (line["article_id"], line["source"], line["schema"], line["model"]) == (
        "sub/c",
        str(path),
        "movement_report/1",
        "viet-1",
    )
    assert (line["prompt"], line["prompt_sha256"]) == (
        "movement_report@1",
        lock["movement_report"]["1"]["sha256"],
    )
    (evidence,) = line["evidence"]
    assert evidence["pointer"] == "/people/0"
    assert (
        path.read_text("utf-8")[evidence["start"] : evidence["end"]]
        == line["record"]["people"][0]["quote"]
    )
    assert (line["attempts"], line["usage"], line["cost_usd"], line["replayed"]) == (
        1,
        {"input_tokens": 100, "output_tokens": 20, "cached_tokens": None},
        None,
        False,
    )


def test_failure_line_says_what_it_cost(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A line of failures.jsonl has the error and every completion with its fault and usage, and the sum of what they used."""
    with scripted_endpoint([Reply(INVALID)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "2",
        )
    (line,) = lines_of(tmp_path / "out" / "failures.jsonl")
    assert set(line["error"]) == {"type", "kind", "message"}
    assert [set(attempt) for attempt in line["attempts"]] == [{"completion", "error", "usage"}] * 2
    assert "/name" in line["attempts"][0]["error"]
    assert line["usage"] == {"input_tokens": 200, "output_tokens": 40, "cached_tokens": None}


def test_key_is_written_nowhere(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """The key stands in no file of --out and of --record."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli(
            "extract",
            articles,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--record",
            tmp_path / "rec",
        )
    files = [
        path
        for folder in ("out", "rec")
        for path in (tmp_path / folder).rglob("*")
        if path.is_file()
    ]
    assert len(files) >= 7
    assert [path for path in files if key.encode() in path.read_bytes()] == []


def test_ungrounded_item_is_dropped_with_a_warning(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """An item whose quote is never found is left out with a warning, and counted in run.json."""
    text = answer(
        report(
            people=[
                person(),
                {
                    **person(),
                    "name": "Nguyễn Không Có",
                    "quote": "Đại tướng Nguyễn Không Có chưa hề được nhắc tới",
                },
            ]
        )
    )
    with scripted_endpoint([Reply(text)]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        )
    (line,) = lines_of(tmp_path / "out" / "records.jsonl")
    assert done.status == 0
    assert [one["name"] for one in line["record"]["people"]] == ["Phạm Quốc Bình"]
    assert [
        warning["message"].split()[0]
        for warning in line["warnings"]
        if warning["kind"] == "dropped"
    ] == ["/people/1"]
    assert (
        json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["counts"]["dropped_items"]
        == 1
    )


def test_page_keeps_the_text_that_offsets_count_in(cli: Cli, key: str, tmp_path: Path) -> None:
    """For an HTML page the text taken from it is kept as texts/ID.txt, and evidence counts in it."""
    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines() if line)
    page = tmp_path / "trang.html"
    page.write_text(
        f"<html><head><title>Tin</title></head><body><nav>Trang chủ</nav><article>{paragraphs}</article></body></html>",
        "utf-8",
    )
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", page, *at(endpoint), "--out", tmp_path / "out")
    assert done.status == 0
    (line,) = lines_of(tmp_path / "out" / "records.jsonl")
    (evidence,) = line["evidence"]
    text = (tmp_path / "out" / "texts" / "trang.txt").read_bytes().decode()
    assert text[evidence["start"] : evidence["end"]] == line["record"]["people"][0]["quote"]


def test_answer_that_no_file_can_hold_loses_no_article(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """An answer with half a surrogate pair spoils neither the run nor the other articles."""

    def reply(body: dict[str, Any]) -> Reply:
        return Reply('{"name": "\\ud800"}' if "Bài b." in body["messages"][1]["content"] else LAN)

    with scripted_endpoint(reply) as endpoint:
        done = cli(
            "extract",
            articles,
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        )
    assert done.status == 1
    assert results(tmp_path / "out") == (["a", "sub/c"], ["b"])


# --- the same --out again


def test_second_call_asks_nothing(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """Called again with the same --out, no request is sent, and the same records are there, marked as replayed."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        assert cli(*call).status == 0
        first = lines_of(tmp_path / "out" / "records.jsonl")
        assert cli(*call).status == 0
        second = lines_of(tmp_path / "out" / "records.jsonl")
        assert len(endpoint.bodies) == 3
    assert [line["replayed"] for line in second] == [True] * 3
    assert [{**line, "replayed": False} for line in second] == first


def test_new_article_alone_is_asked_about(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A second call over more articles asks about the new ones only, and its files hold all."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        (articles / "d.txt").write_text(ARTICLE + "Bài d.", "utf-8")
        cli(*call)
        assert len(endpoint.bodies) == 4
    assert results(tmp_path / "out") == (["a", "b", "d", "sub/c"], [])


def test_changed_article_is_asked_about_again(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """An article whose text was changed under its id is asked about again."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles, *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        (articles / "a.txt").write_text(ARTICLE + "Đã sửa.", "utf-8")
        cli(*call)
        assert len(endpoint.bodies) == 4


@pytest.mark.parametrize(
    "options",
    [["--model", "m-2"], ["--prompt", "movement_report@1"], ["--temperature", "0.5"]],
    ids=" ".join,
)
def test_another_question_is_asked(
    cli: Cli, key: str, articles: Path, tmp_path: Path, options: list[str]
) -> None:
    """Another model, prompt or temperature is another question, which the store does not answer."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles / "a.txt", *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        cli(*call, *options)
        assert len(endpoint.bodies) == 2


@pytest.mark.parametrize(
    "options", [["--concurrency", "1"], ["--timeout", "5"], ["--mode", "tools"]], ids=" ".join
)
def test_how_it_is_asked_is_no_other_question(
    cli: Cli, key: str, articles: Path, tmp_path: Path, options: list[str]
) -> None:
    """Concurrency, timeout and mode do not make a question another one."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        call = ["extract", articles / "a.txt", *at(endpoint), "--out", tmp_path / "out"]
        cli(*call)
        cli(*call, *options)
        assert len(endpoint.bodies) == 1


def test_failed_answers_are_not_asked_for_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """An article whose answers were invalid fails again from the store, without a request."""
    with scripted_endpoint([Reply(INVALID), Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 1]
        assert len(endpoint.bodies) == 1
    assert results(tmp_path / "out") == ([], ["a"])


def test_retry_failed_asks_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """--retry-failed asks again about such an article, and what comes then is what later calls find."""
    with scripted_endpoint([Reply(INVALID), Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        ]
        assert [cli(*call).status, cli(*call, "--retry-failed").status, cli(*call).status] == [
            1,
            0,
            0,
        ]
        assert len(endpoint.bodies) == 2
    assert results(tmp_path / "out") == (["a"], [])


def test_retry_failed_leaves_what_is_done(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """--retry-failed asks nothing about articles that came out."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        call = ["extract", articles, "--schema", named, *at(endpoint), "--out", tmp_path / "out"]
        assert [cli(*call).status, cli(*call, "--retry-failed").status] == [0, 0]
        assert len(endpoint.bodies) == 3


def test_failed_transport_is_tried_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """An article that failed in transport is asked about at the next call, without being told to."""
    down = error(503, "down", Retry_After="0")
    with scripted_endpoint([*[down] * 6, Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 0]
        assert len(endpoint.bodies) == 7
    assert results(tmp_path / "out") == (["a"], [])


def test_paid_attempts_before_a_failed_transport_are_not_paid_again(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """Where the transport failed at a re-ask, the next call goes on from the answer that was received before it."""
    down = error(503, "down", Retry_After="0")
    with scripted_endpoint([Reply(INVALID), *[down] * 6, Reply(LAN)]) as endpoint:
        call = [
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
        ]
        assert [cli(*call).status, cli(*call).status] == [1, 0]
        assert len(endpoint.bodies) == 8
    assert endpoint.bodies[7] == endpoint.bodies[1]


# --- recordings


def test_recorded_run_answers_the_same_offline(
    cli: Cli, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What --record wrote, --offline --recordings answers from: the same lines but for replayed, with no key, model or server."""
    with (
        monkeypatch.context() as live,
        scripted_endpoint([Reply(answer({"relevance": "?"})), Reply(REPORT)]) as endpoint,
    ):
        live.setenv("OPENAI_API_KEY", "key-secret")
        first = cli(
            "extract", articles, *at(endpoint), "--record", tmp_path / "rec", "--concurrency", "1"
        )
    again = cli("extract", articles, "--offline", "--recordings", tmp_path / "rec")
    assert (first.status, again.status) == (0, 0)
    assert [record["attempts"] for record in first.records] == [2, 1, 1]
    assert again.records == [{**record, "replayed": True} for record in first.records]


def test_recordings_do_not_hold_the_article(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A recording holds the completion and digests of what was asked, not the article's text."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--record",
            tmp_path / "rec",
        )
    (path,) = (tmp_path / "rec").rglob("*.json")
    recording = json.loads(path.read_text("utf-8"))
    assert recording["completion"]["text"] == LAN
    assert {"article", "prompt", "schema", "model", "parameters", "sample"} <= set(
        recording["asked"]
    )
    assert "Cổng trường" not in path.read_text("utf-8")


def test_offline_without_a_recording_is_a_failure_that_says_so(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """Offline, an article without a recording fails and is told of; one that is recorded comes out."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--record",
            tmp_path / "rec",
        )
    done = cli(
        "extract", articles, "--schema", named, "--offline", "--recordings", tmp_path / "rec"
    )
    assert (done.status, [record["article_id"] for record in done.records]) == (1, ["a"])
    assert "antq-llm: b: no recording in " in done.err
    assert "2 recording_missing" in done.err


def test_offline_from_an_empty_folder_names_the_way_out(
    cli: Cli, articles: Path, tmp_path: Path
) -> None:
    """Offline from a folder without recordings and without a model is a wrong call, told on one line."""
    (tmp_path / "rec").mkdir()
    done = cli("extract", articles, "--offline", "--recordings", tmp_path / "rec")
    assert done.status == 2
    assert "--model" in done.complaint


# --- prompts and schemas


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a copy of the packaged prompts, in one of which a single character was changed."""
    folder = tmp_path / "prompts"
    shutil.copytree(data_folder("prompts"), folder)
    path = folder / "movement_report" / "v3.md"
    text = path.read_text("utf-8")
    path.write_text(text.replace("You are", "You Are", 1), "utf-8")
    assert path.read_text("utf-8") != text
    return folder


def test_extract_refuses_a_changed_prompt(
    cli: Cli, key: str, articles: Path, changed: Path
) -> None:
    """extract with a released prompt that was changed is a wrong call, and the line names the file."""
    done = cli(
        "extract", articles, "--prompts", changed, "--prompt", "movement_report@3", "--model", "m"
    )
    assert done.status == 2
    assert str(changed / "movement_report" / "v3.md") in done.complaint


def test_extract_refuses_a_changed_prompt_that_it_would_choose(
    cli: Cli, key: str, articles: Path, changed: Path
) -> None:
    """The same where no prompt is named and the changed one would be taken."""
    done = cli("extract", articles, "--prompts", changed, "--model", "m")
    assert done.status == 2
    assert str(changed / "movement_report" / "v3.md") in done.complaint


def test_show_refuses_a_changed_prompt(cli: Cli, changed: Path) -> None:
    """prompts show of a changed prompt is a wrong call, and the line names the file."""
    done = cli("prompts", "show", "movement_report@3", "--prompts", changed)
    assert done.status == 2
    assert str(changed / "movement_report" / "v3.md") in done.complaint


def test_check_names_a_changed_prompt(cli: Cli, changed: Path) -> None:
    """prompts check fails, names the file of the one that was changed, and finds the others in order."""
    done = cli("prompts", "check", "--prompts", changed, "--json")
    wrong = [row for row in json.loads(done.out) if not row["ok"]]
    assert done.status == 1
    assert [row["prompt"] for row in wrong] == ["movement_report@3"]
    assert str(changed / "movement_report" / "v3.md") in wrong[0]["message"]


def test_unchanged_copy_passes(cli: Cli, changed: Path) -> None:
    """The same copy passes once the character is put back."""
    shutil.copy(
        data_folder("prompts") / "movement_report" / "v3.md", changed / "movement_report" / "v3.md"
    )
    assert cli("prompts", "check", "--prompts", changed).status == 0


def test_packaged_prompts_pass(cli: Cli) -> None:
    """The packaged prompts are as they were released."""
    done = cli("prompts", "check", "--json")
    assert done.status == 0
    assert all(row["ok"] for row in json.loads(done.out))


def test_prompts_list_as_json(cli: Cli) -> None:
    """prompts list --json is an array with reference, status, schema and notes of each version."""
    rows = {row["prompt"]: row for row in json.loads(cli("prompts", "list", "--json").out)}
    assert rows["movement_report@2"]["status"] == "stable"
    assert rows["movement_report@2"]["schema"] == "movement_report/1"
    assert rows["general@1"]["schema"] is None


def test_prompts_list_as_a_table(cli: Cli) -> None:
    """prompts list prints a table that names every version."""
    done = cli("prompts", "list")
    assert (done.status, done.err) == (0, "")
    assert all(
        reference in done.out
        for reference in ("general@1", "movement_report@1", "movement_report@2")
    )


def test_own_prompts_are_listed(cli: Cli, tmp_path: Path) -> None:
    """A draft in a folder of one's own is listed beside the packaged ones."""
    path = tmp_path / "mine" / "guests" / "v1.md"
    path.parent.mkdir(parents=True)
    path.write_text(
        "---\nname: guests\nversion: 1\nschema: null\n---\n# user\n\nWho?\n\n{{article}}\n", "utf-8"
    )
    rows = json.loads(cli("prompts", "list", "--prompts", tmp_path / "mine", "--json").out)
    assert [row["status"] for row in rows if row["prompt"] == "guests@1"] == ["draft"]


def test_prompts_show(cli: Cli) -> None:
    """prompts show prints the messages of the newest stable version where none is named."""
    assert cli("prompts", "show", "movement_report") == cli("prompts", "show", "movement_report@3")
    assert "{{article}}" in cli("prompts", "show", "movement_report@1").out


def test_prompts_show_of_an_unknown_one(cli: Cli) -> None:
    """prompts show of an unknown reference is a wrong call."""
    done = cli("prompts", "show", "no_such_prompt")
    assert done.status == 2
    assert "no_such_prompt" in done.complaint


def test_prompts_diff(cli: Cli) -> None:
    """prompts diff prints a unified diff that names both."""
    done = cli("prompts", "diff", "movement_report@1", "movement_report@2")
    assert (done.status, done.out.splitlines()[:2]) == (
        0,
        ["--- movement_report@1", "+++ movement_report@2"],
    )
    assert "\n-You read Vietnamese news articles" in done.out


def test_prompts_diff_of_equals_is_empty(cli: Cli) -> None:
    """prompts diff of a prompt with itself prints nothing."""
    assert cli("prompts", "diff", "general@1", "general") == Done(0, "", "")


def test_schemas_list_as_json(cli: Cli) -> None:
    """schemas list --json is an array with reference, kind and description."""
    (row,) = [
        row
        for row in json.loads(cli("schemas", "list", "--json").out)
        if row["schema"] == "movement_report/1"
    ]
    assert row["kind"] == "pydantic"
    assert row["description"]


def test_schemas_show(cli: Cli) -> None:
    """schemas show prints the JSON Schema as it is packaged."""
    packaged = json.loads((data_folder("schemas") / "movement_report" / "v1.json").read_bytes())
    assert json.loads(cli("schemas", "show", "movement_report").out) == packaged


def test_schemas_show_of_a_file(cli: Cli, tree: Path) -> None:
    """schemas show takes a file too."""
    assert json.loads(cli("schemas", "show", tree).out) == TREE


def test_schemas_show_of_an_unknown_one(cli: Cli) -> None:
    """schemas show of an unknown reference is a wrong call."""
    done = cli("schemas", "show", "no_such_schema")
    assert done.status == 2
    assert "no_such_schema" in done.complaint


def test_packaged_schemas_pass(cli: Cli) -> None:
    """The packaged schema agrees with its model."""
    done = cli("schemas", "check", "--json")
    assert done.status == 0
    assert all(row["ok"] for row in json.loads(done.out))


def test_check_names_a_broken_schema(cli: Cli, tmp_path: Path) -> None:
    """schemas check fails for a schema of one's own that is none, and names it."""
    path = tmp_path / "mine" / "guests" / "v1.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"type": "objekt"}', "utf-8")
    done = cli("schemas", "check", "--schemas", tmp_path / "mine", "--json")
    assert done.status == 1
    assert [row["schema"] for row in json.loads(done.out) if not row["ok"]] == ["guests/1"]


def test_own_registered_schema_is_used(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """A schema in --schemas is found by its name, in its newest version."""
    for version, name in ((1, "older"), (2, "name")):
        path = tmp_path / "mine" / "guests" / f"v{version}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(
                {**NAME_SCHEMA, "properties": {name: {"type": "string"}}, "required": [name]}
            ),
            "utf-8",
        )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            "--schemas",
            tmp_path / "mine",
            "--schema",
            "guests",
            *at(endpoint),
        )
    assert (done.status, done.records[0]["schema"]) == (0, "guests/2")


# --- as a process


# A run that was itself started in the background may have been told to ignore Ctrl-C, which a process of a person's does not.
PROGRAM = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from antq_llm.cli.main import main; main()"


def process(*arguments: Any, **environment: str) -> subprocess.Popen[str]:
    """Start the command line as a process of its own."""
    code = PROGRAM
    words = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    )


def finished(started: subprocess.Popen[str]) -> Done:
    """Wait for a process."""
    out, err = started.communicate(timeout=LONGEST)
    return Done(started.returncode, out, err)


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
    """The status of a call is the exit status of the process."""
    assert finished(process(*arguments)).status == status


def test_process_exits_with_1_for_a_failure(articles: Path) -> None:
    """A process in which an article failed exits with 1, and its records are on standard output."""
    (articles / "empty.txt").write_bytes(b"")
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = finished(process("extract", articles, *at(endpoint), OPENAI_API_KEY="x"))
    assert (done.status, [record["article_id"] for record in done.records]) == (
        1,
        ["a", "b", "sub/c"],
    )


def test_error_of_a_process_is_one_line() -> None:
    """A wrong call writes one line to standard error, and no traceback."""
    assert "no_such_prompt" in finished(process("prompts", "show", "no_such_prompt")).complaint


def test_debug_prints_a_traceback() -> None:
    """--debug prints a traceback; the exit status is that of the call without it."""
    done = finished(process("--debug", "prompts", "show", "no_such_prompt"))
    assert "Traceback (most recent call last)" in done.err
    assert "no_such_prompt" in done.err
    assert done.status == 2


def test_reader_that_goes_away_is_no_traceback() -> None:
    """Where the reader of standard output has gone, as `head` does, the process ends without a traceback."""
    started = process("prompts", "list")
    assert started.stdout is not None
    assert started.stderr is not None
    started.stdout.close()
    err = started.stderr.read()
    started.wait(LONGEST)
    started.stderr.close()
    assert "Traceback" not in err
    assert "Exception ignored" not in err


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_keeps_what_is_done(
    articles: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    """Ctrl-C, and the signal that ends a service, exit with 130; what was answered is in records.jsonl, and every other article among the failures."""
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
