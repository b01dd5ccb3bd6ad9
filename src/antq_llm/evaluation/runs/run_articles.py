"""The articles of a run, read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.inputs import Input, Origin
from antq_llm.articles.metadata import ArticleMetadata
from antq_llm.articles.reading_options import options_from_settings
from antq_llm.articles.sources import STANDARD_INPUT, is_there, read_list
from antq_llm.errors import ArticleError
from antq_llm.records.stored_run import StoredRun
from antq_llm.records.text_files import text_file


def articles_of_run(run: StoredRun, inputs: Sequence[str] = ()) -> tuple[list[Input], list[str]]:
    """Return the articles of a run, and the ids of articles whose texts were not found.

    ``inputs`` are files and folders (default: those named in ``run.json`` that still exist); texts
    extracted from pages and documents are read from ``texts/``. The articles are in the order of
    the inputs, followed by those found only in ``texts/``. Their metadata is taken from the run's
    output, because the model's answers can depend on it.
    """
    lines = chain(run.record_lines(), run.failure_lines())
    known = _ArticlesOfRun({line["article_id"]: line for line in lines})
    found: dict[str, Input] = {}
    reading = options_from_settings(run.settings)
    for article in list_inputs(_named_inputs(run, inputs), run.folder, reading, known):
        if known.has(article.id):
            metadata = _metadata_of(known.lines[article.id])
            found[article.id] = replace(article, origin=_WithMetadata(article.origin, metadata))
    for article_id, line in known.lines.items():
        text = text_file(run.folder, article_id)
        if text.is_file():
            kept = _KeptText(text, _metadata_of(line))
            found[article_id] = Input(article_id, str(line.get("source")), kept, text.name)
    return list(found.values()), [one for one in known.lines if one not in found]


class RunTexts:
    """The texts of a run's articles by id, each read on demand."""

    def __init__(self, run: StoredRun, inputs: Sequence[str] = ()) -> None:
        found, _ = articles_of_run(run, inputs)
        self._inputs = {article.id: article for article in found}

    def get(self, article_id: str) -> str | None:
        """Return the text of an article, or None if it is not found or cannot be read."""
        article = self._inputs.get(article_id)
        try:
            return None if article is None else article.read().text
        except ArticleError:
            return None


@dataclass(frozen=True, slots=True)
class _ArticlesOfRun:
    """The lines of a run by article id, so that inputs get the same ids as in the run."""

    lines: Mapping[str, Mapping[str, Any]]

    def has(self, article_id: str) -> bool:
        """Return whether the run contains an article."""
        return article_id in self.lines

    def source_of(self, article_id: str) -> str | None:
        """Return the source of an article, or None if the run does not contain it."""
        return self.lines.get(article_id, {}).get("source")


def _metadata_of(line: Mapping[str, Any]) -> ArticleMetadata | None:
    return ArticleMetadata.from_json(line.get("metadata") or {}) or None


@dataclass(frozen=True, slots=True)
class _WithMetadata:
    """An origin whose article gets its metadata from the run."""

    origin: Origin
    metadata: ArticleMetadata | None

    def article(self, offset: int, article_id: str, source: str) -> Article:
        """Return the article with the run's metadata."""
        article = self.origin.article(offset, article_id, source)
        return replace(article, metadata=self.metadata)


@dataclass(frozen=True, slots=True)
class _KeptText:
    """A text that the run kept because it was extracted from a page or document."""

    path: Path
    metadata: ArticleMetadata | None

    def article(self, offset: int, article_id: str, source: str) -> Article:  # noqa: ARG002 - the only one
        """Return the article with the kept text and metadata."""
        text = self.path.read_bytes().decode()
        return Article(text, article_id, source, derived=True, metadata=self.metadata)


def _named_inputs(run: StoredRun, inputs: Sequence[str]) -> list[str]:
    if inputs:
        return list(inputs)
    named = [str(name) for name in run.settings.get("inputs") or ()]
    listed = run.settings.get("files_from")
    if listed and Path(listed).is_file():
        named += read_list(Path(listed))
    return [name for name in named if name != STANDARD_INPUT and is_there(name)]
