"""Tables of articles in all formats: rows, ids, metadata and unreadable rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.metadata import ArticleMetadata
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.articles.unread import count_by_ending
from antq_llm.errors import ArticleError, ConfigurationError
from helpers.documents import json_lines, parquet_file, write

ROWS = [
    {"id": "a", "title": "Tên một", "content": "Bài, một.\nDòng hai.", "date": "12/3/2024"},
    {"id": "b", "title": "Tên “hai”", "content": 'Bài "hai".', "date": "2024-03-13"},
]
EXPECTED = [
    ("a", "Bài, một.\nDòng hai.", ArticleMetadata("Tên một", "2024-03-12")),
    ("b", 'Bài "hai".', ArticleMetadata("Tên “hai”", "2024-03-13")),
]
CSV = (
    'id,title,content,date\r\na,Tên một,"Bài, một.\nDòng hai.",12/3/2024\r\n'
    'b,Tên “hai”,"Bài ""hai"".",2024-03-13\r\n'
)


def tables(folder: Path) -> list[Path]:
    """Write the rows in every format."""
    text = json.dumps(ROWS, ensure_ascii=False)
    return [
        write(folder / "lines.jsonl", json_lines(ROWS)),
        write(folder / "lines.ndjson.gz", json_lines(ROWS)),
        write(folder / "array.json", text),
        write(folder / "array.json.gz", text),
        write(folder / "inside.json", f'{{"count": 2, "data": {text}}}'),
        write(folder / "lines.json", json_lines(ROWS)),
        write(folder / "comma.csv", CSV),
        write(folder / "mark.csv", CSV.encode("utf-8-sig")),
        write(folder / "wide.csv", CSV.encode("utf-16")),
        write(folder / "comma.csv.gz", CSV),
        write(
            folder / "semicolon.csv",
            CSV.replace(",Tên", ";Tên")
            .replace(',"', ';"')
            .replace('",', '";')
            .replace("id,title,content,date", "id;title;content;date"),
        ),
        write(folder / "named.csv", "sep=,\r\n" + CSV),
        write(
            folder / "tab.tsv",
            CSV.replace("id,title,content,date", "id\ttitle\tcontent\tdate")
            .replace(",Tên", "\tTên")
            .replace(',"', '\t"')
            .replace('",', '"\t'),
        ),
        parquet_file(folder / "rows.parquet", ROWS),
    ]


def read(path: Path, **options: Any) -> list[Article]:
    """Return the articles of a file."""
    return [found.read() for found in list_inputs([str(path)], None, ReadingOptions(**options))]


def test_every_format_gives_the_same_articles(tmp_path: Path) -> None:
    """The same rows give the same ids, texts and metadata in every format."""
    for path in tables(tmp_path):
        found = [(article.id, article.text, article.metadata) for article in read(path)]
        assert (path.name, found) == (path.name, EXPECTED)


def test_texts_of_tables_are_not_derived(tmp_path: Path) -> None:
    """The text of a row is not marked as derived, so no copy of it is written."""
    assert not any(article.derived for path in tables(tmp_path) for article in read(path))


def test_metadata_of_tables_can_be_ignored(tmp_path: Path) -> None:
    """With metadata=ignore, rows give only texts and ids."""
    for path in tables(tmp_path):
        articles = read(path, metadata="ignore")
        assert [article.metadata for article in articles] == [None, None]
        assert [article.id for article in articles] == ["a", "b"]


def test_sources_name_the_row(tmp_path: Path) -> None:
    """A row's source is its path and row number, and its default id is the stem and row number."""
    path = write(tmp_path / "x.csv", "text\nmột\nhai\n")
    assert [(article.id, article.source) for article in read(path)] == [
        ("x:1", f"{path}:1"),
        ("x:2", f"{path}:2"),
    ]


def test_one_object_is_one_article(tmp_path: Path) -> None:
    """A JSON object with a text is an article, even if it also contains an array."""
    path = write(tmp_path / "x.json", '{"text": "một", "id": 5, "links": [{"text": "hai"}]}')
    assert [(article.id, article.text) for article in read(path)] == [("5", "một")]


def test_named_fields_are_read(tmp_path: Path) -> None:
    """The caller can name the text, id, title and date fields, and kept fields become metadata."""
    rows = [{"text": "x", "than_bai": "Bài.", "so": 7, "ten": "Tên", "luc": "12/3/2024", "k": [1]}]
    [article] = read(
        write(tmp_path / "x.jsonl", json_lines(rows)),
        text_field="than_bai",
        id_field="so",
        title_field="ten",
        date_field="luc",
        keep=("k",),
    )
    metadata = ArticleMetadata("Tên", "2024-03-12", kept={"k": [1]})
    assert article == Article("Bài.", "7", f"{tmp_path}/x.jsonl:1", metadata=metadata)


def test_the_use_of_fields_is_shown(tmp_path: Path) -> None:
    """A message says how each field is used, and which fields are not read."""
    path = write(tmp_path / "x.csv", "id,content,sapo\n1,Bài.,Dẫn.\n")
    assert list(list_inputs([str(path)]).messages()) == [
        f"{path}: 1 article(s), text=content, id=id; fields not read: sapo"
    ]


def test_ignored_metadata_is_shown_as_not_read(tmp_path: Path) -> None:
    """With metadata=ignore, the message lists the title and the date as not read."""
    path = write(tmp_path / "x.csv", "id,content,title,date\n1,Bài.,Tên,2018-11-30\n")
    assert list_inputs([str(path)], options=ReadingOptions(metadata="ignore")).tables == [
        f"{path}: 1 article(s), text=content, id=id; fields not read: title, date"
    ]


def test_a_named_field_that_no_table_has_is_refused(tmp_path: Path) -> None:
    """A misspelled field raises a ConfigurationError that lists the existing fields."""
    path = write(tmp_path / "x.csv", "id,content\n1,Bài.\n")
    with pytest.raises(
        ConfigurationError, match="no table has the field 'sapo': the fields are content, id"
    ):
        read(path, keep=("sapo",))


BROKEN = {
    "a.csv": "a,b\n1,2\n",
    "b.json": '{"a": 1}',
    "c.json": "{",
    "d.json": "3",
    "e.csv": 'text\n"một\n',
    "f.csv": "",
    "g.csv": "text\n",
    "h.csv": "text,text\na,b\n",
    "i.jsonl": '{"a": "b"}\n',
    "j.parquet": "no table",
    "k.json": "[]",
    "l.jsonl": "",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_named_table_without_articles_is_refused(tmp_path: Path, name: str) -> None:
    """A table that is named directly but has no articles raises an error that names it."""
    path = write(tmp_path / name, BROKEN[name])
    with pytest.raises(ConfigurationError, match=name):
        read(path)


def test_tables_without_articles_in_a_folder_are_counted(tmp_path: Path) -> None:
    """In a folder, tables without articles are counted as unread, and other files are read."""
    for name, text in BROKEN.items():
        write(tmp_path / name, text)
    write(tmp_path / "z.txt", "Bài.")
    listed = list_inputs([str(tmp_path)])
    assert [found.id for found in listed] == ["z"]
    assert count_by_ending(listed.unread) == {".csv": 5, ".json": 4, ".jsonl": 2, ".parquet": 1}


def test_a_row_with_too_many_cells_fails_alone(tmp_path: Path) -> None:
    """A row with more cells than the header fails, but its neighbours are read."""
    path = write(tmp_path / "x.csv", "id,text\n1,một\n2,hai,ba\n3,bốn\n")
    first, second, third = list_inputs([str(path)])
    with pytest.raises(ArticleError, match=r"x\.csv:2 has 3 cells, but the header has 2"):
        second.read()
    assert (first.read().text, third.read().text) == ("một", "bốn")


@pytest.mark.parametrize("text", ["id,text\n1,\n", "id,text\n1\n"])
def test_a_row_without_text_fails(tmp_path: Path, text: str) -> None:
    """A row without a text counts as a failed article and is not left out."""
    [found] = list_inputs([str(write(tmp_path / "x.csv", text))])
    with pytest.raises(ArticleError, match=r"x\.csv:1 "):
        found.read()


def test_an_incomplete_gzip_file_is_refused(tmp_path: Path) -> None:
    """A truncated gzip file raises an error, so that no rows are lost silently."""
    path = write(tmp_path / "x.jsonl.gz", json_lines(ROWS * 200))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ConfigurationError, match="is not a complete gzip file"):
        read(path)


def test_values_of_parquet_are_kept_as_json(tmp_path: Path) -> None:
    """Dates in a Parquet file become ISO 8601 text, and lists remain lists."""
    from datetime import UTC, datetime

    rows = [{"text": "Bài.", "published": datetime(2024, 3, 12, 8, tzinfo=UTC), "vector": [0.1]}]
    [article] = read(parquet_file(tmp_path / "x.parquet", rows), keep=("vector",))
    assert article.metadata == ArticleMetadata(
        published="2024-03-12T08:00:00+00:00", kept={"vector": [0.1]}
    )
