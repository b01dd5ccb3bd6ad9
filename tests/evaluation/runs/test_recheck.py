"""Checking stored answers again without asking the model, and naming skipped articles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.runs.recheck import Recheck
from antq_llm.evaluation.runs.run_diff import diff_runs
from antq_llm.extraction.options import Options
from antq_llm.records.stored_run import open_run
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings
from helpers.endpoint import Endpoint, Reply, scripted_endpoint

TEXT = "Hội nghị biểu dương 12 tập thể. Có 30 người dự. Bài {}."
FIELDS: dict[str, Any] = {"count": {"type": "integer"}, "quote": {"type": "string"}}
LOOSE = {
    "title": "awards",
    "type": "object",
    "properties": {
        "awards": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": FIELDS,
                "required": ["count", "quote"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["awards"],
    "additionalProperties": False,
}
STRICT = json.loads(json.dumps(LOOSE))
STRICT["properties"]["awards"]["items"]["properties"]["count"]["x-antq-role"] = [{"role": "figure"}]
RIGHT = {"count": 12, "quote": "biểu dương 12 tập thể"}
WRONG = {"count": 13, "quote": "biểu dương 12 tập thể"}


def reply(*items: dict[str, Any]) -> Reply:
    """Return a server's reply with the given items."""
    return Reply(json.dumps({"awards": list(items)}, ensure_ascii=False))


class Work:
    """Two articles, one schema with roles and one without, and a run."""

    def __init__(self, folder: Path, server: Endpoint) -> None:
        self.folder, self.server, self.out = folder, server, folder / "out"
        (folder / "in").mkdir()
        for name in "ab":
            (folder / "in" / f"{name}.txt").write_text(TEXT.format(name), "utf-8")
        (folder / "awards.json").write_text(json.dumps(LOOSE), "utf-8")
        (folder / "strict").mkdir()
        (folder / "strict/awards.json").write_text(json.dumps(STRICT), "utf-8")

    def extract(self, schema: str = "awards.json", **options: Any) -> None:
        """Run an extraction over the articles."""
        chosen = Options(base_url=self.server.base_url, api_key="x", concurrency=1, **options)
        Run(
            RunSettings(
                (str(self.folder / "in"),),
                chosen,
                out=self.out,
                schema=self.folder / schema,
                model="m",
            )
        ).run()

    def recheck(self, schema: str | None = None, *inputs: str) -> Recheck:
        """Return a recheck of the run."""
        return Recheck(self.out, inputs, None if schema is None else self.folder / schema)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    """A run without roles in which the first record has a right and a wrong figure."""
    with scripted_endpoint([reply(RIGHT, WRONG), reply(RIGHT)]) as server:
        made = Work(tmp_path, server)
        made.extract()
        yield made


def lines(folder: Path) -> list[dict[str, Any]]:
    """Return the lines of ``records.jsonl`` in a folder."""
    return [json.loads(text) for text in (folder / "records.jsonl").read_text("utf-8").splitlines()]


def test_the_same_checks_change_nothing(work: Work, tmp_path: Path) -> None:
    """A recheck with the same checks gives the same lines and sends no request."""
    report = work.recheck().write(tmp_path / "again")
    assert (report.rechecked, report.skipped) == (("a", "b"), {})
    expected = [{**line, "replayed": True} for line in lines(work.out)]
    assert lines(tmp_path / "again") == expected
    assert len(work.server.bodies) == 2


def test_a_run_with_confidence_keeps_it(work: Work, tmp_path: Path) -> None:
    """A recheck of a run with confidence gives the same confidence."""
    work.extract(confidence=True)
    work.recheck().write(tmp_path / "again")
    before, after = (
        [record.confidence for record in open_run(folder).records]
        for folder in (work.out, tmp_path / "again")
    )
    assert [bool(confidence) for confidence in before] == [True, True]
    assert before == after


def test_new_roles_are_applied_to_stored_answers(work: Work, tmp_path: Path) -> None:
    """A new role drops the wrong item, while the run's attempts, usage and files stay the same."""
    before = (work.out / "records.jsonl").read_bytes()
    recheck = work.recheck("strict/awards.json")
    recheck.write(tmp_path / "again")
    first, second = lines(tmp_path / "again")
    assert (first["record"]["awards"], second["record"]["awards"]) == ([RIGHT], [RIGHT])
    assert [warning["kind"] for warning in first["warnings"]].count("dropped") == 1
    assert (first["attempts"], first["usage"]) == (1, lines(work.out)[0]["usage"])
    assert len(work.server.bodies) == 2
    assert (work.out / "records.jsonl").read_bytes() == before
    found = diff_runs(recheck.run, open_run(tmp_path / "again", recheck.run.schema))
    assert found.items["awards"] == {"removed": 1, "added": 0, "changed": 0, "unchanged": 2}


def test_answers_that_were_asked_again_are_judged_in_turn(tmp_path: Path) -> None:
    """If weaker checks accept the first answer, the answer to the re-ask is not used."""
    with scripted_endpoint([reply(WRONG), reply(RIGHT), reply(RIGHT)]) as server:
        work = Work(tmp_path, server)
        work.extract("strict/awards.json")
        work.recheck("awards.json").write(tmp_path / "again")
    assert [line["attempts"] for line in lines(work.out)] == [2, 1]
    assert lines(tmp_path / "again")[0]["record"]["awards"] == [WRONG]
    assert lines(tmp_path / "again")[0]["attempts"] == 1


def test_a_text_that_changed_is_not_judged(work: Work, tmp_path: Path) -> None:
    """An article whose text has changed or is missing is named with the reason."""
    (tmp_path / "in/a.txt").write_text("Một bài khác.", "utf-8")
    (tmp_path / "in/b.txt").unlink()
    report = work.recheck().write(tmp_path / "again")
    assert sorted(report.skipped.values()) == [("a",), ("b",)]
    assert any("text has changed since" in reason for reason in report.skipped)
    assert any("found neither among the inputs" in reason for reason in report.skipped)
    assert report.rechecked == ()


def test_inputs_may_be_named(work: Work, tmp_path: Path) -> None:
    """Articles that were moved are found if the call names their new folder."""
    (tmp_path / "in").rename(tmp_path / "moved")
    report = work.recheck(None, str(tmp_path / "moved")).write(tmp_path / "again")
    assert report.rechecked == ("a", "b")


def test_a_run_without_answers_is_refused(tmp_path: Path) -> None:
    """A folder without a store, or a run with the model ``rules``, raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="has no store"):
        Recheck(tmp_path)
    (tmp_path / "a.txt").write_text("Một bài.", "utf-8")
    Run(RunSettings((str(tmp_path / "a.txt"),), Options(), tmp_path / "out", model="rules")).run()
    with pytest.raises(ConfigurationError, match="no model answers"):
        Recheck(tmp_path / "out")


def test_the_run_is_not_overwritten(work: Work) -> None:
    """A recheck cannot be written to the folder of its own run."""
    with pytest.raises(ConfigurationError, match="is the folder of the run itself"):
        work.recheck().write(work.out)


def test_tables_and_pages_are_judged_with_their_metadata(tmp_path: Path) -> None:
    """Table rows are read with the run's field options and keep the metadata from the run."""
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    page = f"<html><head><title>Trang</title></head><body><p>{TEXT.format('p')}</p></body></html>"
    (folder / "p.html").write_text(page, "utf-8")
    (folder / "t.csv").write_text(f'ma,than,ten\n7,"{TEXT.format("t")}",Tên\n', "utf-8")
    (tmp_path / "awards.json").write_text(json.dumps(LOOSE), "utf-8")
    with scripted_endpoint([reply(RIGHT), reply(RIGHT)]) as server:
        settings = RunSettings(
            (str(folder),),
            Options(base_url=server.base_url, api_key="x", concurrency=1),
            out=out,
            schema=tmp_path / "awards.json",
            model="m",
            fields=ReadingOptions(text_field="than", title_field="ten"),
        )
        Run(settings).run()
    (folder / "t.csv").write_text(f'ma,than,ten\n7,"{TEXT.format("t")}",Tên mới\n', "utf-8")
    report = Recheck(out).write(tmp_path / "again")
    assert (report.rechecked, report.skipped) == (("p", "7"), {})
    assert [line["metadata"] for line in lines(tmp_path / "again")] == [
        {"title": "Trang"},
        {"title": "Tên"},
    ]
    assert lines(tmp_path / "again") == [{**line, "replayed": True} for line in lines(out)]
