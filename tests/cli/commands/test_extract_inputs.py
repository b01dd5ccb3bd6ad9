"""The inputs of ``antq-llm extract``: archives in all formats, lists of files and table fields."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from helpers.archive import Archive, make_archive
from helpers.command_line import Cli, lines_of, results
from helpers.documents import json_lines, write


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return a folder of over 60 made-up articles in all formats."""
    return make_archive(tmp_path / "archive")


def test_the_command_reads_exactly_the_articles(cli: Cli, archive: Archive, tmp_path: Path) -> None:
    """Records have the right ids and metadata; run.json and standard error count unread files."""
    out = tmp_path / "out"
    done = cli("extract", archive.folder, "--model", "rules", "--keep", "section", "--out", out)
    assert done.status == 0
    metadata = {
        line["article_id"]: line.get("metadata") for line in lines_of(out / "records.jsonl")
    }
    assert metadata == {name: expected for name, (_, expected) in archive.articles.items()}
    run = json.loads((out / "run.json").read_bytes())
    assert run["unread"] == archive.unread
    assert len(run["unread_files"]) == sum(archive.unread.values())
    counted = [line for line in done.err.splitlines() if line.startswith("antq-llm: not read: ")]
    assert len(counted) == len(archive.unread)


def test_renamed_articles_have_a_warning(cli: Cli, archive: Archive, tmp_path: Path) -> None:
    """Files that would share an id are extracted under their full names, each with a warning."""
    cli("extract", archive.folder / "text", "--model", "rules", "--out", tmp_path / "out")
    renamed = [
        line["article_id"]
        for line in lines_of(tmp_path / "out" / "records.jsonl")
        if any(warning["kind"] == "renamed" for warning in line["warnings"])
    ]
    assert sorted(renamed) == ["twin.md", "twin.txt"]


def test_articles_of_an_earlier_call_keep_their_ids(cli: Cli, tmp_path: Path) -> None:
    """An article keeps its id when files with the same stem are added later."""
    folder, out = tmp_path / "in", tmp_path / "out"
    write(folder / "b.txt", "Bài một.")
    assert cli("extract", folder, "--model", "rules", "--out", out).status == 0
    write(folder / "b.html.gz", "<html><body><p>Trang hai, xã họp.</p></body></html>")
    write(folder / "b.md", "Bài hai.")
    assert cli("extract", folder, "--model", "rules", "--out", out).status == 0
    assert results(out)[0] == ["b.html.gz", "b.md", "b"]
    (folder / "b.txt").unlink()
    assert cli("extract", folder / "b.md", "--model", "rules", "--out", out).status == 0
    assert sorted(results(out)[0]) == ["b", "b.html.gz", "b.md"]


def test_inputs_are_taken_from_a_list(cli: Cli, tmp_path: Path) -> None:
    """--files-from reads paths from a file, in order, and needs no other inputs."""
    paths = [write(tmp_path / name, "Bài.") for name in ("c.txt", "a.txt", "b.txt")]
    listed = write(tmp_path / "list", "\n".join(map(str, paths)) + "\n\n")
    done = cli("extract", "--files-from", listed, "--model", "rules")
    assert [record["article_id"] for record in done.records] == ["c", "a", "b"]


@pytest.mark.parametrize("content", [None, "", b"\xff\xfe\xff"])
def test_a_list_that_cannot_be_read_is_a_wrong_call(
    cli: Cli, tmp_path: Path, content: str | bytes | None
) -> None:
    """If the list of inputs is missing, empty or not text, the error names the list."""
    if content is not None:
        write(tmp_path / "list", content)
    done = cli("extract", "--files-from", tmp_path / "list", "--model", "rules")
    assert done.status == 2
    assert f"the list {tmp_path}/list " in done.complaint


def test_a_call_without_inputs_is_a_wrong_call(cli: Cli) -> None:
    """Without inputs, the error says that files, folders or --files-from can be given."""
    done = cli("extract", "--model", "rules")
    assert done.status == 2
    assert "name files or folders, or a list of them with --files-from" in done.complaint


def test_metadata_can_be_ignored(cli: Cli, archive: Archive) -> None:
    """With --metadata ignore, every article is read and no metadata is written."""
    done = cli("extract", archive.folder, "--model", "rules", "--metadata", "ignore")
    assert len(done.records) == len(archive.articles)
    assert not any("metadata" in record for record in done.records)


def test_fields_are_named_by_options(cli: Cli, tmp_path: Path) -> None:
    """Options select the fields of a table, and an unknown field is a usage error."""
    rows = [{"so": 5, "bai": "Bài.", "ten": "Tên", "luc": "1/2/2024"}]
    path = write(tmp_path / "x.jsonl", json_lines(rows))
    fields = ("--text-field", "bai", "--id-field", "so", "--date-field", "luc")
    [record] = cli("extract", path, *fields, "--title-field", "ten", "--model", "rules").records
    assert (record["article_id"], record["metadata"]) == (
        "5",
        {"title": "Tên", "published": "2024-02-01"},
    )
    kept = cli("extract", path, *fields, "--keep", "so, ten", "--keep", "luc", "--model", "rules")
    assert kept.records[0]["metadata"] == {
        "published": "2024-02-01",
        "so": 5,
        "ten": "Tên",
        "luc": "1/2/2024",
    }
    done = cli("extract", path, *fields, "--title-field", "tên", "--model", "rules")
    assert (done.status, "no table has the field 'tên'" in done.complaint) == (2, True)


def test_a_dry_run_counts_what_is_not_read(cli: Cli, archive: Archive) -> None:
    """A dry run reports the numbers of articles and of unread files."""
    done = cli("extract", archive.folder, "--model", "m", "--dry-run", "--json")
    report = json.loads(done.out)
    assert (report["articles"], report["unread"]) == (len(archive.articles), archive.unread)
