"""Everything the library does with a schema, tested with one that has every role and hook.

The schema is given as a pydantic model and as a JSON Schema file, which has no hooks.
"""

from __future__ import annotations

import copy
import csv
import json
import re
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from antq_llm.cli.main import main
from antq_llm.core.json_pointer import remove_items, value_at
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.pages.strings import PageLanguage
from antq_llm.schemas import roles
from antq_llm.schemas.registry import load_schema
from antq_llm.schemas.roles import KEYWORD, ROLES
from helpers import toy, toy_hooks
from helpers.command_line import at, lines_of
from helpers.endpoint import Reply, Script, scripted_endpoint
from helpers.paths import REPOSITORY
from helpers.toy import guest, saying, stall
from helpers.toy_articles import GOLD, TEXTS, UNUSED, article_of, ideal_model, reply

MODEL = "helpers.toy:Fair"
FILLER = "Nothing else was said. " * 25
"""Padding that puts the last sentence of an article where two chunks overlap."""
CHUNKS_OF = ("--part-characters", "1000")
MODES = ["tools", "json", "md_json"]
"""The modes that support the schema's map; the strict mode ``json_schema`` does not."""

WRONG: dict[type[roles.Role], list[tuple[str, Any]]] = {
    roles.Quote: [("/sayings/0/words", "the weather was a shame for everybody")],
    roles.Printed: [("/guests/1/badge", "Silver")],
    roles.Name: [("/guests/0/name", "Bob Reed")],
    roles.Figure: [
        ("/stalls/row/0/count", 13),
        ("/stalls/row/1/comparator", "="),
        ("/stalls/row/2/total", 9),
    ],
    roles.CalendarDate: [("/shows/0/day", "2024-04-04")],
    roles.PrintedPeriod: [("/shows/0/season", "2023-03-01/2024-05-31")],
    roles.PublicationDate: [("/stamp/date", "2024-04-06")],
    roles.PrintedTime: [("/stamp/time", "10:30")],
}
"""For each role that checks values, pointers to fields, with values that article a contradicts."""
CHECKS_NOTHING = {
    roles.Scored,
    roles.Passage,
    roles.Refers,
    roles.Identity,
    roles.Items,
    roles.SameItem,
    roles.Strongest,
}


@dataclass(frozen=True)
class Extracted:
    """The folder of a run, its exit status and the requests it sent."""

    out: Path
    status: int
    bodies: list[dict[str, Any]]

    def line(self, article_id: str = "a") -> dict[str, Any]:
        """Return the line of an article in ``records.jsonl``."""
        return {line["article_id"]: line for line in lines_of(self.out / "records.jsonl")}[
            article_id
        ]

    def warnings(self, kind: str, article_id: str = "a") -> list[dict[str, Any]]:
        """Return an article's warnings of one kind."""
        return [one for one in self.line(article_id)["warnings"] if one["kind"] == kind]


Extract = Callable[..., Extracted]


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-x")


@pytest.fixture(params=["model", "file"])
def schema(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a reference to the schema, as a pydantic model or as a JSON Schema file."""
    return MODEL if request.param == "model" else file_of(toy.Fair, tmp_path)


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Return a folder with the articles."""
    return folder_of(tmp_path / "articles", TEXTS)


@pytest.fixture
def extract(tmp_path: Path) -> Extract:
    """Return a function that runs ``antq-llm extract`` against a scripted endpoint."""

    def call(
        script: Script, source: Path, *arguments: str, schema: str, out: str = "out"
    ) -> Extracted:
        target = tmp_path / out
        with scripted_endpoint(script) as endpoint:
            options = ["--schema", schema, "--out", str(target), *at(endpoint), *arguments]
            status = main(["extract", str(source), *options])
        return Extracted(target, status, endpoint.bodies)

    return call


def file_of(model: type[Any], folder: Path) -> str:
    """Write the JSON Schema of a model to ``fair.json``, and return the path."""
    folder.mkdir(exist_ok=True)
    path = folder / "fair.json"
    path.write_text(json.dumps(model.model_json_schema()), "utf-8")
    return str(path)


def folder_of(folder: Path, texts: dict[str, str]) -> Path:
    """Write articles to a new folder, and return it."""
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def changed(record: dict[str, Any], *changes: tuple[str, Any]) -> dict[str, Any]:
    """Return a copy of a record with other values at some pointers."""
    record = copy.deepcopy(record)
    for pointer, value in changes:
        holder, _, key = pointer.rpartition("/")
        inside = value_at(record, holder)
        inside[int(key) if isinstance(inside, list) else key] = value
    return record


def wrong_answer() -> dict[str, Any]:
    """Return an answer about article a with all the values in ``WRONG``."""
    return changed(GOLD["a"], *(change for changes in WRONG.values() for change in changes))


def pointers_in(body: dict[str, Any]) -> set[str]:
    """Return the pointers of the faults in the last message of a request."""
    return set(re.findall(r"^- (/[^:\s]*):", body["messages"][-1]["content"], re.MULTILINE))


def without(record: dict[str, Any], *pointers: str) -> dict[str, Any]:
    """Return a copy of a record without the list items at some pointers."""
    record = copy.deepcopy(record)
    assert remove_items(record, pointers)
    return record


def test_the_toy_schema_has_every_role(schema: str) -> None:
    """The schema uses every role, and each role is in ``WRONG`` or ``CHECKS_NOTHING``."""
    declared = {role for field in load_schema(schema).roles.fields for role in field.roles}
    assert {type(role) for role in declared} == set(ROLES.values())
    assert set(WRONG) | CHECKS_NOTHING == set(ROLES.values())


def test_the_toy_schema_has_every_hook() -> None:
    """Every hook that the library looks up is a function in the schema's module of hooks."""
    sources = (REPOSITORY / "src").rglob("*.py")
    looked_up = {
        name
        for source in sources
        for name in re.findall(r"hooks\.get\(\s*\"(\w+)\"", source.read_text("utf-8"))
    }
    assert looked_up == {"check_item", "masthead", "follow_up", "baseline", "page_words"}
    assert all(callable(getattr(toy_hooks, name)) for name in looked_up)


@pytest.mark.parametrize(("language", "name"), [("vi", "khách mời"), ("en", "guests")])
def test_pages_use_the_words_of_the_hook(language: PageLanguage, name: str) -> None:
    """Pages call a list by the hook's word for it, or by its key if the hook has none."""
    assert SchemaWords(load_schema(MODEL), language).name("guests") == name


def test_gold_is_accepted_at_once(extract: Extract, articles: Path, schema: str) -> None:
    """A correct answer becomes the record, with warnings only for values the hook cannot check."""
    run = extract(ideal_model, articles, schema=schema)
    assert (run.status, len(run.bodies)) == (0, len(GOLD))
    assert {name: run.line(name)["record"] for name in GOLD} == GOLD
    unsettled = ["/guests/0/badge", "/guests/1/badge"] if schema == MODEL else []
    assert [(one["kind"], one["pointer"]) for one in run.line()["warnings"]] == [
        ("unverified", pointer) for pointer in unsettled
    ]


def test_each_checking_role_is_asked_about_again(
    extract: Extract, articles: Path, schema: str
) -> None:
    """The re-ask names exactly the values that the article contradicts; its answer is accepted."""
    answers = [reply(wrong_answer()), reply(GOLD["a"])]
    run = extract(answers, articles / "a.txt", schema=schema)
    assert (run.status, len(run.bodies), run.line()["attempts"]) == (0, 2, 2)
    wrong = {pointer for changes in WRONG.values() for pointer, _ in changes}
    assert pointers_in(run.bodies[1]) == wrong
    assert run.line()["record"] == GOLD["a"]


def test_the_hook_check_item_is_asked_about_again(extract: Extract, articles: Path) -> None:
    """A value that the hook ``check_item`` rejects is asked about again."""
    answers = [reply(changed(GOLD["a"], ("/guests/0/badge", "Ann Reed"))), reply(GOLD["a"])]
    run = extract(answers, articles / "a.txt", schema=MODEL)
    assert len(run.bodies) == 2
    assert pointers_in(run.bodies[1]) == {"/guests/0/badge"}
    assert toy_hooks.OWN_NAME in run.bodies[1]["messages"][-1]["content"]


def test_wrong_items_are_dropped_with_warnings(
    extract: Extract, articles: Path, schema: str
) -> None:
    """After the last attempt, wrong items are dropped, each with a warning that contains it."""
    wrong = wrong_answer()
    run = extract([reply(wrong)], articles / "a.txt", "--max-attempts", "1", schema=schema)
    nothing_left = {"stamp": None, "guests": [], "shows": [], "stalls": {"row": []}}
    assert run.line()["record"] == {**GOLD["a"], **nothing_left, "sayings": []}
    dropped = run.warnings("dropped")
    items = [wrong["stamp"], *wrong["guests"], *wrong["shows"], *wrong["sayings"]]
    items += wrong["stalls"]["row"]
    assert sorted(json.dumps(one["item"]) for one in dropped) == sorted(map(json.dumps, items))
    assert all("pointer" not in one for one in dropped)


def test_what_refers_to_a_dropped_item_is_dropped(
    extract: Extract, articles: Path, schema: str
) -> None:
    """Sayings and friends that name a dropped guest are dropped, and warnings get new pointers."""
    wrong = changed(GOLD["a"], ("/guests/0/badge", "Silver"))
    run = extract([reply(wrong)], articles / "a.txt", "--max-attempts", "1", schema=schema)
    left = without(GOLD["a"], "/guests/0", "/sayings/0")
    assert run.line()["record"] == changed(left, ("/guests/0/friends", []))
    items = [one["item"] for one in run.warnings("dropped")]
    assert items == [wrong["guests"][0], "Ann Reed", wrong["sayings"][0]]
    unsettled = ["/guests/0/badge"] if schema == MODEL else []
    assert [one["pointer"] for one in run.warnings("unverified")] == unsettled


def test_wrong_items_are_kept_where_the_call_says_so(
    extract: Extract, articles: Path, schema: str
) -> None:
    """With --ungrounded keep, the answer becomes the record, with a warning for each fault."""
    options = ("--max-attempts", "1", "--ungrounded", "keep")
    run = extract([reply(wrong_answer())], articles / "a.txt", *options, schema=schema)
    assert run.line()["record"] == wrong_answer()
    assert {one["pointer"] for one in run.warnings("ungrounded")} == {
        pointer for changes in WRONG.values() for pointer, _ in changes
    }


def test_figures_in_no_item_are_warned_of(extract: Extract, articles: Path, schema: str) -> None:
    """A number that is neither the value nor the total of a figure gets a warning with its span."""
    short = without(GOLD["a"], "/stalls/row/1", "/stalls/row/2")
    run = extract([reply(short)], articles / "a.txt", schema=schema)
    found = [TEXTS["a"][one["start"] : one["end"]] for one in run.warnings("unaccounted")]
    assert found == ["30", "3 of 8"]


def test_chunks_are_merged_by_the_roles(extract: Extract, tmp_path: Path, schema: str) -> None:
    """Merging unites items, joins passages, respells references and keeps the strongest values."""
    gold = GOLD["a"]
    head, tail = TEXTS["a"].replace(UNUSED, "").split("There were")
    folder = folder_of(tmp_path / "long", {"a": f"{head}{FILLER}There were{tail}{FILLER}"})
    first = changed(
        gold,
        ("/mood", "dull"),
        ("/sayings/0/words", "the fair was a joy"),
        ("/shows/0/acts/0/rating", "good"),
    )
    second = changed(
        gold,
        ("/guests/0", guest("ANN REED", "Ms Ann Reed")),
        ("/guests/1/friends", ["ANN REED"]),
        ("/stalls/row", []),
        ("/sayings/0", saying("Ann Reed", "was a joy for all who came")),
    )

    def model(body: dict[str, Any]) -> Reply:
        return reply(first if "12 fruit stalls" in json.dumps(body) else second)

    run = extract(model, folder, *CHUNKS_OF, schema=schema)
    assert (run.status, len(run.bodies), run.line()["attempts"]) == (0, 2, 2)
    assert run.line()["record"] == gold
    assert run.warnings("dropped") == []


def test_samples_are_voted_by_identity(extract: Extract, articles: Path, schema: str) -> None:
    """Each item is decided by the majority of the samples and reported with their agreement."""
    gold = GOLD["a"]
    samples = [
        changed(
            without(gold, "/sayings/0"),
            ("/guests/0/name", "Ms Ann Reed"),
            ("/stalls/row/0/goods", "apples"),
        ),
        gold,
        changed(without(gold, "/guests/1"), ("/shows/0/day", None)),
    ]
    options = ("--samples", "3", "--concurrency", "1")
    run = extract([*map(reply, samples)], articles / "a.txt", *options, schema=schema)
    assert (run.status, len(run.bodies)) == (0, 3)
    assert run.line()["record"] == gold
    agreement = {one["pointer"]: one["agreement"] for one in run.line()["confidence"]}
    sure = ("/stamp", "/guests/0", "/shows/0/acts/0")
    assert {pointer: agreement[pointer] for pointer in sure} == dict.fromkeys(sure, 1.0)
    unsure = ("/guests/1", "/sayings/0")
    assert {pointer: agreement[pointer] for pointer in unsure} == dict.fromkeys(unsure, 0.6667)
    assert 0.6667 < agreement["/shows/0"] < 1


def test_a_copy_takes_the_record_over(extract: Extract, tmp_path: Path, schema: str) -> None:
    """An article that lacks only an unused sentence is a copy; one with another figure is not."""
    text = TEXTS["a"]
    other = text.replace("12 fruit stalls", "13 fruit stalls")
    folder = folder_of(
        tmp_path / "copies", {"a": text, "b": text.replace(UNUSED, ""), "other": other}
    )
    more_fruit = changed(GOLD["a"], ("/stalls/row/0", stall(13, "13 fruit stalls", "fruit")))

    def model(body: dict[str, Any]) -> Reply:
        return reply(more_fruit if "13 fruit stalls" in json.dumps(body) else GOLD["a"])

    run = extract(model, folder, "--duplicates", schema=schema)
    assert (run.status, len(run.bodies)) == (0, 2)
    assert run.line("b")["record"] == GOLD["a"]
    assert [len(run.warnings("duplicate", name)) for name in ("a", "b", "other")] == [0, 1, 0]


def test_a_copy_has_its_own_masthead_with_the_hook(
    extract: Extract, tmp_path: Path, schema: str
) -> None:
    """With the hook, a reprint gets the record with its own newspaper as the source."""
    texts = {"a": TEXTS["a"], "b": TEXTS["a"].replace("Spring Fair Gazette", "Daily Post")}
    folder = folder_of(tmp_path / "copies", texts)
    reprinted = {**GOLD["a"], "source": "Daily Post"}

    def model(body: dict[str, Any]) -> Reply:
        return reply(reprinted if "Daily Post" in json.dumps(body) else GOLD["a"])

    run = extract(model, folder, "--duplicates", schema=schema)
    assert (run.status, len(run.bodies)) == (0, 1 if schema == MODEL else 2)
    assert run.line("b")["record"] == reprinted


def test_the_second_look_is_the_schemas(extract: Extract, articles: Path, schema: str) -> None:
    """With the hook, --second-look asks about figures in no item; without it, nothing is asked."""
    gold = GOLD["a"]
    *stalls, missing = gold["stalls"]["row"]
    answers = [reply({**gold, "stalls": {"row": stalls}}), reply({"stalls": [missing]})]
    run = extract(answers, articles / "a.txt", "--second-look", schema=schema)
    if schema == MODEL:
        assert run.bodies[1]["messages"][-1]["content"] == "Which stalls? 3 of 8"
        assert run.line()["record"] == gold
    assert (run.status, len(run.bodies)) == (0, 2 if schema == MODEL else 1)


def test_the_rules_are_the_schemas(
    extract: Extract, articles: Path, schema: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """--model rules extracts with the hook and sends no request; without a hook, it is refused."""
    run = extract(ideal_model, articles / "a.txt", "--model", "rules", schema=schema)
    assert run.bodies == []
    if schema == MODEL:
        assert run.status == 0
        assert run.line()["record"]["stalls"]["row"][0] == GOLD["a"]["stalls"]["row"][0]
        assert run.warnings("baseline")
    else:
        assert run.status == 2
        assert "has no rules for extraction" in capsys.readouterr().err


def test_a_stronger_model_is_asked_where_figures_are_left(
    extract: Extract, articles: Path, schema: str
) -> None:
    """--escalate asks the stronger model only about a record that leaves out a figure."""

    def model(body: dict[str, Any]) -> Reply:
        gold = GOLD[article_of(body)]
        is_short = body["model"] == "m-1" and gold == GOLD["a"]
        return reply(without(gold, "/stalls/row/2") if is_short else gold)

    run = extract(model, articles, "--escalate", "strong", schema=schema)
    assert sorted(body["model"] for body in run.bodies) == ["m-1"] * 3 + ["strong"]
    assert (run.line()["record"], run.line()["model"]) == (GOLD["a"], "strong")
    assert [len(run.warnings("escalated", name)) for name in GOLD] == [1, 0, 0]


def test_records_are_exported(
    extract: Extract, articles: Path, schema: str, tmp_path: Path
) -> None:
    """Every list becomes a table in CSV and SQLite, whether in the record, an item or a map."""
    out = str(extract(ideal_model, articles, schema=schema).out)
    assert main(["export", out, "--to", "csv", "--out", str(tmp_path / "csv")]) == 0
    assert main(["export", out, "--to", "sqlite", "--out", str(tmp_path / "db")]) == 0
    tables = {
        path.stem: list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
        for path in (tmp_path / "csv").glob("*.csv")
    }
    names = [one["name"] for record in GOLD.values() for one in record["guests"]]
    assert sorted(row["name"] for row in tables["guests"]) == sorted(names)
    about_the_run = {"dropped_items", "failures", "metadata", "warnings"}
    assert about_the_run <= tables.keys()
    assert {name: len(rows) for name, rows in tables.items() if name not in about_the_run} == {
        "articles": 3,
        "guests": 6,
        "shows": 3,
        "shows_acts": 6,
        "stalls_row": 9,
        "sayings": 3,
    }
    database = sqlite3.connect(tmp_path / "db")
    (total,) = database.execute('SELECT sum("count") FROM stalls_row').fetchone()
    database.close()
    assert total == sum(one["count"] for gold in GOLD.values() for one in gold["stalls"]["row"])


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    """Return a folder with the gold records."""
    folder = tmp_path / "gold"
    folder.mkdir()
    for name, record in GOLD.items():
        (folder / f"{name}.json").write_text(json.dumps(record), "utf-8")
    return folder


def test_runs_are_scored_and_compared(
    extract: Extract,
    articles: Path,
    gold: Path,
    schema: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two runs are scored with intervals and compared, and only the worse fails --fail-under."""

    def titled(body: dict[str, Any]) -> Reply:
        record = GOLD[article_of(body)]
        name = f"Ms {record['guests'][0]['name']}"
        return reply(changed(record, ("/guests/0/name", name)))

    def worse(body: dict[str, Any]) -> Reply:
        short = {**GOLD[article_of(body)], "sayings": []}
        return reply(short if article_of(body) == "a" else changed(short, ("/mood", "calm")))

    good = extract(titled, articles, schema=schema, out="good").out
    bad = extract(worse, articles, schema=schema, out="bad").out
    place = ["--schema", schema, "--gold", str(gold), "--articles", str(articles), "--json"]
    baseline = ["--baseline", "rules"] if schema == MODEL else []
    capsys.readouterr()
    assert main(["eval", *place, *baseline, "--records", str(good), "--records", str(bad)]) == 0
    data = json.loads(capsys.readouterr().out)
    scores = {system["name"]: system["scores"]["strict"] for system in data["systems"]}
    assert set(scores) == {"good", "bad", *(["rules"] if baseline else [])}
    assert scores["good"]["guests.name"]["f1"] == 1.0
    assert (scores["bad"]["sayings.words"]["f1"], scores["bad"]["guests.name"]["f1"]) == (0, 1)
    low, high = scores["bad"]["overall"]["interval"]
    assert 0 < low <= scores["bad"]["overall"]["f1"] <= high < 1
    assert low < high
    (pair,) = (
        one
        for one in data["comparisons"]
        if (one["mode"], one["field"]) == ("strict", "overall") and "rules" not in one.values()
    )
    assert (pair["a"], pair["b"], pair["difference"] < 0) == ("bad", "good", True)
    assert 0 < pair["p"] <= 1
    fail_under = ["--fail-under", "0.97"]
    assert main(["eval", *place, *fail_under, "--records", str(good)]) == 0
    assert main(["eval", *place, *fail_under, "--records", str(bad)]) == 1


def keys_in(value: Any) -> Iterator[str]:
    """Yield the keys of all objects in a value, including those in JSON inside its strings."""
    match value:
        case dict():
            yield from value
            for inner in value.values():
                yield from keys_in(inner)
        case list():
            for inner in value:
                yield from keys_in(inner)
        case str():
            yield from re.findall(r"\"([\w-]+)\"\s*:", value)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> type[Any]:
    """Return the schema's model without roles, importable as ``helpers.plain_toy:Fair``."""
    inert = ModuleType("no_roles")
    inert.__getattr__ = lambda name: lambda *args, **options: None  # type: ignore[method-assign]
    monkeypatch.setitem(sys.modules, "no_roles", inert)
    module = ModuleType("helpers.plain_toy")
    monkeypatch.setitem(sys.modules, "helpers.plain_toy", module)
    source = Path(toy.__file__).read_text("utf-8").replace("antq_llm.schemas.roles", "no_roles")
    exec(compile(source, "plain_toy.py", "exec"), vars(module))
    model: type[Any] = module.Fair
    assert KEYWORD not in json.dumps(model.model_json_schema())
    return model


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """Return the mode in which the schema is sent."""
    chosen: str = request.param
    return chosen


@pytest.fixture
def same_without_roles(schema: str, plain: type[Any], tmp_path: Path) -> str:
    """Return a reference to the same schema without roles."""
    return f"{plain.__module__}:Fair" if schema == MODEL else file_of(plain, tmp_path / "plain")


def test_roles_are_in_no_request_and_no_digest(
    extract: Extract, schema: str, same_without_roles: str, mode: str, tmp_path: Path
) -> None:
    """Requests, re-asks and digests equal those of the same schema without roles."""
    plain = load_schema(same_without_roles)
    assert load_schema(schema).digest == plain.digest
    articles = folder_of(tmp_path / "articles", {"a": TEXTS["a"]})
    answers = [Reply("{}"), reply(GOLD["a"])]
    options = ("--mode", mode, "--record")
    runs = [
        extract(
            answers,
            articles / "a.txt",
            *options,
            str(tmp_path / f"recorded-{out}"),
            schema=reference,
            out=out,
        )
        for out, reference in (("with", schema), ("without", same_without_roles))
    ]
    sent, expected = (json.dumps(run.bodies) for run in runs)
    assert len(runs[0].bodies) == 2
    assert sent == expected.replace("helpers_plain_toy", "helpers_toy")
    arguments = {field.name for role in ROLES.values() for field in fields(role)}
    forbidden = {KEYWORD, *arguments} - set(keys_in(plain.json_schema))
    assert forbidden.isdisjoint(keys_in(runs[0].bodies))
    assert len(forbidden) > len(ROLES) / 2
    recorded = [
        {path.name: path.read_text("utf-8") for path in (tmp_path / name).rglob("*.json")}
        for name in ("recorded-with", "recorded-without")
    ]
    assert len(recorded[0]) == 2
    assert KEYWORD not in json.dumps(recorded[0])
    if schema != MODEL:
        assert set(recorded[0]) == set(recorded[1])
