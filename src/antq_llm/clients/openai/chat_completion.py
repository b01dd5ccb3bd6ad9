"""Reading a chat completion as it comes over HTTP."""

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

from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.clients.pricing import PriceList

MAX_TOKEN_COUNT = 1_000_000_000
"""Of one request: a greater count is treated as not reported."""


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


# An answer was paid for, even if its usage is invalid: such a count is treated as not reported.
_IfReadable = WrapValidator(_if_readable)
_Tokens = Annotated[Annotated[int, Field(ge=0, le=MAX_TOKEN_COUNT)] | None, _IfReadable]


class _Details(BaseModel):
    cached_tokens: _Tokens = None


class _ReplyUsage(BaseModel):
    prompt_tokens: _Tokens = None
    completion_tokens: _Tokens = None
    prompt_tokens_details: Annotated[_Details | None, _IfReadable] = None


class ChatCompletionReply(BaseModel):
    """The fields of a chat completion that are read; servers add others freely."""

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
        """Tokens in and out; None if not reported."""
        if (
            self.usage is None
            or self.usage.prompt_tokens is None
            or self.usage.completion_tokens is None
        ):
            return None
        return self.usage.prompt_tokens + self.usage.completion_tokens

    @property
    def token_usage(self) -> Usage:
        """The reported usage in the library's form."""
        if self.usage is None:
            return Usage()
        details = self.usage.prompt_tokens_details
        return Usage(
            input_tokens=self.usage.prompt_tokens,
            output_tokens=self.usage.completion_tokens,
            cached_tokens=details.cached_tokens if details else None,
        )

    def to_completion(self, model: str, mode: Mode, prices: PriceList) -> Completion:
        """Return the completion, at the price of the model that was asked for."""
        choice, usage = self.choices[0], self.token_usage
        return Completion(
            text=self.text,
            finish_reason=choice.finish_reason,
            refusal=choice.message.refusal,
            model=self.model,
            mode=mode,
            usage=usage,
            cost_usd=prices.cost(usage, model),
        )


class UnreadableReply(Exception):  # noqa: N818 - becomes a CompletionError once no retry is left
    """A response with status 200 that is not a chat completion, such as a proxy's error page."""


def read_reply(content: bytes, mask: Callable[[str], str] = str) -> ChatCompletionReply:
    """Parse a response's content; raise UnreadableReply, with masked text, if it is no reply."""
    try:
        reply = ChatCompletionReply.model_validate_json(content)
    except ValidationError:
        # Not from the validation error, which shows the content unmasked.
        shown = mask(content[:4000].decode(errors="replace"))
        raise UnreadableReply(" ".join(shown.split())[:200]) from None
    if not reply.choices:
        raise UnreadableReply("the reply has no choices")
    return reply
