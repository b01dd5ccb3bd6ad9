"""The files of a run, found by name, folder, glob or list, and the files that are not read."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from antq_llm.articles.formats.by_suffix import SUFFIXES, TABLES, format_of, missing_library
from antq_llm.articles.formats.compressed import without_gzip
from antq_llm.articles.unread import FOLDER, HIDDEN, Unread, count_by_ending, ending_of
from antq_llm.errors import ConfigurationError

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read articles from."""

    path: Path
    id: str
    """The id of the file's article or, for a table, the beginning of generated row ids."""
    is_named: bool
    """Whether the caller named the file, rather than its folder or a glob."""

    @property
    def is_standard_input(self) -> bool:
        """Whether the file is standard input."""
        return self.is_named and str(self.path) == STANDARD_INPUT

    @property
    def is_table(self) -> bool:
        """Whether the file's format can hold several articles."""
        return format_of(self.path) in TABLES


@dataclass
class SourceFiles:
    """Files to read, and files and folders that were found but are not read."""

    files: list[SourceFile] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    """Files that were named or found more than once."""


def find_files(names: Iterable[str], out: Path | None = None) -> SourceFiles:
    """Find files by name, in folders (recursively) and with globs.

    Names keep their order, and the files of a folder or glob are sorted. Files in ``out``, the
    run's output folder, are left out unless the caller names them or a folder inside ``out``.
    Raises ConfigurationError if a name is empty, is the output folder or matches no file that can
    be read.
    """
    finder = _Finder(out)
    for name in names:
        if not name:
            raise ConfigurationError(
                "the name of an input is empty: name a file or folder (. is the current folder)"
            )
        path = Path(name)
        if path.is_dir():
            finder.add_folder(path)
        elif name == STANDARD_INPUT or path.exists():
            finder.add(_named(path))
        elif glob.has_magic(name):
            finder.add_glob(name)
        else:
            raise ConfigurationError(f"there is no file or folder {name}: check the path")
    return finder.found


def read_list(path: Path) -> list[str]:
    """Return the names listed in a file, one per line; the path ``-`` is standard input.

    Raises ConfigurationError if the list is empty or cannot be read.
    """
    try:
        text = (
            sys.stdin.buffer.read().decode("utf-8-sig")
            if str(path) == STANDARD_INPUT
            else path.read_text("utf-8-sig")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"the list {path} cannot be read ({error}): give a UTF-8 file with one path per line"
        ) from error
    names = [line for line in text.splitlines() if line.strip()]
    if not names:
        raise ConfigurationError(f"the list {path} is empty: write one path per line")
    return names


class _Finder:
    """The files found so far, each only once."""

    def __init__(self, out: Path | None) -> None:
        self.found = SourceFiles()
        self._out = None if out is None else out.resolve()
        self._seen: set[str] = set()

    def add(self, file: SourceFile) -> None:
        """Add a file unless it was added before."""
        # Symbolic links count as separate files.
        place = os.path.abspath(file.path)  # noqa: PTH100
        if file.is_standard_input or place not in self._seen:
            self._seen.add(place)
            self.found.files.append(file)
        else:
            self.found.repeated.append(str(file.path))

    def add_folder(self, folder: Path) -> None:
        """Add the files below a folder; ids are relative to the folder."""
        if self._out == folder.resolve():
            raise ConfigurationError(
                f"{folder} is both an input and the output folder, so the next call would read the "
                "output as articles: name a different folder with --out"
            )
        self._add_found(self._files_in(folder, folder), folder, f"the folder {folder}")

    def add_glob(self, pattern: str) -> None:
        """Add the files that match a pattern; ids are relative to the part before wildcards."""
        root = Path(pattern)
        while glob.has_magic(str(root)):
            root = root.parent
        matches = [Path(match) for match in glob.glob(pattern, recursive=True)]  # noqa: PTH207
        if not matches:
            raise ConfigurationError(f"no file matches {pattern}: check the pattern")
        # A pattern with ** already matches the files inside matching folders.
        folders = [] if "**" in pattern else [path for path in matches if path.is_dir()]
        inside = [file for folder in folders for file in self._files_in(folder, root)]
        files = [path for path in matches if path.is_file() and not self._is_output(path, root)]
        self._add_found([*files, *inside], root, f"the pattern {pattern}")

    def _add_found(self, files: Iterable[Path], root: Path, what: str) -> None:
        is_empty = True
        for path in sorted(files):
            is_known = format_of(path) in SUFFIXES
            reason = missing_library(path) if is_known else "not a supported format"
            if reason is not None:
                self.found.unread.append(Unread(str(path), ending_of(path), reason))
                continue
            is_empty = False
            article_id = without_gzip(path.relative_to(root)).with_suffix("").as_posix()
            self.add(SourceFile(path, article_id, is_named=False))
        if is_empty:
            raise ConfigurationError(_without_articles(what, self.found.unread))

    def _files_in(self, folder: Path, root: Path) -> Iterator[Path]:
        """Yield the files below a folder, and note those that are skipped, such as hidden ones."""
        if self._is_output(folder, root):
            return
        for place, folders, files in os.walk(folder, onerror=self._note):
            parent = Path(place)
            for name in sorted(folders):
                path = parent / name
                if name.startswith("."):
                    self.found.unread.append(Unread(str(path), HIDDEN, "begins with a dot"))
                elif path.is_symlink():
                    self.found.unread.append(Unread(str(path), FOLDER, "a symbolic link"))
                elif not self._is_output(path, root):
                    continue
                folders.remove(name)
            for name in files:
                path = parent / name
                if name.startswith("."):
                    self.found.unread.append(Unread(str(path), HIDDEN, "begins with a dot"))
                elif path.is_file():
                    yield path
                else:
                    self.found.unread.append(Unread(str(path), ending_of(path), "not a file"))

    def _note(self, error: OSError) -> None:
        reason = f"cannot be read: {error.strerror}"
        self.found.unread.append(Unread(str(error.filename), FOLDER, reason))

    def _is_output(self, path: Path, root: Path) -> bool:
        """Return whether to omit a path: it is inside the output folder, but ``root`` is not."""
        if self._out is None or self._out in root.resolve().parents:
            return False
        return path.resolve().is_relative_to(self._out)


def is_there(name: str) -> bool:
    """Return whether the name is an existing file or folder, or a glob with a match."""
    return Path(name).exists() or (glob.has_magic(name) and bool(glob.glob(name, recursive=True)))  # noqa: PTH207


def _named(path: Path) -> SourceFile:
    if str(path) == STANDARD_INPUT:
        return SourceFile(path, "stdin", is_named=True)
    return SourceFile(path, without_gzip(Path(path.name)).stem, is_named=True)


def _without_articles(what: str, unread: Iterable[Unread]) -> str:
    counts = ", ".join(f"{count} {ending}" for ending, count in count_by_ending(unread).items())
    has = f" (not read: {counts})" if counts else ""
    return (
        f"{what} has no articles{has}: name files ending in {', '.join(sorted(SUFFIXES))}, "
        "with or without .gz"
    )
