"""A folder of made-up articles in all formats, and the articles that should be read from it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.documents import json_lines, parquet_file, pdf_file, word_file, write
from helpers.pages import LEAD, OUTLETS, PUBLISHED, TITLE


@dataclass
class Archive:
    """A folder, the articles expected from it and the number of other files."""

    folder: Path
    articles: dict[str, tuple[str, dict[str, Any] | None]] = field(default_factory=dict)
    """A passage of the text and the metadata of each article, by article id."""
    unread: dict[str, int] = field(default_factory=dict)
    """The number of files that are not articles, by extension, ``hidden`` or ``no ending``."""

    def add(self, article_id: str, passage: str, metadata: dict[str, Any] | None = None) -> None:
        """Add an expected article."""
        self.articles[article_id] = (passage, metadata)


def text_of(number: int) -> str:
    """Return the text of an article."""
    return (
        f"Ngày {number % 27 + 1}/11, xã số {number} tổ chức hội nghị tổng kết phong trào.\n"
        f"Đến nay, xã có {number + 3} tổ tự quản về an ninh trật tự."
    )


def row_of(number: int) -> dict[str, Any]:
    """Return an article as a row."""
    return {
        "id": f"r{number}",
        "title": f"Xã số {number} tổng kết",
        "content": text_of(number),
        "published_at": f"2023-12-{number % 27 + 1:02d}",
        "source": "Báo Tỉnh",
        "url": f"https://bao.example/{number}",
        "section": "Xã hội",
    }


def metadata_of(number: int) -> dict[str, Any]:
    """Return the metadata expected for the row with a given number."""
    row = row_of(number)
    return {
        "title": row["title"],
        "published": row["published_at"],
        "site": "Báo Tỉnh",
        "url": row["url"],
        "section": "Xã hội",
    }


def make_archive(folder: Path) -> Archive:
    """Write over 60 articles and some other files to a folder, and return what to expect."""
    archive = Archive(folder)
    _add_texts(archive)
    _add_tables(archive)
    _add_documents(archive)
    for outlet in OUTLETS:
        write(folder / "web" / f"{outlet.name}.html", outlet.page)
        author = {} if outlet.name == "qdnd" else {"author": "Hoài Thu"}
        archive.add(
            f"web/{outlet.name}",
            LEAD,
            {"title": TITLE, "published": PUBLISHED, "site": outlet.site, **author}
            | {"url": f"https://bao.example/{len(outlet.site)}.html"},
        )
    _add_others(archive)
    return archive


def _add_texts(archive: Archive) -> None:
    for number in range(12):
        name = f"text/t{number}" + (".md", ".txt", ".txt.gz")[number % 3]
        write(archive.folder / name, text_of(number))
        archive.add(f"text/t{number}", text_of(number))
    for ending in ("txt", "md"):
        write(archive.folder / "text" / f"twin.{ending}", text_of(90))
        archive.add(f"text/twin.{ending}", text_of(90))


def _add_tables(archive: Archive) -> None:
    def rows(first: int, count: int) -> list[dict[str, Any]]:
        for number in range(first, first + count):
            archive.add(f"r{number}", text_of(number), metadata_of(number))
        return [row_of(number) for number in range(first, first + count)]

    folder = archive.folder / "tables"
    write(folder / "a.jsonl", json_lines(rows(100, 6)))
    write(folder / "b.jsonl.gz", json_lines(rows(110, 6)))
    write(folder / "c.json", json.dumps(rows(120, 6), ensure_ascii=False))
    write(folder / "d.json", json.dumps({"articles": rows(130, 3)}, ensure_ascii=False))
    write(folder / "e.csv", _delimited(rows(140, 6), ","))
    write(folder / "f.tsv", _delimited(rows(150, 6), "\t"))
    write(folder / "g.csv.gz", _delimited(rows(160, 3), ";"))
    parquet_file(folder / "h.parquet", rows(170, 6))
    [single] = rows(180, 1)
    write(folder / "i.json", json.dumps(single, ensure_ascii=False))


def _add_documents(archive: Archive) -> None:
    for number in range(200, 204):
        lines = text_of(number).split("\n")
        write(archive.folder / "office" / f"d{number}.docx", word_file(lines, [["Thôn", "Số"]]))
        archive.add(f"office/d{number}", f"{lines[1]}\nThôn | Số")
        write(archive.folder / "office" / f"p{number}.pdf", pdf_file([lines]))
        archive.add(f"office/p{number}", text_of(number))


def _add_others(archive: Archive) -> None:
    for name in ("a.png", "b.png", "c.xlsx", "d.doc", "README", ".DS_Store", ".git/HEAD"):
        write(archive.folder / name, "x")
    write(archive.folder / "figures.csv", "a,b\n1,2\n")
    write(archive.folder / "settings.json", '{"a": 1}')
    archive.unread = {
        ".csv": 1,
        ".doc": 1,
        ".json": 1,
        ".png": 2,
        ".xlsx": 1,
        "hidden": 2,
        "no ending": 1,
    }


def _delimited(rows: list[dict[str, Any]], delimiter: str) -> str:
    lines = [list(rows[0]), *([str(value) for value in row.values()] for row in rows)]
    return "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) + "\r\n"
        for line in lines
    )
