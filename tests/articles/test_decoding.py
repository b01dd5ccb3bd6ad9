"""Reading files as articles: encodings, pages and refused files."""

from __future__ import annotations

import codecs
import unicodedata
from pathlib import Path

import pytest

from antq_llm.articles.article import Article
from antq_llm.articles.decoding import decode
from antq_llm.articles.reading import read_article
from antq_llm.errors import ArticleError

PAGE = """<!DOCTYPE html>
<html><head><title>Báo</title><style>p { color: red }</style></head><body>
<nav><a href="/">Trang chủ</a> <a href="/xa-hoi">Xã hội</a></nav>
<article><h1>Xã Tân Lâm ra mắt mô hình</h1>
<p>Sáng 30/9, UBND xã Tân Lâm tổ chức lễ ra mắt mô hình “Cổng trường bình yên”.</p>
<p>Đến nay, 48/52 thôn đã lập tổ tự quản, với sự tham gia của đông đảo người dân.</p></article>
<script>var x = "theo dõi";</script></body></html>"""


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.TXT", "a.dat", "a"])
def test_a_text_file_is_an_article_as_it_stands(tmp_path: Path, name: str) -> None:
    """A file without the suffix of another format is read as text, and its stem is the id."""
    path = tmp_path / name
    path.write_text("Bài báo.", encoding="utf-8")
    assert read_article(path) == Article("Bài báo.", "a", str(path), derived=False)


def test_an_article_can_be_given_an_id(tmp_path: Path) -> None:
    """The id can be passed instead of being taken from the file name."""
    path = tmp_path / "a.txt"
    path.write_text("Bài báo.", encoding="utf-8")
    assert read_article(path, "2021/a").id == "2021/a"


@pytest.mark.parametrize(
    "text",
    [
        "dòng 1\r\ndòng 2\r\n",
        "dòng 1\rdòng 2",
        "  Bài báo. \n\n",
        "a\tb\fc",
        "Ha\u0300 No\u0323\u0302i",
        "a\u00a0b",
        "a\ufeffb",
    ],
)
def test_no_code_point_of_a_text_is_changed(text: str) -> None:
    """Line ends, spaces and Unicode forms are kept, since character offsets depend on them."""
    assert decode(text.encode(), "a.txt") == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-8"),
    ],
)
def test_a_byte_order_mark_is_not_part_of_the_text(mark: bytes, encoding: str) -> None:
    """The byte-order mark of a UTF-8 or UTF-16 file is not part of the text."""
    assert decode(mark + "Tân Lâm".encode(encoding), "a.txt") == "Tân Lâm"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_its_mark(encoding: str) -> None:
    """UTF-16 without a mark is recognised by its zero bytes."""
    text = "Sáng 30/9, UBND xã Tân Lâm tổ chức lễ ra mắt mô hình.\r\n"
    assert decode(text.encode(encoding), "a.txt") == text


def test_a_certain_legacy_encoding_is_read() -> None:
    """A text in windows-1258 with enough Vietnamese words is decoded."""
    text = (
        "Sáng nay, Ủy ban xã Tân Lâm tổ chức lễ ra mắt mô hình “Cổng trường bình yên” "
        "với sự tham gia của đông đảo người dân."
    )
    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    parts = [unicodedata.normalize("NFD", character) for character in text]
    apart = [
        unicodedata.normalize("NFC", "".join(c for c in part if c not in marks))
        + "".join(c for c in part if c in marks)
        for part in parts
    ]
    assert unicodedata.normalize("NFC", decode("".join(apart).encode("cp1258"), "a.txt")) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("Tân Lâm".encode("latin-1"), r"a\.txt is not UTF-8.*: convert it to UTF-8"),
        (codecs.BOM_UTF8 + b"ab\xff", r"a\.txt is not UTF-8 text \(byte 5\): convert it to UTF-8"),
        (
            codecs.BOM_UTF16_LE + b"a",
            r"a\.txt is not UTF-16-LE text \(byte 2\): convert it to UTF-8",
        ),
        (b"%PDF-1.7\x00\x01", r"a\.txt is a PDF, not text: save the article as text or HTML"),
        (b"a\x1bb", r"a\.txt contains control characters"),
    ],
)
def test_a_file_that_is_not_text_is_named(data: bytes, message: str) -> None:
    """A file in another encoding or format raises an ``unreadable`` error that says what to do."""
    with pytest.raises(ArticleError, match=f"^{message}") as caught:
        decode(data, "a.txt")
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize(
    "data", [b"", b" \n\t", codecs.BOM_UTF8, codecs.BOM_UTF8 + b"\n", "\u00a0\u3000".encode()]
)
def test_an_empty_file_is_named(tmp_path: Path, data: bytes) -> None:
    """A file without text raises an ``empty`` error."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(
        ArticleError, match=r"a\.txt is empty: there is no text to extract from"
    ) as caught:
        read_article(path)
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("name", ["nothing.txt", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """A missing file or a folder raises an ``unreadable`` error that says why."""
    with pytest.raises(ArticleError, match="cannot be read: ") as caught:
        read_article(tmp_path / name)
    assert caught.value.kind == "unreadable"


@pytest.mark.parametrize("name", ["a.html", "a.htm", "a.HTML"])
def test_the_main_text_of_a_page_is_read(tmp_path: Path, name: str) -> None:
    """The text of an HTML page is its main text without markup, and is marked as derived."""
    path = tmp_path / name
    path.write_text(PAGE, encoding="utf-8")
    article = read_article(path)
    assert "48/52 thôn đã lập tổ tự quản" in article.text
    assert "<p>" not in article.text
    assert "theo dõi" not in article.text
    assert article.derived


@pytest.mark.parametrize(
    "page", ["<html></html>", "<html><body><script>x()</script></body></html>"]
)
def test_a_page_without_text_is_named(tmp_path: Path, page: str) -> None:
    """A page without text raises an ``empty`` error that says what to do."""
    path = tmp_path / "a.html"
    path.write_text(page, encoding="utf-8")
    with pytest.raises(
        ArticleError,
        match=r"a\.html is an HTML page without readable text: save the article as text",
    ) as caught:
        read_article(path)
    assert caught.value.kind == "empty"


def test_the_text_of_a_seed_is_its_bytes(seeds: list[Path]) -> None:
    """The text of every packaged article equals its bytes decoded as UTF-8."""
    assert [read_article(path).text.encode() for path in seeds] == [
        path.read_bytes() for path in seeds
    ]
