"""instructor in its default mode (tools), on either transport of the OpenAI SDK."""

from __future__ import annotations

import asyncio
from typing import Any

import instructor
import openai
from work import MODEL, Job, measure, read_job

from antq_llm.movement_report.record import MovementReport


async def main(job: Job) -> None:
    """Measure a patched SDK client with the default number of retries; none is needed."""
    http_client = openai.DefaultAioHttpClient() if job.variant == "aiohttp" else None
    async with openai.AsyncOpenAI(
        api_key="x", base_url=job.base_url, http_client=http_client
    ) as plain:
        client = instructor.from_openai(plain)

        async def ask(text: str) -> MovementReport:
            messages: Any = [
                {"role": "system", "content": job.instructions},
                {"role": "user", "content": text},
            ]
            return await client.chat.completions.create(
                model=MODEL, messages=messages, response_model=MovementReport
            )

        await measure(job, ask, "instructor", "openai")


if __name__ == "__main__":
    asyncio.run(main(read_job()))
