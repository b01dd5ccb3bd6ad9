"""The digests by which equal requests are recognised."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest

from antq_llm.clients.request import Reask
from antq_llm.core.digest import digest_of
from antq_llm.prompts.messages import Message
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from helpers.samples import Note, request

SCHEMA = JsonSchema("note", {"type": "object", "properties": {"subject": {"type": "string"}}})
MESSAGES = (Message("system", "Trích xuất."), Message("user", "Bài báo."))


def test_a_digest_stays_the_same_over_versions() -> None:
    """The digest of a fixed request never changes, so recordings remain valid."""
    whole = request(SCHEMA, parameters={"temperature": 0.5}, sample=2, reask=Reask("{}", "Sai."))
    assert whole.digest == "729031812b589f6b63e777b556ad9e375769bd661942cabd18ca8867263b54a1"


def test_the_digest_is_that_of_the_parts_as_one_json_object() -> None:
    """The digest is the SHA-256 of the canonical JSON of all parts of the request."""
    whole = request(SCHEMA, parameters={"temperature": 0.5}, sample=2, reask=Reask("{}", "Sai.", 2))
    parts = {
        "model": whole.model,
        "messages": whole.messages,
        "schema": [SCHEMA.wire_name, SCHEMA.digest],
        "parameters": {"temperature": 0.5},
        "sample": 2,
    }
    assert whole.digest == digest_of({**parts, "reask": ["{}", "Sai.", 2]})


@pytest.mark.parametrize(
    "change",
    [
        {"model": "model-b"},
        {"messages": (*MESSAGES, Message("user", "Thêm."))},
        {"messages": MESSAGES[::-1]},
        {"messages": (Message("user", "Trích xuất."), MESSAGES[1])},
        {"messages": (MESSAGES[0], Message("user", "Bài báo. "))},
        {"messages": (MESSAGES[0], Message("user", unicodedata.normalize("NFD", "Bài báo.")))},
        {
            "schema": JsonSchema(
                "note",
                {
                    "type": "object",
                    "properties": {"subject": {"type": "string", "description": "x"}},
                },
            )
        },
        {"parameters": {"temperature": 0.0}},
        {"parameters": {"temperature": 0.5}},
        {"parameters": {"top_p": 0.0}},
        {"sample": 1},
        {"reask": Reask("{}", "Sai.")},
        {"reask": Reask("[]", "Sai.")},
        {"reask": Reask("{}", "Thiếu.")},
    ],
)
def test_what_is_asked_decides_the_digest(change: dict[str, Any]) -> None:
    """Changing the model, messages, schema, parameters, sample or re-ask changes the digest."""
    assert request(**{"schema": SCHEMA, **change}).digest != request(SCHEMA).digest


def test_every_re_ask_is_a_request_of_its_own() -> None:
    """Re-asks that differ in the answer or the feedback have different digests."""
    reasks = [Reask("a", "b"), Reask("b", "a"), Reask("a", "c"), Reask("ab", ""), Reask("", "ab")]
    assert len({request(SCHEMA, reask=reask).digest for reask in reasks}) == len(reasks)


@pytest.mark.parametrize(
    "change",
    [
        {"article_id": "b"},
        {"article_digest": "c" * 64},
        {"prompt": "other@7"},
        {"prompt_digest": "d" * 64},
        {"schema": JsonSchema(SCHEMA.name, dict(reversed(SCHEMA.json_schema.items())))},
    ],
)
def test_what_things_are_called_does_not_decide_the_digest(change: dict[str, Any]) -> None:
    """Ids, references and the order of keys do not change the digest."""
    assert request(**{"schema": SCHEMA, **change}).digest == request(SCHEMA).digest


def test_the_order_of_parameters_does_not_matter() -> None:
    """Parameters in another order give the same digest."""
    first = request(SCHEMA, parameters={"temperature": 0.5, "top_p": 0.9})
    assert first.digest == request(SCHEMA, parameters={"top_p": 0.9, "temperature": 0.5}).digest


def test_a_model_and_its_json_schema_are_one_request() -> None:
    """A pydantic model and its JSON Schema give the same digest."""
    model = PydanticSchema(Note)
    assert request(model).digest == request(JsonSchema("Note", model.json_schema)).digest


def test_asking_again_holds_the_original_and_the_latest_answer_only() -> None:
    """A second re-ask replaces the first, so requests do not grow."""
    first = request(SCHEMA)
    assert first.again(Reask("a", "b")).again(Reask("c", "d")) == request(
        SCHEMA, reask=Reask("c", "d")
    )


def test_asked_has_the_digests_of_all_parts() -> None:
    """``asked`` returns all parts of a request, with digests in place of texts."""
    asked = request(SCHEMA, parameters={"temperature": 0.5}, sample=3).asked()
    assert asked == {
        "article": {"id": "a", "sha256": "a" * 64},
        "prompt": {"reference": "note@1", "sha256": "b" * 64},
        "schema": {"reference": "note", "sha256": SCHEMA.digest},
        "model": "model-a",
        "parameters": {"temperature": 0.5},
        "sample": 3,
        "reask": None,
    }


def test_asked_has_no_text() -> None:
    """``asked`` contains neither the messages nor the bad answer and its feedback."""
    shown = str(request(SCHEMA, reask=Reask("câu trả lời", "Sai chỗ này.")).asked())
    assert [
        text for text in ("Bài báo", "Trích xuất", "câu trả lời", "Sai chỗ này") if text in shown
    ] == []


def test_whole_numbers_and_fractions_are_told_apart() -> None:
    """Requests with parameters of 1 and 1.0 have different digests, whichever comes first."""
    digests = [
        request(SCHEMA, parameters={"temperature": value}).digest for value in (1, 1.0, 1, 1.0)
    ]
    assert digests[0] != digests[1]
    assert digests[:2] == digests[2:]
