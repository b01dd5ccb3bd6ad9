"""The main process's handle on a worker process."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from antq_llm.articles.article import Article
from antq_llm.articles.inputs import Input
from antq_llm.clients.base import Client
from antq_llm.errors import RunStopped
from antq_llm.records.result import Failure
from antq_llm.runs.processes.messages import (
    Answer,
    Ask,
    Done,
    End,
    FromWorker,
    Logged,
    Task,
    ToWorker,
    WorkerSetup,
    sendable,
    with_schema,
)
from antq_llm.runs.processes.worker import run_worker
from antq_llm.runs.totals import JudgedRecord, Outcome

SECONDS_TO_END = 2.0
"""The number of seconds that a worker may take to end before it is killed."""


class WorkerProcess:
    """A worker process, with its tasks and its unanswered requests."""

    def __init__(
        self, packed: bytes, setup: WorkerSetup, client: Client, say: Callable[[str], None]
    ) -> None:
        self._packed, self._schema = packed, setup.schema
        self._client, self._say = client, say
        self._numbers = count()
        self._tasks: dict[int, asyncio.Future[Outcome | JudgedRecord]] = {}
        self._unsent: list[ToWorker] = []
        self._contexts: dict[str, Context] = {}
        """The context for an article's requests, including its trace span, by article id."""
        self._requests: set[asyncio.Task[None]] = set()
        self._stop: RunStopped | None = None
        self._closing = False

    @property
    def load(self) -> int:
        """The number of articles that the worker is processing."""
        return len(self._tasks)

    def start(self) -> None:
        """Start the process and the thread that reads its messages."""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=run_worker, args=(theirs, self._packed), daemon=True)
        self._process.start()
        theirs.close()
        self._reader = threading.Thread(
            target=self._read, args=(self._connection, asyncio.get_running_loop()), daemon=True
        )
        self._reader.start()

    async def outcome(self, source: Article | Input, sample: int) -> Outcome | JudgedRecord:
        """Send an article or input to the worker process, and return the outcome."""
        if self._stop is not None:
            return _stopped(source, self._stop)
        number = next(self._numbers)
        self._contexts[source.id] = copy_context()
        future = self._tasks[number] = asyncio.get_running_loop().create_future()
        self._send(Task(number, source, sample))
        try:
            outcome: Outcome | JudgedRecord = with_schema(await future, self._schema)
            return outcome
        except RunStopped as stop:
            return _stopped(source, stop)
        finally:
            self._tasks.pop(number, None)
            self._contexts.pop(source.id, None)

    async def close(self) -> None:
        """Cancel the pending requests and end the process."""
        self._closing = True
        for request in self._requests:
            request.cancel()
        await asyncio.gather(*self._requests, return_exceptions=True)
        self._send_now(End())
        await asyncio.to_thread(self._end)

    def _end(self) -> None:
        self._process.join(SECONDS_TO_END)
        if self._process.exitcode is None:
            self._process.kill()
            self._process.join()
        self._reader.join()
        self._connection.close()

    def _send(self, message: ToWorker) -> None:
        """Send a message together with others from this pass of the event loop."""
        self._unsent.append(message)
        if len(self._unsent) == 1:
            asyncio.get_running_loop().call_soon(self._send_all)

    def _send_all(self) -> None:
        messages, self._unsent = self._unsent, []
        self._send_now(messages)

    def _send_now(self, message: list[ToWorker] | End) -> None:
        try:
            self._connection.send_bytes(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
        except OSError:
            return  # the reader also notices that the process has ended

    def _read(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        try:
            while True:
                # The message is from our own process.
                messages = pickle.loads(connection.recv_bytes())  # noqa: S301
                loop.call_soon_threadsafe(self._handle_all, messages)
        except (EOFError, OSError):
            if not self._closing:
                loop.call_soon_threadsafe(self._mark_lost)

    def _handle_all(self, messages: list[FromWorker]) -> None:
        for message in messages:
            self._handle(message)

    def _handle(self, message: FromWorker) -> None:
        if isinstance(message, Ask):
            context = self._contexts.get(message.request.article_id, copy_context()).copy()
            request = asyncio.get_running_loop().create_task(self._answer(message), context=context)
            self._requests.add(request)
            request.add_done_callback(self._requests.discard)
        elif isinstance(message, Done):
            if (future := self._tasks.get(message.number)) is not None and not future.done():
                _settle(future, message.outcome, message.error)
        elif isinstance(message, Logged):
            logging.getLogger(message.record.name).handle(message.record)
        elif not self.ready.done():
            _settle(self.ready, None, message.error)

    async def _answer(self, ask: Ask) -> None:
        try:
            completion = await self._client.complete(with_schema(ask.request, self._schema))
        except Exception as error:  # the worker decides about its article
            self._send(Answer(ask.number, error=sendable(error)))
        else:
            self._send(Answer(ask.number, completion))

    def _mark_lost(self) -> None:
        """Report the articles of an ended process as failed after its requests are answered."""
        lost = asyncio.get_running_loop().create_task(self._fail_tasks())
        self._requests.add(lost)
        lost.add_done_callback(self._requests.discard)

    async def _fail_tasks(self) -> None:
        await asyncio.to_thread(self._process.join)
        message = f"a worker process ended unexpectedly ({_reason(self._process.exitcode)})"
        self._stop = RunStopped(
            f"the run stopped because {message}: run the same command again to continue",
            kind="internal",
        )
        if not self.ready.done():
            self.ready.set_exception(self._stop)
            return
        self._say(f"{message}, so the run ends: run the same command again to continue")
        pending = self._requests - {asyncio.current_task()}
        await asyncio.gather(*pending, return_exceptions=True)
        for future in self._tasks.values():
            if not future.done():
                future.set_exception(self._stop)


def _settle(future: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


def _stopped(source: Article | Input, stop: RunStopped) -> Failure:
    return Failure(source.id, source.source, stop)


def _reason(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"signal {signal.Signals(-exit_code).name}"
    return f"exit status {exit_code}"
