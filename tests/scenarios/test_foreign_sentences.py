"""The check that no file quotes sentences of articles other than the seeds."""

from __future__ import annotations

import gzip
import json
import unicodedata
from pathlib import Path

import pytest

from helpers.paths import REPOSITORY
from tools.foreign_sentences import STOCK_PHRASES, find_foreign_runs, main

SEED = "Tổ trưởng tổ dân phố mời bà con ra sân đình nghe đọc bản tin đầu tuần."
FOREIGN = "Đội chèo thuyền của làng Vạn tập luyện mỗi chiều trên khúc sông trước miếu."
EIGHT = "của làng Vạn tập luyện mỗi chiều trên"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a seed, next to a folder with that seed and another article."""
    repository = tmp_path / "repository"
    (repository / "seeds").mkdir(parents=True)
    (repository / "seeds" / "s.txt").write_text(SEED, "utf-8")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "s.txt").write_text(SEED, "utf-8")
    (tmp_path / "articles" / "f.txt").write_text(FOREIGN, "utf-8")
    return repository


def found(repository: Path, content: str) -> list[tuple[int, str, int]]:
    """Return the line, article and number of words of each run of shared words in a file."""
    (repository / "file.txt").write_text(content, "utf-8")
    runs = find_foreign_runs([repository.parent / "articles"], repository)
    return [(run.line, run.article, len(run.words)) for run in runs if run.path.name == "file.txt"]


def doubly_escaped() -> str:
    """Return the eight words, decomposed, as JSON inside JSON."""
    inner = json.dumps({"quote": unicodedata.normalize("NFD", EIGHT)})
    return json.dumps({"text": f"{inner}\n"}, indent=1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (EIGHT, [(1, "f", 8)]),
        (EIGHT.removeprefix("của "), []),
        (f"một\nhai {FOREIGN} ba", [(2, "f", 15)]),
        (EIGHT.upper().replace(" ", ", «"), [(1, "f", 8)]),
        (unicodedata.normalize("NFD", EIGHT), [(1, "f", 8)]),
        (json.dumps(EIGHT), [(1, "f", 8)]),
        (doubly_escaped(), [(2, "f", 8)]),
        (f"x\n{EIGHT.replace(' mỗi', chr(10) + '    mỗi')}", [(2, "f", 8)]),
        ('"của làng Vạn tập "\n    "luyện mỗi chiều trên"', [(1, "f", 8)]),
        (EIGHT.replace("làng", "là\u00adng"), [(1, "f", 8)]),
        (f"{EIGHT} thế {EIGHT}", [(1, "f", 8), (1, "f", 8)]),
        (f"{SEED} {STOCK_PHRASES[0]}", []),
    ],
    ids=[
        "eight words",
        "seven words",
        "a whole sentence, in another line",
        "capitals and punctuation",
        "decomposed",
        "escaped",
        "JSON in JSON",
        "over two lines",
        "over two string literals",
        "a soft hyphen",
        "twice",
        "a seed and a stock phrase",
    ],
)
def test_runs_of_eight_words_are_found(
    repository: Path, content: str, expected: list[tuple[int, str, int]]
) -> None:
    """A run of eight shared words is found in any spelling, with its line, unless a seed has it."""
    assert found(repository, content) == expected


def test_stock_phrases_have_eight_words() -> None:
    """An exempt phrase is as long as the shortest run, so longer runs are not exempt."""
    assert [len(phrase.replace(",", "").split()) for phrase in STOCK_PHRASES] == [8, 8]


def test_a_longer_run_with_a_stock_phrase_is_found(repository: Path) -> None:
    """A stock phrase does not exempt the words around it."""
    article = f"Hôm qua ông {STOCK_PHRASES[0]} ghé thăm"
    (repository.parent / "articles" / "g.txt").write_text(article, "utf-8")
    assert [words for _, _, words in found(repository, f"ông {STOCK_PHRASES[0]} ghé")] == [10]


def test_articles_in_json_lines_are_read(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Articles in gzipped JSON Lines are read, and a shared run is printed with file and line."""
    folder = repository.parent / "corpus"
    folder.mkdir()
    line = json.dumps({"id": "c7", "text": FOREIGN})
    (folder / "c.jsonl.gz").write_bytes(gzip.compress(f"{line}\n".encode()))
    (repository / "docs.md").write_text(f"một\n\n{EIGHT}\n", "utf-8")
    assert main([str(folder), "--repository", str(repository)]) == 1
    assert capsys.readouterr().out == f"docs.md:3: c7: {EIGHT.casefold()}\n"


def test_a_clean_repository_exits_with_0(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """If no run of shared words is found, nothing is printed, and the exit status is 0."""
    assert main([str(repository.parent / "articles"), "--repository", str(repository)]) == 0
    assert capsys.readouterr().out == ""


def test_a_folder_without_articles_is_refused(tmp_path: Path) -> None:
    """A folder without articles makes the check exit with 2 and does not pass as clean."""
    with pytest.raises(SystemExit) as caught:
        main([str(tmp_path / "none")])
    assert caught.value.code == 2


@pytest.mark.eleven
def test_no_file_quotes_a_further_article(eleven: Path) -> None:
    """No file of this repository shares eight consecutive words with the other six articles."""
    assert find_foreign_runs([eleven / "articles"], REPOSITORY) == []
