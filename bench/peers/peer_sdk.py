"""The OpenAI SDK: ``post`` with a prepared body, ``create`` and ``parse``, on either transport."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import openai
from work import MODEL, Job, measure, read_job

from antq_llm.clients.openai.strict_schema import strict_form
from antq_llm.movement_report.record import MovementReport
from antq_llm.schemas.pydantic_schema import json_schema_of

Ask = Callable[[str], Awaitable[MovementReport | None]]


def post(client: openai.AsyncOpenAI, job: Job) -> Ask:
    """Return a function that inserts a text into a prepared body and parses the reply as JSON."""
    system = json.dumps({"role": "system", "content": job.instructions}, ensure_ascii=False)
    head = f'{{"model":"{MODEL}","messages":[{system},{{"role":"user","content":'

    async def ask(text: str) -> MovementReport:
        body = f"{head}{json.dumps(text, ensure_ascii=False)}}}]}}".encode()
        options: Any = {"headers": {"Content-Type": "application/json"}}
        response = await client.post(
            "/chat/completions", cast_to=httpx2.Response, content=body, options=options
        )
        return MovementReport.model_validate_json(
            json.loads(response.content)["choices"][0]["message"]["content"]
        )

    return ask


def create(client: openai.AsyncOpenAI, job: Job) -> Ask:
    """Return a function that asks with ``create`` and validates the message."""

    async def ask(text: str) -> MovementReport:
        completion = await client.chat.completions.create(
            model=MODEL, messages=_messages(job, text)
        )
        return MovementReport.model_validate_json(completion.choices[0].message.content or "")

    return ask


def create_with_schema(client: openai.AsyncOpenAI, job: Job) -> Ask:
    """Return a function that asks with ``create`` and the strict JSON Schema of this library."""
    schema: Any = strict_form(json_schema_of(MovementReport))
    response_format: Any = {
        "type": "json_schema",
        "json_schema": {"name": "movement_report", "strict": True, "schema": schema},
    }

    async def ask(text: str) -> MovementReport:
        completion = await client.chat.completions.create(
            model=MODEL, messages=_messages(job, text), response_format=response_format
        )
        return MovementReport.model_validate_json(completion.choices[0].message.content or "")

    return ask


def parse(client: openai.AsyncOpenAI, job: Job) -> Ask:
    """Return a function that asks with ``parse``, which sends the schema and validates."""

    async def ask(text: str) -> MovementReport | None:
        completion = await client.chat.completions.parse(
            model=MODEL, messages=_messages(job, text), response_format=MovementReport
        )
        return completion.choices[0].message.parsed

    return ask


def _messages(job: Job, text: str) -> Any:
    return [{"role": "system", "content": job.instructions}, {"role": "user", "content": text}]


METHODS = {"post": post, "create": create, "create+schema": create_with_schema, "parse": parse}


async def main(job: Job) -> None:
    """Measure the method that the variant names: ``METHOD`` or ``METHOD aiohttp``."""
    method, _, transport = job.variant.partition(" ")
    http_client = openai.DefaultAioHttpClient() if transport == "aiohttp" else None
    async with openai.AsyncOpenAI(
        api_key="x", base_url=job.base_url, http_client=http_client
    ) as client:
        await measure(job, METHODS[method](client, job), "openai")


if __name__ == "__main__":
    asyncio.run(main(read_job()))
