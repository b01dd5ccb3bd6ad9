"""Runs with a store in PostgreSQL: continuing, reading, rechecking and hiding passwords."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from antq_llm import Options
from antq_llm.cli.main import main
from antq_llm.errors import ConfigurationError
from antq_llm.runs import RunSettings, forget_articles, open_run
from antq_llm.runs.run import Run
from antq_llm.runs.settings_file import read_run_settings
from antq_llm.store.store_address import read_address
from helpers.batch_service import KEY, batch_service
from helpers.command_line import LAN, NAME_SCHEMA
from helpers.endpoint import Endpoint, Reply, scripted_endpoint
from helpers.postgres_server import PASSWORD, PostgresServer

OPTIONS = Options(base_url="http://127.0.0.1:1/v1", api_key="any")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres: PostgresServer) -> Path:
    """Work in a folder with three articles and a schema."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "any")
    Path("in").mkdir()
    for name in ("a", "b", "c"):
        Path(f"in/{name}.txt").write_text(f"Bà Lan đến dự. Bài {name}.", "utf-8")
    Path("schema.json").write_text(json.dumps(NAME_SCHEMA))
    return tmp_path


def extract(endpoint: Endpoint, store: str | None, *options: str, out: str = "out") -> int:
    """Extract the articles, and return the exit status."""
    words = ["extract", "in", "--schema", "schema.json", "--model", "m", "--out", out]
    words += ["--base-url", endpoint.base_url, *options]
    return main([*words, "--store", store] if store else words)


def lines(out: str = "out") -> list[dict[str, object]]:
    """Return the records of a run."""
    return [json.loads(line) for line in Path(out, "records.jsonl").read_text("utf-8").splitlines()]


def test_a_run_continues(postgres: PostgresServer) -> None:
    """The same command repeats no request, with or without the address of the database."""
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, postgres.url, "--limit", "2") == 0
        assert extract(endpoint, None) == 0
        assert extract(endpoint, postgres.url) == 0
    assert len(endpoint.bodies) == 3
    assert [line["article_id"] for line in lines()] == ["a", "b", "c"]
    assert not Path("out/store.sqlite3").exists()


def test_two_folders_pay_for_a_shared_run_once(postgres: PostgresServer, tmp_path: Path) -> None:
    """Two folders whose store addresses name the same run share its answers and records."""
    url = f"{postgres.url}?run={tmp_path.name}"
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, url, out="one") == 0
        assert extract(endpoint, url, out="other") == 0
    assert len(endpoint.bodies) == 3
    assert [line["record"] for line in lines("other")] == [line["record"] for line in lines("one")]
    assert {line["replayed"] for line in lines("other")} == {True}


def test_runs_in_one_database_are_apart(postgres: PostgresServer) -> None:
    """Two runs with different models in one database have separate records."""
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, postgres.url, out="one") == 0
        assert extract(endpoint, postgres.url, "--model", "other", out="other") == 0
    assert len(endpoint.bodies) == 6
    assert Counter(str(line["model"]) for line in lines("one") + lines("other")) == {
        "m": 3,
        "other": 3,
    }


def test_another_identity_is_refused(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run with another model in the same folder is refused, as with SQLite."""
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, postgres.url) == 0
        assert extract(endpoint, postgres.url, "--model", "other") == 2
    assert "model was m and is now other" in capsys.readouterr().err


def test_a_dry_run_makes_nothing(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run creates neither a folder nor a database schema and sends nothing."""
    with psycopg.connect(postgres.url, autocommit=True) as database:
        count = "SELECT count(*) FROM pg_namespace"
        before = database.execute(count).fetchone()
        with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
            assert extract(endpoint, f"{postgres.url}?run=not-begun", "--dry-run") == 0
            assert not Path("out").exists()
            assert database.execute(count).fetchone() == before
            assert extract(endpoint, postgres.url) == 0
            assert extract(endpoint, None, "--dry-run") == 0
            run = read_address(Path("out"))
            assert run is not None
            named = f"{postgres.url}?run={run.run}"
            capsys.readouterr()
            assert extract(endpoint, named, "--dry-run", out="elsewhere") == 0
            assert "3 already answered" in capsys.readouterr().out
            assert not Path("elsewhere").exists()
        assert len(endpoint.bodies) == 3


def test_a_run_is_read_and_rechecked(
    postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """A run can be read back, rechecked and compared using only its folder."""
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, postgres.url) == 0
    assert [record.data for record in open_run(Path("out")).records] == [{"name": "Lan"}] * 3
    capsys.readouterr()
    assert main(["recheck", "out", "--out", "again", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["records"] == 3
    assert main(["export", "out", "--to", "csv"]) == 0
    assert main(["diff", "out", "again"]) == 0


def test_an_article_is_forgotten(postgres: PostgresServer) -> None:
    """Nothing of a deleted article is left in the database or the folder's files."""
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, postgres.url) == 0
    address = read_address(Path("out"))
    assert address is not None
    report = forget_articles(Path("out"), ["b"])
    assert (report.stored.answers, report.stored.outcomes, report.lines) == (1, 1, 1)
    assert report.left == ()
    schema = f'"antq_llm_{address.run}"'
    with psycopg.connect(postgres.url) as database:
        for table in ("completions", "outcomes", "listing"):
            rows = database.execute(f"SELECT article_id FROM {schema}.{table} ORDER BY 1")  # type: ignore[arg-type]
            assert [row[0] for row in rows] == ["a", "c"]


def test_a_password_is_shown_nowhere(
    postgres: PostgresServer,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The password of an address is in no file, message, log, setting or repr of a run."""
    monkeypatch.delenv("PGPASSWORD")
    caplog.set_level(logging.DEBUG)
    escaped = quote(PASSWORD, safe="")
    url = postgres.url.replace("app@", f"app:{escaped}@")
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        assert extract(endpoint, url) == 0
        assert extract(endpoint, url.replace("app:", "nobody:"), "--limit", "1") == 2
        assert extract(endpoint, url.replace(str(postgres.port), "1"), out="other") == 2
        assert extract(endpoint, url.replace("%2F", "/"), out="other") == 2
        assert extract(endpoint, None) == 2  # The address in the folder has no password.
    monkeypatch.setenv("ANTQ_LLM_EXTRACT_STORE", url)
    assert main(["config", "show", "extract"]) == 0
    printed = capsys.readouterr()
    files = "".join(path.read_text("latin-1") for path in tmp_path.rglob("*") if path.is_file())
    settings = RunSettings(
        ("in",),
        Options(base_url="http://127.0.0.1:1/v1", api_key="any"),
        out=Path("out"),
        store=url,
    )
    shown = [printed.out, printed.err, files, caplog.text, repr(settings), str(settings.as_dict())]
    assert [text for text in shown if PASSWORD in text or escaped in text] == []
    run = json.loads(Path("out/run.json").read_text("utf-8"))
    assert run["settings"]["store"] == f"postgresql://127.0.0.1:{postgres.port}/postgres"


def test_settings_name_the_database(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A settings file or a variable can name the database, but a password in a file is refused."""
    Path("antq-llm.toml").write_text(f'[extract]\nstore = "{postgres.url}"\nout = "out"\n')
    assert read_run_settings(["in"], "antq-llm.toml").store == postgres.url
    given = {"ANTQ_LLM_EXTRACT_STORE": "postgresql://h/other"}
    settings = read_run_settings(["in"], "antq-llm.toml", environment=given)
    assert settings.store == "postgresql://h/other"
    Path("antq-llm.toml").write_text('[extract]\nstore = "postgresql://a:secret@h/db"\n')
    with pytest.raises(ConfigurationError, match="store has a password") as caught:
        read_run_settings(["in"], "antq-llm.toml")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("out", [None, "out"])
def test_a_store_needs_a_folder_and_an_address(out: str | None) -> None:
    """Without --out or with an invalid address, --store is refused before anything is read."""
    store = "postgresql://h/db" if out is None else "elsewhere"
    with pytest.raises(ConfigurationError, match=r"--store needs --out|write postgresql://"):
        RunSettings(("in",), OPTIONS, out=out, store=store)  # type: ignore[arg-type]


async def test_a_batch_run_is_kept_in_the_database(postgres: PostgresServer) -> None:
    """A batch run keeps its state in the database and reads its results from there."""
    with batch_service(lambda _: Reply(LAN)) as service:
        settings = RunSettings(
            ("in",),
            Options(base_url=service.base_url, api_key=KEY),
            out=Path("out"),
            store=postgres.url,
            schema=Path("schema.json"),
            model="m",
            batch=True,
        )

        async def no_wait(_: float) -> None:
            pass

        totals = await Run(settings, sleep=no_wait).execute()
    assert (totals.records, totals.failures.total()) == (3, 0)
    assert len(lines()) == 3


@pytest.mark.slow
def test_a_server_that_restarts_costs_nothing(postgres: PostgresServer) -> None:
    """If the database restarts during a run, nothing is lost or repeated."""
    for number in range(40):
        Path(f"in/{number}.txt").write_text(f"Bà Lan đến dự. Bài số {number}.", "utf-8")
    asked: Counter[str] = Counter()

    def answer(body: dict[str, Any]) -> Reply:
        asked[json.dumps(body["messages"])] += 1
        if asked.total() in {10, 30}:
            postgres.stop()
            postgres.start()
        return Reply(LAN)

    with scripted_endpoint(answer) as endpoint:
        assert extract(endpoint, postgres.url, "--concurrency", "4") == 0
    assert len(lines()) == 43
    assert set(asked.values()) == {1}


def test_ids_of_all_kinds_are_kept(postgres: PostgresServer) -> None:
    """Long ids, and ids with control characters or in other scripts, are kept as in SQLite."""
    ids = [
        "a\u0000b",
        "a\ue000b",
        "a\ue002\ue000\u0000",
        "ơ" * 800,
        "😀",
        "a'b\"; DROP TABLE calls; --",
        "%s",
        "?",
        ":call",
    ]
    rows = [json.dumps({"id": one, "text": f"Bà Lan đến dự. {one!r}"}) for one in ids]
    Path("in/rows.jsonl").write_text("\n".join(rows), "utf-8")
    with scripted_endpoint(lambda _: Reply(LAN)) as endpoint:
        extract(endpoint, postgres.url, out="pg")
        extract(endpoint, None, out="sqlite")
    assert [line["article_id"] for line in lines("pg")] == [
        line["article_id"] for line in lines("sqlite")
    ]
    assert len(lines("pg")) == 3 + len(ids)
