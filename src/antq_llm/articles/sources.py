"""What a run is given: files, folders, JSON lines and standard input, listed before anything is asked."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.reading import decode, read_article
from antq_llm.errors import ArticleError, ConfigurationError

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".jsonl"})
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """One article to come; its text is read when its turn comes, and not kept."""

    id: str
    """Bytes of a file name that are no UTF-8, and halves of surrogate pairs, stand as escapes."""
    source: str
    path: Path
    offset: int | None = None
    """Where its line begins in a JSON-lines file, in bytes; None for a file that is one article."""

    def __post_init__(self) -> None:
        for name in ("id", "source"):
            object.__setattr__(
                self, name, getattr(self, name).encode(errors="backslashreplace").decode()
            )

    def read(self) -> Article:
        """Return the article; ArticleError says why it cannot be read."""
        if self.source == STANDARD_INPUT:
            return Article(decode(sys.stdin.buffer.read(), "standard input"), self.id, self.source)
        return (
            read_article(self.path, self.id)
            if self.offset is None
            else self._read_line(self.offset)
        )

    def _read_line(self, offset: int) -> Article:
        try:
            with self.path.open("rb") as file:
                file.seek(offset)
                line = file.readline()
        except OSError as error:
            raise ArticleError(f"{self.source} cannot be read: {error.strerror}") from error
        data = _parse_line(line)
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            raise ArticleError(
                f'{self.source} is no JSON object with a "text": write {{"id": …, "text": …}}'
            )
        return Article(data["text"], self.id, self.source)


def list_inputs(given: Iterable[str], out: Path | None = None) -> list[Input]:
    """Return the articles of files, folders (recursively, in sorted order) and ``-``; what lies in ``out``, a run's own folder, is left out.

    Raises ConfigurationError for an input that does not exist, a folder without articles, and two inputs with one id.
    """
    inputs = [found for name in given for found in _expand(name, out)]
    first: dict[str, str] = {}
    for one in inputs:
        if one.id in first:
            raise ConfigurationError(
                f"two inputs have the id {one.id!r}: {first[one.id]} and {one.source}. Rename one, or run them apart"
            )
        first[one.id] = one.source
    return inputs


def _expand(name: str, out: Path | None) -> Iterator[Input]:
    path = Path(name)
    if name == STANDARD_INPUT:
        yield Input("stdin", STANDARD_INPUT, path)
    elif path.is_dir():
        if out is not None and out.resolve() == path.resolve():
            raise ConfigurationError(
                f"{out} is the folder of the articles: name another one with --out, since the next call would read this one's files"
            )
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES and file.is_file() and not _is_hidden(file, path)
        )
        files = [
            file
            for file in files
            if out is None or not file.resolve().is_relative_to(out.resolve())
        ]
        if not files:
            raise ConfigurationError(
                f"the folder {path} has no articles: it takes {', '.join(sorted(SUFFIXES))}"
            )
        for file in files:
            yield from _expand_file(file, file.relative_to(path).with_suffix("").as_posix())
    elif path.exists():
        yield from _expand_file(path, path.stem)
    else:
        raise ConfigurationError(f"there is no file or folder {name}: check the path")


def _is_hidden(file: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in file.relative_to(folder).parts)


def _expand_file(path: Path, article_id: str) -> Iterator[Input]:
    if path.suffix.lower() != ".jsonl":
        yield Input(article_id, str(path), path)
        return
    try:
        with path.open("rb") as file:
            offset = 0
            for number, line in enumerate(file, start=1):
                if line.strip():
                    data = _parse_line(line)
                    given = data.get("id") if isinstance(data, dict) else None
                    line_id = str(given) if _is_id(given) else f"{article_id}:{number}"
                    yield Input(line_id, f"{path}:{number}", path, offset)
                offset += len(line)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def _is_id(given: Any) -> bool:
    return (isinstance(given, str) and bool(given.strip())) or (
        isinstance(given, int) and not isinstance(given, bool)
    )


def _parse_line(line: bytes) -> Any:
    """Return the JSON value of a line, None where it is none: its article then fails alone, when it is read."""
    try:
        return json.loads(line.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, RecursionError):
        return None
