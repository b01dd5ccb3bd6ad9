"""The follow-up question about figures that are in no item."""

from __future__ import annotations

import json
from typing import Any

from antq_llm import Extraction, Extractor, Options, ScriptedClient
from antq_llm.articles.reading import read_article
from antq_llm.core.packaged_data import data_folder

PATH = sorted(data_folder("seeds").glob("*.txt"))[2]
GOLD: dict[str, Any] = json.loads(
    (data_folder("gold") / "movement_report" / f"{PATH.stem}.json").read_text("utf-8")
)
SHORT = {**GOLD, "indicators": GOLD["indicators"][:1]}


async def looked(*answers: Any) -> tuple[Extraction[Any], ScriptedClient]:
    """Extract a record from scripted answers, with the follow-up question turned on."""
    client = ScriptedClient(
        [answer if isinstance(answer, str) else json.dumps(answer) for answer in answers]
    )
    return await Extractor(client=client, model="m", options=Options(second_look=True)).aextract(
        read_article(PATH)
    ), client


def kinds(result: Extraction[Any]) -> list[str]:
    """Return the kinds of the warnings, except those about names and dates."""
    return [
        warning.kind
        for warning in result.warnings
        if not warning.message.startswith(("the name", "the date", "the person"))
    ]


async def test_it_finds_what_was_overlooked() -> None:
    """The model is asked once about figures missing from the items, and what it finds is added."""
    result, client = await looked(SHORT, {"indicators": GOLD["indicators"][1:], "awards": []})
    assert result.schema.dump(result.record) == GOLD
    assert len(result.attempts) == 2
    assert "- 177/181 at" in client.requests[1].messages[-1].content
    assert "163/181 at" not in client.requests[1].messages[-1].content
    assert kinds(result) == []


async def test_nothing_is_asked_where_all_is_accounted_for() -> None:
    """An answer that contains every figure leads to no second question."""
    result, client = await looked(GOLD)
    assert (len(client.requests), len(result.attempts)) == (1, 1)


async def test_what_it_invents_is_dropped() -> None:
    """An added item that the article does not support is dropped with a warning."""
    invented = {**GOLD["indicators"][1], "value": 178}
    result, _ = await looked(SHORT, {"indicators": [invented], "awards": []})
    assert result.schema.dump(result.record) == SHORT
    assert kinds(result) == ["dropped", "unaccounted"]


async def test_a_bad_answer_to_it_loses_nothing() -> None:
    """If the second answer is invalid, the record is kept with a warning."""
    result, _ = await looked(SHORT, "không có gì")
    assert result.schema.dump(result.record) == SHORT
    assert kinds(result) == ["second_look", "unaccounted"]
    assert len(result.attempts) == 2


async def test_it_is_off_by_default() -> None:
    """Without the option, no second question is asked."""
    client = ScriptedClient([json.dumps(SHORT)])
    result = await Extractor(client=client, model="m").aextract(read_article(PATH))
    assert (len(client.requests), kinds(result)) == (1, ["unaccounted"])
