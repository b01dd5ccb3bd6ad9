"""The report of a run as one HTML file."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.report.write_report import write_report
from helpers.exports import line
from helpers.reports import (
    HOSTILE,
    data_of,
    failure,
    hostile_run,
    policy_of,
    road_accidents_run,
    write_run,
)


def test_every_row_and_article_is_in_the_page(run: Path, tmp_path: Path) -> None:
    """The page has data blocks for every article and for every row of every table."""
    written = write_report(run, tmp_path / "report.html")
    blocks = data_of(written.path.read_text("utf-8"))
    data = blocks["report-data"]
    assert (written.records, written.failures, written.texts_missing) == (5, 0, 0)
    for number, table in enumerate(data["tables"]):
        rows = [
            row
            for name, block in blocks.items()
            if name.startswith(f"rows-{number}-")
            for row in block
        ]
        assert len(rows) == table["rows"]
        assert all(len(row) == 3 + len(table["columns"]) for row in rows)
    assert {f"article-{number}" for number in range(5)} <= blocks.keys()
    assert data["overview"]["items"] == 57


def test_the_text_of_an_article_is_kept_in_pieces(
    run: Path, tmp_path: Path, seeds: list[Path]
) -> None:
    """The pieces of an article make up its text, and each mark covers an item's quote."""
    page = write_report(run, tmp_path / "report.html").path.read_text("utf-8")
    blocks = data_of(page)
    shown = 0
    for number, seed in enumerate(seeds):
        article = blocks[f"article-{number}"]
        parts = [piece if isinstance(piece, str) else piece[0] for piece in article["pieces"]]
        assert "".join(parts) == seed.read_bytes().decode("utf-8-sig")
        for mark, (kind, row, _) in enumerate(article["marks"]):
            if kind == "item":
                pieces = [piece for piece in article["pieces"] if isinstance(piece, list)]
                marked = "".join(piece[0] for piece in pieces if mark in piece[1:])
                table, place = article["rows"][row]
                assert marked in blocks[f"rows-{table}-0"][place]
                shown += 1
    assert shown >= 57


def test_the_policy_is_of_the_page_itself(run: Path, tmp_path: Path) -> None:
    """The policy allows only the page's own style and script, and nothing else can be loaded."""
    page = write_report(run, tmp_path / "report.html").path.read_text("utf-8")
    policy = policy_of(page)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    [script] = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert f"style-src 'sha256-{_digest(style)}';" in policy
    assert f"script-src 'sha256-{_digest(script)}';" in policy
    assert policy.startswith("default-src 'none';")


def test_any_schema_has_a_report(tmp_path: Path) -> None:
    """Each list of the accident schema has a chart by a field chosen according to its roles."""
    written = write_report(road_accidents_run(tmp_path / "run"))
    data = data_of(written.path.read_text("utf-8"))["report-data"]
    by = {
        data["tables"][chart["table"]]["name"]: chart["by"][0]["field"] for chart in data["charts"]
    }
    assert by == {
        "accidents": "place",
        "vehicles": "kind",
        "casualties": "outcome",
        "people": "name",
        "statements": "speaker",
        "figures": "unit",
    }


def test_hostile_text_stays_data(tmp_path: Path) -> None:
    """Hostile text adds no elements to the page."""
    page = write_report(hostile_run(tmp_path / "run")).path.read_text("utf-8")
    blocks = data_of(page)
    assert "<img" not in page
    assert page.count("<script>") == 1
    assert blocks["report-data"]["articles"][0] == [HOSTILE, HOSTILE, "record"]


def test_a_missing_text_is_counted(tmp_path: Path) -> None:
    """An article whose text is missing is shown without text and is counted."""
    written = write_report(write_run(tmp_path / "run", line("a", {"notes": [{"quote": "x"}]})))
    blocks = data_of(written.path.read_text("utf-8"))
    assert written.texts_missing == 1
    assert (blocks["article-0"]["state"], blocks["article-0"]["pieces"]) == ("missing", [])


def test_a_changed_text_is_not_marked(tmp_path: Path) -> None:
    """If a quote is not at its span, the article's text is counted as changed, not as missing."""
    evidence = [{"pointer": "/notes/0", "start": 0, "end": 1, "match": "exact"}]
    made = line("a", {"notes": [{"quote": "x"}]}, evidence=evidence)
    written = write_report(write_run(tmp_path / "run", made, texts={"a": "yz"}))
    assert (written.texts_changed, written.texts_missing) == (1, 0)


def test_failures_and_costs_are_added_up(tmp_path: Path) -> None:
    """Totals cover records and failures, and articles without a known cost are counted."""
    folder = write_run(
        tmp_path / "run",
        line("a", {}),
        line("b", {}, cost_usd=None),
        failures=[failure("c"), failure("d", "refused")],
    )
    data = data_of(write_report(folder).path.read_text("utf-8"))["report-data"]
    totals = data["overview"]
    assert totals["cost_usd"] == 0.25 + 2 * 0.5
    assert totals["articles_without_cost"] == 1
    assert dict(totals["failures_by_kind"]) == {"invalid": 1, "refused": 1}
    assert totals["tokens"]["input_tokens"] == 2 * 100 + 2 * 10


def test_a_run_without_records_has_a_report(tmp_path: Path) -> None:
    """A run without records still has a report."""
    written = write_report(write_run(tmp_path / "run", failures=[failure("a")]))
    data = data_of(written.path.read_text("utf-8"))["report-data"]
    assert (written.records, written.failures) == (0, 1)
    assert data["articles"] == [["a", "", "failure"]]


def test_a_folder_is_not_overwritten(tmp_path: Path) -> None:
    """If the report's path is a folder, the error says to name a file with --out."""
    folder = write_run(tmp_path / "run", line())
    with pytest.raises(ConfigurationError, match="is a folder: name a file with --out"):
        write_report(folder, tmp_path)


def _digest(content: str) -> str:
    return b64encode(sha256(content.encode()).digest()).decode()
