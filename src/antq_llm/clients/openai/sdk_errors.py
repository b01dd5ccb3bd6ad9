"""What the OpenAI SDK's errors mean, and the library's errors for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import openai

from antq_llm.clients.openai.chat_completion import UnreadableReply
from antq_llm.core.masking import masked_url, masked_urls
from antq_llm.errors import AccessRefused, AntqError, CompletionError

RETRIED_STATUSES = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"})
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
CONTENT_CODES = _FILTER_CODES | {"context_length_exceeded", "string_above_max_length"}
"""Codes of refusals that are about the text, so that another mode does not help."""
_MAX_MESSAGE_LENGTH = 300


def normalized_error_body(body: Any) -> Any:
    """Return an error's body as the SDK's errors take it: code, type and parameter as strings."""
    detail = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(detail, dict):
        return detail
    names = [name for name in ("code", "type", "param") if detail.get(name) is not None]
    return detail | {name: str(detail[name]) for name in names}


def is_quota(error: openai.APIStatusError) -> bool:
    """Return whether an error means that the account may spend no more."""
    return error.status_code == 402 or error.code in QUOTA_CODES or error.type in QUOTA_CODES


def message_of(error: openai.APIError) -> str:
    """Return the endpoint's message on one line of at most 300 characters."""
    body: Any = error.body
    detail = body.get("error", body) if isinstance(body, dict) else None
    message = detail.get("message") if isinstance(detail, dict) else None
    return " ".join(masked_urls(str(message or error.message)).split())[:_MAX_MESSAGE_LENGTH]


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, its cause, the cause of that, and so on."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def rejection(error: openai.APIStatusError, base_url: str) -> CompletionError:
    """Return the library's error for a request that was refused with 400 or 422."""
    kind: Literal["filtered", "rejected"] = (
        "filtered" if error.code in _FILTER_CODES else "rejected"
    )
    return CompletionError(
        f"{masked_url(base_url)} rejected the request ({error.status_code}: {message_of(error)})",
        kind=kind,
        status=error.status_code,
    )


def library_error(error: openai.APIError | UnreadableReply, base_url: str, tries: int) -> AntqError:
    """Return the library's error for one of the SDK's that remained after ``tries`` tries."""
    base_url = masked_url(base_url)
    if isinstance(error, UnreadableReply):
        return CompletionError(
            f"{base_url} answered with something other than a chat completion ({error}): check "
            "--base-url, which usually ends in /v1",
            kind="transport",
            status=200,
        )
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, base_url, tries)
    *_, cause = causes(error)
    # The transport reports some refused connections as timeouts; the innermost cause tells.
    problem = (
        "did not answer in time"
        if isinstance(cause, TimeoutError)
        else f"could not be reached ({type(cause).__name__})"
    )
    return CompletionError(
        f"{base_url} {problem} in {_count(tries)}: check the address, or raise --timeout",
        kind="transport",
    )


def _of_status(error: openai.APIStatusError, base_url: str, tries: int) -> AntqError:
    status, message = error.status_code, message_of(error)
    rejection = (
        f"{base_url} refused this request ({status}: {message}) and has answered others: "
        "the article may be blocked; the same call asks again"
    )
    if status in {401, 403}:
        return AccessRefused(
            f"{base_url} refused the key ({status}: {message}): set OPENAI_API_KEY to a valid one",
            status=status,
            rejection=rejection,
        )
    if status == 404:
        return AccessRefused(
            f"{base_url} has no such model or path ({message}): check --model and --base-url, "
            "which usually ends in /v1",
            status=status,
            rejection=rejection,
        )
    if is_quota(error):
        return CompletionError(
            f"the account's quota is used up ({message}): raise it, then run again",
            kind="quota",
            status=status,
        )
    if status in RETRIED_STATUSES:
        return CompletionError(
            f"{base_url} still answered {status} after {_count(tries)} ({message}): "
            "run again later",
            kind="transport",
            status=status,
        )
    return CompletionError(
        f"{base_url} rejected the request ({status}: {message})", kind="rejected", status=status
    )


def _count(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
