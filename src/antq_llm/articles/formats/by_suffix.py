"""The supported input formats, by file suffix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from antq_llm.articles.decoding import decode
from antq_llm.articles.formats import parquet_table, pdf_document, word_document
from antq_llm.articles.formats.compressed import opened, read_bytes, without_gzip
from antq_llm.articles.formats.delimited_table import delimited_rows
from antq_llm.articles.formats.document import Document
from antq_llm.articles.formats.json_table import json_document, json_lines
from antq_llm.articles.formats.parquet_table import parquet_rows
from antq_llm.articles.formats.pdf_document import read_pdf
from antq_llm.articles.formats.table_fields import is_read, is_text_field
from antq_llm.articles.formats.table_rows import Row
from antq_llm.articles.formats.word_document import read_word
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.core.optional_library import how_to_install, is_installed

TEXTS = frozenset({".txt", ".md"})
PAGES = frozenset({".html", ".htm"})
WORD, PDF, PARQUET = ".docx", ".pdf", ".parquet"
JSON_LINES = frozenset({".jsonl", ".ndjson"})
TABLES = frozenset({*JSON_LINES, ".json", ".csv", ".tsv", PARQUET})
DOCUMENTS = frozenset({*TEXTS, *PAGES, WORD, PDF})
SUFFIXES = DOCUMENTS | TABLES
"""All supported suffixes; each may be followed by ``.gz``."""
_LIBRARIES = {
    WORD: (word_document.LIBRARY, word_document.EXTRA),
    PDF: (pdf_document.LIBRARY, pdf_document.EXTRA),
    PARQUET: (parquet_table.LIBRARY, parquet_table.EXTRA),
}


def format_of(path: Path) -> str:
    """Return the suffix that determines a file's format, in lower case."""
    return without_gzip(path).suffix.lower()


def missing_library(path: Path) -> str | None:
    """Return how to install the library that a file needs; None if no library is missing."""
    library, extra = _LIBRARIES.get(format_of(path), (None, ""))
    if library is None or is_installed(library):
        return None
    return f"needs {library}: {how_to_install(extra)}"


def read_document(path: Path, options: ReadingOptions) -> Document:
    """Read a file that contains one article; a file with an unknown suffix is read as text.

    Raises ArticleError if the file cannot be read, and ConfigurationError if the library for its
    format is missing.
    """
    data, name, suffix = read_bytes(path), str(path), format_of(path)
    if suffix == WORD:
        return read_word(data, name)
    if suffix == PDF:
        return read_pdf(data, name)
    text = decode(data, name)
    if suffix not in PAGES:
        return Document(text, derived=False)
    # This module needs lxml, which a run over texts or tables does not import.
    from antq_llm.articles.pages.web_page import read_page, text_of_page

    if not options.uses_metadata:
        return Document(text_of_page(text, name))
    page = read_page(text, name)
    return Document(page.text, metadata=page.metadata)


def read_rows(
    path: Path, options: ReadingOptions, columns: Callable[[list[str]], object]
) -> Iterator[Row]:
    """Yield the rows of a table.

    Of a Parquet file, only the needed columns are read, but ``columns`` is called with the names of
    all columns. Raises TableProblem or ArticleError if the table cannot be read, and
    ConfigurationError if the library for its format is missing.
    """
    suffix = format_of(path)
    if suffix == ".json":
        yield from json_document(
            read_bytes(path), str(path), lambda name: is_text_field(name, options)
        )
    elif suffix in {".csv", ".tsv"}:
        yield from delimited_rows(read_bytes(path), str(path), "\t" if suffix == ".tsv" else None)
    else:
        with opened(path) as file:
            if suffix == PARQUET:
                yield from parquet_rows(file, lambda name: is_read(name, options), columns)
            else:
                yield from json_lines(file)
