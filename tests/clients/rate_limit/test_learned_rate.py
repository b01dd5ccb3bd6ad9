"""The rate learned from refusals by simulated servers in virtual time."""

from __future__ import annotations

import asyncio
from collections import deque

import httpx2
import openai

from antq_llm.clients.openai.http import Response
from antq_llm.clients.openai.retry import NO_COST_TRACKER, post_with_retries
from antq_llm.clients.openai.retry_policy import RetryPolicy
from antq_llm.clients.rate_limit.limiter import RateLimiter
from helpers.permits import virtual_limiter
from helpers.virtual_time import in_virtual_time, now

REPLY = b'{"choices": [{"finish_reason": "stop", "message": {"content": "Lan"}}]}'


class SimulatedServer:
    """A server that answers requests beyond ``limit`` per ``window`` seconds with a 429."""

    base_url = "http://simulated/v1"

    def __init__(self, limit: int, window: float, latency: float) -> None:
        self._limit, self._window, self._latency = limit, window, latency
        self._accepted: deque[float] = deque()
        self.log: list[tuple[float, bool]] = []
        """The time of each request, and whether it was accepted."""

    async def send(self, _: bytes) -> Response:
        """Answer or refuse one request."""
        while self._accepted and self._accepted[0] <= now() - self._window:
            self._accepted.popleft()
        is_accepted = len(self._accepted) < self._limit
        self.log.append((now(), is_accepted))
        if not is_accepted:
            raise self._refusal(self._accepted[0] + self._window - now())
        self._accepted.append(now())
        await asyncio.sleep(self._latency)
        return Response({}, REPLY)

    def mask(self, text: str) -> str:
        """Return the text unchanged."""
        return text

    @staticmethod
    def _refusal(seconds: float) -> openai.RateLimitError:
        response = httpx2.Response(
            429,
            headers={"retry-after": f"{seconds:.3f}"},
            request=httpx2.Request("POST", "http://simulated/v1"),
        )
        return openai.RateLimitError("slow down", response=response, body=None)


async def post(server: SimulatedServer, limiter: RateLimiter) -> None:
    """Send one request, with up to 50 tries."""
    await post_with_retries(
        server,  # type: ignore[arg-type] # has the parts of a transport that are used
        b"{}",
        policy=RetryPolicy(tries=50),
        rate_limiter=limiter,
        tokens=1,
        costs=NO_COST_TRACKER,
    )


def test_a_limited_server_is_used_and_rarely_exceeded() -> None:
    """At 50 allowed requests per second, under 3% are refused and over 90% of the rate is used."""

    async def run() -> list[bool]:
        limiter, accepted = virtual_limiter(), deque[float]()
        log: list[tuple[float, bool]] = []

        async def ask() -> None:
            while True:
                async with limiter.permit(1) as permit:
                    while accepted and accepted[0] <= now() - 1:
                        accepted.popleft()
                    log.append((now(), len(accepted) < 50))
                    if len(accepted) >= 50:
                        permit.record_refusal(1.0)
                    else:
                        accepted.append(now())
                        await asyncio.sleep(0.2)
                        permit.record_answer(None)
                        continue
                await limiter.pause(1.0)

        tasks = [asyncio.create_task(ask()) for _ in range(64)]
        await asyncio.sleep(60)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return [is_accepted for at, is_accepted in log if at >= 10]

    late = in_virtual_time(run())
    assert late.count(False) < 0.03 * len(late)
    assert late.count(True) >= 0.9 * 50 * 50


def test_retries_at_a_limited_server_are_rare() -> None:
    """At 200 allowed requests per second, all succeed; under 3% are refused after the first 300."""

    async def run() -> list[bool]:
        server, limiter = SimulatedServer(50, window=0.25, latency=0.01), virtual_limiter(16)
        await asyncio.gather(*(post(server, limiter) for _ in range(700)))
        return [is_accepted for _, is_accepted in server.log]

    accepted = in_virtual_time(run())
    assert accepted.count(True) == 700
    assert accepted[300:].count(False) < 0.03 * len(accepted[300:])
    assert False in accepted
