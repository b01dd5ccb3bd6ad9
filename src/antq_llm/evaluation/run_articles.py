"""The articles that a run was made from, read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from antq_llm.articles.article import Article
from antq_llm.articles.sources import STANDARD_INPUT, Input, list_inputs
from antq_llm.errors import ArticleError
from antq_llm.records.stored_run import StoredRun
from antq_llm.records.text_files import text_file


def articles_of_run(run: StoredRun, inputs: Sequence[str] = ()) -> tuple[list[Input], list[str]]:
    """Return the articles of a run, in the order of the inputs, and the ids without a text.

    ``inputs`` are files and folders (default: those that ``run.json`` names, where they still are);
    texts that were taken from pages are read from ``texts/``.
    """
    lines = chain(run.record_lines(), run.failure_lines())
    sources = {line["article_id"]: line.get("source") for line in lines}
    found: dict[str, Input] = {}
    for article in list_inputs(_named_inputs(run, inputs), run.folder):
        if article.id in sources:
            found[article.id] = article
    for article_id, source in sources.items():
        text = text_file(run.folder, article_id)
        if text.is_file():
            found[article_id] = _KeptText(article_id, str(source), text)
    return list(found.values()), [one for one in sources if one not in found]


class RunTexts:
    """The texts of a run's articles by id, each read when it is asked for."""

    def __init__(self, run: StoredRun, inputs: Sequence[str] = ()) -> None:
        found, _ = articles_of_run(run, inputs)
        self._inputs = {article.id: article for article in found}

    def get(self, article_id: str) -> str | None:
        """Return the text of an article, None if it is not found or cannot be read."""
        article = self._inputs.get(article_id)
        try:
            return None if article is None else article.read().text
        except ArticleError:
            return None


@dataclass(frozen=True, slots=True)
class _KeptText(Input):
    """A text that the run has kept because it was taken from a page."""

    def read(self) -> Article:
        text = self.path.read_bytes().decode()
        return Article(text, self.id, self.source, derived=True)


def _named_inputs(run: StoredRun, inputs: Sequence[str]) -> Iterator[str]:
    if inputs:
        return iter(inputs)
    named = (str(name) for name in run.settings.get("inputs") or ())
    return (name for name in named if name != STANDARD_INPUT and Path(name).exists())
