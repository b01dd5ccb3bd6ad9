"""Request rate that the rate limiter reaches with a server that allows 50 requests per second.

The benchmark prints the rate relative to that limit and the share of 429 responses, both measured
after a warm-up of 10 s.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import deque
from multiprocessing.connection import Connection

from aiohttp import web
from pydantic import BaseModel

from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.request import Request
from antq_llm.prompts.messages import Message
from antq_llm.schemas.pydantic_schema import PydanticSchema

RATE = 50
SECONDS, WARM_UP = 25.0, 10.0
CONCURRENCY = 64
KINDS = ("integer", "fractional", "missing")
ANSWER_SECONDS = 0.05


class Answer(BaseModel):
    """The record that each request asks for."""

    name: str


def serve(kind: str, pipe: Connection) -> None:
    """Answer at most 50 requests in any second, and refuse further requests with 429.

    When told to stop, send the time and the outcome of each request through the pipe.
    """
    taken: deque[float] = deque()
    seen: list[tuple[float, bool]] = []

    async def complete(_: web.Request) -> web.Response:
        now = time.monotonic()
        while taken and taken[0] <= now - 1:
            taken.popleft()
        seen.append((now, len(taken) < RATE))
        if len(taken) >= RATE:
            after = {
                "integer": {"Retry-After": "1"},
                "fractional": {"Retry-After": f"{taken[0] + 1 - now:.3f}"},
                "missing": {},
            }[kind]
            return web.json_response({"error": {"message": "slow down"}}, status=429, headers=after)
        taken.append(now)
        await asyncio.sleep(ANSWER_SECONDS)
        message = {"role": "assistant", "content": '{"name": "Lan"}'}
        usage = {"prompt_tokens": 100, "completion_tokens": 10}
        return web.json_response(
            {
                "model": "m",
                "choices": [{"finish_reason": "stop", "message": message}],
                "usage": usage,
            }
        )

    async def run() -> None:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", complete)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        pipe.send(runner.addresses[0][1])
        await asyncio.to_thread(pipe.recv)
        await runner.cleanup()

    asyncio.run(run())
    pipe.send(seen)


async def ask(port: int) -> None:
    """Send requests as fast as the rate limiter allows until the time is up."""
    client = OpenAIClient(
        Endpoint(
            base_url=f"http://127.0.0.1:{port}/v1", api_key="x", concurrency=CONCURRENCY, tries=100
        )
    )
    request = Request(
        model="m", messages=(Message("user", "Bà Lan đến dự."),), schema=PydanticSchema(Answer)
    )

    async def keep_asking() -> None:
        while True:
            await client.complete(request)

    tasks = [asyncio.create_task(keep_asking()) for _ in range(CONCURRENCY)]
    await asyncio.wait(tasks, timeout=SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await client.aclose()


async def main() -> None:
    """Run all servers at the same time, as each is mostly idle, and print a line for each."""
    pipes, servers, ports = [], [], []
    for kind in KINDS:
        ours, theirs = multiprocessing.Pipe()
        servers.append(multiprocessing.Process(target=serve, args=(kind, theirs), daemon=True))
        servers[-1].start()
        pipes.append(ours)
        ports.append(ours.recv())
    began = time.monotonic()
    await asyncio.gather(*(ask(port) for port in ports))
    for kind, pipe, server in zip(KINDS, pipes, servers, strict=True):
        pipe.send("stop")
        outcomes = [answered for at, answered in pipe.recv() if WARM_UP <= at - began < SECONDS]
        server.join()
        rate, refused = sum(outcomes) / (SECONDS - WARM_UP), outcomes.count(False) / len(outcomes)
        print(
            f"Retry-After {kind:<11}{rate / RATE:10.2f} of {RATE}/s {refused:10.2%} of requests 429"
        )


if __name__ == "__main__":
    asyncio.run(main())
