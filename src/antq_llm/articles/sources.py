"""The inputs of a run: files, folders, JSON lines and standard input, listed before it starts."""

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
from antq_llm.errors import ArticleError, ConfigurationError, encodable

SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".jsonl"})
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """An article that is read only when it is needed."""

    id: str
    """Bytes that are not UTF-8 and halves of surrogate pairs are written as escapes."""
    source: str
    path: Path
    offset: int | None = None
    """The byte offset of its line in a JSON-lines file; None for a file that is one article."""

    def __post_init__(self) -> None:
        for name in ("id", "source"):
            object.__setattr__(self, name, encodable(getattr(self, name)))

    def read(self) -> Article:
        """Return the article; ArticleError says why it cannot be read."""
        if self.source == STANDARD_INPUT:
            return Article(decode(_standard_input(), "standard input"), self.id, self.source)
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
                f'{self.source} is not a JSON object with a "text": write {{"id": …, "text": …}}'
            )
        return Article(data["text"], self.id, self.source)


def _standard_input() -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (OSError, ValueError, AttributeError) as error:  # it is closed, or a folder
        raise ArticleError(f"standard input cannot be read ({error}): name a file") from error


def list_inputs(names: Iterable[str], out: Path | None = None) -> list[Input]:
    """Return the articles in files, folders (recursively, in sorted order) and ``-``.

    Files in ``out``, the run's output folder, are left out. Raises ConfigurationError for an input
    that does not exist, a folder without articles, and two inputs with the same id.
    """
    inputs = [found for name in names for found in _expand(name, out)]
    sources: dict[str, str] = {}
    for found in inputs:
        if found.id in sources:
            raise ConfigurationError(
                f"two inputs have the id {found.id!r}: {sources[found.id]} and {found.source}. "
                "Rename one, or process them in separate runs"
            )
        sources[found.id] = found.source
    return inputs


def _expand(name: str, out: Path | None) -> Iterator[Input]:
    path = Path(name)
    if name == STANDARD_INPUT:
        yield Input("stdin", STANDARD_INPUT, path)
    elif path.is_dir():
        yield from _expand_folder(path, out)
    elif path.exists():
        yield from _expand_file(path, path.stem)
    else:
        raise ConfigurationError(f"there is no file or folder {name}: check the path")


def _expand_folder(folder: Path, out: Path | None) -> Iterator[Input]:
    if out is not None and out.resolve() == folder.resolve():
        raise ConfigurationError(
            f"{out} is the folder of the articles: name another one with --out, since the next "
            "call would read the files of this one"
        )
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in SUFFIXES
        and file.is_file()
        and not _is_hidden(file, folder)
        and (out is None or not file.resolve().is_relative_to(out.resolve()))
    )
    if not files:
        raise ConfigurationError(
            f"the folder {folder} has no articles: "
            f"files ending in {', '.join(sorted(SUFFIXES))} are read"
        )
    for file in files:
        yield from _expand_file(file, file.relative_to(folder).with_suffix("").as_posix())


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
                    value = data.get("id") if isinstance(data, dict) else None
                    line_id = str(value) if _is_id(value) else f"{article_id}:{number}"
                    yield Input(line_id, f"{path}:{number}", path, offset)
                offset += len(line)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from error


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return isinstance(value, int) and not isinstance(value, bool)


def _parse_line(line: bytes) -> Any:
    """Return the JSON value of a line, or None, so that only its article fails, when it is read."""
    try:
        return json.loads(line.removeprefix(codecs.BOM_UTF8).decode())
    except (ValueError, RecursionError):
        return None
