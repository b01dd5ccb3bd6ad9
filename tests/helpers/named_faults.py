"""The faults in the tables of docs/reliability.md, by name."""

from __future__ import annotations

import json
from typing import Any

from helpers.fault_server import (
    ANSWER,
    Fault,
    completion,
    compressed,
    endless,
    failing,
    replying,
    response,
)

DRAFT = json.dumps({"name": "a draft that is longer than the answer"})
PAGE = "<html><body>502 Bad Gateway</body></html>"


def answering(text: str | None, reason: Any = "stop", **message: Any) -> Fault:
    """Return a response with a chat completion."""
    return replying(completion(text, reason, **message))


def calling(*calls: tuple[str, Any]) -> Fault:
    """Return a response with tool calls, each given by its name and arguments."""
    functions = [{"function": {"name": name, "arguments": value}} for name, value in calls]
    return answering(None, "tool_calls", tool_calls=functions)


def in_200(error: Any) -> Fault:
    """Return a response that has status 200 but contains an error."""
    return replying({"error": error})


WHOLE = response(completion())
NETWORK = {
    "closed": Fault(closes=True),
    "reset": Fault(resets=True),
    "half-headers": Fault([WHOLE[:40]], closes=True),
    "half-body": Fault([WHOLE[:-20]], closes=True),
    "not-http": Fault([b"SSH-2.0-Server\r\n"], closes=True),
    "silence": Fault(stalls=True),
    "silence-in-body": Fault([WHOLE[:-20]], stalls=True),
    "drip": Fault([WHOLE[index : index + 1] for index in range(len(WHOLE))], pause=0.05),
    "not-gzip": Fault([response(b"no gzip", headers=[("Content-Encoding", "gzip")])]),
    "gzip-bomb": compressed(100_000_000),
    "endless-reply": endless(),
    "endless-error": endless(status=500),
    "late-response": Fault([WHOLE], late=response(completion(DRAFT))),
}
STATUSES = {
    "302": replying("", 302),
    "400": failing(400),
    "400-context": failing(400, "the request exceeds the available context size"),
    "400-filter": failing(400, code="content_filter"),
    "401": failing(401),
    "402": failing(402),
    "403": failing(403),
    "404": failing(404),
    "404-tools": failing(404, "No endpoints found that support tool use"),
    "408": failing(408),
    "409": failing(409),
    "413": failing(413),
    "422": failing(422),
    "425": failing(425),
    "429": failing(429),
    "429-after-7": failing(429, Retry_After="7"),
    "429-after-an-hour": failing(429, Retry_After="3600"),
    "429-quota": failing(429, code="insufficient_quota"),
    "500": failing(500),
    "500-jinja": failing(500, "tools param requires --jinja flag"),
    "501": failing(501),
    "502-page": replying(PAGE, 502),
    "503-after-7": failing(503, Retry_After="7"),
    "504": failing(504),
    "505": failing(505),
    "520": failing(520),
    "524": failing(524),
    "529": failing(529),
}
IN_200 = {
    "page": replying(PAGE),
    "nothing": replying(""),
    "null": replying("null"),
    "error-401": in_200({"code": 401}),
    "error-402": in_200({"code": 402}),
    "error-429": in_200({"code": 429}),
    "error-502": in_200({"code": 502}),
    "error-context": in_200({"code": 400, "message": "maximum context length is 4096"}),
    "error-words": in_200("upstream failed"),
    "no-choices": replying({"choices": []}),
    "no-choices-paid": replying({**completion(), "choices": []}),
}
ANSWERS = {
    "length": answering('{"na', "length"),
    "MAX_TOKENS": answering('{"na', "MAX_TOKENS"),
    "content_filter": answering(None, "content_filter"),
    "SAFETY": answering(None, "SAFETY"),
    "refusal": answering(None, refusal="no"),
    "finish-error": answering(ANSWER, "error"),
    "insufficient_system_resource": answering(ANSWER, "insufficient_system_resource"),
    "empty": answering(None),
    "reasoning-alone": answering(None, reasoning_content=ANSWER),
    "words": answering("No JSON here."),
    "broken-json": answering('{"name": "La'),
    "draft-alone": answering(f"<think>{DRAFT}"),
    "schema": answering(json.dumps({"type": "object", "properties": {"name": {}}})),
    "different-calls": calling(("Person", ANSWER), ("Person", DRAFT)),
    "other-tool": calling(("search", ANSWER)),
    "empty-call": calling(("Person", "{}")),
}
CLEAR = {
    "fence": answering(f"Here it is:\n```json\n{ANSWER}\n```"),
    "draft-then-answer": answering(f"<think>{DRAFT}</think>\n{ANSWER}"),
    "two-documents": answering(f"{DRAFT}\nCorrected: {ANSWER}"),
    "call-as-text": answering(json.dumps({"name": "Person", "arguments": {"name": "Lan"}})),
    "list-of-one": answering(f"[{ANSWER}]"),
    "json-in-string": answering(json.dumps(ANSWER)),
    "equal-calls": calling(("Person", ANSWER), ("Person", {"name": "Lan"})),
    "content-parts": replying(completion([{"type": "text", "text": ANSWER}])),  # type: ignore[arg-type]
    "refusal-false": answering(ANSWER, refusal=False),
    "reason-number": answering(ANSWER, 1),
    "stream": Fault(
        [response('data: {"choices": [{"delta": {"content": ' + json.dumps(ANSWER)
                  + '}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n')]
    ),
}  # fmt: skip
FAULTS: dict[str, Fault] = {**NETWORK, **STATUSES, **IN_200, **ANSWERS, **CLEAR}
TIMED = frozenset({"silence", "silence-in-body", "drip"})
"""The names of the faults that make a request time out."""
