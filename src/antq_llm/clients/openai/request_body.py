"""The JSON body of a request in each mode, built with instructor's handlers."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel

from antq_llm.clients.completion import MODES, Mode
from antq_llm.clients.openai.strict_schema import NotStrict, strict_form
from antq_llm.clients.request import Request
from antq_llm.core.digest import canonical_string
from antq_llm.errors import ConfigurationError
from antq_llm.prompts.messages import Message, Role
from antq_llm.schemas.base import Schema

logger = logging.getLogger(__name__)

_CALL_ID = "call_1"


class BodyBuilder:
    """A builder of request bodies for one schema and mode.

    instructor builds one template per sequence of message roles; the template is then filled in
    with the messages of each request.
    """

    def __init__(self, schema: Schema[Any], mode: Mode) -> None:
        self._mode = mode
        self._strict = strict_form(schema.json_schema) if mode == "json_schema" else None
        self._carrier = _carrier_of(schema, self._strict or schema.json_schema)
        self._template_for = lru_cache(maxsize=16)(self._build_template)
        self._pieces_for = lru_cache(maxsize=16)(self._build_pieces)

    def body(self, request: Request, extra: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Return the JSON body of a chat completion request.

        ``extra`` contains parameters that are not part of the request's identity, such as an output
        limit.
        """
        template = self._template_for(tuple(message.role for message in request.messages))
        body = {
            "model": request.model,
            **_filled(template, request.messages),
            **request.parameters,
            **(extra or {}),
        }
        if request.reask is None:
            return body
        answer, feedback = request.reask.answer, _Feedback(request.reask.feedback)
        reask: dict[str, Any] = self._handlers.reask_handler(
            body, self._completion_with(answer), feedback
        )
        return reask

    def encoded(self, request: Request, extra: Mapping[str, int] | None = None) -> bytes:
        """Return the body as JSON in UTF-8.

        Except for re-asks, the parts before and after the last message are encoded only once per
        prompt.
        """
        if request.reask is not None:
            return _encode(self.body(request, extra))
        last = request.messages[-1]
        pieces = self._pieces_for(
            request.model,
            request.messages[:-1],
            last.role,
            (*request.parameters.items(), *(extra or {}).items()),
            request.schema,
        )
        return canonical_string(last.content).encode()[1:-1].join(pieces)

    def _build_pieces(
        self,
        model: str,
        fixed: tuple[Message, ...],
        role: Role,
        parameters: tuple[tuple[str, float | int], ...],
        schema: Schema[Any],
    ) -> tuple[bytes, ...]:
        """Return the parts of the encoded body around the text of the last message."""
        slot = _slot(len(fixed))
        body = self.body(Request(model, (*fixed, Message(role, slot)), schema, dict(parameters)))
        return tuple(_encode(body).split(_encode(slot)[1:-1]))

    @cached_property
    def _handlers(self) -> Any:
        from instructor.v2 import Mode as InstructorMode
        from instructor.v2 import Provider, mode_registry

        modes = {
            "json_schema": InstructorMode.JSON_SCHEMA,
            "tools": InstructorMode.TOOLS,
            "json": InstructorMode.JSON,
            "md_json": InstructorMode.MD_JSON,
        }
        return mode_registry.get_handlers(Provider.OPENAI, modes[self._mode])

    def _build_template(self, roles: tuple[str, ...]) -> Mapping[str, Any]:
        messages = [{"role": role, "content": _slot(index)} for index, role in enumerate(roles)]
        _, template = self._handlers.request_handler(self._carrier, {"messages": messages})
        if self._strict is not None:
            template["response_format"]["json_schema"]["strict"] = True
        return dict(template)

    def _completion_with(self, answer: str) -> Any:
        """Return a completion object with a bad answer, for instructor's re-ask handler."""
        from openai.types.chat import ChatCompletion

        message: dict[str, Any] = {"role": "assistant", "content": answer}
        if self._mode == "tools":
            call = {
                "id": _CALL_ID,
                "type": "function",
                "function": {"name": self._carrier.__name__, "arguments": answer},
            }
            message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        return ChatCompletion.model_validate(
            {"id": "", "object": "chat.completion", "created": 0, "model": "", "choices": [choice]}
        )


class _Feedback(Exception):  # noqa: N818 - instructor expects the text as an exception
    """The feedback on a bad answer."""


def modes_for(schema: Schema[Any], fixed: Mode | None) -> tuple[Mode, ...]:
    """Return the modes that can express a schema, strictest first, and warn about the others.

    If ``fixed`` is given, only that mode is returned. Raises ConfigurationError if ``fixed`` cannot
    be used.
    """
    reasons = _unusable_modes(schema)
    if fixed is not None:
        if fixed in reasons:
            raise ConfigurationError(
                f"schema {schema.reference} cannot be used with mode {fixed} "
                f"({reasons[fixed]}): omit --mode, or choose another mode"
            )
        return (fixed,)
    modes = tuple(mode for mode in MODES if mode not in reasons)
    if reasons:
        unusable = "; ".join(
            f"{mode} cannot be used ({reason})" for mode, reason in reasons.items()
        )
        logger.warning("schema %s is sent in mode %s: %s", schema.reference, modes[0], unusable)
    return modes


def _unusable_modes(schema: Schema[Any]) -> dict[Mode, str]:
    reasons: dict[Mode, str] = {}
    try:
        strict_form(schema.json_schema)
    except NotStrict as reason:
        reasons["json_schema"] = str(reason)
    if schema.json_schema.get("type") != "object":
        reasons["tools"] = "a tool's arguments must be an object"
    return reasons


def _carrier_of(schema: Schema[Any], json_schema: Mapping[str, Any]) -> type[BaseModel]:
    """Return a class that passes a JSON Schema to instructor and validates nothing."""

    def model_json_schema(_cls: type[BaseModel], /, **_: Any) -> dict[str, Any]:
        untitled = {key: value for key, value in json_schema.items() if key != "title"}
        return copy.deepcopy({"title": schema.wire_name, **untitled})

    namespace = {
        "model_json_schema": classmethod(model_json_schema),
        "__module__": __name__,
        "__doc__": None,
    }
    return type(schema.wire_name, (BaseModel,), namespace)


def _slot(index: int) -> str:
    # instructor's texts contain no control characters, so a slot is unambiguous wherever it is put.
    return f"\x00{index}\x00"


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(template: Mapping[str, Any], messages: tuple[Message, ...]) -> dict[str, Any]:
    def fill(content: str) -> str:
        pieces = content.split("\x00")
        return "".join(
            messages[int(piece)].content if position % 2 else piece
            for position, piece in enumerate(pieces)
        )

    return {
        **template,
        "messages": [
            {**message, "content": fill(message["content"])} for message in template["messages"]
        ],
    }


def body_builder_cache() -> Callable[[Schema[Any], Mode], BodyBuilder]:
    """Return a function that creates one ``BodyBuilder`` per schema and mode and reuses it."""
    builders: dict[tuple[str, str, Mode], BodyBuilder] = {}

    def builder_for(schema: Schema[Any], mode: Mode) -> BodyBuilder:
        key = (schema.wire_name, schema.digest, mode)
        if key not in builders:
            builders[key] = BodyBuilder(schema, mode)
        return builders[key]

    return builder_for
