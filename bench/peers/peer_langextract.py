"""langextract with its OpenAI provider, in one pass.

It takes no pydantic model: its schema comes from an example, and an extraction is a passage with
attributes, aligned with the text.
"""

from __future__ import annotations

import warnings
from typing import Any

import langextract as lx
from work import MODEL, Job, measured, read_job

WHOLE = 100_000
"""Characters: longer than any article here."""
BATCH = 4
"""Chunks per batch and worker: with one, all workers wait for the slowest at each step."""
WARM_UP = 8
"""Articles: more would take longer than the measurement itself."""


def extract(job: Job, texts: list[str]) -> None:
    """Extract from documents, whole or in default chunks, with ``concurrency`` workers."""
    shown = [
        lx.data.Extraction(name, quote, attributes=fields)
        for name, quote, fields in job.example["passages"]
    ]
    model = {"api_key": "x", "base_url": job.base_url, "max_workers": job.concurrency}
    size: dict[str, Any] = {"max_char_buffer": WHOLE} if job.variant == "whole" else {}
    documents = lx.extract(
        [lx.data.Document(text=text, document_id=str(index)) for index, text in enumerate(texts)],
        prompt_description=job.instructions,
        examples=[lx.data.ExampleData(text=job.example["text"], extractions=shown)],
        config=lx.factory.ModelConfig(model_id=MODEL, provider="openai", provider_kwargs=model),
        max_workers=job.concurrency,
        batch_length=BATCH * job.concurrency,
        show_progress=False,
        **size,
    )
    for document in documents:
        if not any(extraction.char_interval for extraction in document.extractions):
            raise ValueError(
                f"document {document.document_id} has no extraction aligned with its text"
            )


def main(job: Job) -> None:
    """Warm up and measure."""
    warnings.filterwarnings("ignore", "With 'config', schema constraints", UserWarning)
    extract(job, job.warm_up_texts()[:WARM_UP])
    texts = job.texts()
    with measured(job, "langextract", "openai"):
        extract(job, texts)


if __name__ == "__main__":
    main(read_job())
