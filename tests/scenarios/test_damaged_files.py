"""A damaged file that the library reads is a usage error, and the message names the file."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from antq_llm.store.packing import pack
from helpers.command_line import LAN, NAME_SCHEMA
from helpers.endpoint import Reply, scripted_endpoint

Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, Damage] = {
    "empty": lambda _: b"",
    "spaces": lambda _: b" \n\n",
    "zeros": lambda content: bytes(len(content)),
    "noise": lambda content: random.Random(1).randbytes(len(content)),
    "cut off": lambda content: content[: len(content) // 2],
    "twice": lambda content: content * 2,
    "UTF-16": lambda content: content.decode().encode("utf-16"),
    "deep": lambda _: b"[" * 100_000,
    "deep and closed": lambda _: b'{"a":' * 500 + b"1" + b"}" * 500,
    "NaN": lambda _: b'{"title": "x", "type": "object", "minimum": NaN}',
    "infinite": lambda _: b'{"title": "x", "minimum": 1e999}',
    "long number": lambda _: b'{"title": "x", "minimum": ' + b"9" * 5000 + b"}",
    "half a pair": lambda _: b'{"title": "\\ud800"}',
    "a list": lambda _: b"[]",
    "a string": lambda _: b'"x"',
    "null": lambda _: b"null",
    "other keys": lambda _: b'{"x": {"y": {"z": 1}}, "asked": 7}',
}
DAMAGED = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with an article, a schema file and the packaged prompts and schemas."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    (tmp_path / "a.txt").write_text("Bà Lan đến dự.", "utf-8")
    (tmp_path / "schema.json").write_text(json.dumps(NAME_SCHEMA))
    for kind in ("prompts", "schemas"):
        shutil.copytree(data_folder(kind), tmp_path / kind)
    return tmp_path


def check(capsys: pytest.CaptureFixture[str], name: str, *words: str) -> None:
    """Check that a call is a usage error whose message names a file and says what is wrong."""
    status = main(list(words))
    said = capsys.readouterr().err.splitlines()
    assert (status, "debug" in said[-1]) == (2, False), said
    assert name in said[-1]
    assert ": " in said[-1].removeprefix("antq-llm: ")


def extract(*options: str) -> list[str]:
    """Return the arguments of a call to an endpoint that refuses connections."""
    return ["extract", "a.txt", "--model", "m", "--base-url", "http://127.0.0.1:1/v1", *options]


def damage_file(path: Path, damage: Damage) -> None:
    """Overwrite a file with a damaged form of its content."""
    path.write_bytes(damage(path.read_bytes()))


@pytest.mark.parametrize("name", [name for name in DAMAGES if name != "other keys"])
def test_a_schema_file(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged JSON Schema file is named in the usage error."""
    damage_file(Path("schema.json"), DAMAGES[name])
    check(capsys, "schema", *extract("--schema", "schema.json"))


@DAMAGED
def test_a_prompt_lock(damage: Damage, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged prompt lock file is named in the usage error."""
    damage_file(Path("prompts/lock.json"), damage)
    check(capsys, "lock.json", *extract("--prompts", "prompts", "--prompt", "movement_report"))


@pytest.mark.parametrize(
    "name", [name for name in DAMAGES if name not in {"spaces", "long number"}]
)
def test_a_released_prompt(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged released prompt is named in the usage error."""
    damage_file(Path("prompts/movement_report/v3.md"), DAMAGES[name])
    check(capsys, "v3.md", *extract("--prompts", "prompts", "--prompt", "movement_report@3"))


SCALARS = [
    "version: 2024-13-45",
    "version: 0x",
    "version: 99:99:99",
    "version: !!int ''",
    "version: !!timestamp x",
    "version: !!binary ':'",
    "version: .nan",
    "version: .inf",
    "version: " + "9" * 5000,
    "version: 1\n? [a]\n: b",
    "version: 1\n? {a: b}\n: c",
    "version: &a [*a]",
    "version: *unknown",
    "version: !!python/object:os.system x",
    "version: 1\n1: 2",
    "version: 1\nnull: 2",
    "version: " + "[" * 5000,
    "version: 1\nnotes: \x00",
    "version: 1\nnotes: 2024-02-30",
]


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda scalar: scalar[:30])
def test_the_head_of_a_prompt_file(scalar: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A prompt file with odd YAML in its front matter is named in the usage error."""
    Path("p.md").write_text(
        f"---\nname: p\n{scalar}\nschema: null\n---\n# user\n{{{{article}}}}\n", "utf-8"
    )
    check(capsys, "p.md", *extract("--prompt", "p.md", "--schema", "schema.json"))


@pytest.fixture
def recording() -> Path:
    """Record the answer about the article and return the path of the recording."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        words = ["extract", "a.txt", "--model", "m", "--base-url", endpoint.base_url]
        assert main([*words, "--schema", "schema.json", "--record", "recorded"]) == 0
    (path,) = Path("recorded").rglob("*.json")
    return path


REPLAY = ["extract", "a.txt", "--offline", "--recordings", "recorded", "--schema", "schema.json"]


@DAMAGED
def test_a_recording(damage: Damage, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged recording is named in the usage error."""
    damage_file(recording, damage)
    capsys.readouterr()
    check(capsys, recording.name, *REPLAY)


@pytest.mark.parametrize("part", ["article", "prompt", "schema", "model", "reask", "parameters"])
@pytest.mark.parametrize("value", [7, "x", None, [], {}, {"id": 7, "reference": [], "sha256": {}}])
def test_foreign_fields_of_a_recording(
    part: str, value: object, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recording with unexpected values is named in the error or does not match the request."""
    data = json.loads(recording.read_text("utf-8"))
    data["asked"][part] = value
    recording.write_text(json.dumps(data))
    Path("a.txt").write_text("Bài khác.", "utf-8")
    capsys.readouterr()
    status = main([*REPLAY, "--model", "m"])
    said = capsys.readouterr().err
    is_named = recording.name in said
    assert (status, "no recording in" in said) == ((2, False) if is_named else (1, True))
    assert "debug" not in said


@DAMAGED
def test_gold(damage: Damage, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged gold annotation is named in the usage error."""
    Path("gold").mkdir()
    Path("gold/a.json").write_text(LAN)
    damage_file(Path("gold/a.json"), damage)
    words = ["eval", "--gold", "gold", "--articles", "a.txt", "--schema", "schema.json"]
    check(capsys, "a.json", *words, "--offline", "--recordings", "prompts", "--model", "m")


@pytest.fixture
def run() -> Path:
    """Extract the article and return the run's folder."""
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        words = ["extract", "a.txt", "--model", "m", "--base-url", endpoint.base_url]
        assert main([*words, "--schema", "schema.json", "--out", "out"]) == 0
    return Path("out")


@pytest.mark.parametrize("name", [name for name in DAMAGES if name not in {"empty", "twice"}])
def test_records(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged records.jsonl is named in the usage error."""
    damage_file(run / "records.jsonl", DAMAGES[name])
    capsys.readouterr()
    check(capsys, "records.jsonl", "export", "out", "--to", "csv")


@pytest.mark.parametrize("start", [0, 16, 1000, 17_000])
def test_pages_of_the_store(start: int, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store file with damaged pages is named in the usage error."""
    with sqlite3.connect(run / "store.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    data = (run / "store.sqlite3").read_bytes()
    noise = random.Random(2).randbytes(len(data) - start)
    (run / "store.sqlite3").write_bytes(data[:start] + noise)
    capsys.readouterr()
    check(capsys, "store.sqlite3", *extract("--schema", "schema.json", "--out", "out"))


ROWS = [b"", b"{", b"[]", b"\xff", 7, *map(pack, (b"", b"{", b"[]", b"\xff", b'{"text": 7}'))]


@pytest.mark.parametrize("value", ROWS, ids=range(len(ROWS)))
def test_rows_of_the_store(value: object, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store with a row that is not an answer is named in the usage error."""
    with sqlite3.connect(run / "store.sqlite3", isolation_level=None) as database:
        database.execute("UPDATE completions SET answer = ?", (value,))
    database.close()
    capsys.readouterr()
    check(capsys, "store.sqlite3", *extract("--schema", "schema.json", "--out", "out"))


@pytest.mark.parametrize("name", ["zeros", "noise", "deep", "NaN", "a list", "null", "spaces"])
def test_the_file_of_the_store(name: str, run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A store file that is not a database of the library is named in the usage error."""
    for leftover in run.glob("store.sqlite3-*"):
        leftover.unlink()
    damage_file(run / "store.sqlite3", DAMAGES[name])
    capsys.readouterr()
    check(capsys, "store.sqlite3", *extract("--schema", "schema.json", "--out", "out"))
