"""What the tests of the live client share: schemas, a request, and a client that does not sleep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from antq_llm.clients.completion import Mode
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.request import Request
from antq_llm.prompts.messages import Message
from antq_llm.schemas.base import Schema
from antq_llm.schemas.pydantic_schema import PydanticSchema


class Person(BaseModel):
    """A schema that the strict mode takes."""

    name: str


class Loose(BaseModel):
    """A schema with an optional key, which the strict mode does not take."""

    name: str = "?"


def request_for(
    text: str = "Bà Lan đến dự.", *, schema: Schema[Any] | None = None, model: str = "scripted-1"
) -> Request:
    """Return a first request about a text."""
    messages = (Message("system", "Find the person."), Message("user", text))
    return Request(model=model, messages=messages, schema=schema or PydanticSchema(Person))


@dataclass
class Waits:
    """A sleep that does not sleep, and the seconds that were asked of it."""

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
) -> AsyncIterator[OpenAIClient]:
    """Run a client of an endpoint that waits for nothing."""
    client = OpenAIClient(
        Endpoint(base_url=base_url, api_key="key-x", timeout=seconds, tries=tries, mode=mode),
        sleep=waits or Waits(),
    )
    try:
        yield client
    finally:
        await client.aclose()
