"""The client of live endpoints: how each mode puts a request on the wire, how it steps down, and what it reads of a reply."""

from __future__ import annotations

import json
import logging
import unicodedata
from typing import Any, get_args

import pytest

from antq_llm.clients.completion import Mode, Usage
from antq_llm.clients.openai.client import OpenAIClient
from antq_llm.clients.openai.endpoint import Endpoint
from antq_llm.clients.pricing import PriceList
from antq_llm.clients.request import Reask, Request
from antq_llm.errors import AntqError, CompletionError, ConfigurationError
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.endpoint import Reply, error, scripted_endpoint
from helpers.support import Loose, Person, client_at, request_for

MODES: tuple[Mode, ...] = get_args(Mode)
GOOD = '{"name": "Lan"}'
OPENAI = "https://api.openai.com/v1/"
NASTY_TEXTS = {
    "template variable": "Giá là {{ 7*7 }} đồng.",
    "template tag": "Nếu {% if %} thì {% raw %} thôi. {# không #}",
    "odd spaces": "  đầu\u00a0dòng\u2009và\u3000giữa\t \n\n   cuối  ",
    "decomposed": unicodedata.normalize("NFD", "Phạm Quốc Bình ở xã Tân Lâm"),
    "line ends": "một\r\nhai\rba\n",
    "quotes and escapes": 'nói "vâng" \\n \\u0041 </article>',
    "control and slot characters": "trước \x000\x00 sau \x001\x00",
    "outside the first plane": "vui 😀 và 𠀋",
}


async def asked_in(mode: Mode | None, request: Request, answer: str = GOOD) -> dict[str, Any]:
    """Return the body that one request puts on the wire."""
    with scripted_endpoint([Reply(answer)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            await client.complete(request)
    return endpoint.bodies[0]


def kind_of(body: dict[str, Any]) -> Mode:
    """Return the mode that a body is in."""
    if "tools" in body:
        return "tools"
    format_type = body.get("response_format", {}).get("type")
    modes: dict[str | None, Mode] = {
        "json_schema": "json_schema",
        "json_object": "json",
        None: "md_json",
    }
    return modes[format_type]


@pytest.mark.parametrize("mode", MODES)
async def test_every_mode_gives_the_answer_as_text(mode: Mode) -> None:
    """A good answer comes back as its text, with the mode it was given in, whatever the mode."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            completion = await client.complete(request_for())
    assert (completion.text, completion.mode, completion.finish_reason) == (GOOD, mode, "stop")
    assert [kind_of(body) for body in endpoint.bodies] == [mode]


async def test_first_choice_is_strict_json_schema() -> None:
    """Without a mode given, the schema goes out as a strict JSON Schema that is closed to other keys."""
    body = await asked_in(None, request_for())
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["name"] == "Person"
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["name"]


async def test_movement_report_is_taken_by_the_strict_mode() -> None:
    """The packaged schema goes out in strict mode, with every object closed."""
    from antq_llm.schemas.registry import load_schema

    body = await asked_in(None, request_for(schema=load_schema("movement_report")))
    wire = body["response_format"]["json_schema"]
    objects: list[dict[str, Any]] = []

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            objects.extend([node] if node.get("type") == "object" else [])
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(wire["schema"])
    assert wire["strict"] is True
    assert len(objects) >= 9
    assert all(
        node["additionalProperties"] is False and set(node["required"]) == set(node["properties"])
        for node in objects
    )


async def test_tools_mode_forces_the_one_tool() -> None:
    """In the tools mode the model has one tool with the schema's parameters, and must call it."""
    body = await asked_in("tools", request_for())
    assert [tool["function"]["name"] for tool in body["tools"]] == ["Person"]
    assert body["tools"][0]["function"]["parameters"]["required"] == ["name"]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Person"}}


@pytest.mark.parametrize("mode", ["json", "md_json"])
async def test_modes_without_a_schema_field_show_it_in_the_messages(mode: Mode) -> None:
    """Where an endpoint takes no schema, the model still reads it: it stands in the system message."""
    schema = JsonSchema(
        "toà",
        {
            "type": "object",
            "properties": {"tên": {"type": "string", "description": "tên riêng đầy đủ"}},
            "required": ["tên"],
        },
    )
    body = await asked_in(mode, request_for(schema=schema), '{"tên": "Lan"}')
    assert "tên riêng đầy đủ" in json.dumps(body["messages"][0], ensure_ascii=False)
    assert body["messages"][0]["role"] == "system"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", NASTY_TEXTS.values(), ids=NASTY_TEXTS)
async def test_text_is_unchanged_on_the_wire(mode: Mode, text: str) -> None:
    """The article's text is sent code point for code point: nothing renders, trims, dedents or normalizes it."""
    body = await asked_in(mode, request_for(f"<article>\n{text}\n</article>"))
    assert f"<article>\n{text}\n</article>" in body["messages"][1]["content"]


async def test_vietnamese_is_not_escaped_on_the_wire() -> None:
    """The body is UTF-8, not ASCII escapes: its length on the wire is that of the unescaped JSON."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for("Trưởng Công an xã phát biểu. " * 100))
    unescaped = json.dumps(endpoint.bodies[0], ensure_ascii=False, separators=(",", ":"))
    assert int(endpoint.headers[0]["content-length"]) == len(unescaped.encode())


async def test_key_is_sent_as_a_bearer_token() -> None:
    """The key goes out in the Authorization header."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
    assert endpoint.headers[0]["authorization"] == "Bearer key-x"


async def test_model_and_parameters_are_sent() -> None:
    """The model's name and the sampling parameters stand in the body; no parameter is added that was not set."""
    from dataclasses import replace

    plain = await asked_in(None, request_for(model="viet-1"))
    warm = await asked_in(
        None, replace(request_for(model="viet-1"), parameters={"temperature": 0.5})
    )
    assert plain.keys() == {"model", "messages", "response_format"}
    assert (warm["model"], warm["temperature"]) == ("viet-1", 0.5)


async def test_refused_mode_goes_one_down_and_stays_there() -> None:
    """A 400 on strict JSON Schema is asked again as a tool call, and later requests begin there."""
    with scripted_endpoint(
        [error(400, "response_format is not supported"), Reply(GOOD)]
    ) as endpoint:
        async with client_at(endpoint.base_url) as client:
            first = await client.complete(request_for())
            second = await client.complete(request_for("Ông Minh đến dự."))
    assert (first.mode, second.mode) == ("tools", "tools")
    assert [kind_of(body) for body in endpoint.bodies] == ["json_schema", "tools", "tools"]


async def test_ladder_is_walked_to_its_end() -> None:
    """Each refused mode goes one further down, to plain text at the last."""
    refused = error(400, "not supported")
    with scripted_endpoint([refused, refused, refused, Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert completion.mode == "md_json"
    assert tuple(kind_of(body) for body in endpoint.bodies) == MODES


async def test_stepping_down_is_logged_with_the_reason(caplog: pytest.LogCaptureFixture) -> None:
    """Stepping down is said in the log, with what the endpoint answered and the mode that is used."""
    with scripted_endpoint([error(400, "no json_schema here"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
    assert (
        "refused mode json_schema (no json_schema here): using mode tools from now on"
        in caplog.text
    )


async def test_all_modes_refused_is_a_rejected_request() -> None:
    """Where every mode is refused the request is rejected, with the first refusal's words."""
    with scripted_endpoint([error(400, "first words"), error(400, "other words")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(
                CompletionError, match=r"rejected the request \(400: first words\)"
            ) as caught:
                await client.complete(request_for())
    assert (caught.value.kind, caught.value.status, len(endpoint.bodies)) == ("rejected", 400, 4)


@pytest.mark.parametrize("mode", MODES)
async def test_given_mode_is_not_left(mode: Mode) -> None:
    """A mode that the caller fixed is the only one asked in, also when it is refused."""
    with scripted_endpoint([error(400, "no"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode=mode) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for())
    assert [kind_of(body) for body in endpoint.bodies] == [mode]


async def test_unprocessable_steps_down_as_well() -> None:
    """A 422, as some servers answer what they cannot parse, goes one mode down like a 400."""
    with scripted_endpoint([error(422, "extra fields not permitted"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert completion.mode == "tools"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("context_length_exceeded", "rejected"),
        ("content_filter", "filtered"),
        ("content_policy_violation", "filtered"),
    ],
)
async def test_refusal_of_the_text_does_not_walk_the_ladder(code: str, kind: str) -> None:
    """A 400 about the text itself is not asked again in another mode."""
    with scripted_endpoint([error(400, "not this text", code), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError, match="not this text") as caught:
                await client.complete(request_for())
    assert (caught.value.kind, len(endpoint.bodies)) == (kind, 1)


async def test_refusal_of_the_text_leaves_the_mode_for_other_texts() -> None:
    """After a text that was too long, the next one is still asked about in strict mode."""
    with scripted_endpoint(
        [error(400, "too long", "context_length_exceeded"), Reply(GOOD)]
    ) as endpoint:
        async with client_at(endpoint.base_url) as client:
            with pytest.raises(CompletionError):
                await client.complete(request_for("dài " * 50))
            completion = await client.complete(request_for())
    assert completion.mode == "json_schema"


async def test_loose_schema_is_sent_in_the_next_mode_with_a_notice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A schema with optional keys cannot be strict: it goes out as a tool, and the log says why."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert completion.mode == "tools"
    assert [kind_of(body) for body in endpoint.bodies] == ["tools"]
    assert (
        "schema Loose is sent in mode tools: json_schema cannot: # has optional keys (name)"
        in caplog.text
    )


async def test_notice_of_a_loose_schema_is_given_once(caplog: pytest.LogCaptureFixture) -> None:
    """The notice stands in the log once for a client, not once for each article."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            for _ in range(3):
                await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert [
        record.levelno for record in caplog.records if "is sent in mode" in record.getMessage()
    ] == [logging.WARNING]


async def test_schema_that_is_no_object_is_sent_as_json() -> None:
    """A list at the root fits neither strict mode nor a tool's arguments: it goes out in JSON mode."""
    schema = JsonSchema("names", {"type": "array", "items": {"type": "string"}})
    with scripted_endpoint([Reply('["Lan"]')]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(schema=schema))
    assert (completion.mode, completion.text) == ("json", '["Lan"]')


async def test_strict_mode_that_a_schema_cannot_take_is_an_error_of_the_library() -> None:
    """Strict mode demanded for a schema that it cannot express is one of the library's errors, naming what is in the way."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode="json_schema") as client:
            with pytest.raises(AntqError, match="optional keys"):
                await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert endpoint.bodies == []


async def test_modes_are_kept_apart_by_schema() -> None:
    """A mode refused for one schema is still tried for another."""
    with scripted_endpoint([error(400, "no"), Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            other = JsonSchema(
                "other",
                {
                    "type": "object",
                    "properties": {"name": {"type": "string"}},
                    "required": ["name"],
                    "additionalProperties": False,
                },
            )
            await client.complete(request_for(schema=other))
    assert [kind_of(body) for body in endpoint.bodies] == ["json_schema", "tools", "json_schema"]


@pytest.mark.parametrize("mode", MODES)
async def test_reask_is_the_request_with_answer_and_feedback(mode: Mode) -> None:
    """A re-ask keeps the messages of the first request and adds the bad answer and what was wrong with it."""
    first = request_for()
    again = first.again(Reask('{"name": 3}', "/name: write a string"))
    before, after = await asked_in(mode, first), await asked_in(mode, again)
    assert after["messages"][:2] == before["messages"]
    told = json.dumps(after["messages"][2:], ensure_ascii=False)
    assert "/name: write a string" in told
    assert json.dumps('{"name": 3}')[1:-1] in told
    assert {key: value for key, value in after.items() if key != "messages"} == {
        key: value for key, value in before.items() if key != "messages"
    }


@pytest.mark.parametrize("mode", MODES)
async def test_second_reask_holds_only_the_latest_answer(mode: Mode) -> None:
    """A re-ask of a re-ask holds the latest bad answer alone, so that the request does not grow."""
    once = request_for().again(Reask('{"name": "older"}', "first fault"))
    twice = once.again(Reask('{"name": "newer"}', "second fault"))
    first, second = await asked_in(mode, once), await asked_in(mode, twice)
    told = json.dumps(second["messages"])
    assert "newer" in told
    assert "second fault" in told
    assert "older" not in told
    assert "first fault" not in told
    assert len(second["messages"]) == len(first["messages"])


async def test_reask_in_tools_mode_answers_the_call() -> None:
    """In the tools mode the bad answer is the call that the model made, and the feedback is that call's result."""
    body = await asked_in("tools", request_for().again(Reask('{"name": 3}', "write a string")))
    assistant, tool = body["messages"][2:]
    assert assistant["tool_calls"][0]["function"] == {"name": "Person", "arguments": '{"name": 3}'}
    assert (tool["role"], tool["tool_call_id"]) == ("tool", assistant["tool_calls"][0]["id"])
    assert "write a string" in tool["content"]


@pytest.mark.parametrize("mode", MODES)
async def test_reask_leaves_template_marks_alone(mode: Mode) -> None:
    """Template marks in article, bad answer and feedback survive a re-ask."""
    body = await asked_in(
        mode, request_for("văn {{ 7*7 }} bản").again(Reask("trả {% if %} lời", "sai {{ name }}"))
    )
    told = json.dumps(body["messages"], ensure_ascii=False)
    assert all(
        words in told for words in ("văn {{ 7*7 }} bản", "trả {% if %} lời", "sai {{ name }}")
    )


async def usage_of(usage: dict[str, Any] | None) -> Usage:
    """Return what the client reads of a reply's usage."""
    with scripted_endpoint([Reply(GOOD, usage=usage)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            return (await client.complete(request_for())).usage


async def test_usage_is_read_with_cached_tokens() -> None:
    """Tokens in, out and cached are those that the endpoint reports."""
    reported = {
        "prompt_tokens": 900,
        "completion_tokens": 40,
        "total_tokens": 940,
        "prompt_tokens_details": {"cached_tokens": 768},
    }
    assert await usage_of(reported) == Usage(input_tokens=900, output_tokens=40, cached_tokens=768)


@pytest.mark.parametrize(
    "details", [{}, {"prompt_tokens_details": None}, {"prompt_tokens_details": {"audio_tokens": 0}}]
)
async def test_unreported_cached_tokens_are_none(details: dict[str, Any]) -> None:
    """Cached tokens that the endpoint does not report are None, not 0."""
    assert await usage_of({"prompt_tokens": 9, "completion_tokens": 4, **details}) == Usage(
        input_tokens=9, output_tokens=4, cached_tokens=None
    )


async def test_missing_usage_is_none() -> None:
    """A reply without usage gives None for every count."""
    assert await usage_of(None) == Usage(input_tokens=None, output_tokens=None, cached_tokens=None)


async def test_model_that_answered_is_kept() -> None:
    """The completion names the model that the endpoint says answered."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(model="alias"))
    assert completion.model == "scripted-1"


async def test_refusal_is_kept() -> None:
    """A refusal comes back as such, with an empty text."""
    with scripted_endpoint([Reply(None, refusal="Tôi không thể giúp.")]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert (completion.refusal, completion.text) == ("Tôi không thể giúp.", "")


@pytest.mark.parametrize("reason", ["length", "content_filter"])
async def test_finish_reason_is_kept(reason: str) -> None:
    """Why the answer ended is kept for the one who judges it; the client itself asks no second time."""
    with scripted_endpoint([Reply('{"na', finish_reason=reason)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for())
    assert (completion.finish_reason, completion.text, len(endpoint.bodies)) == (reason, '{"na', 1)


async def test_tools_mode_takes_an_answer_that_is_no_call() -> None:
    """A model that answers in words where it should call the tool is read by its words."""
    message = {"role": "assistant", "content": GOOD}
    with scripted_endpoint(
        [Reply(body={"choices": [{"finish_reason": "stop", "message": message}]})]
    ) as endpoint:
        async with client_at(endpoint.base_url, mode="tools") as client:
            completion = await client.complete(request_for())
    assert completion.text == GOOD


async def test_local_completion_has_no_price() -> None:
    """A completion of an endpoint without known prices costs None, also under a well-known model's name."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(model="gpt-4o-mini"))
    assert completion.cost_usd is None


def test_known_price_is_charged_per_token() -> None:
    """A million tokens in and a million out of gpt-4o-mini cost 0.15 and 0.60 dollars."""
    cost = PriceList(OPENAI).cost(
        Usage(input_tokens=1_000_000, output_tokens=1_000_000), "gpt-4o-mini"
    )
    assert cost == pytest.approx(0.75)


def test_cached_tokens_are_cheaper() -> None:
    """Cached tokens are part of the input and are charged at their own price."""
    cost = PriceList(OPENAI).cost(
        Usage(input_tokens=1_000_000, output_tokens=0, cached_tokens=1_000_000), "gpt-4o-mini"
    )
    assert cost == pytest.approx(0.075)


def test_unknown_model_has_no_price() -> None:
    """A model that the price list does not know costs None, not 0."""
    assert (
        PriceList(OPENAI).cost(Usage(input_tokens=10, output_tokens=10), "no-such-model-x") is None
    )


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=10), Usage(output_tokens=10)])
def test_unknown_usage_has_no_price(usage: Usage) -> None:
    """Where a count of tokens is not known, neither is the cost."""
    assert PriceList(OPENAI).cost(usage, "gpt-4o-mini") is None


@pytest.mark.parametrize("key", [None, ""])
def test_missing_key_says_the_ways_out(key: str | None) -> None:
    """A client without a key is a ConfigurationError that names the variable and --offline."""
    with pytest.raises(ConfigurationError, match=r"OPENAI_API_KEY.*--offline"):
        OpenAIClient(Endpoint(api_key=key))


@pytest.mark.parametrize("url", ["localhost:8080/v1", "ftp://example.org/v1", "api.openai.com"])
def test_address_without_http_is_refused(url: str) -> None:
    """A base URL without http:// or https:// is a ConfigurationError that shows it."""
    with pytest.raises(ConfigurationError, match="is not a base URL") as caught:
        OpenAIClient(Endpoint(base_url=url, api_key="x"))
    assert url in str(caught.value)


@pytest.mark.parametrize("url", ["http://", "http://localhost:port/v1", "http://[::1"])
async def test_address_that_cannot_be_one_is_refused(url: str) -> None:
    """A base URL without a host, or with a port that is no number, is a ConfigurationError before or at the first request."""
    with pytest.raises(ConfigurationError):
        async with client_at(url, tries=1) as client:
            await client.complete(request_for())


async def answered_with_key(base_url: str, key: str) -> None:
    """Send one request with a key."""
    client = OpenAIClient(Endpoint(base_url=base_url, api_key=key, tries=1))
    try:
        await client.complete(request_for())
    finally:
        await client.aclose()


@pytest.mark.parametrize("key", ["khóa", "sk-x\n"], ids=["letter", "line break"])
async def test_key_that_no_header_can_carry_is_refused(key: str) -> None:
    """A key with a letter or a line break that no header can carry is a ConfigurationError that names the variable."""
    with (
        scripted_endpoint([Reply(GOOD)]) as endpoint,
        pytest.raises(ConfigurationError, match="OPENAI_API_KEY"),
    ):
        await answered_with_key(endpoint.base_url, key)


async def test_client_can_be_used_again_after_closing() -> None:
    """Closing frees the connections; the next request opens new ones."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for())
            await client.aclose()
            completion = await client.complete(request_for())
    assert completion.text == GOOD


async def test_validated_type_does_not_change_the_body() -> None:
    """A pydantic model and the JSON Schema of it put the same schema on the wire."""
    from antq_llm.schemas.pydantic_schema import json_schema_of

    of_model = await asked_in(None, request_for())
    of_schema = await asked_in(
        None, request_for(schema=JsonSchema("Person", json_schema_of(Person)))
    )
    assert of_model == of_schema


@pytest.mark.parametrize("tail", ["", "/"])
async def test_an_address_without_a_path_is_an_address(tail: str) -> None:
    """A base URL of host and port alone is asked at its root."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url.removesuffix("/v1") + tail) as client:
            assert (await client.complete(request_for())).text == GOOD
