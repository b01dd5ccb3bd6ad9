"""A client for any OpenAI-compatible endpoint, using the OpenAI SDK."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import httpx2
import openai

from antq_llm.clients.budget import Budget, Spending
from antq_llm.clients.circuit_breaker import CircuitBreaker, breakable_rate_limiter
from antq_llm.clients.completion import Completion, Mode
from antq_llm.clients.openai.chat_completion import ChatCompletionReply
from antq_llm.clients.openai.endpoint import Endpoint, check_endpoint
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.openai.output_limit import likely_limit_name, other_limit_name
from antq_llm.clients.openai.request_body import body_builder_cache, modes_for
from antq_llm.clients.openai.retry import NO_COST_TRACKER, CostTracker, post_with_retries
from antq_llm.clients.openai.retry_policy import RetryPolicy
from antq_llm.clients.openai.sdk_errors import may_be_about_mode, message_of, rejection
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.rate_limit.limiter import Clock, RateLimiter, Sleep
from antq_llm.clients.rate_limit.token_estimate import estimated_tokens
from antq_llm.clients.request import Request
from antq_llm.errors import AccessRefused

logger = logging.getLogger(__name__)


class OpenAIClient:
    """A client that sends requests to an endpoint.

    Failed requests are retried by this client, not by the SDK. A request that could exceed
    ``budget`` waits until other requests are settled; if none are pending, BudgetExceeded is
    raised. Once ``breaker`` is open, no more requests are sent. ``rate_limiter`` replaces the rate
    limiter built from the endpoint's limits.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        budget: Budget | None = None,
        breaker: CircuitBreaker | None = None,
        rate_limiter: RateLimiter | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
        wall_clock: Clock = time.time,
    ) -> None:
        check_endpoint(endpoint)
        self._endpoint = endpoint
        self._budget = budget
        self._breaker = breaker
        self._retry_policy = RetryPolicy(endpoint.tries, wall_clock)
        self.rate_limiter: RateLimiter = rate_limiter or breakable_rate_limiter(
            breaker,
            endpoint.concurrency,
            rpm=endpoint.rpm,
            tpm=endpoint.tpm,
            clock=clock,
            sleep=sleep,
        )
        self._builder_for = body_builder_cache()
        self._modes: dict[tuple[str, str], tuple[Mode, ...]] = {}
        self._accepted: dict[tuple[str, str], Mode] = {}
        self._warned_of_reasoning = False
        self._likely_limit_name = likely_limit_name(httpx2.URL(endpoint.address).host)
        self._limit_names: dict[str, str] = {}
        self._answering_models: set[str] = set()
        self._prices = endpoint.price_list()
        self._transports: WeakKeyDictionary[asyncio.AbstractEventLoop, ChatCompletionsTransport] = (
            WeakKeyDictionary()
        )

    async def complete(self, request: Request) -> Completion:
        if self._breaker is not None:
            self._breaker.raise_if_open()
        try:
            completion = await self._complete(request)
        except AccessRefused as error:
            # The endpoint accepted the key, path and model before, so they are right.
            if request.model in self._answering_models:
                raise error.as_rejection() from error
            raise
        self._answering_models.add(request.model)
        if self._breaker is not None:
            self._breaker.record_answer()
        return completion

    async def _complete(self, request: Request) -> Completion:
        modes = self._modes_for(request)
        refusals: list[openai.APIStatusError] = []
        for position, mode in enumerate(modes):
            key = request.model, request.schema.digest
            try:
                reply = await self._ask(request, mode)
            except openai.APIStatusError as error:
                refusals.append(error)
                if not may_be_about_mode(error, mode_worked=self._accepted.get(key) == mode):
                    raise rejection(error, self._transport().base_url) from error
                continue
            # Of the requests in flight, the first to find the mode reports it.
            if refusals and self._modes[key] == modes:
                logger.warning(
                    "%s refused mode %s (%s): using mode %s from now on",
                    self._transport().base_url,
                    modes[0],
                    message_of(refusals[0]),
                    mode,
                )
                self._modes[key] = modes[position:]
            self._accepted[key] = mode
            self._warn_of_reasoning(reply)
            return reply.to_completion(request.model, mode, self._prices, request.schema.wire_name)
        raise rejection(refusals[0], self._transport().base_url)

    async def aclose(self) -> None:
        transport = self._transports.pop(asyncio.get_running_loop(), None)
        if transport is not None:
            await transport.aclose()

    def _warn_of_reasoning(self, reply: ChatCompletionReply) -> None:
        if reply.has_only_reasoning and not self._warned_of_reasoning:
            self._warned_of_reasoning = True
            logger.warning(
                "%s sent reasoning but no answer: raise the output limit, or turn off the server's "
                "reasoning parser",
                self._transport().base_url,
            )

    def _modes_for(self, request: Request) -> tuple[Mode, ...]:
        # The models of an endpoint may accept different modes.
        key = request.model, request.schema.digest
        if key not in self._modes:
            self._modes[key] = modes_for(request.schema, self._endpoint.mode)
        return self._modes[key]

    async def _ask(self, request: Request, mode: Mode) -> ChatCompletionReply:
        limit = self._endpoint.max_output_tokens
        if limit is None:
            return await self._send(request, mode, None)
        # The models of an endpoint may use different names for the limit.
        name = self._limit_names.get(request.model, self._likely_limit_name)
        try:
            return await self._send(request, mode, {name: limit})
        except openai.BadRequestError as error:
            other_name = other_limit_name(name, error)
            if other_name is None:
                raise
        reply = await self._send(request, mode, {other_name: limit})
        self._limit_names[request.model] = other_name
        return reply

    async def _send(
        self, request: Request, mode: Mode, extra: Mapping[str, int] | None
    ) -> ChatCompletionReply:
        body = self._builder_for(request.schema, mode).encoded(request, extra)
        return await post_with_retries(
            self._transport(),
            body,
            policy=self._policy_for(request),
            rate_limiter=self.rate_limiter,
            tokens=estimated_tokens(len(body), self._endpoint.max_output_tokens),
            costs=self._cost_tracker(request.model, len(body)),
        )

    def _policy_for(self, request: Request) -> RetryPolicy:
        breaker, policy = self._breaker, self._retry_policy
        if breaker is None:
            return policy

        def goes_on(error: BaseException) -> bool:
            # A server that says when to retry is still available.
            if not (isinstance(error, openai.APIStatusError) and policy.is_busy(error)):
                breaker.record_failure(request.article_id)
            return not breaker.is_open

        return replace(policy, goes_on=goes_on)

    def _cost_tracker(self, model: str, size: int) -> CostTracker:
        if self._budget is None:
            return NO_COST_TRACKER
        max_output = self._endpoint.max_output_tokens or 0
        return _BudgetCostTracker(self._budget, self._prices, model, size, max_output)

    def _transport(self) -> ChatCompletionsTransport:
        loop = asyncio.get_running_loop()
        transport = self._transports.get(loop)
        if transport is None:
            transport = self._transports[loop] = ChatCompletionsTransport(
                api_key=self._endpoint.api_key,
                base_url=self._endpoint.base_url,
                timeout=self._endpoint.timeout,
            )
        return transport


@dataclass(frozen=True)
class _BudgetCostTracker:
    """A cost tracker that reserves the maximum cost of a request in a budget."""

    budget: Budget
    prices: PriceList
    model: str
    size: int
    max_output: int

    def spending(self) -> Spending:
        max_cost = self.prices.max_cost(self.model, self.size, self.max_output)
        if max_cost is None:
            raise self.prices.unknown_price(self.model)
        return self.budget.spending(max_cost)

    def cost(self, reply: ChatCompletionReply) -> float | None:
        return self.prices.cost(reply.token_usage, self.model)
