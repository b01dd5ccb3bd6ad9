"""Rounds of batches: what was collected is submitted, waited for and taken; each step is noted, so that a run can be left and picked up again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from filelock import FileLock, Timeout

from antq_llm.clients.openai.batch_api import TOKEN_LIMIT, BatchService, Progress
from antq_llm.clients.rate_limit.limiter import Sleep
from antq_llm.core.atomic_write import disk_errors_named
from antq_llm.errors import CompletionError, ConfigurationError, RunStopped
from antq_llm.openai_batch.collecting_client import CollectingClient, RequestFile
from antq_llm.openai_batch.results import ResultReader, is_token_limit
from antq_llm.openai_batch.state import TABLES, BatchFile, BatchState
from antq_llm.store.store import Store

FIRST_INTERVAL = 5.0
"""Seconds between looks at a batch to begin with."""
MAX_INTERVAL = 60.0
GROWTH = 1.5
MAX_FAILED_POLLS = 30
"""Rounds of tries, a minute or two each, after which a service that cannot be reached ends the run."""
FIRST_HOLD = 60.0
"""Seconds until one request alone, for which the account has too many tokens enqueued, is submitted again; doubled each time."""
MAX_HOLD = 3600.0
MAX_HOLDS = 24
"""Holds after which the run is stopped: most of a day, the time that a batch may take."""

Say = Callable[[str], None]


class BatchScheduler:
    """The batches of one store."""

    def __init__(
        self,
        service: BatchService,
        store: Store,
        folder: Path,
        *,
        say: Say,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """``folder`` holds files on their way up or down. ConfigurationError where another run has the batches of the store in hand."""
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / "lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigurationError(
                f"another run has the batches of {store.path.parent} in hand: wait for its end, or name another --out"
            ) from error
        self._service = service
        self._store = store
        self._folder = folder
        self._say = say
        self._sleep = sleep
        self._state = BatchState(store.connect(TABLES))
        self.collecting = CollectingClient(self._state, folder, service.base_url, self._ship)
        self.bought: set[str] = set()
        """Digests of the requests whose answers were fetched by this run."""
        self._tried: set[str] = set()
        """Names of the files of which a batch may have been made, though no answer said so."""
        self._smallest_refused: int | None = None
        """Of the files that this turn's account had no room for, how many requests the smallest held."""
        self._holds = 0

    async def begin(self) -> None:
        """Take up what an earlier run left: batches that it made and did not note, and those that have ended since.

        Raises ConfigurationError where batches are under way elsewhere than at the endpoint of this run.
        """
        for shipment in self._state.open():
            if shipment.base_url != self._service.base_url:
                said = f"{shipment.requests} request(s) are under way in a batch at {shipment.base_url}, not at {self._service.base_url}"
                raise ConfigurationError(f"{said}: name that --base-url, or another --out")
            if shipment.batch is None:
                await self._adopt(shipment)
        for left in self._folder.glob("*.jsonl*"):
            left.unlink()
        await self._look()
        if not self._state.open():
            await self.collecting.gate.settle()

    async def turn(self) -> None:
        """Submit what was collected, and return when all batches have ended and been taken.

        Raises RunStopped where the service cannot be reached for long; what is under way is then taken by a later run.
        """
        if shard := self.collecting.take():
            self._prepare(shard)
        interval, failures = FIRST_INTERVAL, 0
        while True:
            try:
                await self._submit_all()
                await self._look()
                failures = 0
            except CompletionError as error:
                failures += 1
                if error.kind != "transport" or failures >= MAX_FAILED_POLLS:
                    raise RunStopped(
                        f"the run was stopped, and the same call continues it: {error}",
                        kind="interrupted",
                    ) from error
                self._say(f"{error}; trying on")
            else:
                if not self._state.open():
                    break
            await self._sleep(interval)
            interval = min(interval * GROWTH, MAX_INTERVAL)
        await self._make_room()
        await self.collecting.gate.settle()
        self.collecting.begin_pass()

    def under_way(self) -> int:
        """Return how many requests are in batches that have not been taken."""
        return self._state.under_way()[0]

    def finish(self) -> None:
        """Forget the errors of requests, after every article has its outcome: the next run asks again."""
        self._state.forget()

    async def aclose(self) -> None:
        """Free files and connections, and say what is still under way."""
        async with AsyncExitStack() as closing:
            closing.callback(self._lock.release)
            closing.push_async_callback(self._service.aclose)
            closing.callback(self._state.close)
            closing.push_async_callback(self.collecting.aclose)
            if self.under_way():
                batches = ", ".join(
                    str(one.batch or "one being submitted") for one in self._state.open()
                )
                self._say(
                    f"{self.under_way()} request(s) are under way ({batches}): the provider goes on, and the same call picks them up"
                )

    def _prepare(self, shard: RequestFile) -> None:
        self._state.prepare(shard.shipment(time.time()), shard.sent.values())

    async def _ship(self, shard: RequestFile) -> bool:
        self._prepare(shard)
        try:
            await self._submit_all()
        except CompletionError as error:
            self._say(f"{error}; trying on")
            return False
        return True

    async def _submit_all(self) -> None:
        for shipment in self._state.open():
            if shipment.batch is None:
                await self._submit(shipment)

    async def _submit(self, shipment: BatchFile) -> None:
        """Make a batch of a prepared file; CompletionError where the service could not be reached, and it is to be tried again."""
        path = self._folder / f"{shipment.name}.jsonl"
        try:
            progress = (
                await self._service.find(shipment.name, shipment.prepared)
                if shipment.name in self._tried
                else None
            )
            if progress is None:
                file_id = await self._service.upload(path)
                self._tried.add(shipment.name)
                progress = await self._service.create(file_id, shipment.name, shipment.prepared)
        except ConfigurationError:
            self._state.drop(shipment.name)
            raise
        except CompletionError as error:
            code = getattr(error.__cause__, "code", None)
            if error.kind == "transport" and code != TOKEN_LIMIT:
                raise
            self._give_up(shipment, error, no_room=code == TOKEN_LIMIT)
        else:
            self._state.note(shipment.name, progress.id, progress.status)
            self._say(
                f"batch {progress.id}: submitted, {shipment.requests} request(s), {shipment.size} bytes"
            )
        path.unlink(missing_ok=True)

    def _give_up(self, shipment: BatchFile, error: CompletionError, *, no_room: bool) -> None:
        """Settle the requests of a file of which the service makes no batch."""
        if error.kind == "quota":
            self.collecting.stop(error)
        elif not no_room:
            with self._state.together():
                for request in self._state.rest_of(shipment.name):
                    self._state.failed(request, error)
        self._state.drop(shipment.name)
        if no_room:
            self._learn_room(shipment)

    async def _adopt(self, shipment: BatchFile) -> None:
        """Find the batch that an earlier run made of a file and did not note; where there is none, its requests are free."""
        progress = await self._service.find(shipment.name, shipment.prepared)
        if progress is None:
            self._state.drop(shipment.name)
            return
        self._state.note(shipment.name, progress.id, progress.status)
        self._say(
            f"batch {progress.id}: found again, {shipment.requests} request(s) that an earlier run submitted"
        )

    async def _look(self) -> None:
        """See how the batches stand, and take those that have ended."""
        for shipment in self._state.open():
            if shipment.batch is None:
                continue
            progress = await self._service.retrieve(shipment.batch)
            if progress.status != shipment.status:
                self._say(
                    f"batch {progress.id}: {progress.status}, {progress.completed} completed, {progress.failed} failed of {progress.total}"
                )
                self._state.note(shipment.name, progress.id, progress.status)
            if progress.ended:
                await self._take(shipment, progress)

    async def _take(self, shipment: BatchFile, progress: Progress) -> None:
        results = ResultReader(self._service, self._store, self._state, shipment)
        if progress.status == "failed":
            results.take_failure(progress)
            self._say(
                f"batch {progress.id}: nothing was executed ({'; '.join(f'{one.code}: {one.message}' for one in progress.faults[:3])})"
            )
            if is_token_limit(progress):
                self._learn_room(shipment)
        else:
            for file_id in progress.results:
                await self._take_file(file_id, results)
            results.take_rest(progress)
            stray = f", {results.stray} line(s) of no open request" if results.stray else ""
            self._say(
                f"batch {progress.id}: {len(results.bought)} answer(s) taken, {results.without_answer} without{stray}"
            )
        self.bought.update(results.bought)
        if results.quota is not None:
            self.collecting.stop(results.quota)
        if results.fatal is not None:
            raise results.fatal

    async def _take_file(self, file_id: str, results: ResultReader) -> None:
        path = self._folder / f"{file_id}.jsonl.part"
        with disk_errors_named(path):
            is_there = await self._service.download(file_id, path)
        if is_there:
            await results.take_file(path)
        else:
            self._say(f"file {file_id} is gone: what it held is asked again")
        path.unlink(missing_ok=True)

    def _learn_room(self, shipment: BatchFile) -> None:
        """Let less be under way at a time, after the account had no room for a file beside those that are open."""
        room = self._state.under_way()[1] + shipment.size // 2
        self.collecting.room = (
            room if self.collecting.room is None else min(room, self.collecting.room)
        )
        self._smallest_refused = min(shipment.requests, self._smallest_refused or shipment.requests)

    async def _make_room(self) -> None:
        """Let more be under way after a turn in which all found room; wait where a single request found none."""
        refused, self._smallest_refused = self._smallest_refused, None
        if refused is None:
            self._holds = 0
            self.collecting.room = self.collecting.room and 2 * self.collecting.room
            return
        if refused > 1:
            return
        if self._holds == MAX_HOLDS:
            raise RunStopped(
                "the account has had no room for a single request for most of a day: raise its limit of enqueued tokens",
                kind="quota",
            )
        hold = min(FIRST_HOLD * 2**self._holds, MAX_HOLD)
        self._holds += 1
        self._say(
            f"the account has too many tokens enqueued for a single request: trying again in {hold:.0f} s"
        )
        await self._sleep(hold)
