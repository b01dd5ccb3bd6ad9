"""``antq-llm gold`` and ``antq-llm audit``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from antq_llm.cli.main import main
from antq_llm.core.packaged_data import data_folder
from helpers.exports import line, run_folder
from helpers.samples import ABSENT, ARTICLE, person, report


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run with one record of two people, and a folder with its article."""
    people = [person(), person("Lò Thị Mai")]
    evidence = [
        {"pointer": f"/people/{index}", "start": start, "end": start + len(one["quote"])}
        for index, one in enumerate(people)
        if (start := ARTICLE.index(one["quote"])) >= 0
    ]
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(ARTICLE, "utf-8")
    folder = run_folder(tmp_path / "run", line(record=report(people=people), evidence=evidence))
    settings = {"schema": "movement_report/1", "inputs": [str(tmp_path / "articles")]}
    (folder / "run.json").write_text(json.dumps({"settings": settings}))
    return folder


def test_gold_is_begun_checked_and_compared(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``init``, ``check`` and ``diff`` work on the same folder, and a fault gives exit status 1."""
    gold, articles = str(tmp_path / "gold"), str(tmp_path / "articles")
    assert main(["gold", "init", str(run), "--to", gold]) == 0
    assert main(["gold", "check", gold, "--articles", articles]) == 0
    assert main(["gold", "diff", gold, gold, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["articles"]["unchanged"] == 1
    (tmp_path / "gold" / "a.json").write_text(json.dumps(report(people=[person(quote=ABSENT)])))
    assert main(["gold", "check", gold, "--articles", articles, "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)
    assert (fault["article_id"], fault["pointer"]) == ("a", "/people/0/quote")


def test_gold_check_without_articles_says_what_is_not_checked(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without articles, the quotes are not checked, and standard error says so."""
    assert main(["gold", "init", str(run), "--to", str(tmp_path / "gold")]) == 0
    assert main(["gold", "check", str(tmp_path / "gold")]) == 0
    assert "quotes were not checked: name the articles with --articles" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["init", "."], ["tasks", "."], ["import", "x.json"]])
def test_gold_needs_a_target(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Commands that write gold or tasks give exit status 2 if --to is missing."""
    assert main(["gold", *command]) == 2
    assert "--to is missing" in capsys.readouterr().err


def test_label_studio_there_and_back(run: Path, tmp_path: Path) -> None:
    """Tasks annotated as predicted are imported as gold equal to the records."""
    tasks = tmp_path / "tasks.json"
    assert main(["gold", "tasks", str(run), "--to", str(tasks)]) == 0
    data = json.loads(tasks.read_bytes())
    for task in data:
        task["annotations"] = task.pop("predictions")
    tasks.write_text(json.dumps(data))
    assert main(["gold", "import", str(tasks), "--to", str(tmp_path / "gold")]) == 0
    record = json.loads((run / "records.jsonl").read_text("utf-8"))["record"]
    assert json.loads((tmp_path / "gold" / "a.json").read_bytes()) == record


def test_an_audit_is_drawn_and_read(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first call writes the sample; once it is judged, the same call prints the precision."""
    call = ["audit", str(run), "--sample", "2", "--json"]
    assert main(call) == 0
    assert json.loads(capsys.readouterr().out)["items"] == 2
    path = run / "audit.csv"
    rows = list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))
    assert all("⟦" in row["context"] for row in rows)
    rows[0]["verdict"], rows[1]["verdict"] = "right", "wrong"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert main(call) == 0
    found = json.loads(capsys.readouterr().out)["precision"]
    assert (found["value"], found["judged"]) == (0.5, 2)


def test_eval_warns_of_gold_that_is_not_in_its_article(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``eval`` reports a gold quote that is not in its article on standard error."""
    (tmp_path / "gold").mkdir()
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "gold" / "a.json").write_text(json.dumps(report(people=[person(quote=ABSENT)])))
    folders = ["--gold", str(tmp_path / "gold"), "--articles", str(tmp_path / "articles")]
    main(["eval", *folders, "--baseline", "rules", "--json"])
    assert "gold a /people/0/quote: the article does not contain" in capsys.readouterr().err


def test_packaged_gold_has_no_faults() -> None:
    """All quotes of the packaged annotations are in their articles."""
    gold = str(data_folder("gold") / "movement_report")
    assert main(["gold", "check", gold, "--articles", str(data_folder("seeds"))]) == 0
