"""What came back from a model, uninterpreted, with what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["json_schema", "tools", "json", "md_json"]
"""How a schema is put to an endpoint, strictest first: strict JSON Schema, a forced tool call, a JSON object, plain text."""

MODES: tuple[Mode, ...] = ("json_schema", "tools", "json", "md_json")


class Usage(BaseModel):
    """Tokens as the endpoint reported them, None where it did not; cached tokens are part of the input."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None


class Completion(BaseModel):
    """One answer of a model; ``text`` is the message or, in the tools mode, the arguments of the call."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str
    finish_reason: str | None = None
    refusal: str | None = None
    model: str | None = None
    """The model that the endpoint says answered."""
    mode: Mode | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    """What it cost when it was made, in US dollars; None for a model without a known price."""
    replayed: bool = Field(default=False, exclude=True)
    """Whether it was answered from a store or a recording, at no cost now."""


def total_usage(usages: Iterable[Usage]) -> Usage:
    """Return the sum field by field; a field that one of them does not report is None, since its sum is not known."""
    parts = list(usages)
    if not parts:
        return Usage(input_tokens=0, output_tokens=0, cached_tokens=0)
    if len(parts) == 1:
        return parts[0]
    return Usage(
        input_tokens=_sum(usage.input_tokens for usage in parts),
        output_tokens=_sum(usage.output_tokens for usage in parts),
        cached_tokens=_sum(usage.cached_tokens for usage in parts),
    )


def total_cost(costs: Iterable[float | None]) -> float | None:
    """Return the sum of costs in US dollars, None if one of them is not known."""
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
