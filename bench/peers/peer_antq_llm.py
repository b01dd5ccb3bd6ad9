"""This library as ``antq-llm extract --out`` runs it: validation, evidence, consistency, a durable store, and the files of results."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from work import MODEL, Job, measured, read_job

from antq_llm.cli.commands.extract import RunSettings, extract_all
from antq_llm.extraction.options import Options


async def extract(job: Job, articles: str, out: Path) -> int:
    """Extract from the articles of a file into a folder; return how many were answered from its store."""
    options = Options(base_url=job.base_url, api_key="x", concurrency=job.concurrency)
    call = RunSettings(
        (articles,), options, out=out, prompt="movement_report@1", model=MODEL, limit=job.number
    )
    tally = await extract_all(call)
    if tally.failures or tally.dropped_items:
        raise ValueError(f"failed: {dict(tally.failures)}; items dropped: {tally.dropped_items}")
    return tally.replayed


async def main(job: Job, folder: Path) -> None:
    """Measure a run into a new folder or, as ``replay``, the same call again, answered from the store and judged anew."""
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
