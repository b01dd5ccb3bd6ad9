"""What is read of a chat completion as it comes over the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

MAX_TOKENS = 1_000_000_000
"""Of one request: a greater count is none."""


class _Function(BaseModel):
    arguments: str = ""


class _ToolCall(BaseModel):
    function: _Function


class _ReplyMessage(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _ReplyMessage


def _if_readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


# An answer was paid for, whatever stands beside it: a count that can be none is one that was not reported.
_IfReadable = WrapValidator(_if_readable)
_Tokens = Annotated[Annotated[int, Field(ge=0, le=MAX_TOKENS)] | None, _IfReadable]


class _Details(BaseModel):
    cached_tokens: _Tokens = None


class _ReplyUsage(BaseModel):
    prompt_tokens: _Tokens = None
    completion_tokens: _Tokens = None
    prompt_tokens_details: Annotated[_Details | None, _IfReadable] = None


class ChatCompletionReply(BaseModel):
    """What is read of a chat completion; servers add to it freely."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    model: str | None = None
    choices: list[_Choice]
    usage: Annotated[_ReplyUsage | None, _IfReadable] = None

    @property
    def text(self) -> str:
        """The message, or the arguments of the first tool call."""
        message = self.choices[0].message
        if message.tool_calls:
            return message.tool_calls[0].function.arguments
        return message.content or ""

    @property
    def tokens(self) -> int | None:
        """Tokens in and out; None where they are not reported."""
        if (
            self.usage is None
            or self.usage.prompt_tokens is None
            or self.usage.completion_tokens is None
        ):
            return None
        return self.usage.prompt_tokens + self.usage.completion_tokens


class UnreadableReply(Exception):  # noqa: N818 - becomes a CompletionError once no retry is left
    """A response with status 200 that is no chat completion, as a proxy's error page."""


def read_reply(content: bytes, mask: Callable[[str], str] = str) -> ChatCompletionReply:
    """Return the reply in a response's content; UnreadableReply, masked, where it is none."""
    try:
        reply = ChatCompletionReply.model_validate_json(content)
    except ValidationError:
        # Without the cause, which shows the content unmasked.
        shown = mask(content[:4000].decode(errors="replace"))
        raise UnreadableReply(" ".join(shown.split())[:200]) from None
    if not reply.choices:
        raise UnreadableReply("the reply has no choices")
    return reply
