"""The names of the files in texts/."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.records import text_files
from antq_llm.records.text_files import text_file

FOLDER = Path("out")


@pytest.mark.parametrize("article_id", ["a", "sub/a", "bài số 1", "a.b", 'nói: "gì?"', "A" * 200])
def test_an_ordinary_id_is_the_name(article_id: str) -> None:
    """An id that is a valid path becomes the file's name, with ``.txt`` appended."""
    assert text_file(FOLDER, article_id) == FOLDER / "texts" / f"{article_id}.txt"


@pytest.mark.parametrize(
    "article_id",
    ["x" * 252, "\\xff" * 80, "ế" * 100, "d" * 300 + "/a", ".", "..", "../../a", "a\x00b", "a//b"],
)
def test_any_id_is_a_file_below_the_folder(article_id: str, tmp_path: Path) -> None:
    """An id that is too long or not a valid path also gets a file inside the folder."""
    path = text_file(tmp_path, article_id)
    path.parent.mkdir(parents=True)
    path.write_text("x")
    assert path.resolve().is_relative_to((tmp_path / "texts").resolve())


def test_long_ids_with_the_same_beginning_have_files_of_their_own() -> None:
    """Long ids that differ only after the characters that are kept have different files."""
    assert text_file(FOLDER, "x" * 300 + "a") != text_file(FOLDER, "x" * 300 + "b")


def test_a_folder_is_not_in_the_way_of_a_text(tmp_path: Path) -> None:
    """The texts of the ids "a" and "a.txt/b" can both be written."""
    for article_id in ("a", "a.txt/b"):
        path = text_file(tmp_path, article_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert (tmp_path / "texts" / "a.txt").is_file()


@pytest.mark.parametrize("pair", [("Bai", "bai"), ("SUB/a", "sub/a"), ("\u00e9", "e\u0301")])
def test_ids_that_a_disk_takes_for_equal_are_told_apart(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a disk ignores case, ids that differ only in case or Unicode form have different files."""
    monkeypatch.setattr(text_files, "_folds_case", lambda _: True)
    first, second = (text_file(FOLDER, article_id).as_posix().casefold() for article_id in pair)
    assert first != second
    assert text_file(FOLDER, "other") == FOLDER / "texts" / "other.txt"


def test_a_disk_that_keeps_case_keeps_the_names(tmp_path: Path) -> None:
    """On a disk that distinguishes case, an upper-case id keeps its name."""
    folds = (tmp_path.parent / tmp_path.name.upper()).exists()
    assert (text_file(tmp_path, "A").name == "A.txt") is not folds
