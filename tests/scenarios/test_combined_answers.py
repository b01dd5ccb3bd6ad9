"""The answers for chunks and samples are combined in the form that the model gave them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, AliasChoices, BaseModel, Field, SecretStr, field_serializer

from antq_llm import Article, Extraction, Extractor, Options
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.schemas.roles import Identity, SameItem
from helpers.asked_by_model import client_of_samples
from helpers.samples import answer, data_of, messages_of
from helpers.toy import ARTICLE, Fair, act, fair, guest, saying, schema_file, show, stall

LONG = ARTICLE + "Nothing else was said. " * 60
PARTS = 1000


class Row(BaseModel):
    """An item whose dump differs from the model's answer."""

    label: Annotated[str, Identity(1)]
    share: Annotated[float, AfterValidator(lambda percent: percent / 100)]
    note: str | None = Field(default=None, validation_alias=AliasChoices("note", "remark"))
    quote: str


class Survey(BaseModel):
    """A record whose dump is not a valid answer."""

    key: SecretStr
    day: date | str
    tags: list[str]
    rows: Annotated[list[Row], SameItem(any_of=("label",))]
    comment: str | None = Field(None, validation_alias=AliasChoices("comment", "c", "text"))
    hidden: int | None = Field(default=None, exclude=True)

    @field_serializer("tags")
    def _joined(self, tags: list[str]) -> str:
        return ", ".join(tags)


class InTurn:
    """A client that answers the chunks of an article in turn and then repeats the last answer."""

    def __init__(self, answers: Sequence[Any]) -> None:
        self._answers = answers
        self.requests: list[Request] = []

    async def complete(self, request: Request) -> Completion:
        given = self._answers[min(len(self.requests), len(self._answers) - 1)]
        self.requests.append(request)
        return Completion(text=answer(given), finish_reason="stop")

    async def aclose(self) -> None:
        return None


def row(label: str, share: float, quote: str, **fields: Any) -> dict[str, Any]:
    """Return an item in the form of a model's answer."""
    return {"label": label, "share": share, "quote": quote, **fields}


def survey(*rows: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return an answer with rows and with default values for the other fields."""
    defaults = {"key": "s3cret", "day": "2024-04-05", "tags": ["a", "b"]}
    return {**defaults, "rows": list(rows), **fields}


async def voted(schema: Any, *answers: Any, **options: Any) -> Extraction[Any]:
    """Return the extraction that results from a vote among answers."""
    chosen = Options(**{"samples": len(answers), "max_attempts": 2, **options})
    client = client_of_samples(*answers)
    return await Extractor(schema, "Find.", client=client, model="m", options=chosen).aextract(
        Article(ARTICLE, "a")
    )


async def in_chunks(schema: Any, *answers: Any, **options: Any) -> Extraction[Any]:
    """Return the extraction of a long article whose chunks get the answers in turn."""
    chosen = Options(**{"part_characters": PARTS, "max_attempts": 2, **options})
    client = InTurn(answers)
    result = await Extractor(schema, "Find.", client=client, model="m", options=chosen).aextract(
        Article(LONG, "a")
    )
    assert len(result.attempts) == len(client.requests) > 1
    return result


async def test_a_vote_is_read_from_the_samples_answers() -> None:
    """A voted record is read from the samples' answers, not from dumps, under any alias."""
    fruit, fair_row = "12  stalls with fruit", "opened the fair"
    result = await voted(
        Survey,
        survey(row("fruit", 90, fruit, remark="r"), row("fair", 10, fair_row), c="x", hidden=3),
        survey(row("fruit", 90, fruit, note="r"), tags=["a", "b"], text="x", hidden=3),
        survey(
            row("fruit", 80, fruit, note="n"), row("fair", 10, fair_row), key="other", day="now"
        ),
    )
    record = result.record
    assert [(item.label, item.share, item.note) for item in record.rows] == [
        ("fruit", 0.9, "r"),
        ("fair", 0.1, None),
    ]
    assert (record.key.get_secret_value(), record.day) == ("s3cret", date(2024, 4, 5))
    assert (record.tags, record.comment, record.hidden) == (["a", "b"], "x", 3)
    assert record.rows[0].quote == "12 stalls with fruit"
    assert messages_of(result) == []


async def test_chunks_are_merged_from_their_answers() -> None:
    """A merged record is read from the chunks' answers, not from dumps of their records."""
    result = await in_chunks(
        Survey,
        survey(row("fruit", 90, "12  stalls with fruit"), day="soon", tags=["a"]),
        survey(
            row("fruit", 90, "12 stalls", remark="r"),
            row("fair", 10, "Spring  Fair"),
            c="x",
            hidden=3,
        ),
    )
    record = result.record
    assert [(item.label, item.share, item.note) for item in record.rows] == [
        ("fair", 0.1, None),
        ("fruit", 0.9, "r"),
    ]
    assert (record.key.get_secret_value(), record.day) == ("s3cret", "soon")
    assert (record.comment, record.hidden) == ("x", 3)
    assert [item["share"] for item in data_of(result)["rows"]] == [0.1, 0.9]


async def test_an_answer_is_voted_again_after_items_were_dropped() -> None:
    """An item that is dropped from the samples is not voted in; the others keep their values."""
    absent = row("x", 50, "words that no article has, not in any spelling")
    kept = row("fruit", 90, "12 stalls")
    result = await voted(Survey, *[survey(absent, kept)] * 3, max_attempts=1)
    assert [(item.label, item.share) for item in result.record.rows] == [("fruit", 0.9)]
    assert result.dropped == 1


@pytest.mark.parametrize("combine", [voted, in_chunks])
async def test_what_no_rule_can_settle_is_kept_with_one_warning(
    combine: Callable[..., Any],
) -> None:
    """A value that the article neither supports nor contradicts is kept with one warning."""
    data = fair(guests=[guest(), guest("Bob Lake", "Mr Bob Lake", badge="fair")])
    result = await combine(Fair, *[data] * 3)
    assert (data_of(result)["guests"], result.dropped) == (data["guests"], 0)
    warnings = [warning for warning in result.warnings if warning.kind == "unverified"]
    assert [warning.pointer for warning in warnings] == ["/guests/1/badge"]
    assert {warning.kind for warning in result.warnings} <= {"unverified", "unaccounted"}


async def test_a_value_that_cannot_be_settled_is_never_asked_about_again() -> None:
    """An unverified value leads to no re-ask, and its warning points into the voted record."""
    first = guest("Bob Lake", "Mr Bob Lake", badge="fair")
    both = fair(guests=[guest(), first])
    result = await voted(Fair, fair(guests=[first]), both, both, ungrounded="fail")
    assert len(result.attempts) == 3
    assert "/guests/1/badge" in {warning.pointer for warning in result.warnings}


def toy_schemas(folder: Path) -> list[Any]:
    """Return the toy schema as a model and as a JSON Schema file."""
    return [Fair, schema_file(folder)]


@pytest.mark.parametrize("number", [0, 1], ids=["model", "file"])
async def test_a_toy_schema_with_every_role_is_merged(tmp_path: Path, number: int) -> None:
    """Items, passages, references and ranked values of two chunks are combined."""
    waltz = act("Waltz", "a waltz", "good")
    quote = "The show ran on 05/04/2024 with a march and a waltz"
    first = fair(
        mood="dull",
        guests=[guest()],
        shows=[show(quote, waltz, day="2024-04-05")],
        stalls={"row": [stall(12, "There were 12 stalls")]},
        sayings=[saying(words="the fair was a joy for all")],
    )
    second = fair(
        mood="joyful",
        guests=[guest("ANN REED"), guest("Bob Lake", "Mr Bob Lake", friends=["ANN REED"])],
        shows=[show(quote, {**waltz, "rating": "best"}, act("March", "a march"))],
        stalls={"row": [stall(12, "12 stalls")]},
        sayings=[
            saying(words="was a joy for all who came"),
            saying("ANN REED", "it would be back"),
        ],
    )
    second["guests"].insert(1, guest("Ann Reed"))
    data = data_of(await in_chunks(toy_schemas(tmp_path)[number], first, second))
    assert data == fair(
        mood="joyful",
        guests=[guest(), guest("Bob Lake", "Mr Bob Lake", friends=["Ann Reed"])],
        shows=[show(quote, act("March", "a march"), {**waltz, "rating": "best"}, day="2024-04-05")],
        stalls=first["stalls"],
        sayings=[
            saying(words="the fair was a joy for all who came"),
            saying(words="it would be back"),
        ],
    )


@pytest.mark.parametrize("number", [0, 1], ids=["model", "file"])
async def test_a_toy_schema_with_every_role_is_voted(tmp_path: Path, number: int) -> None:
    """Items are matched by their identity and kept if most samples have them."""
    bob = guest("Bob Lake", "Mr Bob Lake")
    samples = [
        fair(guests=[guest(), bob], sayings=[saying("Bob Lake"), saying("Bob Lake", "12 stalls")]),
        fair(guests=[guest("Ms Ann Reed"), bob], sayings=[saying("Bob Lake")]),
        fair(guests=[guest(friends=["Ann Reed"])], sayings=[saying("Ann Reed")]),
        fair(guests=[guest()], sayings=[saying("Ann Reed")]),
        fair(guests=[guest(), bob], mood="dull", sayings=[saying("Bob Lake")]),
    ]
    result = await voted(toy_schemas(tmp_path)[number], *samples)
    assert data_of(result) == fair(guests=[guest(), bob], sayings=[saying("Bob Lake")])


@pytest.mark.parametrize("number", [0, 1], ids=["model", "file"])
async def test_what_names_an_item_of_few_samples_is_dropped(tmp_path: Path, number: int) -> None:
    """If a guest is voted out, their sayings and their name in lists of friends are dropped."""
    names = ["Bob Lake", "Ann Reed"]
    bob, ann = guest("Bob Lake", "Mr Bob Lake"), guest(friends=names)
    extra = [guest("Cy Orr", "Spring Fair"), guest("Di Moe", "Spring Fair")]
    samples = [
        fair(guests=[ann, bob], sayings=[saying("Bob Lake")]),
        fair(guests=[ann, extra[0]], sayings=[saying("Cy Orr")]),
        fair(guests=[ann, extra[1]], sayings=[saying("Bob Lake")]),
    ]
    result = await voted(toy_schemas(tmp_path)[number], *samples, ungrounded="keep")
    assert data_of(result) == fair(guests=[guest(friends=["Ann Reed"])])
    assert [warning.item for warning in result.warnings if warning.kind == "dropped"] == [
        "Bob Lake",
        saying("Bob Lake"),
    ]
