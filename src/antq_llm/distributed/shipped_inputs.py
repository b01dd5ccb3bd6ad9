"""Inputs in a form that can be sent to workers, which may lack access to the driver's files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import DocumentFile, Input
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.distributed.storage import Storage, is_url
from antq_llm.errors import ArticleError, ConfigurationError


@dataclass(frozen=True, slots=True)
class ShippedDocument:
    """The content of a file, which the worker reads as an article."""

    content: bytes
    path: Path
    """The path of the file on the driver; its suffix determines the format."""
    options: ReadingOptions

    def article(self, offset: int, article_id: str, source: str) -> Article:
        """Read the article from the content."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / self.path.name
            copy.write_bytes(self.content)
            try:
                return DocumentFile(copy, self.options).article(offset, article_id, source)
            except ArticleError as error:
                message = str(error).replace(str(copy), str(self.path))
                raise ArticleError(message, kind=error.kind) from None  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class ShippedArticle:
    """An article that the driver has read from a table, or the error from reading it."""

    read: Article | ArticleError

    def article(self, offset: int, article_id: str, source: str) -> Article:  # noqa: ARG002 - read
        """Return the article, or raise the error from reading it."""
        if isinstance(self.read, ArticleError):
            raise self.read
        return self.read


def shipped(source: Input) -> Input:
    """Return an input that can be read on another machine."""
    if source.problem is not None:
        return replace(source, origin=ShippedArticle(ArticleError(source.problem)))
    read: Article | ArticleError
    try:
        if isinstance(source.origin, DocumentFile):
            origin = source.origin
            content = origin.path.read_bytes()
            return replace(source, origin=ShippedDocument(content, origin.path, origin.options))
        read = source.origin.article(source.offset, source.id, source.source)
    except ArticleError as error:
        read = error
    except OSError as error:
        read = ArticleError(f"{source.source} cannot be read: {error}")
    return replace(source, origin=ShippedArticle(read))


@contextmanager
def local_inputs(names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield local paths by input name; inputs that are URLs are copied to a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="antq-llm-") as folder:
        yield {
            name: _copied(name, Path(folder) / str(number)) if is_url(name) else name
            for number, name in enumerate(names)
        }


def with_source(source: Input, copies: dict[str, str]) -> Input:
    """Return an input; if the input was copied from a URL, its source becomes that URL."""
    for name, copy in copies.items():
        if name != copy and source.source.startswith(copy):
            return replace(source, source=name.rstrip("/") + source.source[len(copy) :])
    return source


def _copied(url: str, folder: Path) -> str:
    target = folder / url.rstrip("/").rpartition("/")[2]
    if not Storage(url.rstrip("/")).copy_to(target):
        raise ConfigurationError(f"nothing was found at {url}: correct the address")
    return str(target)
