"""Word documents: paragraphs and tables, in order."""

from __future__ import annotations

import pytest

from antq_llm.articles.formats.word_document import read_word
from antq_llm.errors import ArticleError
from helpers.documents import word_file


def test_paragraphs_and_tables_are_read_in_order() -> None:
    """Each paragraph is a line, and bars separate the cells of a row."""
    document = read_word(
        word_file(["Tiêu đề", "A & B < C", "Xem thêm"], [["Thôn", "Số tổ"], ["Đông", "26"]]), "a"
    )
    assert document.text == "Tiêu đề\nA & B < C\nXem thêm\nThôn | Số tổ\nĐông | 26"
    assert (document.derived, document.metadata) == (True, None)


@pytest.mark.parametrize(
    ("data", "message", "kind"),
    [
        (word_file([]), "is a Word document without text", "empty"),
        (b"PK\x03\x04broken", "cannot be read as a Word document", "unreadable"),
        (b"", "cannot be read as a Word document", "unreadable"),
    ],
)
def test_a_document_that_cannot_be_read_says_why(data: bytes, message: str, kind: str) -> None:
    """An empty or broken document raises an ArticleError that gives the reason."""
    with pytest.raises(ArticleError, match=f"a.docx {message}") as caught:
        read_word(data, "a.docx")
    assert caught.value.kind == kind
