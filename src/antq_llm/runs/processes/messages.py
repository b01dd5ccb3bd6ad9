"""The messages between a run and its worker processes."""

from __future__ import annotations

import copy
import logging
import pickle
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.extraction.options import Options
from antq_llm.prompts.prompt import Prompt
from antq_llm.records.result import Extraction
from antq_llm.runs.totals import JudgedRecord, Outcome
from antq_llm.schemas.base import Schema

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """The settings that a worker needs to process articles as the main process would."""

    schema: Schema[Any]
    prompt: Prompt
    model: str
    """The name of the model; ``rules`` for the baseline."""
    options: Options
    log_level: int
    answers: Path | None = None
    """The file with the answers to replay; None if only the main process can read them."""
    sends_records: bool = True
    """Whether the run needs whole extractions rather than only the parts that its store keeps."""


@dataclass(frozen=True, slots=True)
class Task:
    """To a worker: an article to process, or an input to read and process."""

    number: int
    source: Article | Input
    sample: int


@dataclass(frozen=True, slots=True)
class Answer:
    """To a worker: the completion that it asked for, or an error."""

    number: int
    completion: Completion | None = None
    error: Exception | None = None


ToWorker = Task | Answer
"""A part of a message to a worker; a message is a list of parts, which are pickled together."""


@dataclass(frozen=True, slots=True)
class End:
    """To a worker: the end of the run."""


@dataclass(frozen=True, slots=True)
class Ready:
    """From a worker: a notice that it has started, or the error that prevented it from starting."""

    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """From a worker: a request about an article, without the schema, which both sides have."""

    number: int
    request: Request


@dataclass(frozen=True, slots=True)
class Done:
    """From a worker: the outcome of a task, without the schema, or an error."""

    number: int
    outcome: Outcome | JudgedRecord | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Logged:
    """From a worker: a log message."""

    record: logging.LogRecord


FromWorker = Ready | Ask | Done | Logged
"""A part of a message from a worker; a message is a list of parts."""


def with_schema(value: V, schema: Schema[Any] | None) -> V:
    """Return a copy of a request or extraction with another schema, or without one.

    Any other value is returned unchanged.
    """
    if not isinstance(value, Request | Extraction):
        return value
    twin = copy.copy(value)
    # Both are frozen, and ``replace`` would compute the digest of a request again.
    object.__setattr__(twin, "schema", schema)
    return twin


def sendable(error: Exception) -> Exception:
    """Return an error in a form that can be sent, with its traceback as a note.

    An error that cannot be pickled, such as one from user code, becomes a RuntimeError that
    states the type and text of the error.
    """
    note = "".join(traceback.format_exception(error)).rstrip()
    try:
        twin: Any = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in this line
    except Exception:
        twin = None
    sent = twin if isinstance(twin, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
    sent.add_note(f"in a worker process:\n{note}")
    return sent
