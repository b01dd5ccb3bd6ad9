"""The policy for retries: which failures are retried, and how long to wait."""

from __future__ import annotations

import email.utils
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import aiohttp
import httpx2
import openai
import tenacity

from antq_llm.clients.openai.chat_completion import ReplyTooLarge, UnreadableReply
from antq_llm.clients.openai.sdk_errors import (
    RETRIED_STATUSES,
    is_about_context,
    is_quota,
    may_be_about_mode,
)
from antq_llm.clients.rate_limit.limiter import Clock, Sleep

logger = logging.getLogger(__name__)

_TOO_MANY_REQUESTS = 429
MAX_BACKOFF = 60.0
"""Maximum wait in seconds if there is no Retry-After."""
MAX_RETRY_AFTER = 600.0
"""Maximum Retry-After in seconds; if the server asks for a longer wait, there is no retry."""

_backoff = tenacity.wait_exponential_jitter(initial=1, max=MAX_BACKOFF, jitter=1)


@dataclass(frozen=True)
class RetryPolicy:
    """A policy that retries after temporary failures, with at most ``tries`` tries in total.

    Temporary failures are timeouts, connection errors, unreadable replies and statuses such as 429
    and 503. The wait grows exponentially, with jitter, unless Retry-After says how long to wait.
    """

    tries: int
    wall_clock: Clock = time.time
    """A function that returns the Unix time in seconds, to compare with a Retry-After date."""
    is_also_retried: Callable[[BaseException], bool] = lambda _: False
    goes_on: Callable[[BaseException], bool] = lambda _: True
    """A function called with each temporary failure; it returns False to stop retrying."""

    def retrying(self, sleep: Sleep) -> tenacity.AsyncRetrying:
        """Return an iterator over the tries of one call; do not share it between calls."""
        return tenacity.AsyncRetrying(
            stop=tenacity.stop_after_attempt(self.tries),
            wait=self._wait,
            retry=tenacity.retry_if_exception(self._is_retried),
            before_sleep=_log_retry,
            sleep=sleep,
            reraise=True,
        )

    def retry_after(self, error: openai.APIStatusError) -> float | None:
        """Return how many seconds a response asks the client to wait; None if it does not say."""
        return retry_after(error.response.headers, self.wall_clock())

    def is_busy(self, error: openai.APIStatusError) -> bool:
        """Return whether a response asks the client to retry later, by a 429 or by Retry-After."""
        return error.status_code == _TOO_MANY_REQUESTS or self.retry_after(error) is not None

    def _is_retried(self, error: BaseException) -> bool:
        return (self._may_pass(error) or self.is_also_retried(error)) and self.goes_on(error)

    def _may_pass(self, error: BaseException) -> bool:
        if isinstance(error, openai.APIStatusError):
            seconds = self.retry_after(error)
            return (
                error.status_code in RETRIED_STATUSES
                and not is_quota(error)
                and not is_about_context(error)
                and not may_be_about_mode(error, mode_worked=True)
                and (seconds is None or seconds <= MAX_RETRY_AFTER)
            )
        if isinstance(error, openai.APIConnectionError):
            # The transport wraps all exceptions, even those due to bugs; only network errors are
            # temporary.
            return isinstance(error, openai.APITimeoutError) or isinstance(
                error.__cause__, httpx2.TransportError | aiohttp.ClientError | OSError
            )
        return isinstance(error, UnreadableReply) and not isinstance(error, ReplyTooLarge)

    def _wait(self, state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        seconds = self.retry_after(error) if isinstance(error, openai.APIStatusError) else None
        return _backoff(state) if seconds is None else seconds


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return how many seconds response headers ask the client to wait; None if they do not say.

    ``now`` is the Unix time with which a Retry-After date is compared.
    """

    def read_seconds(value: str) -> float:
        try:
            return float(value)
        except ValueError:
            return email.utils.parsedate_to_datetime(value).timestamp() - now

    def read_milliseconds(value: str) -> float:
        return float(value) / 1000

    for name, read in (("retry-after-ms", read_milliseconds), ("retry-after", read_seconds)):
        if value := headers.get(name):
            try:
                seconds = read(value)
            except (ValueError, OverflowError):
                logger.info("ignoring an unreadable %s: %r", name, value)
            else:
                # A date in the past means no wait, but a negative number is invalid.
                if math.isfinite(seconds) and (seconds >= 0 or not _is_number(value)):
                    return max(0.0, seconds)
    return None


def _is_number(value: str) -> bool:
    return value.strip().lstrip("+-").replace(".", "", 1).isdecimal()


def _log_retry(state: tenacity.RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    logger.info(
        "try %d failed (%s); trying again in %.1f s",
        state.attempt_number,
        type(error).__name__,
        state.next_action.sleep if state.next_action else 0.0,
    )
