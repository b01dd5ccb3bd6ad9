"""The articles of a run, listed before the run starts and read on demand."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from antq_llm.articles.article import Article, ArticleNotice
from antq_llm.articles.decoding import decode
from antq_llm.articles.formats.article_table import ArticleTable
from antq_llm.articles.formats.by_suffix import read_document
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ArticleError, encodable


class Origin(Protocol):
    """A source that returns articles by offset."""

    def article(self, offset: int, article_id: str, source: str) -> Article:
        """Return the article at an offset; raise ArticleError if it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Input:
    """An article that is read on demand."""

    id: str
    """The article's id; lone surrogates and bytes that are not UTF-8 are escaped."""
    source: str
    origin: Origin
    file_name: str
    offset: int = 0
    problem: str | None = None
    """The reason why the article cannot be read; None if it can."""
    original_id: str | None = None
    """The id before renaming; None if the input was not renamed."""

    def __post_init__(self) -> None:
        for name in ("id", "source"):
            object.__setattr__(self, name, encodable(getattr(self, name)))

    def read(self) -> Article:
        """Read the article; raise ArticleError if it cannot be read."""
        if self.problem is not None:
            raise ArticleError(f"{self.source} {self.problem}")
        article = self.origin.article(self.offset, self.id, self.source)
        if self.original_id is None:
            return article
        message = (
            f"the id was {self.original_id!r}, which another input also has; it is now {self.id!r}"
        )
        return replace(article, notices=(*article.notices, ArticleNotice("renamed", message)))

    def renamed(self, article_id: str) -> Input:
        """Return the input with another id; its present id becomes the original id."""
        if article_id == self.id:
            return self
        return replace(self, id=article_id, original_id=self.id)


@dataclass(frozen=True, slots=True)
class DocumentFile:
    """A file that contains one article."""

    path: Path
    options: ReadingOptions

    def article(self, offset: int, article_id: str, source: str) -> Article:  # noqa: ARG002 - a file has one article
        """Read the file; raise ArticleError if it cannot be read or contains JSON objects."""
        article = read_document(self.path, self.options).as_article(article_id, source)
        if not article.derived:
            raise_for_json(article.text, source)
        return article


class StandardInput:
    """The text on standard input, which can be read only once."""

    def article(self, offset: int, article_id: str, source: str) -> Article:  # noqa: ARG002 - it has one article
        """Read standard input; raise ArticleError if it cannot be read or contains JSON objects."""
        text = decode(_standard_input(), "standard input")
        raise_for_json(text, "standard input")
        return Article(text, article_id, source)


def _standard_input() -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (OSError, ValueError, AttributeError) as error:  # standard input is closed, or a folder
        raise ArticleError(f"standard input cannot be read ({error}): name a file") from error


def raise_for_json(text: str, name: str) -> None:
    """Raise ArticleError if the text is JSON with objects, since each object may be an article."""
    start = text.lstrip()
    if not start.startswith(("{", "[")):
        return
    for candidate in (start.partition("\n")[0], start):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) or (isinstance(value, list) and _are_objects(value)):
            raise ArticleError(
                f"{name} contains JSON, not text: name a file that ends in .jsonl or .json, so "
                "that its articles are read one by one"
            )


def _are_objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, dict) for value in values)


def inputs_of_table(table: ArticleTable, article_id: str) -> list[Input]:
    """Return a table's rows as inputs; a row without an id gets the id ``TABLE_ID:ROW_NUMBER``."""
    return [
        Input(
            row.id or f"{article_id}:{row.number}",
            f"{table.path}:{row.number}",
            table,
            table.path.name,
            row.offset,
            row.problem,
        )
        for row in table.rows
    ]
