"""Creating gold annotations from a run, and checking them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.annotation.gold_folder import check_gold, init_gold
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold import read_gold
from antq_llm.records.stored_run import open_run
from antq_llm.schemas.registry import load_schema, schema_from
from helpers.exports import line, run_folder
from helpers.samples import ABSENT, ARTICLE, person, report, statement

SCHEMA = load_schema("movement_report/1")


def gold_file(tmp_path: Path, record: object, name: str = "a") -> Path:
    """Write one annotation and one article, and return the folder of annotations."""
    (tmp_path / "gold").mkdir(exist_ok=True)
    (tmp_path / "articles").mkdir(exist_ok=True)
    (tmp_path / "articles" / "a.txt").write_text(ARTICLE, "utf-8")
    text = record if isinstance(record, str) else json.dumps(record)
    (tmp_path / "gold" / f"{name}.json").write_text(text, "utf-8")
    return tmp_path / "gold"


def test_records_become_annotations(run: Path, tmp_path: Path) -> None:
    """Each record of a run becomes a gold file with the same data."""
    opened = open_run(run)
    init_gold(opened, tmp_path)
    gold = read_gold(tmp_path, SCHEMA)
    assert gold == {entry["article_id"]: entry["record"] for entry in opened.record_lines()}


def test_annotations_are_not_overwritten(tmp_path: Path) -> None:
    """An existing file keeps its contents and is reported."""
    run = open_run(run_folder(tmp_path / "run", line("a", {"n": 1}), line("b/c", {"n": 2})))
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.json").write_text("{}")
    found = init_gold(run, tmp_path / "gold")
    assert (found.written, found.existing) == (["b/c"], ["a"])
    assert (tmp_path / "gold" / "a.json").read_text() == "{}"


def test_articles_are_chosen_by_id(tmp_path: Path) -> None:
    """Only the named articles are written; failed ones are reported, unknown ones refused."""
    folder = run_folder(tmp_path / "run", line("a"), line("b"))
    failure = {"article_id": "f", "error": {"message": "x"}, "cost_usd": None, "usage": {}}
    (folder / "failures.jsonl").write_text(json.dumps(failure) + "\n")
    found = init_gold(open_run(folder), tmp_path / "gold", ["b", "f"])
    assert (found.written, found.without_record) == (["b"], ["f"])
    with pytest.raises(ConfigurationError, match="has no article x"):
        init_gold(open_run(folder), tmp_path / "gold", ["x"])


def test_an_id_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """An article id with ``..`` is refused, and nothing is written outside the folder."""
    run = open_run(run_folder(tmp_path / "run", line("../a")))
    with pytest.raises(ConfigurationError, match="points outside"):
        init_gold(run, tmp_path / "gold")
    assert not (tmp_path / "a.json").exists()


def test_right_gold_has_no_faults(tmp_path: Path) -> None:
    """An annotation whose quotes are in its article has no fault."""
    folder = gold_file(tmp_path, report(people=[person(), person("Lò Thị Mai")]))
    check = check_gold(folder, SCHEMA, [str(tmp_path / "articles")])
    assert (check.files, check.faults) == (1, [])


def test_all_faults_are_found(tmp_path: Path) -> None:
    """Absent quotes, dangling references, broken files and invalid values are all listed."""
    people = [person(quote=ABSENT)]
    folder = gold_file(tmp_path, report(people=people))
    gold_file(tmp_path, report(statements=[statement("Ai đó")]), "dangling")
    gold_file(tmp_path, "{", "broken")
    gold_file(tmp_path, report(relevance="x"), "wrong")
    check = check_gold(folder, SCHEMA, [str(tmp_path / "articles")])
    places = {(fault.article_id, fault.pointer) for fault in check.faults}
    assert places == {
        ("a", "/people/0/quote"),
        ("dangling", "/statements/0/speaker"),
        ("broken", ""),
        ("wrong", "/relevance"),
    }
    assert str(check.faults[-1]).startswith("a /people/0/quote: the article does not contain")


def test_references_of_any_schema_are_checked(tmp_path: Path) -> None:
    """A reference to an item that the record does not have is a fault."""
    refers = {"role": "refers", "to": "/names/*/name"}
    names = {"type": "object", "properties": {"name": {"type": "string"}}}
    said = {"type": "object", "properties": {"by": {"type": "string", "x-antq-role": refers}}}
    properties = {
        "names": {"type": "array", "items": names},
        "said": {"type": "array", "items": said},
    }
    record = {"names": [{"name": "An"}], "said": [{"by": "An"}, {"by": "Bình"}]}
    folder = gold_file(tmp_path, record)
    check = check_gold(folder, schema_from({"type": "object", "properties": properties}))
    assert [fault.pointer for fault in check.faults] == ["/said/1"]


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    """A file with a byte-order mark is read like any other."""
    folder = gold_file(tmp_path, "\ufeff" + json.dumps(report(people=[person()])))
    assert check_gold(folder, SCHEMA).faults == []
    assert list(read_gold(folder, SCHEMA)) == ["a"]


def test_annotations_without_an_article_are_reported(tmp_path: Path) -> None:
    """An annotation whose article is not among the inputs is listed as not checked."""
    folder = gold_file(tmp_path, report(people=[person(quote=ABSENT)]), "other")
    check = check_gold(folder, SCHEMA, [str(tmp_path / "articles")])
    assert (check.faults, check.without_article) == ([], ["other"])


@pytest.mark.parametrize("name", ["none", "empty"])
def test_a_folder_without_annotations_is_refused(tmp_path: Path, name: str) -> None:
    """The error for a missing or empty folder names the folder."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=name):
        check_gold(tmp_path / name, SCHEMA)
