"""A model's answer as received, with its token usage and cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["json_schema", "tools", "json", "md_json"]
"""The way a schema is sent to the endpoint.

From the strictest to the least strict, the modes are strict JSON Schema, a forced tool call, a JSON
object and plain text.
"""

MODES: tuple[Mode, ...] = ("json_schema", "tools", "json", "md_json")


class Usage(BaseModel):
    """Token counts; a count that was not reported is None.

    ``input_tokens`` includes ``cached_tokens``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


class Completion(BaseModel):
    """A model's answer; ``text`` is the message or, in tools mode, the arguments of the call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    finish_reason: str | None = None
    refusal: str | None = None
    model: str | None = None
    """The model that answered, as reported by the endpoint."""
    mode: Mode | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    """The cost in US dollars, at the price in effect when the answer was received.

    None if the price or a token count is unknown.
    """
    replayed: bool = Field(default=False, exclude=True)
    """Whether the answer came from a store or a recording, at no further cost."""


def total_usage(usages: Iterable[Usage]) -> Usage:
    """Return the sum of each count; a sum is None if the count is missing from any usage."""
    reported = list(usages)
    if not reported:
        return Usage(input_tokens=0, output_tokens=0, cached_tokens=0)
    if len(reported) == 1:
        return reported[0]
    return Usage(
        input_tokens=_sum(usage.input_tokens for usage in reported),
        output_tokens=_sum(usage.output_tokens for usage in reported),
        cached_tokens=_sum(usage.cached_tokens for usage in reported),
    )


def total_cost(costs: Iterable[float | None]) -> float | None:
    """Return the sum of costs in US dollars; None if any of them is unknown."""
    known: list[float] = []
    for cost in costs:
        if cost is None:
            return None
        known.append(cost)
    return sum(known)


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
