"""This library as ``antq-llm extract --out`` uses it: with checks, a durable store and files."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from work import MODEL, Job, measured, read_job

from antq_llm.extraction.options import Options
from antq_llm.runs.run import Run
from antq_llm.runs.settings import RunSettings


async def extract(job: Job, articles: str, out: Path) -> int:
    """Extract the articles of a file into a folder; return the number answered from its store."""
    options = Options(base_url=job.base_url, api_key="x", concurrency=job.concurrency)
    settings = RunSettings(
        (articles,), options, out=out, prompt="movement_report@1", model=MODEL, limit=job.number
    )
    totals = await Run(settings).execute()
    if totals.failures or totals.dropped_items:
        raise ValueError(f"failed: {dict(totals.failures)}; items dropped: {totals.dropped_items}")
    return totals.replayed


async def main(job: Job, folder: Path) -> None:
    """Measure a run in a new folder or, for the variant ``replay``, a second run from its store."""
    await extract(job, job.warm_up, folder / "warm_up")
    if job.variant == "replay":
        await extract(job, job.articles, folder / "out")
    with measured(job, "antq-llm", "openai"):
        replayed = await extract(job, job.articles, folder / "out")
    if replayed != (job.number if job.variant == "replay" else 0):
        raise ValueError(f"{replayed} of {job.number} articles were answered from the store")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(main(read_job(), Path(name)))
