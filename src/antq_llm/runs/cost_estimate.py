"""An estimate of the requests, tokens and cost of a run, based on the sizes of its requests."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.clients.openai.request_body import BodyBuilder, modes_for
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.request import Request
from antq_llm.errors import Deferred
from antq_llm.schemas.base import Schema

MAX_BYTES_PER_TOKEN, MIN_BYTES_PER_TOKEN = 5.0, 2.0
"""Bytes per token of Vietnamese JSON in UTF-8, assumed until enough answers have been measured."""
MIN_ANSWER_SHARE, MAX_ANSWER_SHARE = 0.02, 2.0
"""Bytes of an answer per byte of the request's last message.

The bounds are assumed until enough answers have been measured. The ratio ranges from 0.37 to 1.78
for recorded answers to the movement prompts.
"""
MIN_MEASURED_ANSWERS = 10
"""The number of answers to measure before measurements replace the assumptions."""
TAIL = 0.05
"""The share of measured ratios to ignore at each end."""


class Range(NamedTuple):
    """A likely minimum and maximum."""

    low: float
    high: float

    def scaled(self, low: float, high: float) -> Range:
        """Return the range with its ends multiplied by ``low`` and ``high``, both at least 0."""
        return Range(self.low * low, self.high * high)

    def plus(self, other: Range) -> Range:
        """Return the sum of two ranges."""
        return Range(self.low + other.low, self.high + other.high)

    def capped(self, limit: float) -> Range:
        """Return the range with both ends limited to a maximum."""
        return Range(min(self.low, limit), min(self.high, limit))


@dataclass(frozen=True)
class RequestsPerArticle:
    """The number of requests that an article may need, including re-asks."""

    attempts: int
    models: int = 1
    second_look: bool = False
    further_samples: int = 0
    """The number of further answers for a second look at unsure items."""

    @property
    def limit(self) -> int:
        """The maximum number of requests for an article, or for each of its chunks and samples."""
        looks = self.models * self.second_look
        return (self.models + self.further_samples) * self.attempts + looks


@dataclass(frozen=True)
class RequestSize:
    """The sizes of a request, in bytes."""

    body: int
    last_message: int


@dataclass(frozen=True)
class PendingRequest:
    """A request without an answer."""

    model: str
    size: RequestSize


@dataclass(frozen=True)
class MeasuredAnswer:
    """The sizes of an answered request, and the tokens used for it."""

    size: RequestSize
    usage: Usage


@dataclass(frozen=True)
class TokenRanges:
    """Ranges of input and output tokens, or of tokens per byte.

    Input tokens are counted per byte of the request body, and output tokens per byte of the
    request's last message.
    """

    input: Range
    output: Range


@dataclass(frozen=True)
class Estimate:
    """The estimated requests and tokens of a run, and their cost in US dollars."""

    requests: Range
    input_tokens: Range
    output_tokens: Range
    cost_usd: Range | None
    """The likely cost; None if a model has no known price."""
    at_most_usd: float | None
    """An upper bound on the cost; None without a price or an output limit."""

    def as_dict(self) -> dict[str, Any]:
        """Return the estimate as JSON values, with the numbers of requests and tokens rounded."""
        return {
            "requests": [round(end) for end in self.requests],
            "input_tokens": [round(end) for end in self.input_tokens],
            "output_tokens": [round(end) for end in self.output_tokens],
            "cost_usd": None if self.cost_usd is None else list(self.cost_usd),
            "at_most_usd": self.at_most_usd,
        }


class CostEstimator:
    """A client that notes the size of each request and raises Deferred instead of answering.

    ``parameters`` are added to every request body.
    """

    def __init__(self, mode: Mode | None, parameters: Mapping[str, int] | None) -> None:
        self._mode = mode
        self._parameters = parameters
        self._body_builders: dict[str, BodyBuilder] = {}
        self._pending: dict[str, PendingRequest] = {}
        """The requests without an answer, by digest."""
        self._measured: dict[str, list[MeasuredAnswer]] = {}
        """The answered requests, by model."""
        self._first_requests = self._further_requests = 0
        """The numbers of answered requests: the first ones about an article, and all later ones."""

    def behind(self, inner: Client) -> Client:
        """Return a client that forwards requests to ``inner`` and measures existing answers."""
        return _MeasuringClient(inner, self)

    async def complete(self, request: Request) -> Completion:
        self._pending[request.digest] = PendingRequest(request.model, self._size(request))
        raise Deferred("this is a dry run")

    async def aclose(self) -> None:
        return None

    def measure(self, request: Request, completion: Completion) -> None:
        """Note the tokens of an existing answer and the size of its request."""
        answer = MeasuredAnswer(self._size(request), completion.usage)
        self._measured.setdefault(request.model, []).append(answer)
        if _is_first(request):
            self._first_requests += 1
        else:
            self._further_requests += 1

    def estimate(
        self, per_article: RequestsPerArticle, price_list: PriceList, max_output: int | None
    ) -> Estimate:
        """Return the estimate for the pending requests.

        The minimum assumes that each request is sent once; the maximum allows for the repeats that
        earlier answers suggest.
        """
        repeats = self._max_repeats(per_article)
        input_tokens = output_tokens = Range(0, 0)
        cost: Range | None = Range(0, 0)
        at_most: float | None = 0.0
        for request in self._pending.values():
            once = self._tokens(request, max_output)
            all_input = _input_of_repeats(once, repeats)
            all_output = once.output.scaled(1, repeats)
            input_tokens = input_tokens.plus(all_input)
            output_tokens = output_tokens.plus(all_output)
            cost = _sum(cost, _cost(all_input, all_output, request.model, price_list))
            worst = _worst_cost(request, price_list, max_output)
            at_most = (
                None if at_most is None or worst is None else at_most + per_article.limit * worst
            )
        requests = Range(len(self._pending), len(self._pending) * repeats)
        return Estimate(requests, input_tokens, output_tokens, cost, at_most)

    def _max_repeats(self, per_article: RequestsPerArticle) -> float:
        """Return the likely maximum number of times that a request is sent.

        The estimate allows for twice as many repeats as were measured, but at most
        ``per_article.limit`` requests. If too few answers have been measured, it is that limit.
        """
        if self._first_requests < MIN_MEASURED_ANSWERS:
            return per_article.limit
        share = (self._further_requests + 1) / (self._first_requests + 1)
        return min(per_article.limit, 1 + 2 * share)

    def _tokens(self, request: PendingRequest, max_output: int | None) -> TokenRanges:
        """Return the ranges of tokens used if a request is sent once."""
        size, ratios = request.size, self._measured_ratios(request.model)
        if ratios is None:
            low, high = MAX_BYTES_PER_TOKEN, MIN_BYTES_PER_TOKEN
            input_tokens = Range(size.body / low, size.body / high)
            output_tokens = Range(
                size.last_message * MIN_ANSWER_SHARE / low,
                size.last_message * MAX_ANSWER_SHARE / high,
            )
        else:
            input_tokens = ratios.input.scaled(size.body, size.body)
            output_tokens = ratios.output.scaled(size.last_message, size.last_message)
        limit = math.inf if max_output is None else max_output
        return TokenRanges(input_tokens, output_tokens.capped(limit))

    def _measured_ratios(self, model: str) -> TokenRanges | None:
        """Return the tokens per byte of a model's earlier answers, or None if too few are known."""
        inputs, outputs = [], []
        for answer in self._measured.get(model, ()):
            usage, size = answer.usage, answer.size
            if usage.input_tokens is not None and usage.output_tokens is not None:
                inputs.append(usage.input_tokens / size.body)
                outputs.append(usage.output_tokens / size.last_message)
        if len(inputs) < MIN_MEASURED_ANSWERS:
            return None
        return TokenRanges(_without_tails(inputs), _without_tails(outputs))

    def _size(self, request: Request) -> RequestSize:
        body = self._body_builder_for(request.schema).encoded(request, self._parameters)
        return RequestSize(len(body), len(request.messages[-1].content.encode()))

    def _body_builder_for(self, schema: Schema[Any]) -> BodyBuilder:
        builder = self._body_builders.get(schema.digest)
        if builder is None:
            builder = BodyBuilder(schema, modes_for(schema, self._mode)[0])
            self._body_builders[schema.digest] = builder
        return builder


class _MeasuringClient:
    def __init__(self, inner: Client, estimator: CostEstimator) -> None:
        self._inner = inner
        self._estimator = estimator

    async def complete(self, request: Request) -> Completion:
        completion = await self._inner.complete(request)
        self._estimator.measure(request, completion)
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()


def _is_first(request: Request) -> bool:
    """Return whether a request is the first about its article."""
    return (
        request.reask is None
        and request.messages[-1].role == "user"
        and all(message.role != "assistant" for message in request.messages)
    )


def _input_of_repeats(once: TokenRanges, repeats: float) -> Range:
    # A re-ask includes the wrong answer and about as much text about it.
    return Range(once.input.low, repeats * once.input.high + (repeats - 1) * 2 * once.output.high)


def _cost(tokens_in: Range, tokens_out: Range, model: str, price_list: PriceList) -> Range | None:
    low = price_list.cost(_usage(tokens_in.low, tokens_out.low), model)
    high = price_list.cost(_usage(tokens_in.high, tokens_out.high), model)
    return None if low is None or high is None else Range(low, high)


def _worst_cost(
    request: PendingRequest, price_list: PriceList, max_output: int | None
) -> float | None:
    if max_output is None:
        return None
    return price_list.max_cost(request.model, request.size.body + 3 * max_output, max_output)


def _usage(tokens_in: float, tokens_out: float) -> Usage:
    return Usage(input_tokens=round(tokens_in), output_tokens=round(tokens_out), cached_tokens=0)


def _sum(total: Range | None, part: Range | None) -> Range | None:
    return None if total is None or part is None else total.plus(part)


def _without_tails(ratios: Sequence[float]) -> Range:
    ordered = sorted(ratios)
    ignored = int(len(ordered) * TAIL)
    return Range(ordered[ignored], ordered[len(ordered) - 1 - ignored])
