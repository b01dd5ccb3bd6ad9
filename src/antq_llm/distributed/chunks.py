"""A scheduler that assigns chunks of articles to workers of a cluster and replaces lost workers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count, islice
from typing import Any

from antq_llm.articles.inputs import Input
from antq_llm.distributed.cluster import start_worker
from antq_llm.distributed.shipped_inputs import shipped
from antq_llm.distributed.worker import ChunkResult, WorkerSetup
from antq_llm.errors import AntqError, ConfigurationError, RunStopped
from antq_llm.records.result import Failure
from antq_llm.runs.totals import RunTotals

CHUNKS_PER_WORKER = 2
"""Maximum number of chunks per worker; the worker can start one while finishing another."""
MAX_LOSSES = 3
"""Number of lost workers after which a chunk is split or, if it has only one article, fails."""
MAX_FAILED_STARTS = 3
"""Number of consecutive workers lost while starting that makes the job fail."""
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """A group of articles whose results form one part of the output."""

    part: str
    inputs: tuple[Input, ...]
    losses: int = 0

    def after_loss(self) -> list[Chunk]:
        """Return the chunks to retry after the loss of a worker.

        At first, the whole chunk is retried; finally, it is split into one chunk per article.
        """
        if self.losses + 1 < MAX_LOSSES or len(self.inputs) == 1:
            return [replace(self, losses=self.losses + 1)]
        return [
            Chunk(f"{self.part}-{number}", (source,)) for number, source in enumerate(self.inputs)
        ]


def chunks_of(inputs: Iterable[Input], size: int, call: int) -> Iterator[Chunk]:
    """Yield chunks of up to ``size`` inputs; the call's number makes the part names unique."""
    rest = iter(inputs)
    for number in count():
        taken = tuple(islice(rest, size))
        if not taken:
            return
        yield Chunk(f"part-{call:03}-{number:06}", taken)


@dataclass
class _Worker:
    actor: Any
    name: str
    starting: Any
    """The Ray reference to the worker's pending start; None once the worker has started."""
    chunks: dict[Any, Chunk] = field(default_factory=dict)
    """The worker's chunks, by the Ray references to their results."""


class ChunkScheduler:
    """A scheduler that distributes chunks until all are done or a result stops the run.

    ``is_done`` returns whether a part is complete in the output, and ``say`` reports a message to
    the user.
    """

    def __init__(
        self,
        ray: Any,
        setup: WorkerSetup,
        limits: Any,
        is_done: Callable[[str], bool],
        say: Callable[[str], None],
    ) -> None:
        self._ray, self._setup, self._limits = ray, setup, limits
        self._is_done, self._say = is_done, say
        self._workers: list[_Worker] = []
        self._numbers = count()
        self._failed_starts = 0
        self._again: deque[Chunk] = deque()
        self.stop: AntqError | None = None

    def run(self, chunks: Iterator[Chunk], workers: int) -> Iterator[ChunkResult]:
        """Yield the result of each chunk; raise errors that would affect every article."""
        for _ in range(workers):
            self._add_worker()
        while True:
            self._dispatch(chunks)
            waiting = [
                ref
                for worker in self._workers
                for ref in ([worker.starting] if worker.starting else worker.chunks)
            ]
            if not any(worker.chunks for worker in self._workers) and (
                self.stop is not None or not self._has_more(chunks)
            ):
                return
            finished, _ = self._ray.wait(waiting, num_returns=1, timeout=_POLL_SECONDS)
            for ref in finished:
                result = self._finish(ref)
                if result is not None:
                    self.stop = self.stop or result.stop
                    yield result

    def close(self) -> None:
        """Kill the workers."""
        for worker in self._workers:
            self._ray.kill(worker.actor)

    def unprocessed(self, chunks: Iterator[Chunk]) -> Iterator[Input]:
        """Yield the inputs of all chunks that have no result."""
        for worker in self._workers:
            for chunk in worker.chunks.values():
                yield from chunk.inputs
        for chunk in (*self._again, *chunks):
            yield from chunk.inputs

    def _has_more(self, chunks: Iterator[Chunk]) -> bool:
        if not self._again and (chunk := next(chunks, None)) is not None:
            self._again.append(chunk)
        return bool(self._again)

    def _dispatch(self, chunks: Iterator[Chunk]) -> None:
        for _ in range(CHUNKS_PER_WORKER):
            for worker in self._workers:
                has_room = worker.starting is None and len(worker.chunks) < CHUNKS_PER_WORKER
                if self.stop is None and has_room and self._has_more(chunks):
                    chunk = self._again.popleft()
                    inputs = [shipped(source) for source in chunk.inputs]
                    ref = worker.actor.process.remote(chunk.part, inputs)
                    worker.chunks[ref] = chunk

    def _finish(self, ref: Any) -> ChunkResult | None:
        worker = next(one for one in self._workers if ref == one.starting or ref in one.chunks)
        errors = self._ray.exceptions
        try:
            result: ChunkResult | None = self._ray.get(ref)
        except errors.RayTaskError as error:
            raise error.cause from None
        except errors.RayError:
            return self._replace(worker)
        if ref == worker.starting:
            worker.starting, self._failed_starts = None, 0
            return None
        del worker.chunks[ref]
        return result

    def _replace(self, worker: _Worker) -> ChunkResult | None:
        """Replace a lost worker and requeue its chunks; return failures for articles given up."""
        self._workers.remove(worker)
        self._ray.kill(worker.actor)
        self._ray.get(self._limits.give_up.remote(worker.name))
        self._say(f"{worker.name} was lost: repeating its {len(worker.chunks)} chunk(s)")
        self._failed_starts += worker.starting is not None
        if self._failed_starts == MAX_FAILED_STARTS:
            raise ConfigurationError(
                f"{MAX_FAILED_STARTS} workers in a row were lost before they started: see the logs "
                "of the cluster"
            )
        self._add_worker()
        given_up: list[Chunk] = []
        for chunk in worker.chunks.values():
            if self._is_done(chunk.part):
                # The answers are kept, so making the same part again costs nothing.
                self._again.append(chunk)
            elif len(chunk.inputs) == 1 and chunk.losses + 1 == MAX_LOSSES:
                given_up.append(chunk)
            else:
                self._again.extend(chunk.after_loss())
        return _given_up(given_up) if given_up else None

    def _add_worker(self) -> None:
        name = f"worker {next(self._numbers) + 1}"
        actor = start_worker(self._ray, replace(self._setup, name=name), self._limits)
        self._workers.append(_Worker(actor, name, actor.start.remote()))


def _given_up(chunks: list[Chunk]) -> ChunkResult:
    error = RunStopped(
        f"workers were lost {MAX_LOSSES} times while processing this article: see the logs of the "
        "cluster, or leave the article out",
        kind="internal",
    )
    totals = RunTotals()
    failures = [Failure(one.inputs[0].id, one.inputs[0].source, error) for one in chunks]
    for failure in failures:
        totals.add(failure)
    return ChunkResult(totals, tuple(failures), tuple(one.as_line() for one in failures), None)
