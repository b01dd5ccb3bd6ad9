"""Checking a record against its article: evidence, faults and dropped items."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.records.result import Extraction
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.registry import load_schema
from helpers.samples import (
    ABSENT,
    ARTICLE,
    answer,
    full_report,
    person,
    report,
    request,
    statement,
)

REPORT = load_schema("movement_report")


async def settled(data: Any, schema: Any = REPORT) -> Extraction[Any]:
    """Return the extraction that results from a single answer, without a re-ask."""
    asked = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), schema, request(schema)
    )
    return await extract_with_reasks(
        asked, ScriptedClient([answer(data)]), ReaskPolicy(max_attempts=1)
    )


def dropped(extraction: Extraction[Any]) -> list[str]:
    """Return the pointers of dropped items, as named in the warnings."""
    return [
        warning.message.split(" ", maxsplit=1)[0]
        for warning in extraction.warnings
        if warning.kind == "dropped"
    ]


async def test_a_record_whose_quotes_all_stand_is_kept_whole() -> None:
    """A record whose quotes are all verbatim is accepted unchanged."""
    extraction = await settled(full_report())
    assert (REPORT.dump(extraction.record), extraction.dropped) == (full_report(), 0)


async def test_every_quote_that_stands_is_found_at_its_place() -> None:
    """The evidence of each item has the item's pointer and the span of its quote in the article."""
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
    """An item whose quote is not in the article is dropped, with a warning that names the item."""
    data = full_report()
    data[field][0]["quote"] = ABSENT
    extraction = await settled(data)
    assert (REPORT.dump(extraction.record), dropped(extraction)) == (
        {**full_report(), field: []},
        [f"/{field}/0"],
    )


async def test_a_dropped_item_is_told_with_its_reason() -> None:
    """The warning about a dropped item gives the reason and shows the item."""
    extraction = await settled(report(people=[person(quote=ABSENT)]))
    [message] = [warning.message for warning in extraction.warnings if warning.kind == "dropped"]
    assert (
        "/people/0 was dropped" in message,
        "its quote does not appear in the article" in message,
        "Phạm Quốc Bình" in message or ABSENT in message,
    ) == (
        True,
        True,
        True,
    )


async def test_a_dropped_person_takes_their_statements_along() -> None:
    """The statements of a dropped person are dropped too, and all dropped items are counted."""
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
    """A dropped statement is named by its pointer in the answer, before any removal."""
    bad = statement("Lò Thị Mai", ABSENT)
    mai = person("Lò Thị Mai", "Bà Lò Thị Mai, Bí thư Đảng ủy xã")
    extraction = await settled(
        report(people=[mai, person(quote=ABSENT)], statements=[bad, statement()])
    )
    assert sorted(dropped(extraction)) == ["/people/1", "/statements/0", "/statements/1"]


async def test_several_items_of_a_list_are_dropped() -> None:
    """The supported items of a list are kept in order, and their evidence is renumbered."""
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
    """A publication stamp whose quote is absent becomes null, since it is not in a list."""
    extraction = await settled(
        report(published={"date": "2021-09-30", "time": None, "quote": ABSENT})
    )
    assert (REPORT.dump(extraction.record), dropped(extraction)) == (report(), ["/published"])


async def test_quotes_of_any_schema_are_held_against_the_article() -> None:
    """In every schema, objects with quotes are checked, including nested ones."""
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
    """A record without quotes has no evidence."""
    extraction = await settled({"name": "Tân Lâm"}, JsonSchema("own", {"type": "object"}))
    assert (extraction.record.root, extraction.evidence, extraction.dropped) == (
        {"name": "Tân Lâm"},
        (),
        0,
    )


async def test_a_drop_takes_along_only_what_refers_to_it() -> None:
    """Dropping an item also drops the items that refer to it, but no others."""
    text = {"type": "string"}
    people = {"type": "object", "properties": {"name": text, "quote": text}}
    said = {
        "type": "object",
        "properties": {
            "speaker": {**text, "x-antq-role": [{"role": "refers", "to": "/people/*/name"}]},
            "quote": text,
        },
    }
    lists = {"people": people, "said": said}
    schema = JsonSchema(
        "said",
        {
            "type": "object",
            "properties": {
                name: {"type": "array", "items": items} for name, items in lists.items()
            },
        },
    )
    quote = full_report()["people"][0]["quote"]
    speakers = ("Ann  Reed", "somebody", "joe")
    data = {
        "people": [{"name": "Joe", "quote": ABSENT}, {"name": "Ann Reed", "quote": quote}],
        "said": [{"speaker": speaker, "quote": quote} for speaker in speakers],
    }
    extraction = await settled(data, schema)
    assert dropped(extraction) == ["/people/0", "/said/2"]
    assert [said["speaker"] for said in extraction.answer["said"]] == ["Ann  Reed", "somebody"]


async def test_the_reason_of_a_dropped_scalar_does_not_repeat_its_index() -> None:
    """The reason for dropping a scalar does not repeat its index, which the pointer contains."""
    text = {"type": "string", "x-antq-role": ["printed"]}
    schema = JsonSchema(
        "tags", {"type": "object", "properties": {"s": {"type": "array", "items": text}}}
    )
    extraction = await settled({"s": ["no such words"]}, schema)
    (message,) = [item.message for item in extraction.warnings if item.kind == "dropped"]
    assert message.startswith("/s/0 was dropped: ")
    assert "0: " not in message
