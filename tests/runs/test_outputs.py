"""The results of a run: files in a folder or lines on standard output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.input_list import list_inputs
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import (
    AnswerDeleted,
    AntqError,
    ArticleError,
    BudgetExceeded,
    CompletionError,
    ConfigurationError,
    ExtractionError,
    RecordingMissing,
    RunStopped,
)
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.records.result import Attempt, Failure
from antq_llm.runs.outputs import FolderOptions, OrderedLines, OutputFolder
from antq_llm.runs.runner import Runner
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.validation.checks_version import CHECKS_VERSION
from helpers.samples import ByArticle, Note, completion


def failure(article_id: str = "b") -> Failure:
    """Return a failure with a paid attempt."""
    attempt = Attempt(completion('{"subject": 5}'), "/subject: write a string")
    return Failure(
        article_id, f"{article_id}.txt", ExtractionError("no valid answer", attempts=(attempt,))
    )


async def extraction(article_id: str = "a", subject: str = "Tân Lâm", **fields: Any) -> Outcome:
    """Return an extraction whose record has the given subject."""
    client = ScriptedClient([completion(json.dumps({"subject": subject}))])
    extractor = Extractor(Note, "Trích xuất.", model="m", client=client)
    return await extractor.aextract(Article("Bài báo.", article_id, f"{article_id}.txt", **fields))


def finish(
    folder: Path, outcomes: dict[int, Outcome], settings: dict[str, Any] | None = None
) -> None:
    """Write the files of a run with the given outcomes."""
    output, totals = OutputFolder(folder), RunTotals()
    for position, outcome in outcomes.items():
        output.put(position, outcome)
        totals.add(outcome)
    output.finish(totals, settings or {}, "2021-09-30T00:00:00+00:00", 1.23456)
    output.close()


def lines_of(path: Path) -> list[Any]:
    """Return the parsed lines of a JSON Lines file."""
    text = path.read_bytes().decode("utf-8")
    assert text == "" or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


async def test_records_are_written_in_the_order_of_the_input(tmp_path: Path) -> None:
    """The lines of records.jsonl are in input order, in whatever order they were completed."""
    finish(tmp_path, {2: await extraction("c"), 0: await extraction("a"), 1: await extraction("b")})
    assert [line["article_id"] for line in lines_of(tmp_path / "records.jsonl")] == ["a", "b", "c"]


async def test_no_article_is_in_both_files(tmp_path: Path) -> None:
    """Records are in one file and failures in the other."""
    finish(tmp_path, {0: await extraction("a"), 1: failure("b"), 2: await extraction("c")})
    found = [
        [line["article_id"] for line in lines_of(tmp_path / name)]
        for name in ("records.jsonl", "failures.jsonl")
    ]
    assert found == [["a", "c"], ["b"]]


def test_both_files_are_there_without_a_line(tmp_path: Path) -> None:
    """A run without records or failures has empty files."""
    finish(tmp_path, {})
    assert [(tmp_path / name).read_bytes() for name in ("records.jsonl", "failures.jsonl")] == [
        b"",
        b"",
    ]


async def test_a_record_is_written_as_its_line(tmp_path: Path) -> None:
    """A line of records.jsonl equals the extraction's ``as_line()``."""
    outcome = await extraction()
    finish(tmp_path, {0: outcome})
    assert lines_of(tmp_path / "records.jsonl") == [json.loads(json.dumps(outcome.as_line()))]


def test_a_failure_is_written_with_its_attempts_and_cost(tmp_path: Path) -> None:
    """A line of failures.jsonl has the error, each attempt, usage and cost."""
    finish(tmp_path, {0: failure()})
    usage = {"input_tokens": 100, "output_tokens": 20, "cached_tokens": 0}
    assert lines_of(tmp_path / "failures.jsonl") == [
        {
            "article_id": "b",
            "source": "b.txt",
            "checks": CHECKS_VERSION,
            "error": {"type": "ExtractionError", "kind": "invalid", "message": "no valid answer"},
            "attempts": [
                {
                    "completion": '{"subject": 5}',
                    "error": "/subject: write a string",
                    "usage": usage,
                }
            ],
            "usage": usage,
            "cost_usd": 0.5,
        }
    ]


def test_a_failure_without_an_answer_cost_nothing(tmp_path: Path) -> None:
    """A failure without an answer has no attempts, and its usage and cost are zero."""
    finish(tmp_path, {0: Failure("b", None, CompletionError("down", kind="transport"))})
    [line] = lines_of(tmp_path / "failures.jsonl")
    assert line["attempts"] == []
    assert line["usage"] == {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0}
    assert line["cost_usd"] == 0


async def test_lines_can_be_read_by_people(tmp_path: Path) -> None:
    """Vietnamese letters are not escaped in the files."""
    finish(tmp_path, {0: await extraction(subject="Xã Tân Lâm")})
    assert "Xã Tân Lâm" in (tmp_path / "records.jsonl").read_text(encoding="utf-8")


async def test_a_line_separator_in_a_value_ends_no_line(tmp_path: Path) -> None:
    """A value with an unusual line separator stays on one line."""
    finish(tmp_path, {0: await extraction(subject="a\u2028b\nc\r\nd")})
    assert [line["record"]["subject"] for line in lines_of(tmp_path / "records.jsonl")] == [
        "a\u2028b\nc\r\nd"
    ]


async def test_the_files_have_the_articles_of_all_calls(tmp_path: Path) -> None:
    """A second call adds to the files, and run.json has counts for that call and for all calls."""
    finish(tmp_path, {0: await extraction("a"), 1: failure("b")})
    finish(tmp_path, {0: await extraction("c")})
    written = [
        [line["article_id"] for line in lines_of(tmp_path / name)]
        for name in ("records.jsonl", "failures.jsonl")
    ]
    assert written == [["a", "c"], ["b"]]
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert (run["counts"]["records"], run["this_call"]["records"]) == (2, 1)
    assert (run["counts"]["failures"], run["this_call"]["failures"]) == (1, 0)
    assert (run["cost_usd"], run["this_call"]["cost_usd"]) == (1.5, 0.5)


async def test_the_files_can_be_restricted_to_a_call(tmp_path: Path) -> None:
    """With ``only_this_call``, the files cover only that call, but earlier records are not lost."""
    finish(tmp_path, {0: await extraction("a"), 1: failure("b")})
    output, totals = OutputFolder(tmp_path, options=FolderOptions(only_this_call=True)), RunTotals()
    output.put(0, await extraction("c"))
    output.finish(totals, {}, "", 0)
    output.close()
    assert [line["article_id"] for line in lines_of(tmp_path / "records.jsonl")] == ["c"]
    assert lines_of(tmp_path / "failures.jsonl") == []
    finish(tmp_path, {0: await extraction("c")})
    assert [line["article_id"] for line in lines_of(tmp_path / "records.jsonl")] == ["a", "c"]


@pytest.mark.parametrize(
    "error",
    [
        BudgetExceeded("spent"),
        RunStopped("Ctrl-C", kind="interrupted"),
        CompletionError("down", kind="transport"),
        CompletionError("bad request", kind="rejected"),
        RecordingMissing("none"),
        AnswerDeleted("gone"),
    ],
)
async def test_a_stop_leaves_a_record(tmp_path: Path, error: AntqError) -> None:
    """If a call gets no answer for an article, the record of an earlier call is kept."""
    finish(tmp_path, {0: await extraction("a")})
    finish(tmp_path, {0: Failure("a", "a.txt", error)})
    assert [line["article_id"] for line in lines_of(tmp_path / "records.jsonl")] == ["a"]
    assert lines_of(tmp_path / "failures.jsonl") == []


async def test_an_article_that_changed_loses_its_record(tmp_path: Path) -> None:
    """A changed article becomes a failure if its answer is invalid or its text is empty."""
    finish(tmp_path, {0: await extraction("a"), 1: await extraction("b")})
    finish(tmp_path, {0: failure("a"), 1: Failure("b", "b.txt", ArticleError("e", kind="empty"))})
    assert [line["article_id"] for line in lines_of(tmp_path / "failures.jsonl")] == ["a", "b"]
    assert lines_of(tmp_path / "records.jsonl") == []


async def test_a_run_is_described(tmp_path: Path) -> None:
    """run.json has settings, versions, counts, tokens, cost and times."""
    finish(
        tmp_path, {0: await extraction("a"), 1: failure("b"), 2: failure("c")}, {"prompt": "note@1"}
    )
    run = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert {name: run[name] for name in run if name not in {"versions", "this_call"}} == {
        "settings": {"prompt": "note@1"},
        "identity": None,
        "checks": CHECKS_VERSION,
        "expired_answers": 0,
        "counts": {
            "articles": 3,
            "records": 1,
            "failures": 2,
            "failures_by_kind": {"invalid": 2},
            "dropped_items": 0,
            "replayed": 0,
            "escalated": 0,
            "duplicates": 0,
            "older_checks": 0,
        },
        "usage": {"input_tokens": 300, "output_tokens": 60, "cached_tokens": 0},
        "cost_usd": 1.5,
        "spent_usd": 1.5,
        "budget": None,
        "unread": {},
        "unread_files": [],
        "started": "2021-09-30T00:00:00+00:00",
        "seconds": 1.235,
    }


def test_a_run_names_the_versions_it_was_made_with(tmp_path: Path) -> None:
    """run.json has the versions of Python and the libraries."""
    finish(tmp_path, {})
    versions = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["versions"]
    assert {"python", "antq-llm", "openai", "instructor", "pydantic"} <= {
        name for name, version in versions.items() if version
    }


@pytest.mark.parametrize("article_id", ["a", "2021/09/a"])
async def test_the_text_taken_from_a_page_is_kept(tmp_path: Path, article_id: str) -> None:
    """The text extracted from a page is written under the article's id."""
    client = ScriptedClient([completion('{"subject": "x"}')])
    text = "Tiêu đề\r\nBài báo.\n"
    outcome = await Extractor(Note, "Trích xuất.", model="m", client=client).aextract(
        Article(text, article_id, "a.html", derived=True)
    )
    finish(tmp_path, {0: outcome})
    assert (tmp_path / "texts" / f"{article_id}.txt").read_bytes() == text.encode()


async def test_the_text_of_a_text_file_is_not_kept(tmp_path: Path) -> None:
    """The text of an article from a text file is not written to texts/."""
    finish(tmp_path, {0: await extraction()})
    assert not (tmp_path / "texts").exists()


async def test_no_unfinished_file_is_left(tmp_path: Path) -> None:
    """After a run, the folder contains only the output files and the store."""
    finish(tmp_path / "out", {0: await extraction(derived=True)})
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names - {"store.sqlite3-wal", "store.sqlite3-shm"} == {
        "records.jsonl",
        "failures.jsonl",
        "run.json",
        "store.sqlite3",
        "texts",
    }


def test_a_file_cannot_be_the_folder(tmp_path: Path) -> None:
    """If --out is a file, a ConfigurationError says what to do."""
    (tmp_path / "out").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="out is a file: name a folder with --out"):
        OutputFolder(tmp_path / "out")


async def test_a_run_ends_in_its_files(tmp_path: Path) -> None:
    """A run over a folder gives a line for each article, in input order."""
    for name in "abc":
        (tmp_path / f"{name}.txt").write_text(f"Bài {name}.", encoding="utf-8")
    client = ByArticle({"a": '{"subject": "x"}', "b": '{"subject": 5}', "c": '{"subject": "y"}'})
    output = OutputFolder(tmp_path / "out")
    runner = Runner(
        Extractor(Note, "Trích xuất.", model="m", client=client, options=Options(max_attempts=1)),
        output,
        output.store,
    )
    output.finish(await runner.run(list_inputs([str(tmp_path)])), {}, "", 0)
    output.close()
    found = [
        [line["article_id"] for line in lines_of(tmp_path / "out" / name)]
        for name in ("records.jsonl", "failures.jsonl")
    ]
    assert found == [["a", "c"], ["b"]]


async def test_lines_wait_for_their_turn() -> None:
    """A record that completes early is written after all earlier ones."""
    written: list[str] = []
    lines = OrderedLines(written.append)
    steps = []
    for position in (2, 1, 0, 3):
        lines.put(position, await extraction(f"a{position}"))
        steps.append([json.loads(line)["article_id"] for line in written])
    assert steps == [[], [], ["a0", "a1", "a2"], ["a0", "a1", "a2", "a3"]]


async def test_a_failure_has_no_line_and_holds_up_none() -> None:
    """A failure has no line and does not delay the lines of other articles."""
    written: list[str] = []
    lines = OrderedLines(written.append)
    lines.put(1, await extraction("b"))
    lines.put(0, failure("a"))
    assert [json.loads(line)["article_id"] for line in written] == ["b"]


async def test_a_line_is_the_line_of_the_folder() -> None:
    """A line on standard output equals the line in records.jsonl."""
    written: list[str] = []
    outcome = await extraction(subject="Tân\nLâm")
    OrderedLines(written.append).put(0, outcome)
    assert written[0].count("\n") == 1
    assert written[0][-1] == "\n"
    assert json.loads(written[0]) == outcome.as_line()
