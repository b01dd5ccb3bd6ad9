"""Formats by suffix, and formats whose library is not installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.articles.formats import by_suffix
from antq_llm.articles.formats.by_suffix import SUFFIXES, format_of, missing_library
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.unread import count_by_ending
from antq_llm.errors import ConfigurationError
from helpers.documents import write


@pytest.fixture
def without_libraries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the libraries of the extra appear to be missing."""
    monkeypatch.setattr(by_suffix, "is_installed", lambda module: False)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.TXT", ".txt"), ("a.jsonl.gz", ".jsonl"), ("a.gz", ""), ("a", ""), ("a.b.CSV.GZ", ".csv")],
)
def test_the_format_is_told_by_the_suffix(name: str, suffix: str) -> None:
    """The suffix decides the format, regardless of case and compression."""
    assert format_of(Path(name)) == suffix


def test_no_library_is_missing_here() -> None:
    """With the extra installed, every format can be read."""
    assert [missing_library(Path(f"a{suffix}")) for suffix in sorted(SUFFIXES)] == [None] * len(
        SUFFIXES
    )


@pytest.mark.parametrize(
    ("name", "library"), [("a.docx", "mammoth"), ("a.pdf", "pypdf"), ("a.parquet.gz", "pyarrow")]
)
def test_a_named_file_without_its_library_says_how_to_install_it(
    tmp_path: Path, without_libraries: None, name: str, library: str
) -> None:
    """A named file whose library is missing raises an error that names the extra to install."""
    with pytest.raises(ConfigurationError, match=library) as caught:
        list_inputs([str(write(tmp_path / name, "x"))])
    assert str(caught.value).endswith('pip install "antq-llm[inputs]"')


def test_files_without_their_library_in_a_folder_are_counted(
    tmp_path: Path, without_libraries: None
) -> None:
    """In a folder, files without their library are counted as unread, and other files are read."""
    for name in ("a.docx", "b.pdf", "c.pdf", "d.txt"):
        write(tmp_path / name, "Bài.")
    listed = list_inputs([str(tmp_path)])
    assert [found.id for found in listed] == ["d"]
    assert count_by_ending(listed.unread) == {".docx": 1, ".pdf": 2}
    assert any(
        message.startswith('not read: 2 .pdf (needs pypdf: pip install "antq-llm[inputs]"): ')
        for message in listed.messages()
    )
