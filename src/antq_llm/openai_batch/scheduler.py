"""Batch rounds, which submit collected requests, poll the batches and read their results.

Each step is stored before the next one begins, so a run can be stopped and continued at any time.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from antq_llm.clients.completion import Mode
from antq_llm.clients.openai.batch_api import TOKEN_LIMIT, BatchService, Progress
from antq_llm.clients.rate_limit.limiter import Sleep
from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.errors import CompletionError, ConfigurationError, RunStopped
from antq_llm.openai_batch.batch_lock import lock_batches
from antq_llm.openai_batch.budget_gate import BudgetGate, UnlimitedGate
from antq_llm.openai_batch.collecting_client import CollectingClient
from antq_llm.openai_batch.enqueued_limit import EnqueuedLimit
from antq_llm.openai_batch.polling_policy import PollingPolicy
from antq_llm.openai_batch.request_file import FileLimits, RequestFile
from antq_llm.openai_batch.results import ResultReader, faults_in_words, is_token_limit
from antq_llm.store.protocol import Store
from antq_llm.store.rows import BatchFile

Say = Callable[[str], None]
"""A callback that shows the user a line about the progress of batches."""


class BatchScheduler:
    """A scheduler that submits the batches of one store and reads their results.

    ``folder`` holds request files to upload and result files to read. ``parameters`` are added to
    every request body. Raises ConfigurationError if another run is working on the store's batches.
    """

    def __init__(
        self,
        service: BatchService,
        store: Store,
        folder: Path,
        *,
        say: Say,
        mode: Mode | None = None,
        parameters: Mapping[str, int] | None = None,
        gate: BudgetGate | None = None,
        limits: FileLimits | None = None,
        polling: PollingPolicy | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._lock = lock_batches(folder)
        self._service = service
        self._store = store
        self._folder = folder
        self._say = say
        self._polling = polling or PollingPolicy()
        self._sleep = sleep
        self._state = store.batches()
        self._gate = gate or UnlimitedGate()
        self._enqueued_limit = EnqueuedLimit()
        self.client = CollectingClient(
            self._state,
            folder,
            service.base_url,
            self._submit_file,
            gate=self._gate,
            enqueued_limit=self._enqueued_limit,
            limits=limits or FileLimits(),
            mode=mode,
            parameters=parameters,
        )
        """The client that collects the requests of the next round."""
        self.bought: set[str] = set()
        """The digests of the requests whose answers this run downloaded."""
        self._prepared: set[str] = set()  # names of the files of this run
        self._uploaded: set[str] = set()  # names of files that may have an unconfirmed batch

    async def begin(self) -> None:
        """Find the batches of earlier runs and read the results of those that have ended.

        Raises ConfigurationError if batches are pending at another endpoint.
        """
        self._state.lock()
        for file in self._state.pending_files():
            if file.base_url != self._service.base_url:
                raise ConfigurationError(
                    f"{file.requests} request(s) are pending in a batch at {file.base_url}, not at "
                    f"{self._service.base_url}: use --base-url {file.base_url} or another --out"
                )
            if file.batch is None:
                await self._find_batch(file)
        for leftover in self._folder.glob("*.jsonl*"):
            leftover.unlink()
        await self._poll()
        if not self._state.pending_files():
            await self._gate.settle()

    async def run_round(self) -> None:
        """Submit the collected requests, wait for all batches to end and read their results.

        Raises RunStopped if an error is permanent or the service stays unreachable. If no file has
        been submitted, an unreachable service stops the run sooner. RunStopped is also raised if
        the account has had no room for a single request for most of a day.
        """
        if file := self.client.take_file():
            self._add_file(file)
        interval, failures = self._polling.first_interval, 0
        while True:
            try:
                await self._submit_files()
                await self._poll()
                failures = 0
            except CompletionError as error:
                failures += 1
                if (
                    error.kind != "transport"
                    or failures >= self._polling.max_failures
                    or (self._service.is_unreachable and not self._submitted_files())
                ):
                    raise RunStopped(
                        f"the run was stopped ({error}): run the same command again to continue",
                        kind="unreachable",
                    ) from error
                self._say(f"{error}; trying again")
            else:
                if not self._state.pending_files():
                    break
            await self._sleep(interval)
            interval = min(interval * self._polling.growth, self._polling.max_interval)
        await self._end_round()

    def pending_requests(self) -> int:
        """Return the number of requests in unsubmitted files and in batches that have not ended."""
        return self._state.pending_totals().requests

    def finish(self) -> None:
        """Delete failed requests from the store, so that the next run sends them again."""
        self._state.delete_errors()

    async def aclose(self) -> None:
        """Report pending batches and release the lock, files and connections."""
        async with AsyncExitStack() as closing:
            closing.callback(self._lock.release)
            closing.push_async_callback(self._service.aclose)
            closing.callback(self._state.close)
            closing.push_async_callback(self.client.aclose)
            submitted = self._submitted_files()
            if pending := sum(file.requests for file in submitted):
                batches = ", ".join(str(file.batch or "one being submitted") for file in submitted)
                self._say(
                    f"{pending} request(s) are pending ({batches}): the provider continues to "
                    "process them; run the same command again to collect the answers"
                )
            if others := self.pending_requests() - pending:
                self._say(f"{others} request(s) were not submitted: run the same command again")
            pending_names = {file.name for file in self._state.pending_files()}
            for name in pending_names & self._prepared - {file.name for file in submitted}:
                # The file has no batch, so the next run may use another endpoint.
                self._state.delete_file(name)

    def _submitted_files(self) -> list[BatchFile]:
        """Return the files for which a batch exists or may exist."""
        files = self._state.pending_files()
        return [file for file in files if file.batch is not None or file.name in self._uploaded]

    async def _end_round(self) -> None:
        hold = self._enqueued_limit.end_round()
        if hold is not None:
            self._say(
                "the account's limit on enqueued tokens leaves no room for another request: "
                f"trying again in {hold:.0f} s"
            )
            await self._sleep(hold)
        await self._gate.settle()
        self.client.resume()

    def _add_file(self, file: RequestFile) -> None:
        self._prepared.add(file.name)
        self._state.add_file(file.as_batch_file(time.time()), file.requests.values())

    async def _submit_file(self, file: RequestFile) -> bool:
        self._add_file(file)
        try:
            await self._submit_files()
        except CompletionError as error:
            self._say(f"{error}; trying again")
            return False
        return True

    async def _submit_files(self) -> None:
        for file in self._state.pending_files():
            if file.batch is None:
                await self._submit(file)

    async def _submit(self, file: BatchFile) -> None:
        """Submit a file as a batch; raise CompletionError if the service cannot be reached."""
        path = self._folder / f"{file.name}.jsonl"
        try:
            progress = await self._make_batch(file, path)
        except ConfigurationError:
            self._state.delete_file(file.name)
            raise
        except CompletionError as error:
            code = getattr(error.__cause__, "code", None)
            if error.kind == "transport" and code != TOKEN_LIMIT:
                raise
            self._give_up(file, error, no_room=code == TOKEN_LIMIT)
        else:
            self._state.set_batch(file.name, progress.id, progress.status)
            self._say(
                f"batch {progress.id}: submitted, {file.requests} request(s), {file.size} bytes"
            )
        path.unlink(missing_ok=True)

    async def _make_batch(self, file: BatchFile, path: Path) -> Progress:
        if file.name in self._uploaded:
            progress = await self._service.find(file.name, file.prepared)
            if progress is not None:
                return progress
        file_id = await self._service.upload(path)
        self._uploaded.add(file.name)
        return await self._service.create(file_id, file.name, file.prepared)

    def _give_up(self, file: BatchFile, error: CompletionError, *, no_room: bool) -> None:
        """Delete a file that cannot become a batch; release its requests or mark them as failed."""
        if error.kind == "quota":
            self.client.stop(error)
        elif not no_room:
            with self._state.transaction():
                for request in self._state.requests_in(file.name):
                    self._state.mark_failed(request, error)
        self._state.delete_file(file.name)
        if no_room:
            self._note_token_limit(file)

    async def _find_batch(self, file: BatchFile) -> None:
        """Find the batch that an earlier run made from a file; delete the file if there is none."""
        progress = await self._service.find(file.name, file.prepared)
        if progress is None:
            self._state.delete_file(file.name)
            return
        self._state.set_batch(file.name, progress.id, progress.status)
        self._say(
            f"batch {progress.id}: found, {file.requests} request(s) submitted by an earlier run"
        )

    async def _poll(self) -> None:
        """Get the status of pending batches and read the results of those that have ended."""
        for file in self._state.pending_files():
            if file.batch is None:
                continue
            progress = await self._service.retrieve(file.batch)
            if progress.status != file.status:
                self._say(
                    f"batch {progress.id}: {progress.status}, {progress.completed} of "
                    f"{progress.total} completed, {progress.failed} failed"
                )
                self._state.set_batch(file.name, progress.id, progress.status)
            if progress.ended:
                await self._read_results(file, progress)

    async def _read_results(self, file: BatchFile, progress: Progress) -> None:
        results = ResultReader(
            self._service, self._store, self._state, file, has_answers=bool(self.bought)
        )
        if progress.status == "failed":
            results.read_failure(progress)
            self._say(f"batch {progress.id}: no request was processed{faults_in_words(progress)}")
            if is_token_limit(progress):
                self._note_token_limit(file)
        else:
            for file_id in progress.results:
                await self._read_result_file(file_id, results)
            results.finish(progress)
            self._say(f"batch {progress.id}: {results.counts_in_words()}")
        self.bought.update(results.answered)
        if results.quota_error is not None:
            self.client.stop(results.quota_error)
        if results.fatal_error is not None:
            raise results.fatal_error

    async def _read_result_file(self, file_id: str, results: ResultReader) -> None:
        path = self._folder / f"{file_id}.jsonl.part"
        with disk_errors_named(path):
            is_found = await self._service.download(file_id, path)
        if is_found:
            await results.read_file(path)
        else:
            self._say(
                f"result file {file_id} no longer exists: "
                "the requests without a result will be sent again"
            )
        path.unlink(missing_ok=True)

    def _note_token_limit(self, file: BatchFile) -> None:
        self._enqueued_limit.note_refusal(file, self._state.pending_totals().size)
