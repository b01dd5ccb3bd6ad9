"""langextract with its OpenAI provider: one pass, and extractions that are aligned with the text.

langextract does not take a pydantic model: it derives the schema from an example, and an extraction
is a passage with attributes.
"""

from __future__ import annotations

import warnings
from typing import Any

import langextract as lx
from work import MODEL, Job, measured, read_job

WHOLE = 100_000
"""Characters per chunk, more than in any article."""
BATCH = 4
"""Chunks per worker in a batch; with one chunk per worker, all workers wait for the slowest."""
WARM_UP = 8
"""Articles in the warm-up; with more, the warm-up would take longer than the measurement."""


def extract(job: Job, texts: list[str]) -> None:
    """Extract from texts, whole or in chunks of the default size, with one worker per request.

    A text without an aligned extraction raises ValueError.
    """
    example = [
        lx.data.Extraction(name, quote, attributes=fields)
        for name, quote, fields in job.example["passages"]
    ]
    model = {"api_key": "x", "base_url": job.base_url, "max_workers": job.concurrency}
    size: dict[str, Any] = {"max_char_buffer": WHOLE} if job.variant == "whole" else {}
    documents = lx.extract(
        [lx.data.Document(text=text, document_id=str(index)) for index, text in enumerate(texts)],
        prompt_description=job.instructions,
        examples=[lx.data.ExampleData(text=job.example["text"], extractions=example)],
        config=lx.factory.ModelConfig(model_id=MODEL, provider="openai", provider_kwargs=model),
        max_workers=job.concurrency,
        batch_length=BATCH * job.concurrency,
        show_progress=False,
        **size,
    )
    for document in documents:
        if not any(extraction.char_interval for extraction in document.extractions):
            raise ValueError(f"document {document.document_id} has no extraction from its text")


def main(job: Job) -> None:
    """Extract from the warm-up texts, then measure the extraction from the texts of the job."""
    warnings.filterwarnings("ignore", "With 'config', schema constraints", UserWarning)
    extract(job, job.warm_up_texts()[:WARM_UP])
    texts = job.texts()
    with measured(job, "langextract", "openai"):
        extract(job, texts)


if __name__ == "__main__":
    main(read_job())
