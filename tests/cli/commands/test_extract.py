"""The inputs, standard output and --out files of ``antq-llm extract``."""

from __future__ import annotations

import io
import json
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from antq_llm.core.packaged_data import data_folder
from helpers.command_line import (
    FAILURE_KEYS,
    INVALID,
    LAN,
    LONGEST,
    RECORD_KEYS,
    REPORT,
    Cli,
    at,
    lines_of,
    results,
)
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.samples import ARTICLE, answer, person, report


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b" \n\t", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is a picture"),
        (b"abc\x01\x07def", "control characters"),
        ("Công an xã".encode("utf-16")[:-1], "UTF-16"),
    ],
    ids=["empty", "blank", "mark alone", "picture", "control bytes", "half of UTF-16"],
)
def test_unreadable_article_fails_alone(
    cli: Cli, key: str, articles: Path, data: bytes, words: str
) -> None:
    """A file that is empty or not text fails with a reason, and the other files succeed."""
    (articles / "bad.txt").write_bytes(data)
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert done.status == 1
    assert [record["article_id"] for record in done.records] == ["a", "b", "sub/c"]
    lines = [line for line in done.err.splitlines() if line.startswith("antq-llm: bad: ")]
    assert len(lines) == 1
    assert words in lines[0]
    assert "3 record(s), 1 failure(s)" in done.err
    assert len(endpoint.bodies) == 3


def test_failed_article_is_one_line(cli: Cli, key: str, articles: Path) -> None:
    """A failed article is reported on one line of standard error, followed by the summary."""
    with scripted_endpoint([Reply('{"relevance":\n\n "great"}')]) as endpoint:
        done = cli("extract", articles / "a.txt", *at(endpoint), "--max-attempts", "2")
    assert done.status == 1
    assert done.out == ""
    assert len(endpoint.bodies) == 2
    assert len(done.err.splitlines()) == 2


def test_used_up_quota_stops_the_run(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """An exhausted quota ends the run after one request, and every article is a failure."""
    with scripted_endpoint([error(429, "quota", "insufficient_quota")]) as endpoint:
        done = cli(
            "extract", articles, *at(endpoint), "--concurrency", "1", "--out", tmp_path / "out"
        )
    assert (done.status, len(endpoint.bodies)) == (1, 1)
    assert results(tmp_path / "out") == ([], ["a", "b", "sub/c"])


def test_json_lines_are_articles(cli: Cli, key: str, named: Path, tmp_path: Path) -> None:
    """Each line of a .jsonl file is an article; its default id is the file name and line number."""
    path = tmp_path / "many.jsonl"
    path.write_text(
        '{"id": "k1", "text": "Bà Lan."}\n\n{"text": "Ông Minh."}\n{"id": 7, "text": "Cô An."}\n',
        "utf-8",
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", path, "--schema", named, *at(endpoint))
    assert done.status == 0
    assert [(record["article_id"], record["source"]) for record in done.records] == [
        ("k1", f"{path}:1"),
        ("many:3", f"{path}:3"),
        ("7", f"{path}:4"),
    ]


def test_broken_json_line_fails_alone(cli: Cli, key: str, named: Path, tmp_path: Path) -> None:
    """A line that is not an article is reported with its number, and the other lines succeed."""
    path = tmp_path / "many.jsonl"
    path.write_text(
        '{"id": "k1", "text": "Bà Lan."}\n{"id": \n'
        '{"id": "k3", "txt": "Ông Minh."}\n{"id": "k4", "text": "Cô An."}\n',
        "utf-8",
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", path, "--schema", named, *at(endpoint))
    assert (done.status, [record["article_id"] for record in done.records]) == (1, ["k1", "k4"])
    assert f"antq-llm: many:2: {path}:2 " in done.err
    assert f"antq-llm: k3: {path}:3 " in done.err


def test_standard_input_is_an_article(
    cli: Cli, key: str, named: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The input ``-`` reads one article from standard input, as UTF-8 in any locale."""
    monkeypatch.setattr(
        sys,
        "stdin",
        io.TextIOWrapper(io.BytesIO("Bà Lan ở xã Tân Lâm.".encode()), encoding="ascii"),
    )
    with scripted_endpoint([Reply(LAN)]) as endpoint:
        done = cli("extract", "-", "--schema", named, *at(endpoint))
    assert done.status == 0
    assert done.records[0]["article_id"] == "stdin"
    assert done.records[0]["source"] == "-"
    assert "Bà Lan ở xã Tân Lâm." in endpoint.bodies[0]["messages"][-1]["content"]


def test_ids_are_paths_below_the_folder(cli: Cli, key: str, articles: Path) -> None:
    """A folder is read recursively, in order and without hidden files; ids omit the file suffix."""
    for name in (".hidden.txt", ".git/x.txt", "notes.pdf", "B.md"):
        (articles / name).parent.mkdir(exist_ok=True)
        (articles / name).write_text("Bài khác.", "utf-8")
    with scripted_endpoint([Reply(answer(report()))]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert [record["article_id"] for record in done.records] == ["B", "a", "b", "sub/c"]


def test_limit_takes_the_first(cli: Cli, key: str, articles: Path) -> None:
    """--limit processes only the first articles."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--limit", "2")
    assert ([record["article_id"] for record in done.records], len(endpoint.bodies)) == (
        ["a", "b"],
        2,
    )


def test_standard_output_is_in_input_order(cli: Cli, key: str, articles: Path) -> None:
    """Records on standard output are in input order, regardless of the order of the answers."""
    others = threading.Semaphore(0)

    def reply(body: dict[str, Any]) -> Reply:
        if "Bài a." in body["messages"][-1]["content"]:
            assert others.acquire(timeout=LONGEST)
            assert others.acquire(timeout=LONGEST)
        else:
            others.release()
        return Reply(REPORT)

    with scripted_endpoint(reply) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--concurrency", "3")
    assert (done.status, [record["article_id"] for record in done.records]) == (
        0,
        ["a", "b", "sub/c"],
    )


def test_standard_output_has_records_alone(cli: Cli, key: str, articles: Path) -> None:
    """Only records go to standard output; everything else goes to standard error."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint))
    assert [list(record) for record in done.records] == [RECORD_KEYS] * 3
    assert "3 record(s), 0 failure(s)" in done.err
    assert list(Path().iterdir()) == []


def test_standard_output_keeps_vietnamese(cli: Cli, key: str, articles: Path) -> None:
    """Vietnamese letters are not escaped on standard output."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles / "a.txt", *at(endpoint))
    assert "Phạm Quốc Bình" in done.out


def test_out_has_records_failures_and_run(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """--out writes records.jsonl, failures.jsonl and run.json with the documented keys."""
    (articles / "empty.txt").write_bytes(b"")
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", articles, *at(endpoint), "--out", tmp_path / "out")
    assert (done.status, done.out) == (1, "")
    records, failures = (
        lines_of(tmp_path / "out" / "records.jsonl"),
        lines_of(tmp_path / "out" / "failures.jsonl"),
    )
    assert [list(line) for line in records] == [RECORD_KEYS] * 3
    assert [list(line) for line in failures] == [FAILURE_KEYS]
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert {"settings", "versions", "counts", "usage", "cost_usd", "started", "seconds"} <= set(run)
    assert run["counts"]["records"] == 3
    assert run["counts"]["failures"] == 1
    assert run["counts"]["dropped_items"] == 0
    assert run["usage"] == {"input_tokens": 300, "output_tokens": 60, "cached_tokens": None}
    assert {"antq-llm", "openai", "instructor", "pydantic", "python"} <= set(run["versions"])


def test_the_language_of_the_call_is_in_run_json(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """run.json records the value of --language."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli("extract", articles, *at(endpoint), "--out", tmp_path / "out", "--language", "vi")
    run = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))
    assert run["settings"]["language"] == "vi"


def test_record_line_says_where_it_comes_from(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """A record's line names the article, schema, prompt and model and contains evidence spans."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli(
            "extract",
            articles,
            *at(endpoint, "viet-1"),
            "--out",
            tmp_path / "out",
            "--prompt",
            "movement_report@1",
        )
    line = lines_of(tmp_path / "out" / "records.jsonl")[2]
    lock = json.loads((data_folder("prompts") / "lock.json").read_bytes())
    path = articles / "sub" / "c.txt"
    assert line["article_id"] == "sub/c"
    assert line["source"] == str(path)
    assert line["schema"] == "movement_report/1"
    assert line["model"] == "viet-1"
    assert (line["prompt"], line["prompt_sha256"]) == (
        "movement_report@1",
        lock["movement_report"]["1"]["sha256"],
    )
    (evidence,) = line["evidence"]
    assert evidence["pointer"] == "/people/0"
    assert (
        path.read_text("utf-8")[evidence["start"] : evidence["end"]]
        == line["record"]["people"][0]["quote"]
    )
    assert line["attempts"] == 1
    assert line["usage"] == {"input_tokens": 100, "output_tokens": 20, "cached_tokens": None}
    assert line["cost_usd"] is None
    assert not line["replayed"]


def test_failure_line_says_what_it_cost(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """A failure's line contains the error, the usage and each completion with its fault."""
    with scripted_endpoint([Reply(INVALID)]) as endpoint:
        cli(
            "extract",
            articles / "a.txt",
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "2",
        )
    (line,) = lines_of(tmp_path / "out" / "failures.jsonl")
    assert set(line["error"]) == {"type", "kind", "message"}
    assert [set(attempt) for attempt in line["attempts"]] == [{"completion", "error", "usage"}] * 2
    assert "/name" in line["attempts"][0]["error"]
    assert line["usage"] == {"input_tokens": 200, "output_tokens": 40, "cached_tokens": None}


def test_key_is_written_nowhere(cli: Cli, key: str, articles: Path, tmp_path: Path) -> None:
    """No file that --out or --record writes contains the API key."""
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        cli(
            "extract",
            articles,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--record",
            tmp_path / "rec",
        )
    files = [
        path
        for folder in ("out", "rec")
        for path in (tmp_path / folder).rglob("*")
        if path.is_file()
    ]
    assert len(files) >= 7
    assert [path for path in files if key.encode() in path.read_bytes()] == []


def test_ungrounded_item_is_dropped_with_a_warning(
    cli: Cli, key: str, articles: Path, tmp_path: Path
) -> None:
    """An item whose quote is not in the article is dropped with a warning and counted."""
    text = answer(
        report(
            people=[
                person(),
                {
                    **person(),
                    "name": "Nguyễn Không Có",
                    "quote": "Đại tướng Nguyễn Không Có chưa hề được nhắc tới",
                },
            ]
        )
    )
    with scripted_endpoint([Reply(text)]) as endpoint:
        done = cli(
            "extract",
            articles / "a.txt",
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        )
    (line,) = lines_of(tmp_path / "out" / "records.jsonl")
    assert done.status == 0
    assert [one["name"] for one in line["record"]["people"]] == ["Phạm Quốc Bình"]
    assert [
        warning["message"].split()[0]
        for warning in line["warnings"]
        if warning["kind"] == "dropped"
    ] == ["/people/1"]
    assert (
        json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["counts"]["dropped_items"]
        == 1
    )


def test_page_keeps_the_text_that_offsets_count_in(cli: Cli, key: str, tmp_path: Path) -> None:
    """The text of an HTML page is written to texts/, and evidence offsets refer to it."""
    paragraphs = "".join(f"<p>{line}</p>" for line in ARTICLE.splitlines() if line)
    page = tmp_path / "trang.html"
    page.write_text(
        "<html><head><title>Tin</title></head><body><nav>Trang chủ</nav>"
        f"<article>{paragraphs}</article></body></html>",
        "utf-8",
    )
    with scripted_endpoint([Reply(REPORT)]) as endpoint:
        done = cli("extract", page, *at(endpoint), "--out", tmp_path / "out")
    assert done.status == 0
    (line,) = lines_of(tmp_path / "out" / "records.jsonl")
    (evidence,) = line["evidence"]
    text = (tmp_path / "out" / "texts" / "trang.txt").read_bytes().decode()
    assert text[evidence["start"] : evidence["end"]] == line["record"]["people"][0]["quote"]


def test_answer_that_no_file_can_hold_loses_no_article(
    cli: Cli, key: str, articles: Path, named: Path, tmp_path: Path
) -> None:
    """An answer with half a surrogate pair makes only its own article fail."""

    def reply(body: dict[str, Any]) -> Reply:
        return Reply('{"name": "\\ud800"}' if "Bài b." in body["messages"][1]["content"] else LAN)

    with scripted_endpoint(reply) as endpoint:
        done = cli(
            "extract",
            articles,
            "--schema",
            named,
            *at(endpoint),
            "--out",
            tmp_path / "out",
            "--max-attempts",
            "1",
        )
    assert done.status == 1
    assert results(tmp_path / "out") == (["a", "sub/c"], ["b"])
