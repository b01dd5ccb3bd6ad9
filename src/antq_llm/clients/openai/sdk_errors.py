"""Interpreting the OpenAI SDK's errors and converting them to instances of AntqError."""

from __future__ import annotations

import errno
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Literal

import httpx2
import openai

from antq_llm.clients.openai.chat_completion import FailedReply, ReplyTooLarge, UnreadableReply
from antq_llm.core.masking import masked_url, masked_urls
from antq_llm.errors import AccessRefused, AntqError, CompletionError

_ERRNO = re.compile(r"\[Errno (\d+)\]")
RETRIED_STATUSES = frozenset({408, 409, 425, 429, *range(500, 600)} - {501, 505})
"""Statuses of temporary failures; 501 and 505 mean that the request is not supported."""
QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached", "quota_exceeded"})
_FILTER_CODES = frozenset({"content_filter", "content_policy_violation"})
_CONTEXT_CODES = frozenset(
    {"context_length_exceeded", "string_above_max_length", "exceed_context_size_error"}
)
CONTENT_CODES = _FILTER_CODES | _CONTEXT_CODES
"""Codes of refusals caused by the text; a request in another mode would also be refused."""
_CONTEXT_WORDS = re.compile(
    r"context.{0,20}(?:size|length|window)|(?:prompt|input|request|text).{0,20}too (?:long|large)"
    r"|too many (?:input |prompt )?tokens|reduce the length|max_model_len"
    r"|input token count.{0,40}exceed|max_new_tokens.{0,20}must be <=",
    re.IGNORECASE,
)
"""Phrases that say a request is longer than the model's context."""
_MODE_WORDS = re.compile(
    r"\btools?\b|tool_choice|\bfunctions?\b|function.call|response_format|json.?schema"
    r"|json.?(?:mode|object)|structured.output|grammar|--jinja",
    re.IGNORECASE,
)
"""Words for the features that a mode needs."""
_UNSUPPORTED_WORDS = re.compile(r"support|requires?\b|not (?:implemented|available|enabled)", re.I)
_CONTEXT_ADVICE = (
    ": the request is longer than the model's context; raise the server's context size, or lower "
    "--part-characters (part_characters)"
)
_MAX_MESSAGE_LENGTH = 300
_MAX_SEARCHED_LENGTH = 4000

_ERRORS: dict[int, type[openai.APIStatusError]] = {
    kind.status_code: kind
    for kind in (
        openai.BadRequestError,
        openai.AuthenticationError,
        openai.PermissionDeniedError,
        openai.NotFoundError,
        openai.ConflictError,
        openai.UnprocessableEntityError,
        openai.RateLimitError,
    )
}
_STATUS_OF_WORDS = (
    (QUOTA_CODES, 402),
    (CONTENT_CODES, 400),
    ({"rate_limit", "too_many_requests", "throttl"}, 429),
    ({"api_key", "authentication", "unauthorized", "unauthenticated"}, 401),
    ({"permission", "forbidden"}, 403),
    ({"not_found"}, 404),
    ({"invalid_request", "bad_request", "invalid_argument"}, 400),
    ({"timeout"}, 504),
)
"""Words in an error's code, type or status, with the HTTP status that they imply."""


def status_error(response: httpx2.Response, body: Any) -> openai.APIStatusError:
    """Return the SDK's error for a response and its parsed body."""
    kind = _ERRORS.get(
        response.status_code,
        openai.InternalServerError if response.status_code >= 500 else openai.APIStatusError,
    )
    return kind(
        f"status {response.status_code}: {body}",
        response=response,
        body=normalized_error_body(body),
    )


def status_of_body(error: Any) -> int:
    """Return the HTTP status that matches an error inside a response with status 200."""
    detail = error if isinstance(error, dict) else {}
    for name in ("code", "status", "status_code"):
        value = str(detail.get(name, ""))
        if len(value) == 3 and value.isdecimal() and 400 <= int(value) < 600:
            return int(value)
    words = " ".join(str(detail.get(name, "")) for name in ("code", "type", "status")).lower()
    for parts, status in _STATUS_OF_WORDS:
        if any(part in words for part in parts):
            return status
    return 500


def is_about_context(error: openai.APIStatusError) -> bool:
    """Return whether a request was refused because it is longer than the model's context."""
    if error.status_code not in {400, 413, 422, 500}:
        return False
    if error.code in _CONTEXT_CODES or error.type in _CONTEXT_CODES:
        return True
    return _CONTEXT_WORDS.search(_words_of(error)) is not None


def may_be_about_mode(error: openai.APIStatusError, *, mode_worked: bool = False) -> bool:
    """Return whether a refused request may be accepted in another mode.

    The result is False if the cause was the content, its length or the quota. Otherwise, it is True
    for a 501, and for a 400 or 422 unless the endpoint has accepted the mode before. In other
    cases, the message must say that a feature needed by the mode is not supported.
    """
    if error.code in CONTENT_CODES or is_about_context(error) or is_quota(error):
        return False
    if error.status_code == 501 or (error.status_code in {400, 422} and not mode_worked):
        return True
    # llama.cpp answers 500 to a request with tools if it was not started with --jinja.
    if error.status_code == 500:
        return names_mode(error) and error.type in {None, "server_error", "not_supported_error"}
    return error.status_code in {400, 404, 405, 415, 422} and names_mode(error)


def names_mode(error: openai.APIStatusError) -> bool:
    """Return whether an error says that a feature needed by the mode is not supported."""
    words = _words_of(error)
    return bool(_MODE_WORDS.search(words) and _UNSUPPORTED_WORDS.search(words))


def _words_of(error: openai.APIError) -> str:
    body: Any = error.body
    message = body.get("message") if isinstance(body, dict) else body
    return str(message or error.message)[:_MAX_SEARCHED_LENGTH]


def normalized_error_body(body: Any) -> Any:
    """Return an error body in the SDK's form, with code, type and parameter as strings."""
    detail = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(detail, dict):
        return detail
    names = [name for name in ("code", "type", "param") if detail.get(name) is not None]
    return detail | {name: str(detail[name]) for name in names}


def is_quota(error: openai.APIStatusError) -> bool:
    """Return whether an error means that the account's quota is used up."""
    return error.status_code == 402 or error.code in QUOTA_CODES or error.type in QUOTA_CODES


def message_of(error: openai.APIError) -> str:
    """Return the endpoint's error message on one line of at most 300 characters."""
    body: Any = error.body
    detail = body.get("error", body) if isinstance(body, dict) else None
    message = detail.get("message") if isinstance(detail, dict) else None
    return " ".join(masked_urls(str(message or error.message)).split())[:_MAX_MESSAGE_LENGTH]


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and its chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def rejection(error: openai.APIStatusError, base_url: str) -> CompletionError:
    """Return the CompletionError for a rejected request."""
    kind: Literal["filtered", "rejected"] = (
        "filtered" if error.code in _FILTER_CODES else "rejected"
    )
    advice = _CONTEXT_ADVICE if is_about_context(error) else ""
    return CompletionError(
        f"{masked_url(base_url)} rejected the request "
        f"({error.status_code}: {message_of(error)}){advice}",
        kind=kind,
        status=error.status_code,
    )


def library_error(error: openai.APIError | UnreadableReply, base_url: str, tries: int) -> AntqError:
    """Convert the error of the last try to an AntqError; ``tries`` is the number of tries."""
    base_url = masked_url(base_url)
    if isinstance(error, FailedReply):
        return CompletionError(
            f"{base_url} did not finish an answer in {_count(tries)} ({error}): try again later",
            kind="transport",
            status=200,
        )
    if isinstance(error, ReplyTooLarge):
        return CompletionError(
            f"{base_url} sent {error}, which is larger than any answer: check --base-url",
            kind="transport",
            status=200,
        )
    if isinstance(error, UnreadableReply):
        return CompletionError(
            f"{base_url} answered with something other than a chat completion ({error}): check "
            "--base-url, which usually ends in /v1",
            kind="transport",
            status=200,
        )
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, base_url, tries)
    problem, advice = _connection_problem(error)
    return CompletionError(f"{base_url} {problem} in {_count(tries)}: {advice}", kind="transport")


def _connection_problem(error: BaseException) -> tuple[str, str]:
    """Return a description of a connection problem, and advice on how to solve it."""
    *_, cause = causes(error)
    # The transport reports some refused connections as timeouts, so look at the innermost cause.
    if isinstance(cause, TimeoutError):
        return "did not answer in time", "raise --timeout, or check --base-url"
    if _is_refused(cause):
        return (
            "could not be reached",
            "nothing is listening there; start the server, or check --base-url",
        )
    if isinstance(cause, socket.gaierror):
        return (
            "could not be reached",
            "its host name was not found; check --base-url and your network",
        )
    if isinstance(cause, ssl.SSLError):
        reason = getattr(cause, "verify_message", "") or getattr(cause, "reason", "") or str(cause)
        return (
            f"could not be reached over TLS ({type(cause).__name__}: {reason})",
            "check that --base-url begins with http or https as the server requires, and check "
            "the certificate",
        )
    if isinstance(cause, ConnectionResetError | BrokenPipeError):
        return (
            "could not be reached",
            "the server closed the connection; check --base-url, or try again later",
        )
    detail = " ".join(str(getattr(cause, "strerror", None) or cause).split())
    described = f"{type(cause).__name__}: {detail}" if detail else type(cause).__name__
    return f"could not be reached ({described})", "check --base-url and your network"


def _is_refused(cause: BaseException) -> bool:
    """Return whether the connection was refused at every address of a host."""
    if isinstance(cause, ConnectionRefusedError):
        return True
    errors = _ERRNO.findall(str(cause)) if isinstance(cause, OSError) else []
    return bool(errors) and set(errors) == {str(errno.ECONNREFUSED)}


def _of_status(error: openai.APIStatusError, base_url: str, tries: int) -> AntqError:
    status, message = error.status_code, message_of(error)
    refusal = (
        f"{base_url} refused this request ({status}: {message}) but has answered others: "
        "the article may be blocked; repeat the call to ask again"
    )
    if status in {401, 403}:
        return AccessRefused(
            f"{base_url} refused the key ({status}: {message}): set OPENAI_API_KEY to a valid key",
            status=status,
            rejection=refusal,
        )
    if status == 404:
        return AccessRefused(
            f"{base_url} has no such model or path ({message}): check --model and --base-url, "
            "which usually ends in /v1",
            status=status,
            rejection=refusal,
        )
    if is_quota(error):
        return CompletionError(
            f"the account's quota is used up ({message}): raise the quota, then run again",
            kind="quota",
            status=status,
        )
    if status in RETRIED_STATUSES and not is_about_context(error):
        return CompletionError(
            f"{base_url} still answered {status} after {_count(tries)} ({message}): "
            "try again later",
            kind="transport",
            status=status,
        )
    return rejection(error, base_url)


def _count(tries: int) -> str:
    return "1 try" if tries == 1 else f"{tries} tries"
