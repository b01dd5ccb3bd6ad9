"""Sending one body over HTTP: which failures are tried again, how long to wait, and what the others are called."""

from __future__ import annotations

import email.utils
import logging
import math
import time
from collections.abc import Iterator
from typing import Any, Protocol

import aiohttp
import httpx2
import openai
import tenacity

from antq_llm.clients.budget import FREE, Free, Spending
from antq_llm.clients.openai.chat_completion import ChatCompletionReply, UnreadableReply, read_reply
from antq_llm.clients.openai.http import ChatCompletionsTransport
from antq_llm.clients.rate_limit.limiter import Permit, RateLimiter, Sleep
from antq_llm.core.masking import masked_url, masked_urls
from antq_llm.errors import AntqError, CompletionError, ConfigurationError

logger = logging.getLogger(__name__)

RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
GAVE_UP_WAITING = frozenset({408, 504, 524})
"""Statuses of a server or gateway that waited no longer for what lies behind it, which may have gone on: the last one is Cloudflare's."""
QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"})
MAX_BACKOFF = 60.0
"""Seconds: the most that is waited without being told to."""
MAX_RETRY_AFTER = 600.0
"""Seconds: a server that asks for more is taken at its word by giving up."""


class CostTracker(Protocol):
    """What a request may cost."""

    def spending(self) -> Spending | Free:
        """Return the spending of a further try."""
        ...

    def cost(self, reply: ChatCompletionReply) -> float | None:
        """Return what a reply cost in US dollars."""
        ...


class NoCostTracker:
    """Of a run without a budget."""

    def spending(self) -> Free:
        """Return what reserves nothing."""
        return FREE

    def cost(self, reply: ChatCompletionReply) -> None:
        """Count nothing."""


NO_COST_TRACKER = NoCostTracker()


async def post_with_retries(
    wire: ChatCompletionsTransport,
    body: bytes,
    *,
    tries: int,
    pace: RateLimiter,
    tokens: int,
    account: CostTracker,
) -> ChatCompletionReply:
    """Return the reply to one request body, trying again what may pass: timeouts, dropped connections, 429 and 5xx.

    Every try takes its turn in the pace, which reserves so many tokens for it, and is paid from the account.
    Waits are exponential with jitter, or as long as Retry-After
    says. Raises ``openai.BadRequestError`` (400, 422) as it is, since a mode may be at fault, and otherwise CompletionError or ConfigurationError.
    """

    async def post() -> ChatCompletionReply:
        async with account.spending() as spent, pace.turn(tokens) as turn:
            spent.went_out()
            try:
                response = await wire.send(body)
                turn.read(response.headers)
                reply = read_reply(response.content, wire.mask)
            except (openai.APIError, UnreadableReply) as error:
                if _cost_nothing(error):
                    spent.cost(0.0)
                _tell(turn, error)
                raise
            spent.cost(account.cost(reply))
            turn.answered(reply.tokens)
        return reply

    try:
        return await post()
    except (openai.APIError, UnreadableReply) as error:
        failed = [error]

    async def post_again() -> ChatCompletionReply:
        if failed:
            raise failed.pop()
        return await post()

    # Made where the first try failed, since it costs as much as a digest.
    retrying = new_retrying(tries, pace.pause)
    try:
        return await retrying(post_again)
    except (openai.BadRequestError, openai.UnprocessableEntityError):
        raise
    except (openai.APIError, UnreadableReply) as error:
        raise named(error, wire.base_url, int(retrying.statistics["attempt_number"])) from error


def new_retrying(tries: int, sleep: Sleep) -> tenacity.AsyncRetrying:
    """Return what calls once again after what may pass. One object for each call: shared between coroutines, its count of attempts would be shared too."""
    return tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(tries),
        wait=_wait,
        retry=tenacity.retry_if_exception(_may_pass),
        before_sleep=_log_retry,
        sleep=sleep,
        reraise=True,
    )


def _tell(turn: Permit, error: openai.APIError | UnreadableReply) -> None:
    """Let the pace know of what went wrong on the way or at the server; a request that is wrong itself says nothing of the pace."""
    if not isinstance(error, openai.APIStatusError):
        turn.failed()
        return
    turn.read(error.response.headers)
    if error.status_code not in RETRIED_STATUSES or is_quota(error):
        return
    after = _retry_after(error)
    after = None if after is not None and after > MAX_RETRY_AFTER else after
    if error.status_code == 429:
        turn.refused(after)
    else:
        turn.failed(after)


def _cost_nothing(error: openai.APIError | UnreadableReply) -> bool:
    """Whether a failed try was surely not paid for: it was refused, or it was never sent."""
    if isinstance(error, openai.APIStatusError):
        return error.status_code not in GAVE_UP_WAITING
    # The SDK's transport calls a connection that was lost one that could not be made; what lies under it says which it was.
    return any(
        isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ClientHttpProxyError)
        for cause in _causes(error)
    )


def _may_pass(error: BaseException) -> bool:
    if isinstance(error, openai.APIStatusError):
        after = _retry_after(error)
        return (
            error.status_code in RETRIED_STATUSES
            and not is_quota(error)
            and (after is None or after <= MAX_RETRY_AFTER)
        )
    if isinstance(error, openai.APIConnectionError):
        # Any exception of the transport, the SDK's or our own, is wrapped; only what the network did is worth another try.
        return isinstance(error, openai.APITimeoutError) or isinstance(
            error.__cause__, httpx2.TransportError | aiohttp.ClientError | OSError
        )
    return isinstance(error, UnreadableReply)


_backoff = tenacity.wait_exponential_jitter(initial=1, max=MAX_BACKOFF, jitter=1)


def _wait(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    after = _retry_after(error) if isinstance(error, openai.APIStatusError) else None
    return _backoff(state) if after is None else after


def _retry_after(error: openai.APIStatusError) -> float | None:
    """Return the seconds that a response asks to wait, None where it says nothing."""
    headers = error.response.headers
    for name, seconds_of in (
        ("retry-after-ms", lambda value: float(value) / 1000),
        ("retry-after", _seconds_or_date),
    ):
        if value := headers.get(name):
            try:
                seconds = seconds_of(value)
            except (ValueError, OverflowError):
                logger.info("a %s that says no time is passed over: %r", name, value)
            else:
                if math.isfinite(seconds) and (seconds >= 0 or not _is_number(value)):
                    return max(0.0, seconds)
    return None


def _seconds_or_date(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return _seconds_until(value)


def _is_number(value: str) -> bool:
    return value.strip().lstrip("+-").replace(".", "", 1).isdecimal()


def _seconds_until(http_date: str) -> float:
    return email.utils.parsedate_to_datetime(http_date).timestamp() - time.time()


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    wait = state.next_action.sleep if state.next_action else 0.0
    logger.info(
        "try %d failed (%s), trying again in %.1f s",
        state.attempt_number,
        type(error).__name__,
        wait,
    )


def is_quota(error: openai.APIStatusError) -> bool:
    """Return whether an error says that the account may spend no more."""
    return error.status_code == 402 or error.code in QUOTA_CODES or error.type in QUOTA_CODES


def message_of(error: openai.APIError) -> str:
    """Return what the endpoint said, on one line and not longer than 300 characters."""
    body: Any = error.body
    inner = body.get("error", body) if isinstance(body, dict) else None
    said = inner.get("message") if isinstance(inner, dict) else None
    return " ".join(masked_urls(str(said or error.message)).split())[:300]


def _tries(number: int) -> str:
    return "1 try" if number == 1 else f"{number} tries"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what caused it, and so on."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def named(error: openai.APIError | UnreadableReply, base_url: str, tries: int) -> AntqError:
    """Return the library's error for one of the SDK's that no retry mended."""
    base_url = masked_url(base_url)
    if isinstance(error, UnreadableReply):
        return CompletionError(
            f"{base_url} answered with something that is no chat completion ({error}): check --base-url, which ends in /v1 as a rule",
            kind="transport",
            status=200,
        )
    if not isinstance(error, openai.APIStatusError):
        *_, cause = _causes(error)
        # The transport reports some refused connections as timeouts; what lies under them says which it was.
        said = (
            "did not answer in time"
            if isinstance(cause, TimeoutError)
            else f"could not be reached ({type(cause).__name__})"
        )
        return CompletionError(
            f"{base_url} {said} in {_tries(tries)}: check the address, or raise --timeout",
            kind="transport",
        )
    status, said = error.status_code, message_of(error)
    if status in {401, 403}:
        return ConfigurationError(
            f"{base_url} refused the key ({status}: {said}): set OPENAI_API_KEY to a valid one"
        )
    if status == 404:
        return ConfigurationError(
            f"{base_url} knows no such model or path ({said}): check --model and --base-url, which ends in /v1 as a rule"
        )
    if is_quota(error):
        return CompletionError(
            f"the account's quota is used up ({said}): raise it, then run again",
            kind="quota",
            status=status,
        )
    if status in RETRIED_STATUSES:
        return CompletionError(
            f"{base_url} answered {status} until the last of {_tries(tries)} ({said}): run again later",
            kind="transport",
            status=status,
        )
    return CompletionError(
        f"{base_url} rejected the request ({status}: {said})", kind="rejected", status=status
    )
