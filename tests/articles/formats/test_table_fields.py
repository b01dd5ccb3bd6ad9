"""Fields of tables, guessed by name or named by the caller."""

from __future__ import annotations

import pytest

from antq_llm.articles.formats.table_fields import TableFields, choose_fields
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ConfigurationError


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["id", "text"], TableFields(text="text", id="id")),
        (
            ["ID", "Tiêu đề", "Nội dung", "Ngày đăng", "Nguồn", "Tác giả", "Đường dẫn"],
            TableFields(
                text="Nội dung",
                id="ID",
                title="Tiêu đề",
                published="Ngày đăng",
                site="Nguồn",
                author="Tác giả",
                url="Đường dẫn",
            ),
        ),
        (
            ["articleId", "articleBody", "headline", "datePublished"],
            TableFields(
                text="articleBody", id="articleId", title="headline", published="datePublished"
            ),
        ),
        (["a", "b"], TableFields()),
    ],
)
def test_fields_are_guessed_by_their_names(names: list[str], fields: TableFields) -> None:
    """English and Vietnamese names are recognised whatever their case and word separators."""
    assert choose_fields(dict.fromkeys(names, 1), ReadingOptions()) == fields


def test_the_text_is_the_field_that_most_rows_have() -> None:
    """If several fields may contain the text, the one that most rows have is used."""
    assert choose_fields({"text": 1, "content": 9}, ReadingOptions()).text == "content"


def test_named_fields_come_before_guesses() -> None:
    """A field named by the caller is used instead of a guess if the table has it."""
    options = ReadingOptions("b", "c", "d", "e", ("f", "z"))
    fields = choose_fields(dict.fromkeys(["text", "id", "b", "c", "d", "e", "f"], 1), options)
    assert fields == TableFields(text="b", id="c", title="d", published="e", kept=("f",))


def test_a_named_field_that_is_missing_is_not_guessed() -> None:
    """If the table lacks the named field, no other field replaces it."""
    fields = choose_fields({"text": 1, "id": 1}, ReadingOptions(text_field="b", id_field="c"))
    assert (fields.text, fields.id) == (None, None)


def test_a_kept_field_that_is_read_anyway_is_written_once() -> None:
    """A kept field that is already the title, site or address is not repeated."""
    fields = choose_fields({"text": 1, "url": 1, "x": 1}, ReadingOptions(keep=("url", "x")))
    metadata = fields.metadata_of({"url": "u", "x": 1})
    assert metadata is not None
    assert metadata.as_json() == {"url": "u", "x": 1}


def test_naming_metadata_that_is_ignored_is_refused() -> None:
    """Naming metadata fields together with metadata=ignore raises a ConfigurationError."""
    with pytest.raises(ConfigurationError, match="metadata=ignore"):
        ReadingOptions(title_field="t", metadata="ignore")
    with pytest.raises(ConfigurationError, match="choose 'use' or 'ignore'"):
        ReadingOptions(metadata="yes")  # type: ignore[arg-type] # the error is what is tested
