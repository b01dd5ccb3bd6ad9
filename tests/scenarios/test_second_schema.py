"""A user's English schema in extraction, evaluation and export.

The schema is given as a pydantic model and as a JSON Schema file, both with roles.
"""

from __future__ import annotations

import copy
import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antq_llm.cli.main import main
from helpers.command_line import at, lines_of
from helpers.endpoint import Reply, Script, scripted_endpoint
from helpers.road_accidents import (
    ARTICLES,
    FOLDER,
    GOLD,
    MODEL,
    SCHEMA_FILE,
    article_of,
    asked_text,
    ideal_answer,
    ideal_model,
    reply,
    sorted_items,
    with_killed,
)

SCHEMAS = [pytest.param(MODEL, id="pydantic"), pytest.param(str(SCHEMA_FILE), id="json-schema")]
BRIDGE = str(FOLDER / "articles/harbour-bridge.txt")
CHUNKS_OF = ["--part-characters", "1000"]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")


class Extracted:
    """The folder of a run, its exit status and the requests it sent."""

    def __init__(self, out: Path, status: int, bodies: list[dict[str, Any]]) -> None:
        self.out = out
        self.status = status
        self.bodies = bodies

    @property
    def lines(self) -> dict[str, dict[str, Any]]:
        """The lines of ``records.jsonl`` by article id."""
        return {line["article_id"]: line for line in lines_of(self.out / "records.jsonl")}

    def record(self, article_id: str = "harbour-bridge") -> dict[str, Any]:
        """Return the record of an article."""
        record: dict[str, Any] = self.lines[article_id]["record"]
        return record

    def kinds(self, article_id: str = "harbour-bridge") -> list[str]:
        """Return the kinds of a record's warnings."""
        return [warning["kind"] for warning in self.lines[article_id]["warnings"]]


Extract = Callable[..., Extracted]


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    """Return a function that runs ``antq-llm extract`` against a scripted endpoint."""

    def call(script: Script, *arguments: str, schema: str, out: str = "out") -> Extracted:
        with scripted_endpoint(script) as endpoint:
            target = ["--schema", schema, "--out", str(tmp_path / out), *at(endpoint)]
            status = main(["extract", *arguments, *target])
        return Extracted(tmp_path / out, status, endpoint.bodies)

    return call


def evaluate(
    capsys: pytest.CaptureFixture[str], *arguments: str, schema: str = MODEL
) -> dict[str, Any]:
    """Evaluate against the example's gold records, and return the parsed JSON output."""
    capsys.readouterr()
    gold, articles = str(FOLDER / "gold"), str(FOLDER / "articles")
    status = main(
        ["eval", "--schema", schema, "--gold", gold, "--articles", articles, "--json", *arguments]
    )
    written = capsys.readouterr()
    assert status == 0, written.err
    data: dict[str, Any] = json.loads(written.out)
    return data


@pytest.mark.parametrize("schema", SCHEMAS)
def test_right_answers_are_accepted_as_they_are(extract: Extract, schema: str) -> None:
    """An answer equal to the gold record is accepted at once, with a span for every quote."""
    run = extract(ideal_model, str(FOLDER / "articles"), schema=schema)
    assert (run.status, len(run.bodies)) == (0, len(GOLD))
    assert {article_id: line["record"] for article_id, line in run.lines.items()} == GOLD
    for article_id, line in run.lines.items():
        spans = [ARTICLES[article_id][place["start"] : place["end"]] for place in line["evidence"]]
        quotes = [item["quote"] for value in line["record"].values() for item in items_of(value)]
        assert sorted(spans) == sorted(quotes)


def items_of(value: Any) -> list[dict[str, Any]]:
    """Return the items in a record's value, which can be a list, an object or a scalar."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_roles_are_not_sent(extract: Extract, schema: str) -> None:
    """No request contains the keyword ``x-antq-role``."""
    run = extract(ideal_model, BRIDGE, schema=schema)
    assert "x-antq-role" not in json.dumps(run.bodies)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_figure_that_the_quote_contradicts_is_asked_about_again(
    extract: Extract, schema: str
) -> None:
    """A wrong number leads to a re-ask that names its field, and the second answer is accepted."""
    answers = [reply(with_killed(GOLD["harbour-bridge"], 5)), reply(GOLD["harbour-bridge"])]
    run = extract(answers, BRIDGE, schema=schema)
    assert (len(run.bodies), run.lines["harbour-bridge"]["attempts"]) == (2, 2)
    assert "/casualties/0/count" in run.bodies[1]["messages"][-1]["content"]
    assert run.record() == GOLD["harbour-bridge"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_person_that_the_article_does_not_name_is_dropped_with_their_statements(
    extract: Extract, schema: str
) -> None:
    """A person with an invented name is dropped after the last attempt, with their statements."""
    gold = GOLD["harbour-bridge"]
    invented = copy.deepcopy(gold)
    speaker = invented["statements"][0]["speaker"]
    for item in [*invented["people"], *invented["statements"]]:
        for key in ("name", "speaker"):
            if item.get(key) == speaker:
                item[key] = "Ronald Featherstone"
    run = extract([reply(invented)], BRIDGE, "--max-attempts", "1", schema=schema)
    record = run.record()
    assert speaker not in json.dumps(record["people"])
    assert len(record["people"]) == len(gold["people"]) - 1
    assert record["statements"] == [
        said for said in gold["statements"] if said["speaker"] != speaker
    ]
    assert run.kinds().count("dropped") >= 2


@pytest.mark.parametrize("schema", SCHEMAS)
def test_figures_in_no_item_are_warned_of(extract: Extract, schema: str) -> None:
    """A warning names a figure in the article that the record leaves out."""
    shortened = {**GOLD["harbour-bridge"], "figures": []}
    run = extract([reply(shortened)], BRIDGE, schema=schema)
    warnings = run.lines["harbour-bridge"]["warnings"]
    unaccounted = [warning for warning in warnings if warning["kind"] == "unaccounted"]
    assert any("28,000" in warning["message"] for warning in unaccounted)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_follow_up_is_not_asked_without_its_hook(extract: Extract, schema: str) -> None:
    """--second-look does nothing for a schema without a follow-up question."""
    shortened = {**GOLD["harbour-bridge"], "figures": []}
    run = extract([reply(shortened)], BRIDGE, "--second-look", schema=schema)
    assert (run.status, len(run.bodies)) == (0, 1)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_chunks_are_merged_into_the_record_of_the_article(extract: Extract, schema: str) -> None:
    """The record of an article in chunks has each item once, even if several chunks contain it."""
    run = extract(ideal_model, BRIDGE, *CHUNKS_OF, schema=schema)
    assert len(run.bodies) == 2
    assert sorted_items(run.record()) == sorted_items(GOLD["harbour-bridge"])


@pytest.mark.parametrize("schema", SCHEMAS)
def test_chunks_keep_the_strongest_severity(extract: Extract, schema: str) -> None:
    """Of the chunks' values for ``severity``, the one that the schema lists first is kept."""

    def model(body: dict[str, Any]) -> Reply:
        is_first = "7.40am" in asked_text(body)
        return reply({**ideal_answer(body), "severity": "damage" if is_first else "fatal"})

    run = extract(model, BRIDGE, *CHUNKS_OF, schema=schema)
    assert len(run.bodies) == 2
    assert run.record()["severity"] == "fatal"


@pytest.mark.parametrize("schema", SCHEMAS)
def test_samples_are_voted_by_identity(extract: Extract, schema: str) -> None:
    """Each item is decided by the majority of three samples and reported with their agreement."""
    gold = GOLD["harbour-bridge"]
    without_a_person = {**gold, "people": gold["people"][:1], "statements": gold["statements"][:1]}
    run = extract(
        [reply(gold), reply(without_a_person), reply(gold)],
        BRIDGE,
        "--samples",
        "3",
        "--concurrency",
        "1",
        schema=schema,
    )
    assert (run.status, len(run.bodies)) == (0, 3)
    assert sorted_items(run.record()) == sorted_items(gold)
    agreements = {
        place["pointer"]: place["agreement"] for place in run.lines["harbour-bridge"]["confidence"]
    }
    assert (agreements["/people/0"], agreements["/people/1"]) == (1.0, 0.6667)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_copy_gets_the_record_without_a_request(
    extract: Extract, schema: str, tmp_path: Path
) -> None:
    """A copy that lacks only an unused sentence gets its original's record without a request."""
    folder = tmp_path / "copies"
    folder.mkdir()
    text = ARTICLES["harbour-bridge"]
    unused = "The rest were treated at the scene for cuts and bruises."
    assert unused in text
    (folder / "a.txt").write_text(text, "utf-8")
    (folder / "b.txt").write_text(text.replace(f" {unused}", ""), "utf-8")
    run = extract(ideal_model, str(folder), "--duplicates", schema=schema)
    assert (run.status, len(run.bodies)) == (0, 1)
    assert run.record("b") == run.record("a")
    assert "duplicate" in run.kinds("b")


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_article_with_another_number_is_not_a_copy(
    extract: Extract, schema: str, tmp_path: Path
) -> None:
    """An article that differs in a figure of the record is sent to the model."""
    folder = tmp_path / "copies"
    folder.mkdir()
    text = ARTICLES["harbour-bridge"]
    (folder / "a.txt").write_text(text, "utf-8")
    (folder / "b.txt").write_text(text.replace("more than 28,000", "more than 29,000"), "utf-8")
    run = extract(ideal_model, str(folder), "--duplicates", schema=schema)
    assert len(run.bodies) >= 2
    assert "duplicate" not in run.kinds("b")


def test_eval_scores_runs_with_intervals_and_paired_tests(
    extract: Extract, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Runs are scored by field with intervals and compared in pairs; annotators give a ceiling."""

    def worse(body: dict[str, Any]) -> Reply:
        answer = ideal_answer(body)
        return reply({**answer, "people": [], "statements": [], "figures": answer["figures"][:1]})

    articles = str(FOLDER / "articles")
    good = extract(ideal_model, articles, schema=MODEL, out="good").out
    bad = extract(worse, articles, schema=MODEL, out="bad").out
    for annotator, record in (("first", GOLD), ("second", GOLD)):
        folder = tmp_path / "annotators" / annotator
        folder.mkdir(parents=True)
        for article_id, data in record.items():
            (folder / f"{article_id}.json").write_text(json.dumps(data), "utf-8")
    data = evaluate(
        capsys,
        *("--records", str(good), "--records", str(bad)),
        *("--annotators", str(tmp_path / "annotators")),
    )
    scores = {system["name"]: system["scores"]["strict"] for system in data["systems"]}
    assert (scores["good"]["overall"]["f1"], scores["bad"]["people.name"]["f1"]) == (1.0, 0.0)
    low, high = scores["bad"]["overall"]["interval"]
    assert 0 < low < scores["bad"]["overall"]["f1"] < high < 1
    pair = next(
        pair
        for pair in data["comparisons"]
        if pair["mode"] == "strict" and pair["field"] == "overall"
    )
    assert (pair["a"], pair["b"], pair["difference"] < 0) == ("bad", "good", True)
    assert pair["p"] == pytest.approx(0.25)
    assert data["ceiling"]["strict"]["overall"]["f1"] == 1.0


def test_eval_takes_the_rules_of_scoring_from_the_roles(
    extract: Extract, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scoring ignores a title before a name, as the role ``Scored`` declares."""

    def titled(body: dict[str, Any]) -> Reply:
        answer = json.dumps(ideal_answer(body))
        return Reply(answer.replace('"Ruth Calloway"', '"Inspector Ruth Calloway"'))

    run = extract(titled, str(FOLDER / "articles"), schema=MODEL)
    assert run.record()["people"][0]["name"] == "Inspector Ruth Calloway"
    strict = evaluate(capsys, "--records", str(run.out))["systems"][0]["scores"]["strict"]
    assert (strict["people.name"]["f1"], strict["statements.speaker"]["f1"]) == (1.0, 1.0)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_second_live_eval_sends_nothing(
    schema: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """--out keeps the answers, so the same call gives the same scores without a request."""
    out = str(tmp_path / "report")
    with scripted_endpoint(ideal_model) as endpoint:
        first = evaluate(capsys, "--out", out, *at(endpoint), schema=schema)
        sent = len(endpoint.bodies)
        second = evaluate(capsys, "--out", out, *at(endpoint), schema=schema)
    assert (sent, len(endpoint.bodies)) == (len(GOLD), len(GOLD))
    assert first == second
    assert [system["name"] for system in first["systems"]] == ["general@1"]
    assert first["systems"][0]["scores"]["strict"]["overall"]["f1"] == 1.0


@pytest.mark.parametrize("schema", SCHEMAS)
def test_export_makes_a_table_of_every_list(extract: Extract, schema: str, tmp_path: Path) -> None:
    """Every list in the records becomes a table in CSV and SQLite."""
    run = extract(ideal_model, str(FOLDER / "articles"), schema=schema)
    assert main(["export", str(run.out), "--to", "csv", "--out", str(tmp_path / "csv")]) == 0
    assert main(["export", str(run.out), "--to", "sqlite", "--out", str(tmp_path / "db")]) == 0
    lists = {key for key, value in GOLD["ring-road"].items() if isinstance(value, list)}
    assert {path.stem for path in (tmp_path / "csv").glob("*.csv")} >= {"articles", *lists}
    with (tmp_path / "csv" / "people.csv").open(encoding="utf-8-sig", newline="") as file:
        names = sorted(row["name"] for row in csv.DictReader(file))
    assert names == sorted(
        person["name"] for record in GOLD.values() for person in record["people"]
    )
    database = sqlite3.connect(tmp_path / "db")
    (total,) = database.execute("SELECT sum(count) FROM casualties").fetchone()
    database.close()
    assert total == sum(item["count"] for record in GOLD.values() for item in record["casualties"])


def test_an_article_is_told_apart_by_its_first_line() -> None:
    """``article_of``, on which the ideal model relies, recognises the article in a request."""
    bodies = [{"messages": [{"content": f"<x>\n{text}\n</x>"}]} for text in ARTICLES.values()]
    assert [article_of(body) for body in bodies] == list(ARTICLES)
