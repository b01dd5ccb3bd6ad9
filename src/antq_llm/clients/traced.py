"""A client that records its requests as spans and metrics."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from antq_llm.clients.base import Client
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.telemetry import conventions as names
from antq_llm.telemetry.active import active_telemetry, captures_content
from antq_llm.telemetry.attributes import Attributes, error_type, known
from antq_llm.telemetry.retries import counted_retries

if TYPE_CHECKING:
    from antq_llm.telemetry.telemetry import Telemetry


def traced_client(client: Client, base_url: str) -> Client:
    """Return ``client``, wrapped in a TracedClient if telemetry is on.

    The spans and metrics contain the host and port of ``base_url``.
    """
    telemetry = active_telemetry()
    return client if telemetry is None else TracedClient(client, telemetry, base_url)


class TracedClient:
    """A client that records each request, with its waits and retries, as a span and metrics."""

    def __init__(self, inner: Client, telemetry: Telemetry, base_url: str) -> None:
        self._inner = inner
        self._telemetry = telemetry
        address = urlsplit(base_url)
        self._server: dict[str, str | int | None] = {
            names.SERVER_ADDRESS: address.hostname,
            names.SERVER_PORT: address.port or (80 if address.scheme == "http" else 443),
        }

    async def complete(self, request: Request) -> Completion:
        common: Attributes = {
            names.OPERATION: "chat",
            names.PROVIDER: "openai",
            names.REQUEST_MODEL: request.model,
            **self._server,
        }
        started, failure = time.monotonic(), None
        with counted_retries() as count:
            try:
                with self._telemetry.span(
                    f"chat {request.model}", {**common, **_asked(request)}, to_server=True
                ) as span:
                    try:
                        completion = await self._inner.complete(request)
                        span.set_attributes(known(_answered(completion)))
                    finally:
                        span.set_attribute(names.RETRIES, count.retries)
            except BaseException as error:
                failure = error_type(error)
                raise
            finally:
                seconds = time.monotonic() - started
                self._telemetry.record_operation(seconds, {**common, names.ERROR_TYPE: failure})
                if count.retries:
                    self._telemetry.add_retries(count.retries, common)
        self._record_usage(completion, common)
        return completion

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _record_usage(self, completion: Completion, common: Attributes) -> None:
        attributes = {**common, names.RESPONSE_MODEL: completion.model}
        usage = completion.usage
        for kind, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if tokens is not None:
                self._telemetry.record_tokens(kind, tokens, attributes)
        if completion.cost_usd is not None:
            self._telemetry.add_cost(completion.cost_usd, attributes)


def _asked(request: Request) -> Attributes:
    parameters = {
        f"{names.REQUEST_PREFIX}{name}": value for name, value in request.parameters.items()
    }
    return {
        names.OUTPUT_TYPE: "json",
        **parameters,
        names.ARTICLE: request.article_id,
        names.PROMPT: request.prompt,
        names.SCHEMA: request.schema.reference,
        names.SAMPLE: request.sample,
        names.REASK: request.reask.turn if request.reask else 0,
        names.INPUT_MESSAGES: _messages(request) if captures_content() else None,
    }


def _answered(completion: Completion) -> Attributes:
    usage, reason = completion.usage, completion.finish_reason
    return {
        names.RESPONSE_MODEL: completion.model,
        names.FINISH_REASONS: None if reason is None else (reason,),
        names.INPUT_TOKENS: usage.input_tokens,
        names.OUTPUT_TOKENS: usage.output_tokens,
        names.CACHED_TOKENS: usage.cached_tokens,
        names.COST: completion.cost_usd,
        names.OUTPUT_MESSAGES: _answer(completion) if captures_content() else None,
    }


def _messages(request: Request) -> str:
    messages = [_message(role, content) for role, content in request.messages]
    if request.reask is not None:
        messages.append(_message("assistant", request.reask.answer))
        messages.append(_message("user", request.reask.feedback))
    return json.dumps(messages, ensure_ascii=False)


def _answer(completion: Completion) -> str:
    message = _message("assistant", completion.refusal or completion.text)
    return json.dumps([{**message, "finish_reason": completion.finish_reason}], ensure_ascii=False)


def _message(role: str, content: str) -> dict[str, object]:
    return {"role": role, "parts": [{"type": "text", "content": content}]}
