"""Parsing chat completions received over HTTP or in the output file of a batch."""

from __future__ import annotations

import json
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
from antq_llm.clients.openai.nonstandard_reply import standard_form
from antq_llm.clients.pricing import PriceList

MAX_TOKEN_COUNT = 1_000_000_000
"""The largest plausible token count of a request; a larger one is treated as not reported."""
FAILED_REASONS = frozenset(
    {
        "error",
        "insufficient_system_resource",
        "network_error",
        "server_error",
        "abort",
        "aborted",
        "cancelled",
        "canceled",
        "timeout",
        "overloaded",
    }
)
"""Finish reasons, in lower case, that indicate a server failure; another try may succeed."""
_EMPTY_ARGUMENTS = frozenset({"", "{}", "null"})


class _Function(BaseModel):
    name: str = ""
    arguments: str = ""


class _ToolCall(BaseModel):
    function: _Function


class _ReplyMessage(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None
    function_call: _Function | None = None
    reasoning_content: Any = None
    reasoning: Any = None


class _Choice(BaseModel):
    finish_reason: str | None = None
    message: _ReplyMessage
    error: Any = None


def _if_readable(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


# An answer was paid for even if its usage is invalid; an invalid count is treated as not reported.
_IfReadable = WrapValidator(_if_readable)
_Tokens = Annotated[Annotated[int, Field(ge=0, le=MAX_TOKEN_COUNT)] | None, _IfReadable]


class _Details(BaseModel):
    cached_tokens: _Tokens = None


class _ReplyUsage(BaseModel):
    prompt_tokens: _Tokens = None
    completion_tokens: _Tokens = None
    prompt_tokens_details: Annotated[_Details | None, _IfReadable] = None


class ChatCompletionReply(BaseModel):
    """The fields of a chat completion that are used; all others are ignored."""

    model_config = ConfigDict(extra="ignore", protected_namespaces=())

    model: str | None = None
    choices: list[_Choice]
    usage: Annotated[_ReplyUsage | None, _IfReadable] = None
    error: Any = None

    @property
    def text(self) -> str:
        """The arguments of the tool call, or the message if there is no call."""
        return self._text_for(None)

    @property
    def failed_reason(self) -> str | None:
        """The finish reason if it indicates a server failure, else None."""
        reason = self.choices[0].finish_reason
        return reason if reason is not None and reason.lower() in FAILED_REASONS else None

    @property
    def error_body(self) -> Any:
        """The error sent instead of an answer, or None."""
        error = self.error or (self.choices[0].error if self.choices else None)
        has_answer = bool(self.choices) and bool(self.text) and self.failed_reason is None
        return None if has_answer else error

    @property
    def has_only_reasoning(self) -> bool:
        """Whether the model sent reasoning but no answer."""
        message = self.choices[0].message
        return not self.text and bool(message.reasoning_content or message.reasoning)

    @property
    def tokens(self) -> int | None:
        """The total number of input and output tokens; None if not reported."""
        if (
            self.usage is None
            or self.usage.prompt_tokens is None
            or self.usage.completion_tokens is None
        ):
            return None
        return self.usage.prompt_tokens + self.usage.completion_tokens

    @property
    def token_usage(self) -> Usage:
        """The reported token counts; None for each count that the server did not report."""
        if self.usage is None:
            return Usage()
        details = self.usage.prompt_tokens_details
        return Usage(
            input_tokens=self.usage.prompt_tokens,
            output_tokens=self.usage.completion_tokens,
            cached_tokens=details.cached_tokens if details else None,
        )

    def to_completion(
        self, model: str, mode: Mode, prices: PriceList, tool: str | None = None
    ) -> Completion:
        """Return the completion, with its cost at the price of the requested model.

        ``tool`` is the name of the only tool offered; None if unknown.
        """
        choice, usage = self.choices[0], self.token_usage
        return Completion(
            text=self._text_for(tool),
            finish_reason=choice.finish_reason,
            refusal=choice.message.refusal,
            model=self.model,
            mode=mode,
            usage=usage,
            cost_usd=prices.cost(usage, model),
        )

    def _text_for(self, tool: str | None) -> str:
        """Return the arguments of the only call to ``tool``, or the message if there is no call.

        Several calls, or a call to another tool, are returned as a JSON list.
        """
        message = self.choices[0].message
        functions = [call.function for call in message.tool_calls or ()]
        if not functions and message.function_call is not None:
            functions = [message.function_call]
        called = [
            function for function in functions if function.arguments.strip() not in _EMPTY_ARGUMENTS
        ]
        if not called:
            return message.content or (functions[0].arguments if functions else "")
        if len(called) == 1 and (tool is None or called[0].name in {tool, ""}):
            return called[0].arguments
        return json.dumps([function.model_dump() for function in called], ensure_ascii=False)


class UnreadableReply(Exception):  # noqa: N818 - becomes a CompletionError once no retry is left
    """A response with status 200 that is not a chat completion, such as a proxy's error page."""


class FailedReply(UnreadableReply):
    """A chat completion that the server could not finish; the message gives the finish reason."""


class ReplyTooLarge(UnreadableReply):
    """A response with status 200 that is too long to be an answer; the request is not retried."""


def read_reply(content: bytes, mask: Callable[[str], str] = str) -> ChatCompletionReply:
    """Parse the content of a response, tolerating deviations from the standard.

    If the reply contains an error, its choices may be empty. Raises UnreadableReply if the content
    is neither a reply nor an error; the message quotes the content with secrets masked.
    """
    try:
        reply = ChatCompletionReply.model_validate_json(content)
    except ValidationError:
        return _read_loosely(content, mask)
    return reply if reply.choices else _read_loosely(content, mask)


def reply_from(body: Any) -> ChatCompletionReply:
    """Return the reply contained in parsed JSON, or raise UnreadableReply if there is none."""
    try:
        return ChatCompletionReply.model_validate(standard_form(body))
    except (ValidationError, ValueError):
        raise UnreadableReply("the response is not a chat completion") from None


def _read_loosely(content: bytes, mask: Callable[[str], str]) -> ChatCompletionReply:
    try:
        return ChatCompletionReply.model_validate(standard_form(content))
    except (ValidationError, ValueError, RecursionError):
        # Suppress the validation error, which shows the content unmasked.
        shown = mask(content[:4000].decode(errors="replace"))
        raise UnreadableReply(" ".join(shown.split())[:200]) from None
