"""Reading articles in Python: one from a file, or many from files and folders."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.metadata import ArticleMetadata
from antq_llm.articles.reading import as_article, read_article, read_articles
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ArticleError, ConfigurationError
from helpers.documents import json_lines, write

LINES = json_lines([{"id": "a", "text": "một", "title": "Tên"}, {"text": "hai"}, {"text": ""}])


def test_articles_are_read_as_by_the_command(tmp_path: Path) -> None:
    """The articles of a folder have ids and metadata, and can be iterated over repeatedly."""
    write(tmp_path / "x" / "in.jsonl", LINES)
    write(tmp_path / "b.txt", "ba")
    articles = read_articles(tmp_path)
    found = [(article.id, article.text, article.metadata) for article in articles]
    assert found == [
        ("b", "ba", None),
        ("a", "một", ArticleMetadata("Tên")),
        ("x/in:2", "hai", None),
    ]
    assert [article.id for article in articles] == ["b", "a", "x/in:2"]


def test_what_is_not_read_is_listed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Files and rows without an article are listed as unread and logged as warnings."""
    write(tmp_path / "in.jsonl", LINES)
    write(tmp_path / "x.png", b"x")
    with caplog.at_level(logging.WARNING):
        articles = read_articles(tmp_path)
        assert len(list(articles)) == 2
    assert [(Path(one.source).name, one.ending) for one in articles.unread] == [
        ("x.png", ".png"),
        ("in.jsonl:3", ".jsonl"),
    ]
    assert [record.getMessage()[:20] for record in caplog.records] == [
        "not read: 1 .png (no",
        f"not read: {tmp_path}"[:20],
    ]


def test_several_paths_can_be_read(tmp_path: Path) -> None:
    """Paths can be strings or Path objects, and arguments select fields and metadata."""
    one, two = write(tmp_path / "1.csv", "a,b\nx,y\n"), write(tmp_path / "2.csv", "a,b\nz,w\n")
    articles = read_articles(str(one), two, text_field="b", id_field="a", metadata="ignore")
    assert list(articles) == [Article("y", "x", f"{one}:1"), Article("w", "z", f"{two}:1")]
    assert articles.tables == (
        f"{one}: 1 article(s), text=b, id=a",
        f"{two}: 1 article(s), text=b, id=a",
    )


def test_a_missing_path_is_refused_at_once(tmp_path: Path) -> None:
    """A missing path raises a ConfigurationError before anything is read."""
    with pytest.raises(ConfigurationError, match="there is no file or folder"):
        read_articles(tmp_path / "nothing")


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.json"])
def test_a_file_with_several_articles_is_not_one(tmp_path: Path, name: str) -> None:
    """If one article is expected, a file with several raises an ArticleError that names it."""
    texts = {"in.jsonl": LINES, "in.csv": "text\na\nb\n", "in.json": '[{"text": "a"}, {}]'}
    path = write(tmp_path / name, texts[name])
    with pytest.raises(ArticleError, match=rf"{name} has \d articles, but one is expected: pass"):
        read_article(path)


def test_a_table_with_one_article_is_one(tmp_path: Path) -> None:
    """A table with one row is read if one article is expected."""
    path = write(tmp_path / "in.jsonl", json_lines([{"id": "a", "text": "một"}]))
    assert read_article(path) == Article("một", "a", f"{path}:1")


@pytest.mark.parametrize("name", ["in.csv", "in.parquet", "in.docx"])
def test_a_table_that_cannot_be_read_is_an_article_error(tmp_path: Path, name: str) -> None:
    """A broken file raises an ArticleError that names it."""
    with pytest.raises(ArticleError, match=name):
        read_article(write(tmp_path / name, "x"))


def test_json_in_a_text_file_is_refused(tmp_path: Path) -> None:
    """A text file with JSON objects is not read as one article, since it may contain several."""
    with pytest.raises(ArticleError, match=r"in\.txt contains JSON, not text"):
        read_article(write(tmp_path / "in.txt", LINES))


@pytest.mark.parametrize("text", ["[1] Nguồn", "{{tên}} dự hội nghị", "[]", "[1, 2]"])
def test_text_that_looks_like_json_is_read(tmp_path: Path, text: str) -> None:
    """A text that begins with a bracket is not mistaken for JSON with articles."""
    assert read_article(write(tmp_path / "in.txt", text)).text == text


def test_a_compressed_text_is_read(tmp_path: Path) -> None:
    """The id of a compressed file omits both suffixes, and its text is unchanged."""
    path = write(tmp_path / "a.b.txt.gz", "Bài.\r\n")
    assert read_article(path) == Article("Bài.\r\n", "a.b", str(path))


def test_metadata_of_an_article_can_be_ignored() -> None:
    """With metadata=ignore, the metadata of an Article is left out too."""
    article = Article("Bài.", metadata=ArticleMetadata("Tên"))
    assert as_article(article, ReadingOptions(metadata="ignore")) == Article("Bài.")
    assert as_article(article) is article
