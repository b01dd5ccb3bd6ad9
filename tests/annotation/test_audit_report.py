"""The precision of a run, from a sample of items judged by a person."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from antq_llm.annotation.audit_file import read_audit, write_audit
from antq_llm.annotation.audit_report import audit_report, items_not_in_run
from antq_llm.annotation.audit_sample import AuditItem, draw_sample
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.runs.run_articles import RunTexts
from antq_llm.records.stored_run import open_run
from helpers.exports import line, run_folder


def item(article_id: str = "a", verdict: str | None = None, **fields: str) -> AuditItem:
    """Return an item of a sample."""
    values = {"pointer": "/people/0", "field": "people", "item": "x", "quote": "", "context": ""}
    return AuditItem(article_id, **{**values, **fields}, verdict=verdict)  # type: ignore[arg-type]


def test_the_same_seed_gives_the_same_sample(run: Path) -> None:
    """A sample depends only on the run, the size and the seed."""
    opened = open_run(run)
    first = draw_sample(opened, 20, seed=1)
    assert (len(first), draw_sample(opened, 20, seed=1)) == (20, first)
    assert draw_sample(opened, 20, seed=2) != first


def test_every_item_can_be_drawn(run: Path) -> None:
    """A sample whose size exceeds the run contains each item of the run exactly once."""
    sample = draw_sample(open_run(run), 10_000)
    places = [(entry.article_id, entry.pointer) for entry in sample]
    expected = [
        (entry["article_id"], evidence["pointer"])
        for entry in open_run(run).record_lines()
        for evidence in entry["evidence"]
    ]
    assert sorted(places) == sorted(expected)
    assert len(set(places)) == len(places)


def test_items_are_drawn_evenly(tmp_path: Path) -> None:
    """Over many seeds, each of the ten items of two articles is drawn about one time in ten."""
    records = [line(name, {"people": [{"n": 1}] * size}) for name, size in (("a", 1), ("b", 9))]
    run = open_run(run_folder(tmp_path / "run", *records))
    drawn = Counter(
        (entry.article_id, entry.pointer)
        for seed in range(400)
        for entry in draw_sample(run, 1, seed=seed)
    )
    assert (len(drawn), drawn.total()) == (10, 400)
    assert min(drawn.values()) >= 20
    assert max(drawn.values()) <= 64


def test_items_show_their_quote_in_its_context(run: Path) -> None:
    """An item has its quote, and the surrounding text with the quote marked."""
    opened = open_run(run)
    (entry,) = draw_sample(opened, 1, text_of=RunTexts(opened).get)
    marked = entry.context.partition("⟦")[2].partition("⟧")[0]
    assert entry.quote
    assert marked == " ".join(entry.quote.split())


def test_items_of_any_schema_are_drawn(tmp_path: Path) -> None:
    """Objects in lists are items even without quotes, and nested lists have dotted names."""
    record = {"orders": [{"parts": [{"n": 1}]}], "seen": {"quote": "x"}, "flat": {"n": 1}}
    sample = draw_sample(open_run(run_folder(tmp_path / "run", line(record=record))), 10)
    assert [entry.field for entry in sample] == ["orders", "orders.parts", "seen"]


@pytest.mark.parametrize(("size", "record"), [(0, {"a": [{"n": 1}]}), (5, {"a": []})])
def test_nothing_to_judge_is_an_error(tmp_path: Path, size: int, record: object) -> None:
    """A sample of 0 items and a run without items are refused."""
    run = open_run(run_folder(tmp_path / "run", line(record=record)))
    with pytest.raises(ConfigurationError, match=r"at least 1 item|has no items to judge"):
        draw_sample(run, size)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_verdicts_are_read_back(tmp_path: Path, delimiter: str) -> None:
    """A file is read correctly, whichever separator the spreadsheet saved it with."""
    items = [
        item(verdict="right", quote='=A1; "x",\ny', context="- b", note="ghi chú; đúng"),
        item("b", verdict="wrong"),
        item("c"),
    ]
    path = tmp_path / "audit.csv"
    write_audit(path, items)
    rows = csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    saved = io.StringIO(newline="")
    csv.writer(saved, delimiter=delimiter).writerows(rows)
    path.write_text(saved.getvalue(), "utf-8", newline="")
    assert read_audit(path) == items


def test_verdicts_in_capitals_are_read(tmp_path: Path) -> None:
    """Capitals and surrounding spaces in verdicts are ignored."""
    path = tmp_path / "audit.csv"
    path.write_text("article_id,pointer,verdict\na,/x/0, RIGHT \n", "utf-8")
    assert read_audit(path)[0].verdict == "right"


def test_another_verdict_is_named_with_its_line(tmp_path: Path) -> None:
    """A verdict other than right or wrong raises an error that names the line."""
    path = tmp_path / "audit.csv"
    path.write_text("article_id,pointer,verdict\na,/x/0,right\na,/x/1,maybe\n", "utf-8")
    with pytest.raises(ConfigurationError, match=r"line 3: .* not 'maybe'"):
        read_audit(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a,b\n", "has no column"), (b"", "has no column"), (b"\xff\xfe", "is not UTF-8")],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    """A file without the required columns or in another encoding raises an error that says so."""
    path = tmp_path / "audit.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        read_audit(path)


def test_precision_counts_judged_items() -> None:
    """Precision is the share of right items among those with a verdict, overall and by list."""
    items = [
        *(item(str(number), "right") for number in range(8)),
        item("8", "wrong", note="sai tên"),
        item("9", "wrong", field="events"),
        item("10"),
    ]
    report = audit_report(items)
    assert (report.overall.value, report.overall.total, report.unjudged) == (0.8, 10, 1)
    assert (report.fields["people"].hits, report.fields["events"].value) == (8, 0.0)
    assert [wrong.note for wrong in report.wrong] == ["sai tên", ""]


def test_items_of_one_article_widen_the_interval() -> None:
    """Errors that are concentrated in a few articles give a wider interval than scattered ones."""
    apart = [item(str(n), "wrong" if n < 20 else "right") for n in range(100)]
    together = [replace(entry, article_id=str(n // 10)) for n, entry in enumerate(apart)]
    widths = [
        report.overall.interval[1] - report.overall.interval[0]
        for report in (audit_report(apart), audit_report(together))
        if report.overall.interval is not None
    ]
    assert widths[1] > 1.5 * widths[0]


def test_items_of_another_run_are_noticed(tmp_path: Path) -> None:
    """A sampled item that the run does not have, or has with another quote, is listed."""
    run = open_run(run_folder(tmp_path / "run", line(record={"people": [{"quote": "ông A"}]})))
    items = [item(quote="ông  A"), item(quote="bà B"), item("b"), item(pointer="/people/1")]
    assert items_not_in_run(items, run) == items[1:]
