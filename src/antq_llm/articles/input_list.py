"""The inputs of a run, and the files that were not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload

from antq_llm.articles.formats.article_table import list_table
from antq_llm.articles.formats.by_suffix import missing_library
from antq_llm.articles.formats.table_rows import TableProblem
from antq_llm.articles.input_ids import KnownArticles, with_unique_ids
from antq_llm.articles.inputs import DocumentFile, Input, StandardInput, inputs_of_table
from antq_llm.articles.reading_options import ReadingOptions
from antq_llm.articles.sources import STANDARD_INPUT, SourceFile, find_files
from antq_llm.articles.unread import Unread, ending_of, unread_messages
from antq_llm.errors import ArticleError, ConfigurationError

_MAX_NAMES = 3


@dataclass(frozen=True)
class InputList(Sequence[Input]):
    """The articles in a set of files, and the files and folders that were not read."""

    inputs: Sequence[Input]
    unread: Sequence[Unread] = ()
    tables: Sequence[str] = ()
    """One message for each table, saying how it is read."""
    repeated: Sequence[str] = ()
    """Files that were named or found more than once; each is read only once."""

    def __len__(self) -> int:
        return len(self.inputs)

    @overload
    def __getitem__(self, index: int) -> Input: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Input]: ...
    def __getitem__(self, index: int | slice) -> Input | Sequence[Input]:
        return self.inputs[index]

    def messages(self) -> Iterator[str]:
        """Yield one-line messages about tables, repeated or renamed inputs and unread files."""
        yield from self.tables
        if self.repeated:
            names = _shown(self.repeated)
            yield f"{len(self.repeated)} file(s) named more than once are read only once: {names}"
        if renamed := [f"{one.source} is now {one.id}" for one in self.inputs if one.original_id]:
            yield f"{len(renamed)} input(s) with a duplicate id were renamed: {_shown(renamed)}"
        yield from unread_messages(self.unread)


def list_inputs(
    names: Iterable[str],
    out: Path | None = None,
    options: ReadingOptions | None = None,
    known: KnownArticles | None = None,
) -> InputList:
    """List the articles in files, folders, globs and standard input (``-``).

    A table without articles is an error if the caller named it; if it was found in a folder or with
    a glob, it is listed as unread. Files in ``out``, the run's output folder, are left out unless
    the caller names them or a folder inside ``out``. The articles of an earlier run (``known``)
    keep their ids. Raises ConfigurationError if a name matches no articles, or if there are tables
    but the options name a field that no table has.
    """
    options = options or ReadingOptions()
    listing = _Listing(options)
    found = find_files(names, out)
    for file in found.files:
        listing.add(file)
    listing.check_named_fields()
    if found.files and not listing.inputs:
        reasons = "; ".join(unread_messages(listing.unread))
        raise ConfigurationError(f"there are no articles in the inputs; {reasons}")
    return InputList(
        with_unique_ids(listing.inputs, known),
        [*found.unread, *listing.unread],
        listing.tables,
        found.repeated,
    )


@dataclass
class _Listing:
    """The inputs collected so far, file by file."""

    options: ReadingOptions
    inputs: list[Input] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def add(self, file: SourceFile) -> None:
        """Add the articles of a file."""
        if file.is_named and (reason := missing_library(file.path)):
            raise ConfigurationError(f"{file.path} {reason}")
        if file.is_table:
            self._add_table(file)
        elif file.is_standard_input:
            self._add_standard_input(file)
        else:
            origin = DocumentFile(file.path, self.options)
            self.inputs.append(Input(file.id, str(file.path), origin, file.path.name))

    def check_named_fields(self) -> None:
        """Raise ConfigurationError if the caller named a field that no table has.

        Without tables, the names are not checked.
        """
        named = [*self.options.named_fields()]
        missing = [name for name in named if name not in self._names]
        if missing and self.tables:
            names = ", ".join(sorted(self._names))
            raise ConfigurationError(
                f"no table has the field {missing[0]!r}: the fields are {names}"
            )

    def _add_table(self, file: SourceFile) -> None:
        try:
            table = list_table(file.path, self.options)
        except (TableProblem, ArticleError) as error:
            if file.is_named:
                raise ConfigurationError(_problem(file.path, error)) from error
            self.unread.append(Unread(str(file.path), ending_of(file.path), str(error)))
            return
        self._names.update(table.names)
        self.tables.append(table.described())
        self.inputs += inputs_of_table(table, file.id)

    def _add_standard_input(self, file: SourceFile) -> None:
        if any(isinstance(one.origin, StandardInput) for one in self.inputs):
            raise ConfigurationError("standard input can be read only once: give - once")
        self.inputs.append(Input(file.id, STANDARD_INPUT, StandardInput(), STANDARD_INPUT))


def _problem(path: Path, error: Exception) -> str:
    return str(error) if str(path) in str(error) else f"{path} has no articles: {error}"


def _shown(names: Sequence[str]) -> str:
    return ", ".join(names[:_MAX_NAMES]) + (", …" if len(names) > _MAX_NAMES else "")
