"""Long articles: split, asked about in parts, and put together again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm import ArticleError, CompletionError, Extractor, Options
from antq_llm.articles.chunking import split_text
from antq_llm.articles.reading import read_article
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.grounding import items_with_quotes


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="abc .\n", min_size=1, max_size=6000), st.integers(1000, 3000))
def test_parts_cover_the_text_and_lead_back_to_it(text: str, size: int) -> None:
    """Every character of a text is in a part, no part is too long, and each position of a part leads to the same character."""
    parts = split_text(text, size)
    covered: set[int] = set()
    for part in parts:
        assert len(part.text) <= size
        gap = len("\n\n[…]\n\n") if part.head else 0
        for position in range(part.head + gap, len(part.text)):
            whole = part.offset_in_text(position)
            assert text[whole] == part.text[position]
            covered.add(whole)
    assert covered == set(range(len(text)))


def test_a_text_that_fits_is_one_part() -> None:
    """A text within the size is not split."""
    (part,) = split_text("x" * 1000, 1000)
    assert (part.text, part.head, part.start) == ("x" * 1000, 0, 0)


def test_parts_are_cut_between_paragraphs_and_overlap() -> None:
    """Parts end where paragraphs do, and each begins within the end of the one before."""
    text = "\n".join(f"Đoạn {index}: " + "an ninh " * 20 for index in range(60))
    parts = split_text(text, 3000)
    ends = [part.offset_in_text(len(part.text) - 1) + 1 for part in parts]
    assert all(text[end : end + 1] in {"\n", ""} for end in ends)
    assert all(later.start < end for later, end in zip(parts[1:], ends, strict=False))


class FromGold:
    """Answers each part with the items of a gold record whose quotes stand in it, as an ideal model would."""

    def __init__(self, gold: dict[str, Any]) -> None:
        self.gold = gold
        self.asked: list[str] = []

    async def complete(self, request: Request) -> Completion:
        text = request.messages[-1].content.split("\n", 1)[1].rsplit("\n", 1)[0]
        self.asked.append(text)
        answer = {key: value for key, value in self.gold.items() if not isinstance(value, list)}
        answer |= {
            key: [item for item in value if contains(item, text)]
            for key, value in self.gold.items()
            if isinstance(value, list)
        }
        answer["statements"] = [
            part for one in self.gold["statements"] if (part := clipped(one, text))
        ]
        names = {person["name"] for person in answer["people"]}
        # A part must name the speakers of its statements, though their offices stand in another part.
        for statement in answer["statements"]:
            if statement["speaker"] not in names:
                person = next(
                    one for one in self.gold["people"] if one["name"] == statement["speaker"]
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
    """Return a statement as far as a part shows it: whole, its beginning up to the part's end, or its end from the part's beginning."""
    quote = statement["quote"]
    body = text.rpartition("[…]\n\n")[2]
    for size in range(len(quote), 60, -1):
        if quote[:size] in text and (size == len(quote) or text.endswith(quote[:size])):
            return {**statement, "quote": quote[:size]}
        if body.startswith(quote[-size:]):
            return {**statement, "quote": quote[-size:]}
    return None


def contains(item: Any, text: str) -> bool:
    """Whether an item can be read in a text."""
    return (item["quote"] if isinstance(item, dict) else item) in text


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [2200, 2400])
async def test_the_same_record_whether_split_or_not(seed: int, size: int) -> None:
    """An article that fits both ways gives the same record and evidence in parts as in one, up to the order of its items."""
    path = sorted(data_folder("seeds").glob("*.txt"))[seed]
    article = read_article(path)
    gold = json.loads(
        (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
    )
    client = FromGold(gold)
    whole = await Extractor(client=client, model="m").aextract(article)
    split = await Extractor(
        client=client, model="m", options=Options(part_characters=size)
    ).aextract(article)
    assert len(client.asked) > 2
    assert (
        in_order(split.schema.dump(split.record))
        == in_order(whole.schema.dump(whole.record))
        == in_order(gold)
    )
    assert {(one.start, one.end) for one in split.evidence} == {
        (one.start, one.end) for one in whole.evidence
    }
    assert len(split.attempts) == len(client.asked) - 1


def in_order(data: dict[str, Any]) -> dict[str, Any]:
    """Return a record with its lists sorted, inner lists too."""
    text = json.dumps
    return {
        key: sorted(text(deep_sorted(item), sort_keys=True) for item in value)
        if isinstance(value, list)
        else value
        for key, value in data.items()
    }


def deep_sorted(item: Any) -> Any:
    """Return an item with its own lists sorted."""
    return (
        {key: sorted(value) if isinstance(value, list) else value for key, value in item.items()}
        if isinstance(item, dict)
        else item
    )


async def test_items_of_two_parts_are_one() -> None:
    """A person named in two parts is one item with the roles of both; statements keep their speaker."""
    path = sorted(data_folder("seeds").glob("*.txt"))[1]
    gold = json.loads(
        (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
    )
    result = await Extractor(
        client=FromGold(gold), model="m", options=Options(part_characters=2000)
    ).aextract(path)
    names = [person.name for person in result.record.people]
    assert sorted(names) == sorted(set(names))
    assert {statement.speaker for statement in result.record.statements} <= set(names)
    assert len(list(items_with_quotes(result.schema.dump(result.record)))) == len(result.evidence)


async def test_a_part_that_fails_fails_the_article_with_all_attempts() -> None:
    """Where a later part is refused, the error carries the attempts of the parts before it too."""

    class Refusing(FromGold):
        async def complete(self, request: Request) -> Completion:
            completion = await super().complete(request)
            return (
                completion
                if len(self.asked) == 1
                else completion.model_copy(update={"refusal": "no"})
            )

    path = sorted(data_folder("seeds").glob("*.txt"))[0]
    gold = json.loads(
        (data_folder("gold") / "movement_report" / f"{path.stem}.json").read_text("utf-8")
    )
    with pytest.raises(CompletionError) as caught:
        await Extractor(
            client=Refusing(gold), model="m", options=Options(part_characters=2000)
        ).aextract(path)
    assert (caught.value.kind, len(caught.value.attempts)) == ("refused", 2)


async def test_an_article_past_the_limit_is_refused_with_its_size() -> None:
    """An article longer than the limit is an ArticleError that says how long it is, and nothing is asked."""
    client = FromGold({})
    with pytest.raises(ArticleError, match="5000 characters") as caught:
        await Extractor(client=client, model="m", options=Options(max_characters=4999)).aextract(
            "x" * 5000
        )
    assert (caught.value.kind, client.asked) == ("too_long", [])
