"""A stored run, read from its folder: typed records and failures, settings and identity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from antq_llm.clients.completion import Usage
from antq_llm.errors import ConfigurationError, SchemaError
from antq_llm.evidence.spans import Evidence
from antq_llm.records.lines import open_records, read_failures, read_records, read_run, records_in
from antq_llm.records.result import Confidence
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.registry import schema_from
from antq_llm.tables.data_frames import data_frames
from antq_llm.tables.line_tables import LineTables
from antq_llm.validation.warnings import RecordWarning

if TYPE_CHECKING:
    from pandas import DataFrame

T = TypeVar("T")

_EVIDENCE = TypeAdapter(tuple[Evidence, ...])
_WARNINGS = TypeAdapter(tuple[RecordWarning, ...])
_CONFIDENCE = TypeAdapter(tuple[Confidence, ...])
_USAGE = TypeAdapter(Usage)


@dataclass(frozen=True)
class _StoredOutcome:
    """A record or failure, read from a line of a run's file."""

    line: Mapping[str, Any] = field(repr=False)
    """The line as a JSON object."""

    @property
    def article_id(self) -> str:
        """The id of the article."""
        return str(self.line["article_id"])

    @property
    def source(self) -> str | None:
        """The path or line from which the article was read."""
        return self.line.get("source")

    @cached_property
    def usage(self) -> Usage:
        """The numbers of tokens that all attempts used."""
        return _USAGE.validate_python(self.line.get("usage"))

    @property
    def cost_usd(self) -> float | None:
        """The cost of all attempts in US dollars, at the prices then in effect; None if unknown."""
        return self.line.get("cost_usd")


@dataclass(frozen=True)
class StoredRecord(_StoredOutcome):
    """A record, read from a line of ``records.jsonl``."""

    schema: Schema[Any] | None = field(default=None, repr=False)

    @property
    def model(self) -> str | None:
        """The name of the requested model."""
        return self.line.get("model")

    @property
    def prompt(self) -> str | None:
        """The reference of the prompt; None if the record was extracted by rules."""
        return self.line.get("prompt")

    @property
    def checks(self) -> str | None:
        """The version of the checks applied to the answer."""
        return self.line.get("checks")

    @property
    def data(self) -> Any:
        """The record as JSON data."""
        return self.line["record"]

    @cached_property
    def record(self) -> Any:
        """The record as an instance of the schema's model, or as JSON data without a schema.

        Raises SchemaError if the model does not accept the record.
        """
        if self.schema is None:
            return self.data
        try:
            return self.schema.read_data(self.data)
        except InvalidAnswer as error:
            raise SchemaError(
                f"the record of {self.article_id} is not valid for {self.schema.reference} "
                f"({error}); the schema may have changed: use .data to read the record as JSON"
            ) from error

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """The evidence of each item: the place of its quote in the article."""
        return _parsed(_EVIDENCE, self.line, "evidence")

    @cached_property
    def warnings(self) -> tuple[RecordWarning, ...]:
        """The warnings about the record."""
        return _parsed(_WARNINGS, self.line, "warnings")

    @cached_property
    def confidence(self) -> tuple[Confidence, ...]:
        """The confidence of each item; empty if it was not computed."""
        return _parsed(_CONFIDENCE, self.line, "confidence")

    @property
    def attempts(self) -> int:
        """The number of completions received."""
        return int(self.line.get("attempts") or 0)


@dataclass(frozen=True)
class StoredFailure(_StoredOutcome):
    """A failure, read from a line of ``failures.jsonl``."""

    @property
    def kind(self) -> str | None:
        """The kind of failure, such as ``invalid``."""
        kind: str | None = self.line["error"].get("kind")
        return kind

    @property
    def message(self) -> str:
        """The error message, which says what happened and what to do."""
        return str(self.line["error"]["message"])

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts of the completions received."""
        return tuple(attempt["completion"] for attempt in self.line.get("attempts") or ())


class Lines(Generic[T]):
    """The lines of a file; each iteration reads the file again, one line at a time."""

    def __init__(self, read: Callable[[], Iterator[T]]) -> None:
        self._read = read

    def __iter__(self) -> Iterator[T]:
        return self._read()


class StoredRun:
    """The results in a run's folder, opened with ``open_run``."""

    def __init__(self, folder: Path, schema: Schema[Any] | None, run: Mapping[str, Any]) -> None:
        self.folder = folder
        self.schema = schema
        """The schema of the records; None if it is unknown or cannot be loaded."""
        self.run = run
        """The contents of ``run.json``; empty if the file is missing or cannot be read."""

    def __repr__(self) -> str:
        return f"<StoredRun {str(self.folder)!r}>"

    def known_schema(self) -> Schema[Any]:
        """Return the schema of the records.

        Raises ConfigurationError if the schema is unknown or cannot be loaded.
        """
        if self.schema is None:
            name = self.settings.get("schema") or "not named in run.json"
            raise ConfigurationError(
                f"the schema of {self.folder} ({name}) cannot be loaded: name it with --schema"
            )
        return self.schema

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the latest call; empty if there are none in ``run.json``."""
        return _mapping(self.run.get("settings"))

    @property
    def identity(self) -> Mapping[str, Any]:
        """The settings that determine the outcomes; empty if there are none in ``run.json``.

        Early versions did not write these settings.
        """
        return _mapping(self.run.get("identity"))

    @property
    def records(self) -> Lines[StoredRecord]:
        """The records in the order of the file; iterating reads them one at a time."""
        return Lines(lambda: (StoredRecord(line, self.schema) for line in self.record_lines()))

    @property
    def failures(self) -> Lines[StoredFailure]:
        """The failures in the order of the file; iterating reads them one at a time."""
        return Lines(lambda: map(StoredFailure, self.failure_lines()))

    def record_lines(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of ``records.jsonl``."""
        return read_records(self.folder)

    def failure_lines(self) -> Iterator[dict[str, Any]]:
        """Yield the JSON objects of ``failures.jsonl``."""
        return read_failures(self.folder)

    def open_records(self) -> AbstractContextManager[IO[bytes]]:
        """Open ``records.jsonl`` so that ``records_in`` can read the same file repeatedly."""
        return open_records(self.folder)

    def to_pandas(self) -> dict[str, DataFrame]:
        """Return the tables of ``antq-llm export`` as data frames, by name.

        The table ``articles`` has a row for each record, and each list of the records has a table
        of the same name. Raises ConfigurationError if pandas is not installed or a line is invalid.
        """
        with self.open_records() as file:
            return data_frames(
                LineTables(lambda: records_in(file), self.failure_lines, self.schema)
            )


def open_run(folder: str | Path, schema: Any = None) -> StoredRun:
    """Return a run written by ``antq-llm extract --out`` or ``Run``.

    ``schema`` is a pydantic model, a JSON Schema or a reference (default: the run's own schema). If
    the run's own schema cannot be loaded, records are JSON data. Raises ConfigurationError if the
    folder has no ``records.jsonl``, and SchemaError if ``schema`` cannot be loaded.
    """
    path = Path(folder)
    with open_records(path):
        pass
    run = read_run(path)
    settings = _mapping(run.get("settings"))
    schemas = settings.get("schemas")
    if schema is not None:
        return StoredRun(path, schema_from(schema, Path(schemas) if schemas else None), run)
    return StoredRun(path, _schema_of(settings), run)


def _schema_of(settings: Mapping[str, Any]) -> Schema[Any] | None:
    """Return the schema named in a run's settings, or None if it cannot be loaded."""
    schemas, source = settings.get("schemas"), settings.get("schema_file")
    reference = Path(source) if source else settings.get("schema")
    if reference is None:
        return None
    try:
        return schema_from(reference, Path(schemas) if schemas else None)
    except SchemaError:
        return None


def _parsed(adapter: TypeAdapter[T], line: Mapping[str, Any], name: str) -> T:
    try:
        return adapter.validate_python(line.get(name) or ())
    except ValidationError as error:
        raise ConfigurationError(
            f"the {name} of {line['article_id']} cannot be read ({error.errors()[0]['msg']}): the "
            "line may have been edited or written by another version. Use .line to read it as JSON"
        ) from error


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
