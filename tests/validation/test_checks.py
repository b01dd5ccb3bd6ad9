"""From a completion to a record: what is set aside around an answer, what a model is told, and what is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import CompletionError
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.records.result import Extraction
from antq_llm.schemas.faults import Fault, InvalidAnswer
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.validation.answer import feedback, raise_for_unusable, read_answer
from helpers.samples import (
    ABSENT,
    ARTICLE,
    answer,
    completion,
    full_report,
    person,
    report,
    request,
    statement,
)

REPORT = load_schema("movement_report")


class Quoted(BaseModel):
    """A record with a text in it."""

    quote: str


SCHEMA = PydanticSchema(Quoted)
VALID = '{"quote": "Tân Lâm"}'


async def settled(data: Any, schema: Any = REPORT) -> Extraction[Any]:
    """Return what becomes of an answer that is the last one."""
    asked = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), schema, request(schema)
    )
    return await extract_with_reasks(
        asked, ScriptedClient([answer(data)]), ReaskPolicy(max_attempts=1)
    )


def dropped(extraction: Extraction[Any]) -> list[str]:
    """Return the pointers of what was dropped, as the warnings name them."""
    return [
        warning.message.split(" ", maxsplit=1)[0]
        for warning in extraction.warnings
        if warning.kind == "dropped"
    ]


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        f"\n  {VALID}\n",
        f"\ufeff{VALID}",
        f"<think>Bài này nói về Tân Lâm.</think>\n{VALID}",
        f"<think>\n\n</think>\n\n{VALID}",
        f"<thinking>Bài này.</thinking>{VALID}",
        f"Bài này nói về Tân Lâm.\n</think>\n\n{VALID}",
        f'<think>Thử {{"quote": "Di Linh"}} xem.</think>{VALID}',
        f'<think>```json\n{{"quote": "Di Linh"}}\n```</think>\n```json\n{VALID}\n```',
        f"```json\n{VALID}\n```",
        f"```\n{VALID}\n```",
        f"```JSON \n{VALID}```",
        f"Đây là kết quả:\n\n```json\n{VALID}\n```\n\nXin hỏi thêm.",
        f"Đây là kết quả: {VALID} Xin hỏi thêm.",
        f"Kết quả:\n{VALID}",
        f"{VALID}\nXong.",
    ],
)
def test_what_stands_around_an_answer_is_set_aside(text: str) -> None:
    """A reasoning preamble, with or without its opening tag, a code fence and words around the JSON do not count."""
    assert read_answer(text, SCHEMA) == Quoted(quote="Tân Lâm")


@pytest.mark.parametrize(
    "quote",
    [
        "Tân </think> Lâm",
        "</think>",
        "<think>Tân Lâm</think>",
        "```json\nx\n```",
        "a ``` b",
        "{",
        "}]",
        '"',
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "```json\n{}\n```",
        "Kết quả: {}",
        "<think>Bài này.</think>{}",
        "<think>Bài này.</think>\n```json\n{}\n```",
    ],
)
def test_marks_inside_a_quote_are_text(quote: str, around: str) -> None:
    """A tag, a fence or a brace inside a string of the JSON is not cut, whatever stands around the JSON."""
    text = around.replace("{}", json.dumps({"quote": quote}))
    assert read_answer(text, SCHEMA) == Quoted(quote=quote)


def test_a_bracket_in_the_words_before_the_answer_is_no_json() -> None:
    """A bracket in the words before the JSON does not begin it."""
    assert read_answer(f"Theo [1]: {VALID}", SCHEMA) == Quoted(quote="Tân Lâm")


def test_an_answer_that_is_a_list_is_found_in_a_fence() -> None:
    """A root that is an array is found as well."""
    assert read_answer("Đây:\n```json\n[1, 2]\n```", JsonSchema("s", {"type": "array"})).root == [
        1,
        2,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Tôi không thể.",
        "</think>",
        "```json\n```",
        "{",
        "<think>Bài này nói về Tân Lâm.",
    ],
)
def test_an_answer_without_json_is_told_so(text: str) -> None:
    """An answer in which there is no JSON is a fault at the root."""
    with pytest.raises(InvalidAnswer, match=r"^/: not valid JSON: "):
        read_answer(text, SCHEMA)


@pytest.mark.parametrize("around", ["{}", "{}\n", "```json\n{}\n```", "<think>x</think>{}"])
def test_a_fault_is_the_same_whatever_stands_around(around: str) -> None:
    """An answer that is JSON but does not fit its schema is told of its own fault, not of what stands around it."""
    with pytest.raises(InvalidAnswer, match=r"^/quote: write a string \(given: 5\)$"):
        read_answer(around.replace("{}", '{"quote": 5}'), SCHEMA)


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        (
            {"refusal": "Tôi không\n thể giúp."},
            "refused",
            r"the model refused to answer: Tôi không thể giúp\.",
        ),
        (
            {"refusal": "x", "finish_reason": "content_filter"},
            "refused",
            "the model refused to answer",
        ),
        (
            {"finish_reason": "content_filter"},
            "filtered",
            "content filter stopped the answer: try another model or provider",
        ),
        (
            {"finish_reason": "length"},
            "truncated",
            "cut off at the model's output limit: use a model with a longer output, or a shorter article",
        ),
    ],
)
def test_a_completion_that_cannot_be_used_is_told_by_kind(
    fields: dict[str, Any], kind: str, words: str
) -> None:
    """A refusal, a filter and a cut are errors with a kind each, and say what to do."""
    with pytest.raises(CompletionError, match=words) as caught:
        raise_for_unusable(completion(**fields))
    assert caught.value.kind == kind


def test_a_long_refusal_is_cut() -> None:
    """The words of a refusal are told, and not all of them."""
    with pytest.raises(CompletionError) as caught:
        raise_for_unusable(completion(refusal="không " * 500))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("finish_reason", ["stop", "tool_calls", None, "eos"])
def test_any_other_end_can_be_used(finish_reason: str | None) -> None:
    """An answer that ended by itself is read, whatever the endpoint calls that."""
    assert raise_for_unusable(completion(finish_reason=finish_reason)) is None


def test_a_model_is_told_every_fault_with_its_place() -> None:
    """Feedback has a line for each fault: pointer, what to write, and what was given."""
    told = feedback(
        [Fault("/people/0/name", "write a string", "5"), Fault("", "write an object")], "c0de"
    )
    assert [line for line in told.splitlines() if line.startswith("- ")] == [
        "- /people/0/name: write a string (given: 5)",
        "- /: write an object",
    ]


def test_a_model_is_told_to_give_the_whole_document_again() -> None:
    """Feedback ends with what is to be done."""
    assert feedback([Fault("/a", "m")], "c0de").splitlines()[-1] == (
        "Give the whole JSON document again with these places corrected and all else unchanged."
    )


@pytest.mark.parametrize(
    ("count", "lines", "last"),
    [
        (30, 30, "- /29: m"),
        (31, 31, "- and 1 more of the same kinds"),
        (500, 31, "- and 470 more of the same kinds"),
    ],
)
def test_a_model_is_told_of_thirty_faults(count: int, lines: int, last: str) -> None:
    """Of many faults the first thirty are told and the rest counted, so that a re-ask stays small."""
    told = [
        line
        for line in feedback(
            [Fault(f"/{number}", "m") for number in range(count)], "c0de"
        ).splitlines()
        if line.startswith("- ")
    ]
    assert (len(told), told[-1]) == (lines, last)


async def test_a_record_whose_quotes_all_stand_is_kept_whole() -> None:
    """A record with every quote verbatim is accepted as it is."""
    extraction = await settled(full_report())
    assert (REPORT.dump(extraction.record), extraction.dropped) == (full_report(), 0)


async def test_every_quote_that_stands_is_found_at_its_place() -> None:
    """The evidence of an item is where its quote stands in the article, by pointer."""
    extraction = await settled(full_report())
    found = {one.pointer: ARTICLE[one.start : one.end] for one in extraction.evidence}
    lists = (
        "published",
        "events/0",
        "people/0",
        "statements/0",
        "indicators/0",
        "community_models/0",
        "awards/0",
        "documents/0",
    )
    data = full_report()
    quotes = {
        f"/{name}": (data[name] if name == "published" else data[name.split("/")[0]][0])["quote"]
        for name in lists
    }
    assert (found, {one.match for one in extraction.evidence}) == (quotes, {"exact"})


@pytest.mark.parametrize(
    "field", ["events", "indicators", "community_models", "awards", "documents", "statements"]
)
async def test_an_item_whose_quote_is_absent_is_dropped(field: str) -> None:
    """An item whose quote does not stand in the article leaves its list, with a warning that names it."""
    data = full_report()
    data[field][0]["quote"] = ABSENT
    extraction = await settled(data)
    assert (REPORT.dump(extraction.record), dropped(extraction)) == (
        {**full_report(), field: []},
        [f"/{field}/0"],
    )


async def test_a_dropped_item_is_told_with_its_reason() -> None:
    """The warning of a dropped item says why, and shows what was dropped."""
    extraction = await settled(report(people=[person(quote=ABSENT)]))
    [message] = [warning.message for warning in extraction.warnings if warning.kind == "dropped"]
    assert (
        "/people/0 was dropped" in message,
        "its quote does not stand in the article" in message,
        "Phạm Quốc Bình" in message or ABSENT in message,
    ) == (
        True,
        True,
        True,
    )


async def test_a_dropped_person_takes_their_statements_along() -> None:
    """The statements of a person who was dropped go too, those of others stay, and all are counted."""
    mai = person("Lò Thị Mai", "Bà Lò Thị Mai, Bí thư Đảng ủy xã")
    promise = {**statement("Lò Thị Mai", "hứa sẽ dành thêm kinh phí."), "kind": "commitment"}
    extraction = await settled(
        report(people=[person(quote=ABSENT), mai], statements=[statement(), promise])
    )
    data = REPORT.dump(extraction.record)
    assert (data["people"], data["statements"], dropped(extraction), extraction.dropped) == (
        [mai],
        [promise],
        ["/people/0", "/statements/0"],
        2,
    )


async def test_a_warning_names_an_item_by_its_place_in_the_answer() -> None:
    """A statement that goes with its speaker is named by its own pointer, also where another one was dropped before it."""
    bad = statement("Lò Thị Mai", ABSENT)
    mai = person("Lò Thị Mai", "Bà Lò Thị Mai, Bí thư Đảng ủy xã")
    extraction = await settled(
        report(people=[mai, person(quote=ABSENT)], statements=[bad, statement()])
    )
    assert sorted(dropped(extraction)) == ["/people/1", "/statements/0", "/statements/1"]


async def test_several_items_of_a_list_are_dropped() -> None:
    """Of a list the items that stand are kept, in their order, and their evidence is renumbered."""
    first, last = (
        full_report()["documents"][0],
        {**full_report()["documents"][0], "number": None, "quote": "Kế hoạch"},
    )
    bad = {**first, "number": None, "quote": ABSENT}
    extraction = await settled(report(documents=[bad, first, bad, last, bad]))
    assert (
        REPORT.dump(extraction.record)["documents"],
        dropped(extraction),
        [one.pointer for one in extraction.evidence],
    ) == (
        [first, last],
        ["/documents/0", "/documents/2", "/documents/4"],
        ["/documents/0", "/documents/1"],
    )


async def test_a_stamp_whose_quote_is_absent_becomes_null() -> None:
    """The publication stamp is no item of a list: it becomes null."""
    extraction = await settled(
        report(published={"date": "2021-09-30", "time": None, "quote": ABSENT})
    )
    assert (REPORT.dump(extraction.record), dropped(extraction)) == (report(), ["/published"])


async def test_quotes_of_any_schema_are_held_against_the_article() -> None:
    """An object with a quote is an item in every schema, nested ones included."""
    schema = JsonSchema("own", {"type": "object"})
    data = {
        "groups": [{"quote": "Xã Tân Lâm", "parts": [{"quote": ABSENT}, {"quote": "48/52 thôn"}]}],
        "a/b": {"quote": ABSENT},
    }
    extraction = await settled(data, schema)
    assert (extraction.record.root, sorted(dropped(extraction))) == (
        {"groups": [{"quote": "Xã Tân Lâm", "parts": [{"quote": "48/52 thôn"}]}], "a/b": None},
        ["/a~1b", "/groups/0/parts/0"],
    )


async def test_a_record_without_quotes_has_no_evidence() -> None:
    """A schema without quotes is not held against the article."""
    extraction = await settled({"name": "Tân Lâm"}, JsonSchema("own", {"type": "object"}))
    assert (extraction.record.root, extraction.evidence, extraction.dropped) == (
        {"name": "Tân Lâm"},
        (),
        0,
    )
