"""Converting nonstandard chat completions to the standard form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_TEXT_PARTS = frozenset({"text", "output_text", "json"})
_STREAM = "data:"
_END_OF_STREAM = "[DONE]"


def standard_form(content: bytes | Any) -> dict[str, Any]:
    """Convert a response's content, or its parsed JSON, to a standard chat completion.

    Unambiguous deviations are accepted, such as content in parts, arguments as objects, a single
    choice outside a list and a stream that was not requested. Fields that cannot be read are left
    empty. Raises ValueError unless the response is an object with choices, an error or reported
    output tokens.
    """
    data = _json_of(content) if isinstance(content, bytes) else content
    if not isinstance(data, dict):
        raise ValueError("the reply is not an object")
    error = data.get("error")
    if not error and data.get("object") == "error":
        error = {name: data[name] for name in ("message", "type", "code") if name in data}
    choices = data.get("choices")
    if isinstance(choices, dict):
        choices = [choices]
    if not (isinstance(choices, list) and any(map(_is_choice, choices[:1]))):
        # If the answer was paid for, it counts as a bad answer and not as a lost one, which would
        # be requested again.
        choices = [{}] if _has_output(data.get("usage")) else []
    if not choices and not error:
        raise ValueError("the reply has neither choices nor an error")
    return {
        "model": _string(data.get("model")),
        "choices": [_choice(choice) for choice in choices[:1]],
        "usage": data.get("usage"),
        "error": error,
    }


def _json_of(content: bytes) -> Any:
    text = content.decode("utf-8-sig", errors="replace").strip()
    if text.startswith((_STREAM, ":")):
        try:
            return _merged(text.splitlines())
        except (AttributeError, TypeError, KeyError) as error:
            raise ValueError("an event of the stream is not part of a completion") from error
    return json.loads(text)


def _merged(lines: Iterable[str]) -> dict[str, Any]:
    """Combine the events of a stream into a completion."""
    merged: dict[str, Any] = {}
    content: list[str] = []
    calls: dict[int, dict[str, Any]] = {}
    choice: dict[str, Any] = {}
    for line in lines:
        event = line.removeprefix(_STREAM).strip() if line.startswith(_STREAM) else ""
        if not event or event == _END_OF_STREAM:
            continue
        chunk = json.loads(event)
        merged |= {name: chunk[name] for name in ("model", "usage", "error") if chunk.get(name)}
        for part in chunk.get("choices") or ():
            delta = part.get("delta") or {}
            content.append(delta.get("content") or "")
            for call in delta.get("tool_calls") or ():
                _add_call(calls, call)
            if part.get("finish_reason"):
                choice["finish_reason"] = part["finish_reason"]
    if not choice and not merged.get("error"):
        raise ValueError("the stream ends without a finish reason")
    choice["message"] = {"content": "".join(content), "tool_calls": [*calls.values()]}
    return {**merged, "choices": [choice]}


def _add_call(calls: dict[int, dict[str, Any]], call: dict[str, Any]) -> None:
    function = call.get("function") or {}
    known = calls.setdefault(call.get("index", 0), {"function": {"name": "", "arguments": ""}})
    for name in ("name", "arguments"):
        known["function"][name] += function.get(name) or ""


def _is_choice(choice: Any) -> bool:
    return isinstance(choice, dict) and bool({"message", "delta", "text", "error"} & choice.keys())


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    message = choice.get("message", choice.get("delta"))
    if not isinstance(message, dict):
        message = {"content": message if message is not None else choice.get("text")}
    content, refusal = _content(message.get("content"))
    return {
        "finish_reason": _reason(choice.get("finish_reason")),
        "error": choice.get("error"),
        "message": {
            "content": content,
            "refusal": _refusal(message.get("refusal")) or refusal,
            "tool_calls": _calls(message.get("tool_calls")),
            "function_call": _function(message.get("function_call")),
            "reasoning_content": message.get("reasoning_content"),
            "reasoning": message.get("reasoning"),
        },
    }


def _content(content: Any) -> tuple[str | None, str | None]:
    """Return the text and the refusal in a message's content."""
    if not isinstance(content, list):
        return _text(content), None
    parts = [part if isinstance(part, dict) else {"text": part} for part in content]
    texts = [_text_of_part(part) for part in parts if str(part.get("type", "text")) in _TEXT_PARTS]
    refusals = [_refusal(part.get("refusal")) for part in parts if part.get("type") == "refusal"]
    return "".join(text for text in texts if text), next(filter(None, refusals), None)


def _text_of_part(part: dict[str, Any]) -> str | None:
    text = part.get("text", part.get("json"))
    return _text(text.get("value", text) if isinstance(text, dict) else text)


def _calls(calls: Any) -> list[dict[str, Any]]:
    calls = calls if isinstance(calls, list) else [calls]
    functions = [_function(call.get("function", call)) for call in calls if isinstance(call, dict)]
    return [{"function": function} for function in functions if function is not None]


def _function(function: Any) -> dict[str, str] | None:
    if not isinstance(function, dict):
        return None
    return {
        "name": _string(function.get("name")) or "",
        "arguments": _text(function.get("arguments")) or "",
    }


def _refusal(refusal: Any) -> str | None:
    return _text(refusal) if refusal and refusal is not True else None


def _reason(reason: Any) -> str | None:
    if isinstance(reason, dict):
        reason = reason.get("type", reason.get("reason"))
    return _string(reason)


def _has_output(usage: Any) -> bool:
    count = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return isinstance(count, int) and count > 0


def _text(value: Any) -> str | None:
    """Return a string or None as it is, and any other value as JSON; replace lone surrogates."""
    if value is None or isinstance(value, str):
        return _string(value)
    return _string(json.dumps(value, ensure_ascii=False))


def _string(value: Any) -> str | None:
    """Return a string with lone surrogates replaced; None for other values."""
    if not isinstance(value, str):
        return None
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
