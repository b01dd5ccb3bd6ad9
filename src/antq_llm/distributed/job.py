"""A job on a cluster, which writes tables in parts and continues where earlier calls ended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from antq_llm.articles.inputs import Input
from antq_llm.distributed.chunks import ChunkScheduler, chunks_of
from antq_llm.distributed.cluster import connect, start_limits
from antq_llm.distributed.parts import (
    DONE,
    OPEN,
    delete_unfinished,
    done_parts,
    write_part,
)
from antq_llm.distributed.shipped_inputs import local_inputs, with_source
from antq_llm.distributed.storage import Storage
from antq_llm.distributed.worker import WorkerSetup
from antq_llm.errors import ConfigurationError, RunStopped
from antq_llm.extraction.baseline import RULES
from antq_llm.extraction.client_factory import endpoint_of, model_name
from antq_llm.records.result import Failure
from antq_llm.runs.identity import RunIdentity
from antq_llm.runs.observer import RunObserver, SilentObserver
from antq_llm.runs.plan import RunPlan, plan_run
from antq_llm.runs.settings import RunSettings
from antq_llm.runs.totals import RunTotals

RUN_FILE = "run.json"
CHUNK_ARTICLES = 64


@dataclass(frozen=True)
class ClusterSettings:
    """The settings of a job on a cluster.

    Raises ConfigurationError if ``workers`` is less than 1 or a setting is not supported on a
    cluster.
    """

    run: RunSettings
    """The settings of the run, without ``out``."""
    out: str
    """A folder that all workers can reach, or a URL that Arrow or fsspec can open."""
    workers: int | None = None
    """Number of workers; None for one per CPU of the cluster."""
    chunk_articles: int = CHUNK_ARTICLES

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 1:
            raise ConfigurationError(f"--workers must be at least 1, not {self.workers}")
        if self.run.processes != 1 or self.run.options.record is not None:
            raise ConfigurationError(
                "--engine ray starts its own processes and keeps all answers: leave out "
                "--processes and --record"
            )


@dataclass(frozen=True)
class _Call:
    number: int
    inputs: list[Input]
    observer: RunObserver
    totals: RunTotals
    open_lines: list[dict[str, Any]]
    """The failures that the next call retries, as JSON data."""


class ClusterRun:
    """One call of a job, which sends its messages to an observer and prints nothing."""

    def __init__(self, settings: ClusterSettings) -> None:
        self._settings = settings
        self._storage = Storage(settings.out)

    def run(self, observer: RunObserver | None = None) -> RunTotals:
        """Process the articles that are not in the output yet; return the totals of this call.

        Raises ConfigurationError, PromptError or SchemaError if the job cannot start or
        continue.
        """
        observer = observer or SilentObserver()
        settings, began = self._settings, time.monotonic()
        ray = connect()
        with local_inputs(settings.run.inputs) as copies:
            plan = plan_run(replace(settings.run, inputs=tuple(copies.values())))
            for message in plan.listed.messages():
                observer.message(message)
            setup = self._setup(plan)
            identity = RunIdentity.of(
                None if plan.rules else plan.prompt, plan.schema, setup.model, settings.run.options
            )
            self._check_identity(identity)
            done = list(done_parts(self._storage))
            delete_unfinished(self._storage, [part["part"] for part in done])
            finished = {name for part in done for name in part["articles"]}
            inputs = [with_source(one, copies) for one in plan.inputs if one.id not in finished]
            if len(inputs) < len(plan.inputs):
                skipped = len(plan.inputs) - len(inputs)
                observer.message(f"skipping {skipped} article(s) already in {settings.out}")
            totals = RunTotals()
            self._write_run(identity, totals, began)
            observer.start(len(inputs), totals, lambda: None)
            with self._written(plan, identity, totals, began) as open_lines:
                call = _Call(_next_call(done), inputs, observer, totals, open_lines)
                self._process(ray, setup, call)
        return totals

    def _process(self, ray: Any, setup: WorkerSetup, call: _Call) -> None:
        options = self._settings.run.options
        limits = start_limits(ray, setup.address, options.rpm, options.tpm, options.max_cost)
        inputs, observer = call.inputs, call.observer
        workers = self._settings.workers or max(1, int(ray.cluster_resources().get("CPU", 1)))
        chunks = chunks_of(inputs, self._settings.chunk_articles, call.number)
        scheduler = ChunkScheduler(ray, setup, limits, self._is_done, observer.message)
        stop = RunStopped(
            "the run was interrupted before this article was done: "
            "run the same command again to continue",
            kind="interrupted",
        )
        try:
            for result in scheduler.run(chunks, min(workers, max(1, len(inputs)))):
                call.totals.merge(result.totals)
                call.open_lines.extend(result.open_lines)
                for failure in result.failures:
                    observer.outcome(failure)
            if scheduler.stop is not None:
                kind: Any = scheduler.stop.kind
                stop = RunStopped.before_article(scheduler.stop, kind=kind)
        finally:
            scheduler.close()
            if options.max_cost is not None:
                ray.get(limits.finish.remote())
            ray.kill(limits)
            for source in scheduler.unprocessed(chunks):
                failure = Failure(source.id, source.source, stop)
                call.totals.add(failure)
                call.open_lines.append(failure.as_line())

    def _is_done(self, part: str) -> bool:
        return self._storage.read(f"{DONE}/{part}.json") is not None

    def _setup(self, plan: RunPlan) -> WorkerSetup:
        run = self._settings.run
        # The key is not sent: each worker reads it from its own environment.
        options = replace(run.options, api_key=None, base_url=endpoint_of(run.options).base_url)
        model = RULES if plan.rules else model_name(run.model)
        if not model:
            raise ConfigurationError("no model: name one with --model")
        if not plan.rules:
            plan.prompt.values_of(options.variables)
        return WorkerSetup(
            "worker", self._settings.out, plan.schema, plan.prompt, model, options, run.offline
        )

    def _check_identity(self, identity: RunIdentity) -> None:
        content = self._storage.read(RUN_FILE)
        if content is None:
            return
        earlier = RunIdentity(json.loads(content)["identity"])
        if differences := identity.differences(earlier):
            raise ConfigurationError(
                f"{self._settings.out} has the results of another run: "
                f"{'; '.join(map(str, differences))}. Name another --out, or repeat the earlier "
                "settings"
            )

    @contextmanager
    def _written(
        self, plan: RunPlan, identity: RunIdentity, totals: RunTotals, began: float
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield a list for failures to retry; when the block ends, write them and ``run.json``."""
        open_lines: list[dict[str, Any]] = []
        try:
            yield open_lines
        finally:
            if open_lines:
                write_part(self._storage, OPEN, plan.schema, failures=open_lines)
            self._write_run(identity, totals, began)

    def _write_run(self, identity: RunIdentity, totals: RunTotals, began: float) -> None:
        parts = list(done_parts(self._storage))
        run = {
            "settings": {**self._settings.run.as_dict(), "workers": self._settings.workers},
            "identity": identity.parts,
            "records": sum(part["records"] for part in parts),
            "failures": sum(sum(part["failures"].values()) for part in parts),
            "this_call": {
                "records": totals.records,
                "failures_by_kind": dict(sorted(totals.failures.items())),
                "replayed": totals.replayed,
                "spent_usd": totals.spent_usd,
            },
            "written": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(time.monotonic() - began, 3),
        }
        text = json.dumps(run, ensure_ascii=False, indent=1)
        self._storage.write(RUN_FILE, text.encode())


def _next_call(done: list[dict[str, Any]]) -> int:
    """Return the number of a new call, above the call numbers of the parts in ``done``."""
    return 1 + max((int(part["part"].split("-")[1]) for part in done), default=0)
