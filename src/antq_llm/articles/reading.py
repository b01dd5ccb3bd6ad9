"""Reading articles from files."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from antq_llm.articles.article import Article
from antq_llm.articles.formats.compressed import read_bytes
from antq_llm.articles.input_list import list_inputs
from antq_llm.articles.metadata import MetadataUse
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.articles.unread import Unread, ending_of
from antq_llm.errors import ArticleError, ConfigurationError

_LOG = logging.getLogger(__name__)

Source = str | Path | Article


class Articles(Iterable[Article]):
    """The articles in a set of files, read one by one, and the files that were not read.

    Iterating again reads the files again.
    """

    def __init__(self, paths: Iterable[str | Path], options: ReadingOptions) -> None:
        """List the articles; raise the same errors as ``read_articles``."""
        self._listed = list_inputs([str(path) for path in paths], None, options)
        self._failed: dict[str, Unread] = {}
        for message in self._listed.messages():
            (_LOG.warning if message.startswith("not read") else _LOG.info)("%s", message)

    def __iter__(self) -> Iterator[Article]:
        self._failed.clear()
        for found in self._listed:
            try:
                article = found.read()
            except ArticleError as error:
                _LOG.warning("not read: %s", error)
                ending = ending_of(Path(found.file_name))
                self._failed[found.source] = Unread(found.source, ending, str(error))
                continue
            yield article

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The files that are not read and, after iteration, the articles that could not be read."""
        return (*self._listed.unread, *self._failed.values())

    @property
    def tables(self) -> tuple[str, ...]:
        """Messages that say how many articles each table has and how its fields are used."""
        return tuple(self._listed.tables)


def read_articles(
    *paths: str | Path,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    date_field: str | None = None,
    keep: Iterable[str] = (),
    metadata: MetadataUse = "use",
) -> Articles:
    """Return the articles in files, folders and globs, read as ``antq-llm extract`` reads them.

    Table fields that the caller does not name are guessed from the column names. Unreadable files
    and articles are logged as warnings and listed in the result's ``unread`` attribute. Raises
    ConfigurationError if a path has no articles or the options contradict each other.
    """
    options = ReadingOptions(text_field, id_field, title_field, date_field, tuple(keep), metadata)
    return Articles(paths, options)


def read_article(
    path: Path, article_id: str | None = None, options: ReadingOptions | None = None
) -> Article:
    """Read a file that contains one article.

    ``article_id`` defaults to the file's stem or, for a table, to the id of its row. Raises
    ArticleError if the file cannot be read or does not contain exactly one article.
    """
    if path.is_dir() or not path.exists():
        read_bytes(path)
    try:
        inputs = list_inputs([str(path)], None, options).inputs
    except ConfigurationError as error:
        raise ArticleError(str(error)) from error
    if len(inputs) != 1:
        raise ArticleError(
            f"{path} has {len(inputs)} articles, but one is expected: "
            "pass read_articles(path) to extract_many, or pass a single Article"
        )
    article = inputs[0].read()
    return article if article_id is None else replace(article, id=article_id)


def as_article(source: Source, options: ReadingOptions | None = None) -> Article:
    """Return the article given as a text, a path or an Article.

    If the options ignore metadata, an Article's metadata is dropped too. Raises ArticleError if the
    source is of another type or cannot be read.
    """
    if isinstance(source, Article):
        is_ignored = options is not None and not options.uses_metadata
        return replace(source, metadata=None) if is_ignored and source.metadata else source
    if isinstance(source, Path):
        return read_article(source, options=options)
    if not isinstance(source, str):
        raise ArticleError(
            f"{type(source).__name__} is not an article: give a text, a pathlib.Path or an Article"
        )
    return Article(source)
