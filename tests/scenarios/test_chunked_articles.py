"""Long articles that are split into chunks, extracted chunk by chunk and merged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm import ArticleError, CompletionError, Extractor, Options
from antq_llm.articles.reading import read_article
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.grounding import items_with_quotes


def gold_of(path: Path) -> dict[str, Any]:
    """Return the gold record of a packaged article."""
    gold: dict[str, Any] = json.loads(
        (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
    )
    return gold


class FromGold:
    """An ideal model that answers each chunk with the gold items that it contains."""

    def __init__(self, gold: dict[str, Any]) -> None:
        self.gold = gold
        self.chunks: list[str] = []

    async def complete(self, request: Request) -> Completion:
        text = request.messages[-1].content.split("\n", 1)[1].rsplit("\n", 1)[0]
        self.chunks.append(text)
        answer = {key: value for key, value in self.gold.items() if not isinstance(value, list)}
        answer |= {
            key: [item for item in value if contains(item, text)]
            for key, value in self.gold.items()
            if isinstance(value, list)
        }
        answer["statements"] = [
            visible
            for statement in self.gold["statements"]
            if (visible := clipped(statement, text))
        ]
        names = {person["name"] for person in answer["people"]}
        # A chunk must name the speakers of its statements, even if another has their offices.
        for statement in answer["statements"]:
            if statement["speaker"] not in names:
                person = next(
                    person
                    for person in self.gold["people"]
                    if person["name"] == statement["speaker"]
                )
                answer["people"].append(
                    {
                        **person,
                        "positions": [],
                        "quote": statement["speaker"]
                        if statement["speaker"] in text
                        else statement["quote"],
                    }
                )
                names.add(statement["speaker"])
        return Completion(text=json.dumps(answer, ensure_ascii=False), finish_reason="stop")

    async def aclose(self) -> None:
        return None


def clipped(statement: dict[str, Any], text: str) -> dict[str, Any] | None:
    """Return a statement with the part of its quote that a chunk contains, or None."""
    quote = statement["quote"]
    body = text.rpartition("[…]\n\n")[2]
    for size in range(len(quote), 60, -1):
        if quote[:size] in text and (size == len(quote) or text.endswith(quote[:size])):
            return {**statement, "quote": quote[:size]}
        if body.startswith(quote[-size:]):
            return {**statement, "quote": quote[-size:]}
    return None


def contains(item: Any, text: str) -> bool:
    """Return whether a text contains an item's quote."""
    return (item["quote"] if isinstance(item, dict) else item) in text


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [2200, 2400])
async def test_the_same_record_whether_split_or_not(seed: int, size: int) -> None:
    """Chunks give the same record and evidence as the whole article, except for the item order."""
    path = sorted(data_folder("seeds").glob("*.txt"))[seed]
    article, gold = read_article(path), gold_of(path)
    client = FromGold(gold)
    whole = await Extractor(client=client, model="m").aextract(article)
    split = await Extractor(
        client=client, model="m", options=Options(part_characters=size)
    ).aextract(article)
    assert len(client.chunks) > 2
    assert in_order(split.schema.dump(split.record)) == in_order(gold)
    assert in_order(whole.schema.dump(whole.record)) == in_order(gold)
    assert {(evidence.start, evidence.end) for evidence in split.evidence} == {
        (evidence.start, evidence.end) for evidence in whole.evidence
    }
    assert len(split.attempts) == len(client.chunks) - 1


def in_order(data: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its lists, including nested ones, sorted."""
    return {
        key: sorted(json.dumps(deep_sorted(item), sort_keys=True) for item in value)
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }


def deep_sorted(item: Any) -> Any:
    """Return an item with its nested lists sorted."""
    return (
        {key: sorted(value) if isinstance(value, list) else value for key, value in item.items()}
        if isinstance(item, dict)
        else item
    )


async def test_items_of_two_chunks_are_merged() -> None:
    """A person in two chunks becomes one item, and statements keep their speakers."""
    path = sorted(data_folder("seeds").glob("*.txt"))[1]
    gold = gold_of(path)
    result = await Extractor(
        client=FromGold(gold), model="m", options=Options(part_characters=2000)
    ).aextract(path)
    names = [person.name for person in result.record.people]
    assert sorted(names) == sorted(person["name"] for person in gold["people"])
    assert {(said.speaker, said.quote) for said in result.record.statements} == {
        (said["speaker"], said["quote"]) for said in gold["statements"]
    }
    assert len(list(items_with_quotes(result.schema.dump(result.record)))) == len(result.evidence)


async def test_a_failing_chunk_fails_the_article_with_all_attempts() -> None:
    """If the model refuses a later chunk, the error also contains the attempts of earlier ones."""

    class Refusing(FromGold):
        async def complete(self, request: Request) -> Completion:
            completion = await super().complete(request)
            return (
                completion
                if len(self.chunks) == 1
                else completion.model_copy(update={"refusal": "no"})
            )

    path = sorted(data_folder("seeds").glob("*.txt"))[0]
    with pytest.raises(CompletionError) as caught:
        await Extractor(
            client=Refusing(gold_of(path)), model="m", options=Options(part_characters=2000)
        ).aextract(path)
    assert (caught.value.kind, len(caught.value.attempts)) == ("refused", 2)


async def test_an_article_past_the_limit_is_refused_with_its_size() -> None:
    """An article over the limit raises an ArticleError with its length, and nothing is sent."""
    client = FromGold({})
    with pytest.raises(ArticleError, match="5000 characters") as caught:
        await Extractor(client=client, model="m", options=Options(max_characters=4999)).aextract(
            "x" * 5000
        )
    assert (caught.value.kind, client.chunks) == ("too_long", [])
