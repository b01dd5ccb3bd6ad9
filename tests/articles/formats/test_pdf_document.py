"""PDF files: their text, page by page, and pages without text."""

from __future__ import annotations

import pytest

from antq_llm.articles.formats.pdf_document import read_pdf
from antq_llm.errors import ArticleError
from helpers.documents import pdf_file

FIRST = ["Xã Tân Lâm ra mắt tổ tự quản", "Sáng 11/3, UBND xã tổ chức lễ ra mắt."]


def test_the_pages_of_a_pdf_are_read_in_order() -> None:
    """Lines stay separate, an empty line separates pages, and the text is marked as derived."""
    document = read_pdf(pdf_file([FIRST, ["Trang hai"]]), "a.pdf")
    assert document.text == "\n".join(FIRST) + "\n\nTrang hai"
    assert (document.derived, document.metadata, document.notices) == (True, None, ())


def test_ligatures_are_written_out() -> None:
    """Typographic ligatures become letters, but signs such as ² are kept."""
    assert read_pdf(pdf_file([["ofﬁcer, ﬂat, 5 m²"]]), "a.pdf").text == "officer, flat, 5 m²"


def test_pages_without_text_are_named() -> None:
    """A notice gives the numbers of the pages that have no text and were not read."""
    document = read_pdf(pdf_file([FIRST, [], ["Trang ba"], []]), "a.pdf")
    assert document.notices == (
        ("partly_read", "2 of 4 pages have no text and were not read: 2, 4"),
    )


@pytest.mark.parametrize(
    ("data", "message", "kind"),
    [
        (pdf_file([[], []]), "is a PDF without text, such as a scan: run OCR", "empty"),
        (b"%PDF-1.7\nbroken", "cannot be read as a PDF", "unreadable"),
        (b"", "cannot be read as a PDF", "unreadable"),
    ],
)
def test_a_pdf_that_cannot_be_read_says_why(data: bytes, message: str, kind: str) -> None:
    """A scan or a broken file raises an ArticleError that gives the reason."""
    with pytest.raises(ArticleError, match=f"a.pdf {message}") as caught:
        read_pdf(data, "a.pdf")
    assert caught.value.kind == kind
