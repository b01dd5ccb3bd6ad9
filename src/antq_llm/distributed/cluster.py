"""The actors of a job on a Ray cluster; only this module imports Ray."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Sequence
from typing import Any

from antq_llm.articles.inputs import Input
from antq_llm.core.optional_library import how_to_install, is_installed
from antq_llm.distributed.shared_limits import SharedLimits
from antq_llm.distributed.storage import EXTRA, Storage
from antq_llm.distributed.worker import ChunkResult, ChunkWorker, WorkerSetup
from antq_llm.errors import ConfigurationError

BUDGET_FILE = "_budget.json"
_OBJECT_STORE_BYTES = 200_000_000
_CALLS_AT_ONCE = 100_000
"""Maximum number of concurrent calls to ``LimitsActor``; high because most calls only wait."""


def connect() -> Any:
    """Connect to the cluster at ``RAY_ADDRESS``, or start a local one; return the ``ray`` module.

    Raises ConfigurationError if Ray is not installed.
    """
    if not is_installed("ray"):
        raise ConfigurationError(
            f"--engine ray needs Ray, which is not installed: {how_to_install(EXTRA)}"
        )
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    if not ray.is_initialized():
        if os.environ.get("RAY_ADDRESS"):
            ray.init()
        else:
            ray.init(
                address="local",
                include_dashboard=False,
                object_store_memory=_OBJECT_STORE_BYTES,
                _node_ip_address="127.0.0.1",
            )
    return ray


class LimitsActor(SharedLimits):
    """The shared limits as a Ray actor that saves an upper bound on spending to the output."""

    def __init__(
        self, address: str, rpm: int | None, tpm: int | None, max_cost: float | None
    ) -> None:
        storage = Storage(address)
        kept = json.loads(storage.read(BUDGET_FILE) or b'{"usd": 0}')

        async def keep(usd: float) -> None:
            content = json.dumps({"usd": usd}).encode()
            await asyncio.to_thread(storage.write, BUDGET_FILE, content)

        super().__init__(rpm=rpm, tpm=tpm, max_cost=max_cost, spent=kept["usd"], keep=keep)


class ActorLimits:
    """An implementation of ``Limits`` that calls a ``LimitsActor``."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def admit(self, tokens: int) -> Awaitable[int]:
        return self._call("admit", tokens)

    def settle_tokens(self, number: int, used: int | None) -> Awaitable[None]:
        return self._call("settle_tokens", number, used)

    def reserve(self, worker: str, key: str, usd: float) -> Awaitable[bool]:
        return self._call("reserve", worker, key, usd)

    def settle(self, key: str, usd: float) -> Awaitable[None]:
        return self._call("settle", key, usd)

    def used(self) -> Awaitable[tuple[float, float]]:
        return self._call("used")

    def claim(self, worker: str, digest: str) -> Awaitable[None]:
        return self._call("claim", worker, digest)

    def unclaim(self, digest: str) -> Awaitable[None]:
        return self._call("unclaim", digest)

    def _call(self, name: str, *arguments: Any) -> Awaitable[Any]:
        called: Awaitable[Any] = getattr(self._actor, name).remote(*arguments)
        return called


class WorkerActor:
    """A ``ChunkWorker`` as a Ray actor."""

    def __init__(self, setup: WorkerSetup, limits: Any) -> None:
        self._setup, self._limits = setup, limits

    async def start(self) -> None:
        """Create the client and the extractor; raise errors that would affect every worker."""
        self._worker = ChunkWorker(self._setup, ActorLimits(self._limits))

    async def process(self, part: str, inputs: Sequence[Input]) -> ChunkResult:
        """Process a chunk of articles and write its output as ``part``; return the result."""
        return await self._worker.process(part, inputs)


def start_limits(
    ray: Any, address: str, rpm: int | None, tpm: int | None, max_cost: float | None
) -> Any:
    """Start a ``LimitsActor`` on the driver's node, whose loss ends the job in any case."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    node = ray.get_runtime_context().get_node_id()
    return (
        ray.remote(LimitsActor)
        .options(
            num_cpus=0,
            max_concurrency=_CALLS_AT_ONCE,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node, soft=False),
        )
        .remote(address, rpm, tpm, max_cost)
    )


def start_worker(ray: Any, setup: WorkerSetup, limits: Any) -> Any:
    """Start a ``WorkerActor`` on any node with a free CPU."""
    return ray.remote(WorkerActor).options(num_cpus=1).remote(setup, limits)
