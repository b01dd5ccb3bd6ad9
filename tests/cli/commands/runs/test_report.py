"""``antq-llm report``."""

from __future__ import annotations

from pathlib import Path

from helpers.command_line import Cli
from helpers.exports import line
from helpers.reports import data_of, write_run


def test_a_report_is_written_beside_its_run(cli: Cli, tmp_path: Path) -> None:
    """The page is report.html in the run's folder, and missing texts are counted."""
    folder = write_run(tmp_path / "run", line("a", {"notes": [{"quote": "x"}]}))
    done = cli("report", folder)
    assert (done.status, done.out) == (0, "")
    assert "the text of 1 article(s) was not found" in done.err
    assert f"1 record(s), 0 failure(s), in {folder / 'report.html'}" in done.err


def test_the_articles_and_the_language_can_be_named(cli: Cli, tmp_path: Path) -> None:
    """With --articles, the texts are shown; with --language vi, the page is in Vietnamese."""
    folder = write_run(tmp_path / "run", line("a", {"notes": [{"quote": "x"}]}))
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "a.txt").write_text("The letter x.", "utf-8")
    out = tmp_path / "page.html"
    done = cli("report", folder, "--articles", texts, "--language", "vi", "--out", out)
    page = out.read_text("utf-8")
    assert (done.status, "was not found" in done.err) == (0, False)
    assert '<html lang="vi">' in page
    assert data_of(page)["article-0"]["pieces"] == ["The letter x."]


def test_a_folder_without_a_run_is_refused(cli: Cli, tmp_path: Path) -> None:
    """A folder without records.jsonl gives exit status 2 and an error that names the file."""
    done = cli("report", tmp_path)
    assert done.status == 2
    assert "records.jsonl" in done.err
