"""The body of a request in each mode."""

from __future__ import annotations

import json
import logging
import unicodedata
from typing import Any, get_args

import pytest

from antq_llm.clients.completion import Mode
from antq_llm.clients.request import Reask
from antq_llm.errors import AntqError
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.endpoint import Reply, scripted_endpoint
from helpers.support import Loose, Person, body_sent, client_at, mode_of, request_for

GOOD = '{"name": "Lan"}'
MODES: tuple[Mode, ...] = get_args(Mode)
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


async def test_first_choice_is_strict_json_schema() -> None:
    """By default, the schema is sent as a strict JSON Schema without additional properties."""
    body = await body_sent(mode=None, request=request_for())
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["name"] == "Person"
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["required"] == ["name"]


async def test_movement_report_is_sent_in_strict_mode() -> None:
    """The packaged schema is sent in strict mode without optional or additional properties."""
    from antq_llm.schemas.registry import load_schema

    body = await body_sent(mode=None, request=request_for(schema=load_schema("movement_report")))
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
    """In tools mode, the model must call the only tool, whose parameters are the schema."""
    body = await body_sent(mode="tools", request=request_for())
    assert [tool["function"]["name"] for tool in body["tools"]] == ["Person"]
    assert body["tools"][0]["function"]["parameters"]["required"] == ["name"]
    assert body["tool_choice"] == {"type": "function", "function": {"name": "Person"}}


@pytest.mark.parametrize("mode", ["json", "md_json"])
async def test_modes_without_a_schema_field_show_it_in_the_messages(mode: Mode) -> None:
    """In modes without a schema field, the schema is in the system message."""
    schema = JsonSchema(
        "toà",
        {
            "type": "object",
            "properties": {"tên": {"type": "string", "description": "tên riêng đầy đủ"}},
            "required": ["tên"],
        },
    )
    body = await body_sent(mode=mode, request=request_for(schema=schema), answer='{"tên": "Lan"}')
    assert "tên riêng đầy đủ" in json.dumps(body["messages"][0], ensure_ascii=False)
    assert body["messages"][0]["role"] == "system"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", NASTY_TEXTS.values(), ids=NASTY_TEXTS)
async def test_text_is_sent_unchanged(mode: Mode, text: str) -> None:
    """The article is sent code point for code point, without rendering or normalization."""
    body = await body_sent(mode=mode, request=request_for(f"<article>\n{text}\n</article>"))
    assert f"<article>\n{text}\n</article>" in body["messages"][1]["content"]


async def test_vietnamese_is_not_escaped() -> None:
    """The body is UTF-8 without ASCII escapes."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            await client.complete(request_for("Trưởng Công an xã phát biểu. " * 100))
    unescaped = json.dumps(endpoint.bodies[0], ensure_ascii=False, separators=(",", ":"))
    assert int(endpoint.headers[0]["content-length"]) == len(unescaped.encode())


async def test_loose_schema_is_sent_in_the_next_mode_with_a_notice(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A schema with optional keys is sent as a tool, and the log says why."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert completion.mode == "tools"
    assert [mode_of(body) for body in endpoint.bodies] == ["tools"]
    assert "mode tools: json_schema cannot be used (# has optional keys (name))" in caplog.text


async def test_notice_of_a_loose_schema_is_given_once(caplog: pytest.LogCaptureFixture) -> None:
    """The notice about another mode is logged once per client, not once per article."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            for _ in range(3):
                await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert [
        record.levelno for record in caplog.records if "is sent in mode" in record.getMessage()
    ] == [logging.WARNING]


async def test_schema_of_a_list_is_sent_as_json() -> None:
    """A schema for a list fits neither strict mode nor a tool, so it is sent in JSON mode."""
    schema = JsonSchema("names", {"type": "array", "items": {"type": "string"}})
    with scripted_endpoint([Reply('["Lan"]')]) as endpoint:
        async with client_at(endpoint.base_url) as client:
            completion = await client.complete(request_for(schema=schema))
    assert (completion.mode, completion.text) == ("json", '["Lan"]')


async def test_strict_mode_for_a_loose_schema_is_an_error() -> None:
    """If strict mode is fixed but cannot express the schema, the error says why."""
    with scripted_endpoint([Reply(GOOD)]) as endpoint:
        async with client_at(endpoint.base_url, mode="json_schema") as client:
            with pytest.raises(AntqError, match="optional keys"):
                await client.complete(request_for(schema=PydanticSchema(Loose)))
    assert endpoint.bodies == []


@pytest.mark.parametrize("mode", MODES)
async def test_reask_is_the_request_with_answer_and_feedback(mode: Mode) -> None:
    """A re-ask adds the bad answer and the feedback to the messages of the first request."""
    first = request_for()
    again = first.again(Reask('{"name": 3}', "/name: write a string"))
    before, after = (
        await body_sent(mode=mode, request=first),
        await body_sent(mode=mode, request=again),
    )
    assert after["messages"][:2] == before["messages"]
    added = json.dumps(after["messages"][2:], ensure_ascii=False)
    assert "/name: write a string" in added
    assert json.dumps('{"name": 3}')[1:-1] in added
    assert {key: value for key, value in after.items() if key != "messages"} == {
        key: value for key, value in before.items() if key != "messages"
    }


@pytest.mark.parametrize("mode", MODES)
async def test_second_reask_holds_only_the_latest_answer(mode: Mode) -> None:
    """A second re-ask contains only the latest bad answer, so the request does not grow."""
    once = request_for().again(Reask('{"name": "older"}', "first fault"))
    twice = once.again(Reask('{"name": "newer"}', "second fault"))
    first, second = (
        await body_sent(mode=mode, request=once),
        await body_sent(mode=mode, request=twice),
    )
    added = json.dumps(second["messages"])
    assert "newer" in added
    assert "second fault" in added
    assert "older" not in added
    assert "first fault" not in added
    assert len(second["messages"]) == len(first["messages"])


async def test_reask_in_tools_mode_answers_the_call() -> None:
    """When tools mode re-asks, the bad answer is the tool call, and the feedback is its result."""
    body = await body_sent(
        mode="tools", request=request_for().again(Reask('{"name": 3}', "write a string"))
    )
    assistant, tool = body["messages"][2:]
    assert assistant["tool_calls"][0]["function"] == {"name": "Person", "arguments": '{"name": 3}'}
    assert (tool["role"], tool["tool_call_id"]) == ("tool", assistant["tool_calls"][0]["id"])
    assert "write a string" in tool["content"]


@pytest.mark.parametrize("mode", MODES)
async def test_reask_leaves_template_marks_alone(mode: Mode) -> None:
    """Template syntax in the article, bad answer and feedback is sent unchanged in a re-ask."""
    body = await body_sent(
        mode=mode,
        request=request_for("văn {{ 7*7 }} bản").again(Reask("trả {% if %} lời", "sai {{ name }}")),
    )
    added = json.dumps(body["messages"], ensure_ascii=False)
    assert all(
        words in added for words in ("văn {{ 7*7 }} bản", "trả {% if %} lời", "sai {{ name }}")
    )


async def test_validated_type_does_not_change_the_body() -> None:
    """A pydantic model and its JSON Schema give the same request body."""
    from antq_llm.schemas.pydantic_schema import json_schema_of

    of_model = await body_sent(mode=None, request=request_for())
    of_schema = await body_sent(
        mode=None, request=request_for(schema=JsonSchema("Person", json_schema_of(Person)))
    )
    assert of_model == of_schema
