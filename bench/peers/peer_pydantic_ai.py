"""A pydantic-ai agent whose output is the record, on either transport of the OpenAI SDK."""

from __future__ import annotations

import asyncio

import openai
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider
from work import MODEL, Job, measure, read_job

from antq_llm.movement_report.record import MovementReport


async def main(job: Job) -> None:
    """Measure runs of the agent without history."""
    http_client = openai.DefaultAioHttpClient() if job.variant == "aiohttp" else None
    async with openai.AsyncOpenAI(
        api_key="x", base_url=job.base_url, http_client=http_client
    ) as client:
        model = OpenAIChatModel(MODEL, provider=OpenAIProvider(openai_client=client))
        agent = Agent(model, output_type=MovementReport, instructions=job.instructions)

        async def ask(text: str) -> MovementReport:
            return (await agent.run(text)).output

        await measure(job, ask, "pydantic-ai-slim", "openai")


if __name__ == "__main__":
    asyncio.run(main(read_job()))
