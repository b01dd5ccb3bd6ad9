"""Parsing one line of a batch's output or error file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from pydantic import BaseModel, ValidationError

from antq_llm.clients.openai.chat_completion import ChatCompletionReply, UnreadableReply, reply_from
from antq_llm.clients.openai.sdk_errors import (
    QUOTA_CODES,
    RETRIED_STATUSES,
    is_quota,
    message_of,
    normalized_error_body,
    status_of_body,
)
from antq_llm.core.masking import Masker

_NO_SECRETS = Masker(())
_SENT = httpx2.Request("POST", "batch:/v1/chat/completions")


@dataclass(frozen=True)
class Line:
    """The outcome of a request; exactly one of ``reply``, ``error`` and ``lost`` is set."""

    custom_id: str
    reply: ChatCompletionReply | None = None
    error: openai.APIStatusError | None = None
    """An HTTP error that would occur again if the request were repeated."""
    lost: str | None = None
    """The reason why the request was not completed; the request can be sent again."""


class _Response(BaseModel):
    status_code: int
    body: Any = None


class _Error(BaseModel):
    code: str | None = None
    message: str | None = None


class _Line(BaseModel):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


def read_line(raw: bytes, mask: Masker = _NO_SECRETS) -> Line | None:
    """Parse a line and mask secrets in its error.

    Returns None if the line is truncated or is not a result.
    """
    try:
        line = _Line.model_validate_json(raw)
    except ValidationError:
        return None
    if line.response is not None and (
        line.error is None or line.response.status_code == httpx2.codes.OK
    ):
        return _of_response(line.custom_id, line.response, mask)
    code, message = (
        (line.error.code, mask.value(line.error.message)) if line.error else (None, None)
    )
    if code in QUOTA_CODES:
        return Line(line.custom_id, error=_status_error(429, {"code": code, "message": message}))
    return Line(
        line.custom_id,
        lost=f"{code or 'no response'}: {message}" if message else str(code or "no response"),
    )


def _of_response(custom_id: str, response: _Response, mask: Masker) -> Line:
    if response.status_code == httpx2.codes.OK:
        try:
            reply = reply_from(response.body)
        except UnreadableReply as unreadable:
            return Line(custom_id, lost=str(unreadable))
        if reply.error_body:
            body = {"error": mask.value(reply.error_body)}
            return _of_error(custom_id, status_of_body(reply.error_body), body)
        if reply.failed_reason:
            return Line(custom_id, lost=f"the finish reason was {reply.failed_reason}")
        return Line(custom_id, reply)
    return _of_error(custom_id, response.status_code, mask.value(response.body))


def _of_error(custom_id: str, status: int, body: Any) -> Line:
    error = _status_error(status, body)
    may_pass = status < 400 or status in RETRIED_STATUSES
    if may_pass and not is_quota(error):
        return Line(custom_id, lost=f"{status}: {message_of(error)}")
    return Line(custom_id, error=error)


def _status_error(status: int, body: Any) -> openai.APIStatusError:
    """Return the SDK's error for a response read from a file."""
    return openai.APIStatusError(
        "no message",
        response=httpx2.Response(max(status, 100), request=_SENT),
        body=normalized_error_body(body),
    )
