"""Articles a second through this library and through others, on one local server in one run, as ratios.

The server is a process of its own on the other core; the client is held to one core. Peers beyond the library's own dependencies are measured
where they are installed (pydantic-ai).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import aiohttp
import instructor
import openai
from aiohttp import web

from antq_llm import Article, Extractor, MovementReport, Options
from antq_llm.resources import root
from antq_llm.store import Store, StoredClient

SEED = "004_a0017edc716a5e51"
TEXT = (root("seeds") / f"{SEED}.txt").read_text("utf-8")
ANSWER = json.dumps(json.loads((root("gold") / "movement_report" / f"{SEED}.json").read_bytes()), ensure_ascii=False)
Work = Callable[[str], Awaitable[object]]


def serve(port: int, delay: float) -> None:
    """Answer every chat completion with one record, after a delay in seconds; as a message or as a tool call, as asked."""

    async def answer(request: web.Request) -> web.Response:
        asked = await request.json()
        if delay:
            await asyncio.sleep(delay)
        message: dict[str, Any] = {"role": "assistant", "content": ANSWER}
        if asked.get("tools"):
            call = {"id": "c", "type": "function", "function": {"name": asked["tools"][0]["function"]["name"], "arguments": ANSWER}}
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        usage = {"prompt_tokens": 1000, "completion_tokens": 900, "total_tokens": 1900}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return web.json_response({"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage})

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/v1/chat/completions", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


async def pump(work: Work, number: int, concurrency: int) -> float:
    """Return how many texts a second a worker does, ``concurrency`` at a time."""
    texts = iter([f"{TEXT}\n{index}" for index in range(number)])

    async def one() -> None:
        for text in texts:
            await work(text)

    begin = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(concurrency)))
    return number / (time.perf_counter() - begin)


async def bare(url: str, number: int, concurrency: int) -> float:
    """Aiohttp, JSON and pydantic, and nothing else: the limit."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def work(text: str) -> object:
            body = {"model": "m", "messages": [{"role": "user", "content": text}]}
            async with session.post(f"{url}/chat/completions", json=body) as response:
                return MovementReport.model_validate_json((await response.json())["choices"][0]["message"]["content"])

        return await pump(work, number, concurrency)


async def sdk_create(url: str, number: int, concurrency: int) -> float:
    """The OpenAI SDK's ``create`` on its aiohttp transport, with pydantic."""
    async with openai.AsyncOpenAI(api_key="x", base_url=url, max_retries=0, http_client=openai.DefaultAioHttpClient()) as client:

        async def work(text: str) -> object:
            completion = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])
            return MovementReport.model_validate_json(completion.choices[0].message.content or "")

        return await pump(work, number, concurrency)


async def instructor_tools(url: str, number: int, concurrency: int) -> float:
    """Instructor in its tools mode, on the SDK's aiohttp transport."""
    async with openai.AsyncOpenAI(api_key="x", base_url=url, max_retries=0, http_client=openai.DefaultAioHttpClient()) as plain:
        client = instructor.from_openai(plain)

        async def work(text: str) -> object:
            messages: Any = [{"role": "user", "content": text}]
            return await client.chat.completions.create(model="m", messages=messages, response_model=MovementReport, max_retries=0)

        return await pump(work, number, concurrency)


async def pydantic_ai(url: str, number: int, concurrency: int) -> float:
    """pydantic-ai with a tool as its output."""
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    agent = Agent(OpenAIChatModel("m", provider=OpenAIProvider(base_url=url, api_key="x")), output_type=MovementReport)
    return await pump(agent.run, number, concurrency)


async def ours(url: str, number: int, concurrency: int, *, replay: bool = False) -> float:
    """This library with validation, evidence, consistency and a durable store; ``replay`` measures a second run over the same store."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.sqlite3")
        options = Options(base_url=url, api_key="x", concurrency=concurrency)
        plain = Extractor(prompt="movement_report@1", model="m", options=options)
        extractor = Extractor(prompt="movement_report@1", model="m", client=StoredClient(plain._client, store), options=options)  # noqa: SLF001
        rate = await pump(lambda text: extractor.aextract(Article(text)), number, concurrency)
        if replay:
            rate = await pump(lambda text: extractor.aextract(Article(text)), number, concurrency)
        await extractor.aclose()
        store.close()
    return rate


async def measure(port: int, delay: float, number: int, concurrency: int) -> None:
    """Print the rates of all on a server that is up, and their ratios."""
    url = f"http://127.0.0.1:{port}/v1"
    workers: dict[str, Any] = {"bare aiohttp, JSON, pydantic": bare, "OpenAI SDK, create, aiohttp": sdk_create, "instructor, tools": instructor_tools}
    if find_spec("pydantic_ai"):
        workers["pydantic-ai"] = pydantic_ai
    workers["antq_llm"] = ours
    rates = {}
    for name, worker in workers.items():
        await worker(url, 50, min(concurrency, 16))
        rates[name] = await worker(url, number, concurrency)
    if not delay:
        rates["antq_llm, replay from its store"] = await ours(url, number, concurrency, replay=True)
    ideal = concurrency / delay if delay else None
    print(f"\n{number} articles of {len(TEXT)} characters, {concurrency} at a time, answered after {delay * 1000:.0f} ms")
    for name, rate in rates.items():
        of_ideal = f"{rate / ideal:6.2f} of the ideal" if ideal else ""
        ratios = f"{rate / rates['instructor, tools']:6.2f} x instructor {rate / rates['OpenAI SDK, create, aiohttp']:6.2f} x SDK"
        print(f"{name:<36}{rate:9.0f}/s {ratios} {of_ideal}")


def main() -> None:
    """Run the server and the measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1000)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    for port, (delay, concurrency) in enumerate(((0.0, 64), (0.2, 64), (0.2, 256)), start=8871):
        server = multiprocessing.Process(target=serve, args=(port, delay), daemon=True)
        server.start()
        os.sched_setaffinity(server.pid or 0, {cores[-1]})
        os.sched_setaffinity(0, {cores[0]})
        time.sleep(1.5)
        asyncio.run(measure(port, delay, given.number, concurrency))
        os.sched_setaffinity(0, set(cores))
        server.terminate()


if __name__ == "__main__":
    main()
