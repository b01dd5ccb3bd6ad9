"""Helpers for tests of the live client: schemas, requests and a client that never sleeps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from antq_llm.clients.budget import Budget, MemoryLedger
from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.pricing import Price
from antq_llm.clients.rate_limit.limiter import Clock
from antq_llm.clients.request import Request
from antq_llm.errors import AntqError, CompletionError
from antq_llm.prompts.messages import Message
from antq_llm.schemas.base import Schema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.endpoint import Endpoint as ScriptedEndpoint
from helpers.endpoint import Reply, Script, scripted_endpoint


class Person(BaseModel):
    """A schema that strict mode accepts."""

    name: str


class Loose(BaseModel):
    """A schema with an optional key, which strict mode does not accept."""

    name: str = "?"


def request_for(
    text: str = "Bà Lan đến dự.", *, schema: Schema[Any] | None = None, model: str = "scripted-1"
) -> Request:
    """Return the first request, not a re-ask, about a text."""
    messages = (Message("system", "Find the person."), Message("user", text))
    return Request(model=model, messages=messages, schema=schema or PydanticSchema(Person))


@dataclass
class Waits:
    """A replacement for ``sleep`` that returns at once and records the requested seconds."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def client_at(
    base_url: str,
    *,
    mode: Mode | None = None,
    tries: int = 6,
    seconds: float = 30.0,
    waits: Waits | None = None,
    wall_clock: Clock = time.time,
) -> AsyncIterator[OpenAIClient]:
    """Yield a client of the endpoint at ``base_url``; the client never sleeps."""
    client = OpenAIClient(
        Endpoint(base_url=base_url, api_key="key-x", timeout=seconds, tries=tries, mode=mode),
        sleep=waits or Waits(),
        wall_clock=wall_clock,
    )
    try:
        yield client
    finally:
        await client.aclose()


async def body_sent(
    request: Request, mode: Mode | None, answer: str = '{"name": "Lan"}'
) -> dict[str, Any]:
    """Send a request in a mode, and return the body that the endpoint receives."""
    with scripted_endpoint([Reply(answer)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            await client.complete(request)
    return endpoint.bodies[0]


def mode_of(body: dict[str, Any]) -> Mode:
    """Return the mode in which a request body sends the schema."""
    if "tools" in body:
        return "tools"
    format_type = body.get("response_format", {}).get("type")
    modes: dict[str | None, Mode] = {
        "json_schema": "json_schema",
        "json_object": "json",
        None: "md_json",
    }
    return modes[format_type]


@dataclass(frozen=True)
class Outcome:
    """The completion or error of one request, the client's waits in seconds and the endpoint."""

    result: Completion | AntqError
    waits: list[float]
    endpoint: ScriptedEndpoint

    @property
    def requests(self) -> int:
        """The number of requests sent to the endpoint."""
        return len(self.endpoint.bodies)

    @property
    def error(self) -> CompletionError:
        """The ``CompletionError`` that the request ended with."""
        assert isinstance(self.result, CompletionError)
        return self.result

    @property
    def text(self) -> str:
        """The text of the completion."""
        assert isinstance(self.result, Completion)
        return self.result.text


async def ask(
    replies: Script,
    *,
    tries: int = 6,
    seconds: float = 30.0,
    wall_clock: Clock = time.time,
) -> Outcome:
    """Send one request to an endpoint with scripted replies, and return its outcome."""
    waits = Waits()
    with scripted_endpoint(replies) as endpoint:
        async with client_at(
            endpoint.base_url, tries=tries, seconds=seconds, waits=waits, wall_clock=wall_clock
        ) as client:
            try:
                result: Completion | AntqError = await client.complete(request_for())
            except AntqError as caught:
                result = caught
    return Outcome(result, waits.seconds, endpoint)


def budgeted_client(
    server: ScriptedEndpoint,
    limit: float,
    *,
    price: Price,
    max_output: int = 1000,
    tries: int = 1,
    timeout: float = 30.0,
) -> tuple[OpenAIClient, Budget]:
    """Return a client with a budget of ``limit`` US dollars, and the budget."""
    endpoint = Endpoint(
        base_url=server.base_url,
        api_key="x",
        tries=tries,
        timeout=timeout,
        max_output_tokens=max_output,
        prices={"scripted-1": price},
        concurrency=64,
    )
    budget = Budget(limit, MemoryLedger())
    return OpenAIClient(endpoint, budget=budget, sleep=Waits()), budget
