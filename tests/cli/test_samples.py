"""The --samples and --escalate options of ``antq-llm extract``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.endpoint import Endpoint, Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer, full_report, person, report

FULL, OPEN = answer(full_report()), answer({**full_report(), "indicators": []})
Call = Callable[..., int]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Return a function that calls ``extract`` for one article with an endpoint and ``--out``."""
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")

    def extract(endpoint: Endpoint, *options: str) -> int:
        own = ["--base-url", endpoint.base_url, "--model", "cheap", "--out", str(tmp_path / "out")]
        return main(["extract", str(tmp_path / "a.txt"), *own, *options])

    return extract


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects in a JSON Lines file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def by_model(**answers: str) -> Callable[[dict[str, Any]], Reply]:
    """Return a function that answers each request with the text given for its model."""
    return lambda body: Reply(answers[body["model"]])


def test_samples_are_asked_and_voted(call: Call, tmp_path: Path) -> None:
    """--samples N sends N requests and stores the voted record; the next call sends none."""
    people = [answer(report(people=people)) for people in ([person()], [person()], [])]
    with scripted_endpoint([Reply(text) for text in people]) as endpoint:
        assert call(endpoint, "--samples", "3") == 0
        (line,) = lines_of(tmp_path / "out" / "records.jsonl")
        assert call(endpoint, "--samples", "3") == 0
        assert len(endpoint.bodies) == 3
    assert len(line["record"]["people"]) == 1
    assert line["attempts"] == 3
    assert line["usage"]["input_tokens"] == 300
    assert line["confidence"] == [
        {"pointer": "/people/0", "probability": None, "agreement": 0.6667, "samples": 3}
    ]
    assert lines_of(tmp_path / "out" / "records.jsonl") == [{**line, "replayed": True}]
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert run["settings"]["samples"] == 3
    assert run["settings"]["escalate"] is None
    assert run["counts"]["escalated"] == 0


def test_a_stronger_model_is_asked_where_something_is_open(call: Call, tmp_path: Path) -> None:
    """--escalate asks another model of the endpoint, and run.json counts the escalated article."""
    with scripted_endpoint(by_model(cheap=OPEN, strong=FULL)) as endpoint:
        assert call(endpoint, "--escalate", "strong") == 0
    (line,) = lines_of(tmp_path / "out" / "records.jsonl")
    assert [body["model"] for body in endpoint.bodies] == ["cheap", "strong"]
    assert line["model"] == "strong"
    assert line["record"] == full_report()
    assert line["attempts"] == 2
    assert line["usage"]["output_tokens"] == 40
    assert [warning["kind"] for warning in line["warnings"]].count("escalated") == 1
    assert "confidence" not in line
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert run["settings"]["model"] == "cheap"
    assert run["settings"]["escalate"] == "strong"
    assert run["counts"]["escalated"] == 1


def test_a_stronger_model_is_asked_in_its_own_mode(call: Call) -> None:
    """A mode that the first model refuses is still tried with the stronger model."""

    def reply(body: dict[str, Any]) -> Reply:
        if body["model"] == "strong":
            return Reply(FULL)
        return (
            error(400, "response_format is not supported")
            if body.get("response_format", {}).get("type") == "json_schema"
            else Reply(OPEN)
        )

    with scripted_endpoint(reply) as endpoint:
        assert call(endpoint, "--escalate", "strong") == 0
    formats = [
        (body["model"], body.get("response_format", {}).get("type")) for body in endpoint.bodies
    ]
    assert formats == [("cheap", "json_schema"), ("cheap", None), ("strong", "json_schema")]


def test_an_unknown_stronger_model_ends_the_run(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An unknown stronger model is a usage error, but the first model's answer is kept."""

    def reply(body: dict[str, Any]) -> Reply:
        return (
            Reply(OPEN)
            if body["model"] == "cheap"
            else error(404, "The model `strong` does not exist", "model_not_found")
        )

    with scripted_endpoint(reply) as endpoint:
        assert call(endpoint, "--escalate", "strong") == 2
        assert "strong" in capsys.readouterr().err
        assert call(endpoint) == 0
    assert [body["model"] for body in endpoint.bodies] == ["cheap", "strong"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--samples", "0"], "samples must be from 1 to 25"),
        (["--samples", "26"], "samples must be from 1 to 25"),
        (["--escalate", "m"], "which is asked first"),
        (["--escalate", "rules"], "--escalate must name a stronger model"),
        (["--model", "rules", "--samples", "2"], "the rules give one record"),
        (["--model", "rules", "--escalate", "strong"], "the rules give one record"),
    ],
    ids=" ".join,
)
def test_wrong_calls(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    words: str,
) -> None:
    """An invalid --samples or --escalate value exits with status 2 and creates no folder."""
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    assert (
        main(
            [
                "extract",
                str(tmp_path / "a.txt"),
                "--model",
                "m",
                *options,
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 2
    )
    (line,) = capsys.readouterr().err.splitlines()
    assert words in line
    assert not (tmp_path / "out").exists()


def test_exports_have_the_agreement_beside_the_span(tmp_path: Path) -> None:
    """With --samples, each exported item has its agreement in the column after its span."""
    out, tables = tmp_path / "out", tmp_path / "tables"
    assert (
        main(
            [
                "extract",
                str(data_folder("seeds")),
                "--offline",
                "--prompt",
                "movement_report@3",
                "--samples",
                "3",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    assert main(["export", str(out), "--to", "parquet", "--out", str(tables)]) == 0
    agreements = {
        (line["article_id"], one["pointer"]): one["agreement"]
        for line in lines_of(out / "records.jsonl")
        for one in line["confidence"]
    }
    people = parquet.read_table(tables / "people.parquet")
    assert people.column_names[people.column_names.index("match") + 1] == "agreement"
    assert [row["agreement"] for row in people.to_pylist()] == [
        agreements[row["article_id"], f"/people/{row['item']}"] for row in people.to_pylist()
    ]
    stamps = [
        row["published_agreement"]
        for row in parquet.read_table(tables / "articles.parquet").to_pylist()
    ]
    assert stamps == [
        agreements.get((line["article_id"], "/published"))
        for line in lines_of(out / "records.jsonl")
    ]


def test_exports_of_single_answers_have_no_agreement(tmp_path: Path) -> None:
    """Without --samples, exports have no agreement column."""
    assert (
        main(["extract", str(data_folder("seeds")), "--offline", "--out", str(tmp_path / "out")])
        == 0
    )
    assert (
        main(
            ["export", str(tmp_path / "out"), "--to", "parquet", "--out", str(tmp_path / "tables")]
        )
        == 0
    )
    assert (
        "agreement" not in parquet.read_table(tmp_path / "tables" / "people.parquet").column_names
    )
