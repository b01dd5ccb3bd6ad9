"""Nonstandard replies, which are read if they are clear and count as bad answers otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antq_llm.clients.completion import Completion, Mode, Usage
from antq_llm.clients.openai.nonstandard_reply import standard_form
from antq_llm.clients.pricing import Price
from antq_llm.errors import CompletionError
from antq_llm.extraction.extractor import Extractor
from helpers.endpoint import Reply, Script, scripted_endpoint
from helpers.support import Person, ask, budgeted_client, client_at, request_for

GOOD = '{"name": "Lan"}'
USAGE = {"prompt_tokens": 100, "completion_tokens": 20}


def reply(message: Any, **changes: Any) -> Reply:
    """Return a reply with a message and with the given changes to its ``choices`` entry."""
    choice = {"index": 0, "finish_reason": "stop", "message": message, **changes}
    return Reply(body={"model": "m", "choices": [choice], "usage": USAGE})


def called(*calls: Any) -> Reply:
    """Return a reply with tool calls, each with a name and arguments."""
    functions = [
        {"type": "function", "function": {"name": name, "arguments": arguments}}
        for name, arguments in calls
    ]
    return reply({"role": "assistant", "content": None, "tool_calls": functions})


CLEAR = {
    "parts": reply({"content": [{"type": "text", "text": GOOD}]}),
    "several parts": reply(
        {"content": [{"text": '{"name":'}, {"type": "text", "text": ' "Lan"}'}]}
    ),
    "thinking part": reply(
        {
            "content": [
                {"type": "thinking", "thinking": [{"type": "text", "text": '{"name": "Nháp"}'}]},
                {"type": "text", "text": GOOD},
            ]
        }
    ),
    "a part of words": reply({"content": [GOOD]}),
    "content object": reply({"content": {"name": "Lan"}}),
    "arguments object": called(("Person", {"name": "Lan"})),
    "equal calls": called(("Person", GOOD), ("Person", {"name": "Lan"})),
    "empty call first": called(("Person", "{}"), ("Person", GOOD)),
    "null call first": called(("Person", None), ("Person", GOOD)),
    "other tool first": called(("search", '{"q": "Lan"}'), ("Person", GOOD)),
    "namespaced call": called(("functions.Person:0", GOOD)),
    "nameless call": called((None, GOOD)),
    "one call without a list": reply(
        {"tool_calls": {"function": {"name": "Person", "arguments": GOOD}}}
    ),
    "function_call": reply(
        {"content": None, "function_call": {"name": "Person", "arguments": GOOD}}
    ),
    "empty call beside content": reply(
        {"content": GOOD, "tool_calls": [{"function": {"name": "Person", "arguments": ""}}]}
    ),
    "refusal false": reply({"content": GOOD, "refusal": False}),
    "refusal empty": reply({"content": GOOD, "refusal": {}}),
    "finish reason number": reply({"content": GOOD}, finish_reason=1),
    "finish reason object": reply({"content": GOOD}, finish_reason={"type": "stop"}),
    "finish reason list": reply({"content": GOOD}, finish_reason=["stop"]),
    "model number": Reply(body={"model": 7, "choices": [{"message": {"content": GOOD}}]}),
    "model object": Reply(body={"model": {"id": "m"}, "choices": [{"message": {"content": GOOD}}]}),
    "choice without a list": Reply(body={"choices": {"message": {"content": GOOD}}}),
    "message string": reply(GOOD),
    "text completion": Reply(body={"choices": [{"text": GOOD, "message": None}]}),
    "null error": Reply(body={"error": None, "choices": [{"message": {"content": GOOD}}]}),
    "byte-order mark": Reply(
        body="\ufeff" + json.dumps({"choices": [{"message": {"content": GOOD}}]})
    ),
    "keep-alive lines": Reply(
        body="\n\n\n" + json.dumps({"choices": [{"message": {"content": GOOD}}]})
    ),
    "half a surrogate pair beside it": Reply(
        body='{"choices": [{"message": {"content": "{\\"name\\": \\"Lan\\"}"}}], "x": "\\ud800"}'
    ),
    "stream": Reply(
        body=": keep-alive\n\n"
        'data: {"choices": [{"delta": {"role": "assistant", "content": ""}}]}\n\n'
        'data: {"choices": [{"delta": {"content": "{\\"name\\":"}}]}\n\n'
        'data: {"choices": [{"delta": {"content": " \\"Lan\\"}"}, "finish_reason": "stop"}]}\n\n'
        "data: [DONE]\n\n",
        content_type="text/event-stream",
    ),
    "stream of a call": Reply(
        body='data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": '
        '{"name": "Person", "arguments": "{\\"name\\":"}}]}}]}\n\n'
        'data: {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": '
        '{"arguments": " \\"Lan\\"}"}}]}, "finish_reason": "tool_calls"}]}\n\n',
        content_type="text/event-stream",
    ),
}


async def extracted(replies: Script, mode: Mode = "tools") -> tuple[Any, int]:
    """Return the extraction and the number of requests it took."""
    with scripted_endpoint(replies) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            extractor = Extractor(Person, "Find the person.", model="m", client=client)
            result = await extractor.aextract("Bà Lan đến dự.")
    return result, len(endpoint.bodies)


@pytest.mark.parametrize("name", CLEAR)
async def test_what_is_clear_is_read(name: str) -> None:
    """A clear reply in a nonstandard form is read without another request."""
    result, requests = await extracted([CLEAR[name], Reply('{"name": "again"}')])
    assert (result.record.name, requests) == ("Lan", 1)


UNCLEAR = {
    "different calls": called(("Person", GOOD), ("Person", '{"name": "Minh"}')),
    "another tool": called(("search", GOOD)),
    "only empty calls": called(("Person", ""), ("Person", None)),
    "null content": reply({"content": None}),
    "number content": reply({"content": 5}),
    "picture parts": reply({"content": [{"type": "image_url", "image_url": {"url": "x"}}]}),
    "null message": reply(None),
    "list message": reply([1]),
    "null choice": Reply(body={"choices": [None], "usage": USAGE}),
    "no choices": Reply(body={"choices": [], "usage": USAGE}),
    "null choices": Reply(body={"choices": None, "usage": USAGE}),
    "reasoning alone": reply({"content": None, "reasoning_content": GOOD}),
    "reasoning field alone": reply({"content": "", "reasoning": GOOD}),
    "half a surrogate pair": reply({"content": '{"name": "\\ud800"}'}),
}


@pytest.mark.parametrize("name", UNCLEAR)
async def test_the_rest_is_one_bad_answer(name: str) -> None:
    """An unclear reply leads to one re-ask, and its tokens are counted."""
    result, requests = await extracted([UNCLEAR[name], Reply(GOOD)])
    assert (result.record.name, requests, len(result.attempts)) == ("Lan", 2, 2)
    assert result.usage == Usage(input_tokens=200, output_tokens=40, cached_tokens=None)


async def test_reasoning_without_an_answer_is_reported_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The log says once that the endpoint sends reasoning instead of answers."""
    with scripted_endpoint([UNCLEAR["reasoning alone"]]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            await client.complete(request_for("Ông Minh đến dự."))
    assert caplog.text.count("sent reasoning but no answer") == 1


def in_body(error: Any, **others: Any) -> Reply:
    """Return a reply with status 200 that contains an error."""
    return Reply(body={"error": error, **others})


ERRORS = [
    (in_body({"code": 402, "message": "no credits"}), "quota", 402, 1),
    (in_body({"code": "402", "message": "no credits"}), "quota", 402, 1),
    (in_body({"code": "insufficient_quota", "message": "no"}), "quota", 402, 1),
    (in_body({"type": "billing_hard_limit_reached"}), "quota", 402, 1),
    (in_body({"code": 429, "message": "slow"}), "transport", 429, 6),
    (in_body({"type": "rate_limit_error", "message": "slow"}), "transport", 429, 6),
    (in_body({"code": 502, "message": "bad gateway"}), "transport", 502, 6),
    (in_body("upstream failed"), "transport", 500, 6),
    (in_body({"code": "content_filter", "message": "no"}), "filtered", 400, 1),
    (in_body({"code": 400, "message": "maximum context length is 4096"}), "rejected", 400, 1),
    (in_body({"message": "x"}, choices=[]), "transport", 500, 6),
    (Reply(body={"object": "error", "message": "busy", "code": 503}), "transport", 503, 6),
    (reply({"content": ""}, error={"code": 502}, finish_reason="error"), "transport", 502, 6),
    (reply({"content": '{"na'}, error={"code": 429}, finish_reason="error"), "transport", 429, 6),
]


@pytest.mark.parametrize(("answer", "kind", "status", "requests"), ERRORS)
async def test_an_error_inside_a_200_is_an_error_of_its_status(
    answer: Reply, kind: str, status: int, requests: int
) -> None:
    """An error inside a response with status 200 is treated according to its code."""
    outcome = await ask([answer])
    assert (outcome.error.kind, outcome.error.status) == (kind, status)
    assert outcome.requests == requests


@pytest.mark.parametrize(
    "reason", ["error", "insufficient_system_resource", "network_error", "ABORT", "cancelled"]
)
async def test_an_answer_that_the_server_did_not_finish_is_retried(reason: str) -> None:
    """A finish reason that reports a server failure leads to a retry, as a 5xx does."""
    broken = reply({"content": GOOD}, finish_reason=reason)
    healed = await ask([broken, Reply('{"name": "Minh"}')])
    assert (healed.text, healed.requests) == ('{"name": "Minh"}', 2)
    lasting = await ask([broken])
    assert (lasting.error.kind, lasting.requests) == ("transport", 6)


async def test_a_failed_answer_costs_its_tokens() -> None:
    """The tokens that an unfinished answer reports are charged to the budget."""
    broken = reply({"content": GOOD}, finish_reason="error", error={"code": 503})
    with scripted_endpoint([broken]) as server:
        client, budget = budgeted_client(server, 1.0, price=Price(0, 100.0), tries=2)
        with pytest.raises(CompletionError):
            await client.complete(request_for())
        assert await budget.used() == (pytest.approx(2 * 20 * 100 / 1e6), 0)
        await client.aclose()


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("SAFETY", "filtered"),
        ("RECITATION", "filtered"),
        ("PROHIBITED_CONTENT", "filtered"),
        ("guardrail_intervened", "filtered"),
        ("MAX_TOKENS", "truncated"),
        ("model_length", "truncated"),
        ("max_output_tokens", "truncated"),
        ("refusal", "refused"),
    ],
)
async def test_finish_reasons_of_other_providers_have_a_kind(reason: str, kind: str) -> None:
    """Providers' own finish reasons are recognised as filtered, truncated or refused answers."""
    with pytest.raises(CompletionError) as caught:
        await extracted([reply({"content": '{"na'}, finish_reason=reason)], mode="json")
    assert (caught.value.kind, len(caught.value.attempts)) == (kind, 1)


@pytest.mark.parametrize("reason", ["STOP", "eos", "end_turn", "stop_sequence", "tool_use"])
async def test_other_words_for_the_end_are_read(reason: str) -> None:
    """A finished answer is read, whichever finish reason the provider uses for it."""
    outcome = await ask([reply({"content": GOOD}, finish_reason=reason)])
    assert isinstance(outcome.result, Completion)
    assert outcome.text == GOOD


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"5", b"\xff\xfe", b"data: 5", b"data: {}\n\ndata: [1]", b"data: {\"choices\": 1}",
     b'data: {"choices": [{"delta": {"content": 5}}]}', b"[" * 100_000, b'{"choices": "x"}'],
)  # fmt: skip
def test_content_of_any_form_is_an_error_of_two_kinds(content: bytes) -> None:
    """Content that is not a reply raises a ValueError or a RecursionError."""
    with pytest.raises((ValueError, RecursionError)):
        standard_form(content)
