"""The extraction functions of the public API: ``extract``, ``aextract`` and ``extract_many``."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pydantic import BaseModel

from antq_llm.articles.reading import Source
from antq_llm.core.event_loop import run_sync
from antq_llm.extraction.extractor import Extractor
from antq_llm.extraction.options import Options
from antq_llm.extraction.prompt_and_schema import PromptLike, SchemaLike
from antq_llm.records.result import Extraction, Failure

if TYPE_CHECKING:
    from antq_llm.movement_report.record import MovementReport

T = TypeVar("T", bound=BaseModel)


@overload
async def aextract(
    source: Source,
    *,
    schema: None = None,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[MovementReport]: ...
@overload
async def aextract(
    source: Source,
    *,
    schema: type[T],
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[T]: ...
@overload
async def aextract(
    source: Source,
    *,
    schema: SchemaLike,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[Any]: ...
async def aextract(
    source: Source,
    *,
    schema: Any = None,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[Any]:
    """Return the extraction of one article, like ``extract``, but asynchronously."""
    async with Extractor(
        schema, prompt, model=model, offline=offline, options=options
    ) as extractor:
        return await extractor.aextract(source)


@overload
def extract(
    source: Source,
    *,
    schema: None = None,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[MovementReport]: ...
@overload
def extract(
    source: Source,
    *,
    schema: type[T],
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[T]: ...
@overload
def extract(
    source: Source,
    *,
    schema: SchemaLike,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[Any]: ...
def extract(
    source: Source,
    *,
    schema: Any = None,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> Extraction[Any]:
    """Return the checked record of one article, with its evidence, attempts and cost.

    ``source`` is a path, an ``Article`` or the text itself. The other arguments are those of
    ``Extractor``; the errors are those of ``Extractor`` and ``Extractor.aextract``. The function
    can be called from any thread, even while an event loop is running. Each call sets up a new
    client; for many articles, use an ``Extractor`` or ``extract_many``.
    """
    return run_sync(
        aextract(
            source, schema=schema, prompt=prompt, model=model, offline=offline, options=options
        )
    )


async def extract_many(
    sources: Iterable[Source] | AsyncIterable[Source],
    *,
    schema: Any = None,
    prompt: PromptLike | None = None,
    model: str | None = None,
    offline: bool = False,
    options: Options | None = None,
) -> AsyncIterator[Extraction[Any] | Failure]:
    """Yield an extraction or a failure for each article, in completion order.

    At most ``options.concurrency`` articles are in memory at a time. The other arguments are those
    of ``Extractor``.
    """
    async with Extractor(
        schema, prompt, model=model, offline=offline, options=options
    ) as extractor:
        async for outcome in extractor.extract_many(sources):
            yield outcome
