"""A worker process, which extracts records and asks the main process for completions."""

from __future__ import annotations

import asyncio
import logging
import os
import pickle
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.errors import ArticleError
from antq_llm.extraction.baseline import RULES, RulesExtractor
from antq_llm.extraction.extractor import Extractor
from antq_llm.records.result import Failure
from antq_llm.runs.processes.garbage import collect_rarely, skip_collection_at_exit
from antq_llm.runs.processes.judged_record import judged_record
from antq_llm.runs.processes.messages import (
    Answer,
    Ask,
    Done,
    End,
    FromWorker,
    Logged,
    Ready,
    Task,
    ToWorker,
    WorkerSetup,
    sendable,
    with_schema,
)
from antq_llm.runs.totals import Outcome
from antq_llm.store.sqlite.answer_reader import AnswerReader
from antq_llm.telemetry.active import DISABLED_VARIABLE

MAX_RECORDS_TOGETHER = 8


def run_worker(connection: Connection, setup: bytes) -> None:
    """Serve a run until it ends; ``setup`` is a pickled ``WorkerSetup``."""
    # Ctrl-C and service managers signal all processes, but the main process decides when to stop.
    for name in ("SIGINT", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    # The main process records the spans of articles, around the requests that it sends.
    os.environ[DISABLED_VARIABLE] = "true"
    sender = _Sender(connection)
    try:
        loaded: WorkerSetup = pickle.loads(setup)  # noqa: S301 - made by the main process
        _forward_log(loaded.log_level, sender)
        worker = _Worker(loaded, sender)
    except Exception as error:
        sender.send(Ready(sendable(error)))
        return
    with collect_rarely():
        asyncio.run(worker.serve(connection))
    sys.stdout.flush()
    skip_collection_at_exit()


class _Sender:
    """A sender of messages to the main process; messages are dropped once that process has ended.

    Records finished in the same pass of the event loop are sent together, up to eight at a time.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._records: list[Done] = []

    def send(self, message: FromWorker) -> None:
        """Send a message now."""
        self._send([message])

    def send_soon(self, record: Done) -> None:
        """Send a record together with others that are finished at the same time."""
        self._records.append(record)
        if len(self._records) == MAX_RECORDS_TOGETHER:
            self._send_records()
        elif len(self._records) == 1:
            asyncio.get_running_loop().call_soon(self._send_records)

    def _send_records(self) -> None:
        records, self._records = self._records, []
        if records:
            self._send(records)

    def _send(self, messages: Sequence[FromWorker]) -> None:
        packed = pickle.dumps(messages, pickle.HIGHEST_PROTOCOL)
        try:
            with self._lock:
                self._connection.send_bytes(packed)
        except OSError:
            return


def _answers_in(path: Path | None) -> AnswerReader | None:
    """Return a reader of the run's answers, or None if only the main process can read them."""
    try:
        return None if path is None else AnswerReader(path)
    except sqlite3.Error:
        return None


class _LogForwarder(logging.Handler):
    def __init__(self, sender: _Sender) -> None:
        super().__init__()
        self._sender = sender

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.msg, record.args, record.exc_info = record.getMessage(), None, None
        self._sender.send(Logged(record))


def _forward_log(level: int, sender: _Sender) -> None:
    logging.basicConfig(level=level, handlers=[_LogForwarder(sender)], force=True)


class _Worker:
    """A worker that handles all its tasks concurrently; the main process limits their number."""

    def __init__(self, setup: WorkerSetup, sender: _Sender) -> None:
        self._schema = setup.schema
        self._sender = sender
        self._sends_records = setup.sends_records
        self._answers = _answers_in(setup.answers)
        self._extractor: Extractor[Any] | RulesExtractor[Any] = (
            RulesExtractor(setup.schema, setup.options)
            if setup.model == RULES
            else Extractor(
                setup.schema, setup.prompt, client=self, model=setup.model, options=setup.options
            )
        )
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Completion]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, connection: Connection) -> None:
        """Handle tasks until the run or the main process ends."""
        closed = asyncio.Event()
        reader = threading.Thread(
            target=self._read, args=(connection, asyncio.get_running_loop(), closed), daemon=True
        )
        reader.start()
        self._sender.send(Ready())
        await closed.wait()

    async def complete(self, request: Request) -> Completion:
        """Return the stored completion, or else the completion from the main process."""
        if self._answers is not None and (stored := self._answers.completion(request.digest)):
            return stored
        number = next(self._numbers)
        future: asyncio.Future[Completion] = asyncio.get_running_loop().create_future()
        self._asked[number] = future
        _ = request.digest  # computed here, not by the one process that serves all workers
        self._sender.send(Ask(number, with_schema(request, None)))
        return await future

    async def aclose(self) -> None:
        """Do nothing, because the connections belong to the main process."""

    def _read(
        self, connection: Connection, loop: asyncio.AbstractEventLoop, closed: asyncio.Event
    ) -> None:
        try:
            while not isinstance(
                messages := pickle.loads(connection.recv_bytes()),  # noqa: S301 - as above
                End,
            ):
                loop.call_soon_threadsafe(self._handle, messages)
        except (EOFError, OSError):
            pass  # the main process has ended
        loop.call_soon_threadsafe(closed.set)

    def _handle(self, messages: list[ToWorker]) -> None:
        for message in messages:
            if isinstance(message, Answer):
                self._settle(message)
                continue
            task = asyncio.get_running_loop().create_task(self._work(message))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _settle(self, answer: Answer) -> None:
        future = self._asked.pop(answer.number)
        if answer.error is not None:
            future.set_exception(answer.error)
        elif answer.completion is not None:
            future.set_result(answer.completion)

    async def _work(self, task: Task) -> None:
        try:
            outcome = await self._outcome(task.source, task.sample)
            if self._sends_records or isinstance(outcome, Failure):
                self._sender.send(Done(task.number, with_schema(outcome, None)))
            else:
                self._sender.send_soon(Done(task.number, judged_record(outcome)))
        except Exception as error:
            self._sender.send(Done(task.number, error=sendable(error)))

    async def _outcome(self, source: Article | Input, sample: int) -> Outcome:
        if isinstance(source, Input):
            try:
                source = source.read()
            except ArticleError as error:
                return Failure(source.id, source.source, error)
        return await self._extractor.outcome(source, sample=sample)
