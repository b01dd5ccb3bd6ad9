"""Any OpenAI-compatible endpoint, through the OpenAI SDK."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import httpx2
import openai

from antq_llm.clients.budget import Budget, Spending
from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.clients.openai.chat_completion import ChatCompletionReply
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.openai.request_body import body_builder_cache, modes_for
from antq_llm.clients.openai.retry import NO_COST_TRACKER, message_of, post_with_retries
from antq_llm.clients.pricing import Price, PriceList
from antq_llm.clients.rate_limit.limiter import RateLimiter, Sleep, estimated_tokens
from antq_llm.clients.request import Request
from antq_llm.core.masking import masked_repr, masked_url
from antq_llm.errors import CompletionError, ConfigurationError

logger = logging.getLogger(__name__)

SDK_BASE_URL = "https://api.openai.com/v1"
ABOUT_THE_REQUEST = frozenset(
    {
        "context_length_exceeded",
        "content_filter",
        "content_policy_violation",
        "string_above_max_length",
    }
)
"""Codes of a refusal that no other mode would mend."""


@dataclass(frozen=True)
class Endpoint:
    """Where requests go, and how long is waited for them."""

    base_url: str | None = None
    """None for the SDK's default."""
    api_key: str | None = None
    timeout: float = 600.0
    """Seconds that one request may take."""
    tries: int = 6
    """How often one request is sent at the most, where the network or the server fails."""
    mode: Mode | None = None
    """The one mode to use; None for the strictest that the endpoint takes."""
    concurrency: int = 64
    """How many requests are in flight at a time at the most; how many of these the endpoint takes is found out."""
    rpm: int | None = None
    """How many requests go out in any minute at the most."""
    tpm: int | None = None
    """How many tokens, in and out, are used in any minute at the most."""
    max_output_tokens: int | None = None
    """Tokens that one answer may have at the most; None leaves it to the endpoint."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By model, where they are not the public ones."""

    def __repr__(self) -> str:
        return masked_repr(self)

    @property
    def address(self) -> str:
        """The base URL, the SDK's default where none is given."""
        return self.base_url or SDK_BASE_URL

    def tariff(self, *, batch: bool = False) -> PriceList:
        """Return what completions cost here, live or through the Batch API."""
        return PriceList(self.address, self.prices, batch)


class OpenAIClient:
    """Answers requests from an endpoint; transport is tried again here, and nowhere else.

    With a ``budget`` nothing goes out that could exceed it: what does not fit, when nothing is under way any more, is BudgetExceeded.
    """

    def __init__(
        self, endpoint: Endpoint, *, budget: Budget | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        check(endpoint)
        self._endpoint = endpoint
        self._budget = budget
        self.pace = RateLimiter(
            endpoint.concurrency, rpm=endpoint.rpm, tpm=endpoint.tpm, sleep=sleep
        )
        self._shaper_for = body_builder_cache()
        self._modes: dict[tuple[str, str], tuple[Mode, ...]] = {}
        self._likely_limit_name = likely_name(httpx2.URL(endpoint.address).host)
        self._limit_names: dict[str, str] = {}
        self._tariff = endpoint.tariff()
        self._wires: WeakKeyDictionary[asyncio.AbstractEventLoop, ChatCompletionsTransport] = (
            WeakKeyDictionary()
        )

    async def complete(self, request: Request) -> Completion:
        candidates = self._candidates(request)
        refusals: list[openai.APIStatusError] = []
        for mode in candidates:
            try:
                reply = await self._ask(request, mode)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                refusals.append(error)
                if error.code in ABOUT_THE_REQUEST:
                    break
                continue
            if refusals:
                logger.warning(
                    "%s refused mode %s (%s): mode %s is used from here on",
                    self._base_url(),
                    candidates[0],
                    message_of(refusals[0]),
                    mode,
                )
                self._modes[request.model, request.schema.digest] = candidates[
                    candidates.index(mode) :
                ]
            return completion_of(reply, request.model, mode, self._tariff)
        raise refusal(refusals[0], self._base_url())

    async def aclose(self) -> None:
        wire = self._wires.pop(asyncio.get_running_loop(), None)
        if wire is not None:
            await wire.aclose()

    def _candidates(self, request: Request) -> tuple[Mode, ...]:
        # What one model of an endpoint refuses, another may take.
        asked = request.model, request.schema.digest
        if asked not in self._modes:
            self._modes[asked] = modes_for(request.schema, self._endpoint.mode)
        return self._modes[asked]

    async def _ask(self, request: Request, mode: Mode) -> ChatCompletionReply:
        # As with modes, each model of an endpoint may know it by another name.
        limit, name = (
            self._endpoint.max_output_tokens,
            self._limit_names.get(request.model, self._likely_limit_name),
        )
        try:
            return await self._send(request, mode, None if limit is None else {name: limit})
        except openai.BadRequestError as error:
            if limit is None or not (other := other_name(name, error)):
                raise
            reply = await self._send(request, mode, {other: limit})
            self._limit_names[request.model] = other
            return reply

    async def _send(
        self, request: Request, mode: Mode, more: Mapping[str, int] | None
    ) -> ChatCompletionReply:
        data = self._shaper_for(request.schema, mode).encoded(request, more)
        limit = self._endpoint.max_output_tokens
        account = (
            NO_COST_TRACKER
            if self._budget is None
            else _Account(self._budget, self._tariff, request.model, len(data), limit or 0)
        )
        tokens = estimated_tokens(len(data), limit)
        return await post_with_retries(
            self._wire(),
            data,
            tries=self._endpoint.tries,
            pace=self.pace,
            tokens=tokens,
            account=account,
        )

    def _wire(self) -> ChatCompletionsTransport:
        loop = asyncio.get_running_loop()
        wire = self._wires.get(loop)
        if wire is None:
            wire = self._wires[loop] = ChatCompletionsTransport(
                api_key=self._endpoint.api_key,
                base_url=self._endpoint.base_url,
                timeout=self._endpoint.timeout,
            )
        return wire

    def _base_url(self) -> str:
        return self._wire().base_url


def check(endpoint: Endpoint) -> None:
    """Raise ConfigurationError for a key or an address with which nothing can be asked."""
    if not endpoint.api_key:
        raise ConfigurationError(
            "no API key: set OPENAI_API_KEY (any word will do for a local server with --base-url), or use --offline to answer from recordings"
        )
    if not (endpoint.api_key.isascii() and endpoint.api_key.isprintable()):
        raise ConfigurationError(
            "the API key has characters that no HTTP header can carry: set OPENAI_API_KEY to the key alone, without a line break"
        )
    if endpoint.base_url is not None and not _is_http(endpoint.base_url):
        raise ConfigurationError(
            f"{masked_url(endpoint.base_url)!r} is no base URL: it is http:// or https:// with a host, and ends in /v1 as a rule"
        )


def refusal(error: openai.APIStatusError, base_url: str) -> CompletionError:
    """Return the library's error for a request that was refused with 400 or 422."""
    kind: Any = (
        "filtered" if error.code in {"content_filter", "content_policy_violation"} else "rejected"
    )
    return CompletionError(
        f"{masked_url(base_url)} rejected the request ({error.status_code}: {message_of(error)})",
        kind=kind,
        status=error.status_code,
    )


@dataclass(frozen=True)
class _Account:
    """What one request may cost."""

    budget: Budget
    tariff: PriceList
    model: str
    size: int
    max_output: int

    def spending(self) -> Spending:
        most = self.tariff.most(self.model, self.size, self.max_output)
        if most is None:
            raise ConfigurationError(
                f"the price of {self.model} is not known, so no budget can be held: give it in prices, or with --price"
            )
        return self.budget.spending(most)

    def cost(self, reply: ChatCompletionReply) -> float | None:
        return self.tariff.cost(_usage_of(reply), self.model)


def completion_of(
    reply: ChatCompletionReply, model: str, mode: Mode, tariff: PriceList
) -> Completion:
    """Return what a reply says, at the price of the model that was asked for."""
    choice, usage = reply.choices[0], _usage_of(reply)
    return Completion(
        text=reply.text,
        finish_reason=choice.finish_reason,
        refusal=choice.message.refusal,
        model=reply.model,
        mode=mode,
        usage=usage,
        cost_usd=tariff.cost(usage, model),
    )


def _usage_of(reply: ChatCompletionReply) -> Usage:
    if reply.usage is None:
        return Usage()
    details = reply.usage.prompt_tokens_details
    return Usage(
        input_tokens=reply.usage.prompt_tokens,
        output_tokens=reply.usage.completion_tokens,
        cached_tokens=details.cached_tokens if details else None,
    )


def _is_http(url: str) -> bool:
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError):
        return False
    return parsed.scheme in {"http", "https"} and bool(parsed.host)


PRESENT, OLDER = "max_completion_tokens", "max_tokens"
_OPENAI_HOSTS = ("api.openai.com", ".openai.azure.com")


def likely_name(host: str) -> str:
    """Return the name that an endpoint takes, as far as its host tells."""
    return PRESENT if host.endswith(_OPENAI_HOSTS) else OLDER


def other_name(name: str, error: openai.APIStatusError) -> str | None:
    """Return the other name where a refusal is about this one, else None."""
    if (
        error.param != name
        and f"'{name}'" not in str(error.message)
        and f'"{name}"' not in str(error.message)
    ):
        return None
    return OLDER if name == PRESENT else PRESENT
