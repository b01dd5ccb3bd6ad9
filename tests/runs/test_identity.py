"""The identity of a run: which settings may differ between calls and which may not."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.runs.identity import DECIDING_OPTIONS, OTHER_OPTIONS, RunIdentity, is_refused
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import schema_from
from helpers.endpoint import Endpoint, Reply, scripted_endpoint
from helpers.samples import Note

SCHEMA = PydanticSchema(Note)
PROMPT = inline_prompt("Trích xuất.")
OTHER_VALUES: dict[str, Any] = {
    "temperature": 0.5,
    "max_output_tokens": 100,
    "sample": 2,
    "samples": 3,
    "escalate": "strong",
    "ungrounded": "keep",
    "second_look": True,
    "second_look_samples": 2,
    "part_characters": 5000,
    "language": "en",
    "metadata": "ignore",
    "variables": {"tone": "khô"},
}


def identity(**options: Any) -> RunIdentity:
    """Return the identity of a call with some options."""
    return RunIdentity.of(PROMPT, SCHEMA, "m", Options(**options))


def names(new: RunIdentity, old: RunIdentity) -> list[str]:
    """Return the names of the parts that differ."""
    return [difference.name for difference in new.differences(old)]


def test_every_option_is_in_the_identity_or_not() -> None:
    """Each field of Options is either part of the identity or listed as one that may differ."""
    assert sorted(DECIDING_OPTIONS + OTHER_OPTIONS) == sorted(
        field.name for field in fields(Options)
    )


@pytest.mark.parametrize("name", DECIDING_OPTIONS)
def test_an_option_that_decides_makes_another_identity(name: str) -> None:
    """An option that is part of the identity is named if it differs."""
    assert names(identity(**{name: OTHER_VALUES[name]}), identity()) == [name]


def test_what_is_equal_is_no_difference() -> None:
    """An integer and an equal float are the same, and a stored identity equals the original."""
    assert identity(temperature=0).differences(identity(temperature=0.0)) == []
    stored = RunIdentity.from_text(identity(temperature=0.3).as_text())
    assert identity(temperature=0.3).differences(stored) == []


def test_a_prompt_is_known_by_its_digest() -> None:
    """Prompts with the same reference but different texts differ, and both digests are shown."""
    other = inline_prompt("Khác.")
    [difference] = RunIdentity.of(other, SCHEMA, "m", Options()).differences(identity())
    assert difference.name == "prompt"
    assert f"({PROMPT.digest[:12]})" in difference.old
    assert f"({other.digest[:12]})" in difference.new


def test_other_roles_make_another_identity() -> None:
    """An added role changes the identity, even though the model is sent the same schema."""
    plain = {"title": "n", "type": "object", "properties": {"name": {"type": "string"}}}
    with_role = {
        **plain,
        "properties": {"name": {"type": "string", "x-antq-role": [{"role": "printed"}]}},
    }
    old, new = (
        RunIdentity.of(PROMPT, schema_from(schema), "m", Options()) for schema in (plain, with_role)
    )
    assert names(new, old) == ["roles"]


def test_a_model_is_shown() -> None:
    """If the model differs, the message shows the old and the new model."""
    other = RunIdentity.of(PROMPT, SCHEMA, "n", Options())
    assert str(other.differences(identity())[0]) == "model was m and is now n"


def test_what_an_earlier_version_did_not_store_is_no_difference() -> None:
    """A part that one of the identities lacks is not compared."""
    parts = dict(identity().parts)
    del parts["language"]
    assert identity(language="en").differences(RunIdentity(parts)) == []


def test_only_a_retry_may_change_the_output_limit() -> None:
    """With --retry-failed, the output limit may differ, but the temperature may not."""
    limit, temperature = identity(max_output_tokens=9, temperature=1).differences(identity())[::-1]
    assert {limit.name, temperature.name} == {"temperature", "max_output_tokens"}
    refused = [
        difference.name
        for difference in (limit, temperature)
        if is_refused(difference, retry_failed=True)
    ]
    assert refused == ["temperature"]
    assert is_refused(limit, retry_failed=False)
    assert is_refused(temperature, retry_failed=False)


def test_the_digest_of_roles_is_the_same_in_every_process() -> None:
    """Names in a set are sorted, so roles have the same digest in every process."""
    program = (
        "from antq_llm.schemas.roles import SameItem;"
        "print(SameItem(any_of={'name', 'code', 'title', 'place', 'date'}).any_of)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set OPENAI_API_KEY."""
    monkeypatch.setenv("OPENAI_API_KEY", "x")


class Call:
    """The ``extract`` command, run over a folder of articles."""

    def __init__(self, folder: Path, server: Endpoint, articles: str = "ab") -> None:
        self.out = folder / "out"
        (folder / "in").mkdir()
        for name in articles:
            (folder / "in" / f"{name}.txt").write_text(f"Bài {name}.", "utf-8")
        (folder / "schema.json").write_text('{"title": "n", "type": "object"}', "utf-8")
        self._words = ["extract", str(folder / "in"), "--out", str(self.out)]
        self._words += ["--base-url", server.base_url, "--schema", str(folder / "schema.json")]

    def __call__(self, *options: str, model: str = "m") -> int:
        """Run the command and return its exit status."""
        return main([*self._words, "--model", model, *options])

    def files(self) -> dict[str, bytes]:
        """Return the contents of all output files, by name."""
        return {path.name: path.read_bytes() for path in self.out.iterdir() if path.is_file()}


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--temperature", "0.5"], "temperature was not set and is now 0.5"),
        (["--ungrounded", "keep"], "ungrounded was drop and is now keep"),
        (["--sample", "1"], "sample was 0 and is now 1"),
        (["--dry-run", "--language", "en"], "language was not set and is now en"),
    ],
)
def test_another_identity_is_refused(
    tmp_path: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A call with another identity exits with 2, names the difference and has no other effect."""
    with scripted_endpoint([Reply("{}")] * 2) as server:
        call = Call(tmp_path, server)
        assert call() == 0
        before = call.files()
        assert call(*options) == 2
    assert message in capsys.readouterr().err
    assert call.files() == before
    assert len(server.bodies) == 2


@pytest.mark.usefixtures("key")
def test_what_only_says_how_fast_may_differ(tmp_path: Path) -> None:
    """Concurrency, time limits, budgets and the number of articles may change between calls."""
    with scripted_endpoint([Reply("{}")] * 2) as server:
        call = Call(tmp_path, server)
        assert call() == 0
        first = (call.out / "records.jsonl").read_bytes()
        options = ["--concurrency", "1", "--timeout", "9", "--limit", "1", "--max-attempts", "2"]
        assert call(*options) == 0
        assert call("--max-cost", "9", "--price", "1,1") == 0
    assert len(server.bodies) == 2
    replayed = first.replace(b'"replayed":false', b'"replayed":true')
    assert (call.out / "records.jsonl").read_bytes() == replayed


@pytest.mark.usefixtures("key")
def test_a_limit_takes_nothing_away(tmp_path: Path) -> None:
    """A call with --limit keeps the other articles in the files, except with --only-this-call."""
    with scripted_endpoint([Reply("{}")] * 2) as server:
        call = Call(tmp_path, server)
        assert call() == 0
        assert call("--limit", "1") == 0
        assert len((call.out / "records.jsonl").read_text("utf-8").splitlines()) == 2
        assert call("--limit", "1", "--only-this-call") == 0
    assert len((call.out / "records.jsonl").read_text("utf-8").splitlines()) == 1


@pytest.mark.usefixtures("key")
def test_the_files_do_not_depend_on_how_the_calls_were_made(tmp_path: Path) -> None:
    """One call with parallel requests gives the same records as several calls with limits."""

    def answer(body: dict[str, Any]) -> Reply:
        return Reply(json.dumps({"text": body["messages"][-1]["content"][-300:]}))

    files = []
    with scripted_endpoint(answer) as server:
        for name, calls in {
            "at_once": [["--concurrency", "8"]],
            "in_parts": [
                ["--limit", "1"],
                ["--limit", "3"],
                ["--concurrency", "1"],
                ["--limit", "2"],
            ],
        }.items():
            (tmp_path / name).mkdir()
            call = Call(tmp_path / name, server, articles="abcdef")
            for options in calls:
                assert call(*options) == 0
            assert call() == 0
            lines = (call.out / "records.jsonl").read_text("utf-8").splitlines()
            files.append([json.loads(line) | {"source": None} for line in lines])
    assert files[0] == files[1]
    assert [line["article_id"] for line in files[0]] == list("abcdef")
