"""Odd input, broken user code, races and partly wrong answers."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ConfigDict, computed_field, field_validator

from antq_llm import Article, Extraction, Extractor, Failure, Options, ScriptedClient, extract
from antq_llm.cli.main import main
from antq_llm.clients.completion import Completion
from antq_llm.clients.request import Request
from antq_llm.errors import SchemaError
from antq_llm.extraction.baseline import extract_by_rules
from antq_llm.schemas.base import Schema
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.store.sqlite.sqlite_store import SqliteStore
from antq_llm.store.stored_client import StoredClient
from helpers.paths import REPOSITORY
from helpers.samples import ARTICLE, Note, completion, full_report, report, request, statement

SCHEMA = PydanticSchema(Note)


def test_an_id_that_no_file_can_hold_stands_as_escapes(tmp_path: Path) -> None:
    """A lone surrogate in an id is escaped, and no article is lost."""
    lines = [{"id": "\ud800", "text": "Một bài."}, {"id": "b", "text": "Hai bài."}]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    assert (
        main(
            [
                "extract",
                str(tmp_path / "in.jsonl"),
                "--model",
                "rules",
                "--out",
                str(tmp_path / "out"),
            ]
        )
        == 0
    )
    assert [
        json.loads(line)["article_id"]
        for line in (tmp_path / "out" / "records.jsonl").read_text("utf-8").splitlines()
    ] == ["\\ud800", "b"]


def test_a_validator_that_breaks_is_told_and_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If a user's validator raises an unexpected error, each article fails with a SchemaError."""
    monkeypatch.chdir(tmp_path)
    code = (
        "from pydantic import BaseModel, field_validator\n"
        "class M(BaseModel):\n    n: int\n    @field_validator('n')\n    @classmethod\n"
    )
    Path("attack_models.py").write_text(
        code + "    def check(cls, n):\n        return {}[n]\n", "utf-8"
    )
    for name in "ab":
        Path(f"{name}.txt").write_text(f"Bài {name}.", "utf-8")
    from helpers.endpoint import Reply, scripted_endpoint

    with scripted_endpoint([Reply('{"n": 1}')]) as endpoint:
        arguments = [
            "a.txt",
            "b.txt",
            "--schema",
            "attack_models:M",
            "--model",
            "m",
            "--base-url",
            endpoint.base_url,
            "--out",
            "out",
        ]
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        assert main(["extract", *arguments]) == 1
    failures = [
        json.loads(line) for line in Path("out/failures.jsonl").read_text("utf-8").splitlines()
    ]
    assert [
        (one["article_id"], one["error"]["type"], len(one["attempts"])) for one in failures
    ] == [("a", "SchemaError", 1), ("b", "SchemaError", 1)]


class Price(BaseModel):
    """A schema with a number and a computed value."""

    model_config = ConfigDict(extra="forbid")

    amount: float

    @computed_field  # type: ignore[prop-decorator]
    @property
    def double(self) -> float:
        """Twice the amount."""
        return 2 * self.amount


async def test_a_number_without_end_is_asked_about_again() -> None:
    """If an answer contains 1e999 or Infinity, the model is asked again."""
    client = ScriptedClient(['{"amount": 1e999}', '{"amount": Infinity}', '{"amount": 1.5}'])
    result = await Extractor(Price, "Find.", client=client, model="m").aextract("Giá 1,5.")
    assert (result.record.amount, len(result.attempts)) == (1.5, 3)


async def test_a_computed_field_is_no_part_of_the_answer() -> None:
    """A schema that has a computed field and forbids extra keys accepts the first valid answer."""
    result = await Extractor(
        Price, "Find.", client=ScriptedClient(['{"amount": 1.5}']), model="m"
    ).aextract("Giá 1,5.")
    assert (len(result.attempts), result.schema.dump(result.record)) == (1, {"amount": 1.5})


class Apart(BaseModel):
    """A schema with a validator that raises an unexpected error."""

    n: int

    @field_validator("n")
    @classmethod
    def check(cls, n: int) -> int:
        """Raise an error that no validator should raise."""
        raise ZeroDivisionError


def test_a_broken_validator_is_a_schema_error() -> None:
    """The SchemaError names the model and the exception that its validator raised."""
    with pytest.raises(SchemaError, match="a validator of Apart raised ZeroDivisionError"):
        PydanticSchema(Apart).read_json('{"n": 1}')


async def test_what_rested_on_a_dropped_item_goes_too() -> None:
    """An event is dropped together with the publication stamp that settled the year of its date."""
    data = full_report()
    data["events"][0]["date"] = "2021-09-30"
    article = ARTICLE.replace("Sáng 30/9/2021", "Sáng 30/9").replace("30/09/2021 07:45", "")
    data["events"][0]["quote"] = "Sáng 30/9, UBND xã Tân Lâm tổ chức lễ ra mắt"
    data["published"]["quote"] = "30/09/2021 07:45"
    client = ScriptedClient([json.dumps(data)])
    result = await Extractor(client=client, model="m", options=Options(max_attempts=1)).aextract(
        article
    )
    kept = result.schema.dump(result.record)
    assert (kept["published"], kept["events"]) == (None, [])
    assert {
        warning.message.split(" ")[0] for warning in result.warnings if warning.kind == "dropped"
    } == {"/published", "/events/0"}


async def test_a_truncated_re_ask_does_not_lose_a_valid_answer() -> None:
    """If the answer to a re-ask is truncated, the valid one before it is used; both are kept."""
    data = report(
        people=[*full_report()["people"]],
        statements=[statement(), statement(quote="một câu không hề có trong bài báo này")],
    )
    client = ScriptedClient([json.dumps(data), Completion(text="{", finish_reason="length")])
    result = await Extractor(client=client, model="m").aextract(ARTICLE)
    assert (len(result.record.statements), len(result.attempts)) == (1, 2)


async def test_two_articles_of_one_text_are_one_request(tmp_path: Path) -> None:
    """With a store, two articles with one text that are extracted at once send one request."""
    needed = asyncio.Event()

    class Slow(ScriptedClient):
        async def complete(self, request: Request) -> Completion:
            await needed.wait()
            return await super().complete(request)

    class Counting(StoredClient):
        asked: ClassVar[list[str]] = []

        async def complete(self, request: Request) -> Completion:
            self.asked.append(request.article_id)
            if len(self.asked) == 2:
                needed.set()
            return await super().complete(request)

    store, client = SqliteStore(tmp_path / "s.sqlite3"), Slow([completion()] * 2)
    extractor = Extractor(Note, "Find.", client=Counting(client, store), model="m")
    async with asyncio.timeout(60):
        both = await asyncio.gather(
            *(extractor.aextract(Article("Bài báo.", name)) for name in ("a", "b"))
        )
    store.close()
    assert (len(client.requests), sorted(one.replayed for one in both)) == (1, [False, True])
    assert [one.article.id for one in both] == ["a", "b"]


async def test_results_come_while_the_source_is_slow() -> None:
    """A result is yielded before a slow source supplies the next article."""
    arrived = asyncio.Event()

    async def source() -> AsyncIterator[Article]:
        for number in range(3):
            yield Article(f"Bài {number}.", str(number))
            await arrived.wait()
            arrived.clear()

    client = ScriptedClient([completion()] * 3)
    seen: list[Extraction[Any] | Failure] = []
    async with asyncio.timeout(60):
        async for result in Extractor(Note, "Find.", client=client, model="m").extract_many(
            source()
        ):
            seen.append(result)
            arrived.set()
    assert len(seen) == 3


def in_child(answers: Any) -> None:
    """Extract a seed offline and put its relevance into the queue ``answers``."""
    result = extract(sorted((REPOSITORY / "seeds").glob("*.txt"))[0], offline=True)
    answers.put(result.record.relevance)


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_extract_works_after_a_fork() -> None:
    """A forked process, such as a pool worker, can extract."""
    extract(sorted((REPOSITORY / "seeds").glob("*.txt"))[0], offline=True)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=in_child, args=(answers,))
    child.start()
    assert answers.get(timeout=60) == "movement"
    child.join()


def test_the_name_on_the_wire_is_part_of_what_is_asked() -> None:
    """Two schemas that differ only in the name shown to the model give different requests."""
    same: dict[str, Any] = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    schemas: list[Schema[Any]] = [JsonSchema("invoice", same), JsonSchema("receipt", same)]
    assert len({request(schema).digest for schema in schemas}) == 2


def test_rules_say_what_they_did_not_read() -> None:
    """An article that the rules read only in part has a warning about the unread characters."""
    result = extract_by_rules(
        Article("Xã Tân Lâm họp về an ninh trật tự.\n" * 3000), load_schema("movement_report")
    )
    assert any("characters were not read" in warning.message for warning in result.warnings)
