"""Sending a request body, with retries, a rate limiter and a budget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import aiohttp
import openai

from antq_llm.clients.budget import UNTRACKED, Spending, UntrackedSpending
from antq_llm.clients.openai.chat_completion import (
    ChatCompletionReply,
    FailedReply,
    UnreadableReply,
    read_reply,
)
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.openai.retry_policy import MAX_RETRY_AFTER, RetryPolicy
from antq_llm.clients.openai.sdk_errors import (
    RETRIED_STATUSES,
    causes,
    is_quota,
    library_error,
    may_be_about_mode,
)
from antq_llm.clients.rate_limit.limiter import Permit, RateLimiter
from antq_llm.clients.rate_limit.refusals import Refusal
from antq_llm.telemetry.retries import count_retry

GATEWAY_TIMEOUTS = frozenset({408, 504, 524, 598})
"""Statuses of a gateway that stopped waiting; the server may still have finished its answer.
524 is specific to Cloudflare.
"""


class CostTracker(Protocol):
    """An object that provides a ``Spending`` for each try and computes the cost of a reply."""

    def spending(self) -> Spending | UntrackedSpending:
        """Return the ``Spending`` for a new try."""
        ...

    def cost(self, reply: ChatCompletionReply) -> float | None:
        """Return the cost of a reply in US dollars; None if unknown."""
        ...


class NoCostTracker:
    """A cost tracker for runs without a budget."""

    def spending(self) -> UntrackedSpending:
        """Return ``UNTRACKED``, which tracks nothing."""
        return UNTRACKED

    def cost(self, reply: ChatCompletionReply) -> None:
        """Return None."""


NO_COST_TRACKER = NoCostTracker()


async def post_with_retries(
    transport: ChatCompletionsTransport,
    body: bytes,
    *,
    policy: RetryPolicy,
    rate_limiter: RateLimiter,
    tokens: int,
    costs: CostTracker,
) -> ChatCompletionReply:
    """Send a request body and return the reply, retrying according to the policy.

    Each try needs a ``Spending`` from the cost tracker and a ``Permit`` for ``tokens`` tokens
    from the rate limiter. An SDK error that may be due to the mode (``may_be_about_mode``) is
    raised unchanged; other failures raise CompletionError or ConfigurationError.
    """
    request = _Request(transport, body, policy, rate_limiter, tokens, costs)
    try:
        return await request.post()
    except (openai.APIError, UnreadableReply) as error:
        first_error = error
    # Tenacity is set up only after a failed first try, because setting it up takes 2% of a
    # request's CPU time.
    tries = 1
    try:
        async for attempt in policy.retrying(rate_limiter.pause):
            with attempt:
                tries = attempt.retry_state.attempt_number
                if tries == 1:
                    raise first_error
                count_retry()
                return await request.post()
    except (openai.APIError, UnreadableReply) as error:
        if isinstance(error, openai.APIStatusError) and may_be_about_mode(error):
            raise
        raise library_error(error, transport.base_url, tries) from error
    raise AssertionError("the retries ended without a result")


@dataclass
class _Request:
    """A request, which may be sent several times."""

    transport: ChatCompletionsTransport
    body: bytes
    policy: RetryPolicy
    rate_limiter: RateLimiter
    tokens: int
    costs: CostTracker
    _refusal: Refusal | None = None
    """The server's latest refusal of the request, if any."""

    async def post(self) -> ChatCompletionReply:
        """Send the request once, with a permit and a reservation."""
        async with (
            self.costs.spending() as spending,
            self.rate_limiter.permit(self.tokens, self._refusal) as permit,
        ):
            spending.mark_sent()
            reply = None
            try:
                response = await self.transport.send(self.body)
                permit.read_headers(response.headers)
                reply = read_reply(response.content, self.transport.mask)
                spending.record_cost(self.costs.cost(reply))
                _raise_for_failure(reply, self.transport)
            except (openai.APIError, UnreadableReply) as error:
                if _is_free(error, reply):
                    spending.record_cost(0.0)
                _record_error(permit, error, self.policy)
                self._refusal = permit.refusal
                raise
            permit.record_answer(reply.tokens)
        return reply


def _raise_for_failure(reply: ChatCompletionReply, transport: ChatCompletionsTransport) -> None:
    """Raise an error if a reply with status 200 contains one or reports a server failure."""
    if reply.error_body:
        raise transport.error_in_reply(reply.error_body)
    if reply.failed_reason:
        raise FailedReply(f"the finish reason was {reply.failed_reason!r}")


def _record_error(
    permit: Permit, error: openai.APIError | UnreadableReply, policy: RetryPolicy
) -> None:
    """Record a refusal, or a failure of the network or the server; ignore other errors."""
    if not isinstance(error, openai.APIStatusError):
        permit.record_failure()
        return
    permit.read_headers(error.response.headers)
    if error.status_code not in RETRIED_STATUSES or is_quota(error):
        return
    seconds = policy.retry_after(error)
    seconds = None if seconds is not None and seconds > MAX_RETRY_AFTER else seconds
    if error.status_code == 429:
        permit.record_refusal(seconds)
    else:
        permit.record_failure(seconds)


def _is_free(error: openai.APIError | UnreadableReply, reply: ChatCompletionReply | None) -> bool:
    """Return whether a failed try cost nothing.

    A try is free if it was never sent, or if the endpoint answered with an error status that is not
    a gateway timeout. A reply that reports its usage was paid for, even if it contains an error.
    """
    if reply is not None and reply.usage is not None:
        return False
    if isinstance(error, openai.APIStatusError):
        return error.status_code not in GATEWAY_TIMEOUTS
    # The SDK uses one error for connections that were lost and those that were never made.
    return any(
        isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError)
        for cause in causes(error)
    )
