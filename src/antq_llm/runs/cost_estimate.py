"""What a run would send and cost: a pass over its articles that asks nothing, and intervals from the sizes of what it did not ask."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.clients.openai.request_body import BodyBuilder, body_builder_cache, modes_for
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.request import Request
from antq_llm.errors import Deferred

BYTES_PER_TOKEN = (5.0, 2.0)
"""Of JSON with Vietnamese text in UTF-8, at the most and at the least, where nothing was measured yet."""
ANSWER_SHARE = (0.02, 2.0)
"""Of the last message's bytes that an answer has, where nothing was measured yet. Recorded answers to the movement prompts have 0.37 to 1.78 of them."""
MIN_MEASURED_ANSWERS = 10
"""Answers of the same model in the store from which on their own sizes are taken."""
TAIL = 0.05
"""The share of them that is left out at each end."""


class Range(NamedTuple):
    """The least and the most that is likely."""

    low: float
    high: float

    def times(self, low: float, high: float) -> Range:
        """Return the interval times factors of at least 0."""
        return Range(self.low * low, self.high * high)


@dataclass(frozen=True)
class RequestsPerArticle:
    """How often a request that is open may be asked at the most."""

    attempts: int
    """Answers that are judged, the first among them."""
    models: int = 1
    second_look: bool = False

    @property
    def most(self) -> int:
        """Requests for one that is open, itself among them."""
        return self.models * (self.attempts + self.second_look)


class CostEstimator:
    """Answers nothing: notes the size of each request, and defers it."""

    def __init__(self, mode: Mode | None, more: Mapping[str, int] | None) -> None:
        self._mode = mode
        self._more = more
        self._shaper_for = body_builder_cache()
        self._shapers: dict[str, BodyBuilder] = {}
        self.open: dict[str, tuple[str, int, int]] = {}
        """Of each request that was not answered, by its digest: the model, the bytes of its body, and those of its last message."""
        self.seen: dict[str, list[tuple[int, int, Usage]]] = {}
        """Of those that were, by model: the same sizes, and what they used."""
        self.firsts = self.agains = 0
        """How many of those that were answered are first requests about an article, and how many ask again or about more."""

    def over(self, inner: Client) -> Client:
        """Return a client that passes requests on, and notes those that were answered before."""
        return _Seeing(inner, self)

    async def complete(self, request: Request) -> Completion:
        self.open[request.digest] = (request.model, *self.sizes(request))
        raise Deferred("the run was a dry one")

    async def aclose(self) -> None:
        return None

    def note(self, request: Request, completion: Completion) -> None:
        """Note an answer that was there before."""
        self.seen.setdefault(request.model, []).append((*self.sizes(request), completion.usage))
        is_first = (
            request.reask is None
            and request.messages[-1].role == "user"
            and all(message.role != "assistant" for message in request.messages)
        )
        self.firsts += is_first
        self.agains += not is_first

    def sizes(self, request: Request) -> tuple[int, int]:
        """Return the bytes of a request's body, and those of its last message."""
        shaper = self._shapers.get(request.schema.digest)
        if shaper is None:
            shaper = self._shapers[request.schema.digest] = self._shaper_for(
                request.schema, modes_for(request.schema, self._mode)[0]
            )
        return len(shaper.encoded(request, self._more)), len(request.messages[-1].content.encode())

    def estimate(
        self, rounds: RequestsPerArticle, tariff: PriceList, max_output: int | None
    ) -> Estimate:
        """Return what the open requests come to: at the least each is asked once, at the most as often as earlier ones make likely."""
        often = self._often(rounds)
        requests = Range(len(self.open), len(self.open) * often)
        tokens_in = tokens_out = Range(0, 0)
        cost: Range | None = Range(0, 0)
        at_most: float | None = 0.0
        for model, size, message in self.open.values():
            in_one, out_one = self._tokens(model, size, message, max_output)
            # Asking again sends the wrong answer along, and about as much about it.
            again = often * in_one.high + (often - 1) * 2 * out_one.high
            in_all, out_all = Range(in_one.low, again), out_one.times(1, often)
            tokens_in, tokens_out = _sum(tokens_in, in_all), _sum(tokens_out, out_all)
            low, high = (
                tariff.cost(_usage(*ends), model) for ends in zip(in_all, out_all, strict=True)
            )
            cost = (
                None
                if cost is None or low is None or high is None
                else _sum(cost, Range(low, high))
            )
            worst = (
                None
                if max_output is None
                else tariff.max_cost(model, size + 3 * max_output, max_output)
            )
            at_most = None if at_most is None or worst is None else at_most + rounds.most * worst
        return Estimate(requests, tokens_in, tokens_out, cost, at_most)

    def _often(self, rounds: RequestsPerArticle) -> float:
        """Return how often a request is asked at the most: twice the share of earlier ones that were asked again, all attempts if there are few."""
        if self.firsts < MIN_MEASURED_ANSWERS:
            return rounds.most
        return min(rounds.most, 1 + 2 * (self.agains + 1) / (self.firsts + 1))

    def _tokens(
        self, model: str, size: int, message: int, max_output: int | None
    ) -> tuple[Range, Range]:
        ratios = self._measured(model)
        if ratios is None:
            low, high = BYTES_PER_TOKEN
            tokens_in = Range(size / low, size / high)
            tokens_out = Range(message * ANSWER_SHARE[0] / low, message * ANSWER_SHARE[1] / high)
        else:
            tokens_in, tokens_out = ratios[0].times(size, size), ratios[1].times(message, message)
        limit = math.inf if max_output is None else max_output
        return tokens_in, Range(min(tokens_out.low, limit), min(tokens_out.high, limit))

    def _measured(self, model: str) -> tuple[Range, Range] | None:
        """Return tokens in for each byte of a body, and tokens out for each byte of a last message, as earlier answers of a model had them."""
        told = [
            (usage.input_tokens / size, usage.output_tokens / message)
            for size, message, usage in self.seen.get(model, ())
            if usage.input_tokens is not None and usage.output_tokens is not None
        ]
        return (
            (_middle([one[0] for one in told]), _middle([one[1] for one in told]))
            if len(told) >= MIN_MEASURED_ANSWERS
            else None
        )


@dataclass(frozen=True)
class Estimate:
    """What is to be sent, in tokens and US dollars."""

    requests: Range
    input_tokens: Range
    output_tokens: Range
    cost_usd: Range | None
    """None for a model without a known price."""
    at_most_usd: float | None
    """What no course of things exceeds; None without a price, or without a limit of the output."""

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON values, numbers of tokens rounded."""
        return {
            "requests": [round(end) for end in self.requests],
            "input_tokens": [round(end) for end in self.input_tokens],
            "output_tokens": [round(end) for end in self.output_tokens],
            "cost_usd": None if self.cost_usd is None else list(self.cost_usd),
            "at_most_usd": self.at_most_usd,
        }


class _Seeing:
    def __init__(self, inner: Client, survey: CostEstimator) -> None:
        self._inner = inner
        self._survey = survey

    async def complete(self, request: Request) -> Completion:
        completion = await self._inner.complete(request)
        self._survey.note(request, completion)
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()


def _usage(tokens_in: float, tokens_out: float) -> Usage:
    return Usage(input_tokens=round(tokens_in), output_tokens=round(tokens_out), cached_tokens=0)


def _sum(one: Range, other: Range) -> Range:
    return Range(one.low + other.low, one.high + other.high)


def _middle(ratios: Sequence[float]) -> Range:
    ordered = sorted(ratios)
    out = int(len(ordered) * TAIL)
    return Range(ordered[out], ordered[len(ordered) - 1 - out])
