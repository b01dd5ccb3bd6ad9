"""Gold annotations with their articles and annotators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.errors import ArticleError, ConfigurationError
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer


@dataclass(frozen=True, slots=True)
class GoldArticles:
    """Gold annotations paired with their articles."""

    gold: Mapping[str, Any]
    """The annotations whose article was found, as data by article id."""
    articles: Sequence[Article]
    unreadable: Mapping[str, str]
    """The reasons why articles with an annotation cannot be read, by article id."""
    gold_without_article: Sequence[str]
    articles_without_gold: Sequence[str]
    messages: Sequence[str] = ()
    """Messages about how articles were read and which files were skipped."""

    def raise_if_empty(self) -> None:
        """Raise ConfigurationError if there is no article to evaluate on."""
        if not self.articles:
            raise ConfigurationError(
                "no readable article has a gold annotation: "
                "gold files must be named ARTICLE_ID.json"
            )


def pair_with_articles(
    gold: Mapping[str, Any], paths: Sequence[str], reading: ReadingOptions | None = None
) -> GoldArticles:
    """Pair gold annotations with the articles in ``paths`` that have the same ids.

    Raises ConfigurationError for a path that does not exist.
    """
    inputs = list_inputs(paths, None, reading)
    ids = {source.id for source in inputs}
    articles: list[Article] = []
    unreadable: dict[str, str] = {}
    for source in inputs:
        if source.id in gold:
            try:
                articles.append(source.read())
            except ArticleError as error:
                unreadable[source.id] = str(error)
    return GoldArticles(
        gold={article_id: record for article_id, record in gold.items() if article_id in ids},
        articles=articles,
        unreadable=unreadable,
        gold_without_article=sorted(set(gold) - ids),
        articles_without_gold=sorted(ids - set(gold)),
        messages=tuple(inputs.messages()),
    )


def read_annotators(folder: Path, schema: Schema[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the records of two annotators, each of whom has a folder in ``folder``."""
    first, second = annotator_folders(folder)
    return read_gold(first, schema), read_gold(second, schema)


def annotator_folders(folder: Path) -> tuple[Path, Path]:
    """Return the two annotators' folders; raise ConfigurationError unless there are exactly two."""
    folders = sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []
    if len(folders) != 2:
        raise ConfigurationError(
            f"{folder} must contain exactly two folders with ARTICLE_ID.json files, "
            "one for each annotator"
        )
    return folders[0], folders[1]


def read_gold(folder: Path, schema: Schema[Any]) -> dict[str, Any]:
    """Return the records in a folder of ``ARTICLE_ID.json`` files, as data by article id.

    Raises ConfigurationError if the folder is missing or has no such file, or if a file is not a
    valid record.
    """
    if not folder.is_dir():
        raise ConfigurationError(
            f"there is no folder {folder}: name a folder with ARTICLE_ID.json files"
        )
    records = {}
    for path in sorted(folder.rglob("*.json")):
        article_id = path.relative_to(folder).with_suffix("").as_posix()
        try:
            records[article_id] = schema.dump(schema.read_json(path.read_text("utf-8-sig")))
        except (InvalidAnswer, OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{path} is not a valid {schema.reference} record ({error}): correct the file "
                "or remove it"
            ) from error
    if not records:
        raise ConfigurationError(
            f"the folder {folder} has no .json files: name a folder with ARTICLE_ID.json files"
        )
    return records
