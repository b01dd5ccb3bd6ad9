"""The telemetry span for the extraction of an article."""

from __future__ import annotations

from collections.abc import Awaitable, Sized
from typing import Protocol, TypeVar, runtime_checkable

from antq_llm.errors import AntqError
from antq_llm.telemetry import conventions as names
from antq_llm.telemetry.active import active_telemetry
from antq_llm.telemetry.attributes import Attributes, known


class TokenCounts(Protocol):
    """Token counts; each is None if it was not reported."""

    @property
    def input_tokens(self) -> int | None:
        """The number of tokens sent."""
        ...

    @property
    def output_tokens(self) -> int | None:
        """The number of tokens in the answers."""
        ...

    @property
    def cached_tokens(self) -> int | None:
        """The number of tokens sent that the provider had cached."""
        ...


class TracedExtraction(Protocol):
    """The part of an extraction that a span records."""

    @property
    def model(self) -> str:
        """The requested model."""
        ...

    @property
    def attempts(self) -> Sized:
        """The answers received."""
        ...

    @property
    def warnings(self) -> Sized:
        """The warnings about the record."""
        ...

    @property
    def dropped(self) -> int:
        """The number of items that were dropped."""
        ...

    @property
    def replayed(self) -> bool:
        """Whether all answers came from a store or a recording."""
        ...

    @property
    def usage(self) -> TokenCounts:
        """The token counts of all attempts."""
        ...

    @property
    def cost_usd(self) -> float | None:
        """The cost of all attempts, in US dollars."""
        ...


@runtime_checkable
class TracedFailure(Protocol):
    """The part of a failure that a span records."""

    @property
    def error(self) -> AntqError:
        """The error that ended the extraction."""
        ...


E = TypeVar("E", bound=TracedExtraction | TracedFailure)


async def traced_article(article_id: str, prompt: str, schema: str, extraction: Awaitable[E]) -> E:
    """Await and return an extraction or failure, within a span if telemetry is on.

    ``prompt`` and ``schema`` are the references that the span records.
    """
    telemetry = active_telemetry()
    if telemetry is None:
        return await extraction
    asked: Attributes = {names.ARTICLE: article_id, names.PROMPT: prompt, names.SCHEMA: schema}
    with telemetry.span("extract_article", asked) as span:
        result = await extraction
        if isinstance(result, TracedFailure):
            telemetry.mark_failed(span, result.error)
        else:
            span.set_attributes(known(_attributes(result)))
        return result


def _attributes(extraction: TracedExtraction) -> Attributes:
    usage = extraction.usage
    return {
        names.REQUEST_MODEL: extraction.model,
        names.ATTEMPTS: len(extraction.attempts),
        names.REPLAYED: extraction.replayed,
        names.DROPPED: extraction.dropped,
        names.WARNINGS: len(extraction.warnings),
        names.INPUT_TOKENS: usage.input_tokens,
        names.OUTPUT_TOKENS: usage.output_tokens,
        names.CACHED_TOKENS: usage.cached_tokens,
        names.COST: extraction.cost_usd,
    }
