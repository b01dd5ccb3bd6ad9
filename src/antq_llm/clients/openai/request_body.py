"""A request put into the form of a mode; instructor's handlers know how each mode words it."""

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
from antq_llm.errors import ConfigurationError
from antq_llm.prompts.messages import Message, Role
from antq_llm.schemas.base import Schema

logger = logging.getLogger(__name__)

Numbers = tuple[tuple[str, float | int], ...]

_CALL_ID = "call_1"


class BodyBuilder:
    """Shapes requests for one schema and mode: instructor is asked once for each sequence of roles, then the messages are filled in."""

    def __init__(self, schema: Schema[Any], mode: Mode) -> None:
        self._mode = mode
        self._strict = strict_form(schema.json_schema) if mode == "json_schema" else None
        self._carrier = _carrier_of(schema, self._strict or schema.json_schema)
        self._shape = lru_cache(maxsize=16)(self._shape_roles)
        self._prepare = lru_cache(maxsize=16)(self._prepare_pieces)

    def body(self, request: Request, more: Mapping[str, int] | None = None) -> dict[str, Any]:
        """Return the JSON body of a chat completion request; ``more`` is what no request's identity covers, such as a limit of the output."""
        shaped = self._shape(tuple(message.role for message in request.messages))
        body = {
            "model": request.model,
            **_filled(shaped, request.messages),
            **request.parameters,
            **(more or {}),
        }
        return (
            body
            if request.reask is None
            else self._handlers.reask_handler(
                body, self._answered(request.reask.answer), _Feedback(request.reask.feedback)
            )
        )

    def encoded(self, request: Request, more: Mapping[str, int] | None = None) -> bytes:
        """Return the body as JSON in UTF-8; all but the last message of a first request is encoded once for a prompt."""
        if request.reask is not None:
            return _encode(self.body(request, more))
        last = request.messages[-1]
        pieces = self._prepare(
            request.model,
            request.messages[:-1],
            last.role,
            (*request.parameters.items(), *(more or {}).items()),
            request.schema,
        )
        return _encode(last.content)[1:-1].join(pieces)

    def _prepare_pieces(
        self,
        model: str,
        fixed: tuple[Message, ...],
        role: Role,
        numbers: Numbers,
        schema: Schema[Any],
    ) -> tuple[bytes, ...]:
        """Return what stands around the last message wherever a mode has put it."""
        slot = _slot(len(fixed))
        body = self.body(Request(model, (*fixed, Message(role, slot)), schema, dict(numbers)))
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

    def _shape_roles(self, roles: tuple[str, ...]) -> Mapping[str, Any]:
        messages = [{"role": role, "content": _slot(index)} for index, role in enumerate(roles)]
        _, shaped = self._handlers.request_handler(self._carrier, {"messages": messages})
        if self._strict is not None:
            shaped["response_format"]["json_schema"]["strict"] = True
        return dict(shaped)

    def _answered(self, answer: str) -> Any:
        """Return the bad answer as the completion object that instructor's re-ask reads."""
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


class _Feedback(Exception):  # noqa: N818 - only the form in which instructor takes the words
    """What was wrong with an answer."""


def modes_for(schema: Schema[Any], fixed: Mode | None) -> tuple[Mode, ...]:
    """Return the modes that can express a schema, strictest first; a notice is logged where the strictest cannot.

    Raises ConfigurationError where the one mode that was asked for cannot.
    """
    reasons = _what_cannot(schema)
    if fixed is not None:
        if fixed in reasons:
            raise ConfigurationError(
                f"schema {schema.reference} does not fit mode {fixed}, since {reasons[fixed]}: leave --mode out, or change it"
            )
        return (fixed,)
    modes = tuple(mode for mode in MODES if mode not in reasons)
    if reasons:
        why = "; ".join(
            f"{mode} does not take it, since {reason}" for mode, reason in reasons.items()
        )
        logger.warning("schema %s is sent in mode %s: %s", schema.reference, modes[0], why)
    return modes


def _what_cannot(schema: Schema[Any]) -> dict[Mode, str]:
    reasons: dict[Mode, str] = {}
    try:
        strict_form(schema.json_schema)
    except NotStrict as reason:
        reasons["json_schema"] = str(reason)
    if schema.json_schema.get("type") != "object":
        reasons["tools"] = "a tool's arguments are an object"
    return reasons


def _carrier_of(schema: Schema[Any], shown: Mapping[str, Any]) -> type[BaseModel]:
    """Return a class that gives instructor the schema to show; nothing is validated with it."""

    def model_json_schema(_cls: type[BaseModel], /, **_: Any) -> dict[str, Any]:
        return copy.deepcopy(
            {
                "title": schema.wire_name,
                **{key: value for key, value in shown.items() if key != "title"},
            }
        )

    namespace = {
        "model_json_schema": classmethod(model_json_schema),
        "__module__": __name__,
        "__doc__": None,
    }
    return type(schema.wire_name, (BaseModel,), namespace)


def _slot(index: int) -> str:
    # A control character cannot stand in instructor's wording, so a slot is found wherever a mode has put it.
    return f"\x00{index}\x00"


def _encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _filled(shaped: Mapping[str, Any], messages: tuple[Message, ...]) -> dict[str, Any]:
    def fill(content: str) -> str:
        pieces = content.split("\x00")
        return "".join(
            messages[int(piece)].content if position % 2 else piece
            for position, piece in enumerate(pieces)
        )

    return {
        **shaped,
        "messages": [
            {**message, "content": fill(message["content"])} for message in shaped["messages"]
        ],
    }


def body_builder_cache() -> Callable[[Schema[Any], Mode], BodyBuilder]:
    """Return a function that makes each schema's and mode's shaper once."""
    shapers: dict[tuple[str, str, Mode], BodyBuilder] = {}

    def shaper_for(schema: Schema[Any], mode: Mode) -> BodyBuilder:
        key = (schema.wire_name, schema.digest, mode)
        if key not in shapers:
            shapers[key] = BodyBuilder(schema, mode)
        return shapers[key]

    return shaper_for
