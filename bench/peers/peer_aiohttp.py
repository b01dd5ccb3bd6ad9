"""aiohttp with JSON and pydantic only: the upper limit for a client in Python."""

from __future__ import annotations

import asyncio

import aiohttp
from work import MODEL, Job, measure, read_job

from antq_llm.movement_report.record import MovementReport


async def main(job: Job) -> None:
    """Measure a session without a connection limit."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def ask(text: str) -> MovementReport:
            messages = [
                {"role": "system", "content": job.instructions},
                {"role": "user", "content": text},
            ]
            async with session.post(
                f"{job.base_url}/chat/completions", json={"model": MODEL, "messages": messages}
            ) as response:
                completion = await response.json()
            return MovementReport.model_validate_json(
                completion["choices"][0]["message"]["content"]
            )

        await measure(job, ask, "aiohttp", "pydantic")


if __name__ == "__main__":
    asyncio.run(main(read_job()))
