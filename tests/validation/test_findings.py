"""The three verdicts: supported (nothing), contradicted (a fault), cannot tell (a warning)."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from antq_llm.articles.article import Article
from antq_llm.articles.chunking import split_text
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.duplicates.record_transfer import ComparedArticle, compare_articles, transfer_record
from antq_llm.extraction.chunks import extract_in_chunks
from antq_llm.extraction.reask import ExtractionTask, ReaskPolicy, extract_with_reasks
from antq_llm.extraction.self_consistency import elect
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.prompts.prompt import inline_prompt
from antq_llm.records.result import Extraction
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.checks import check_record
from antq_llm.validation.findings import ItemFinding
from helpers.samples import ABSENT, ARTICLE, answer, request

MODULE = "toy_checks"


class Toy(BaseModel):
    """A record whose items a hook judges by their mood."""

    class Item(BaseModel):
        """An item whose mood decides the hook's verdict."""

        mood: str
        quote: str

    HOOKS: ClassVar = MODULE

    items: list[Item]


def check_item(
    path: tuple[str, ...], item: Mapping[str, Any], analyzed: AnalyzedArticle
) -> Iterator[ItemFinding]:
    """Yield the verdict that an item's mood names."""
    assert path == ("items", "*")
    assert analyzed.text.startswith("Báo Lâm Đồng")
    if item["mood"] == "doubtful":
        yield ItemFinding("mood", "the article does not say", "cannot_tell")
    if item["mood"] == "wrong":
        yield ItemFinding("mood", "the article says otherwise")


@pytest.fixture(autouse=True)
def hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register a module with the hook under the name in ``Toy.HOOKS``."""
    module = ModuleType(MODULE)
    module.check_item = check_item  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, MODULE, module)


def items(*moods: str, quote: str = "48/52 thôn") -> dict[str, Any]:
    """Return an answer with an item for each mood."""
    return {"items": [{"mood": mood, "quote": quote} for mood in moods]}


async def extracted(*answers: dict[str, Any], **policy: Any) -> Extraction[Any]:
    """Return the extraction of the article, from scripted answers."""
    schema = PydanticSchema(Toy)
    task = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), schema, request(schema)
    )
    client = ScriptedClient([answer(data) for data in answers])
    return await extract_with_reasks(task, client, ReaskPolicy(**policy))


def unverified(extraction: Extraction[Any]) -> list[dict[str, Any]]:
    """Return the ``unverified`` warnings of an extraction as JSON objects."""
    return [warning.as_json() for warning in extraction.warnings if warning.kind == "unverified"]


def warning_at(index: int) -> dict[str, Any]:
    """Return the expected warning about the item at an index."""
    return {
        "kind": "unverified",
        "message": f'/items/{index}/mood: the article does not say (given: "doubtful")',
        "pointer": f"/items/{index}/mood",
    }


def test_only_what_is_contradicted_is_unsupported() -> None:
    """A checked record separates faults from values that could not be verified."""
    checked = check_record(
        items("good", "doubtful", "wrong"), PydanticSchema(Toy), AnalyzedArticle(ARTICLE)
    )
    assert [fault.pointer for fault in checked.faults] == ["/items/2/mood"]
    assert list(checked.unsupported) == ["/items/2"]
    assert [finding.item for finding in checked.unverified] == ["/items/1"]


async def test_cannot_tell_is_no_re_ask_and_no_drop() -> None:
    """A value that a check cannot judge is accepted, with a warning that points to it."""
    extraction = await extracted(items("good", "doubtful"))
    assert (len(extraction.attempts), extraction.attempts[0].error) == (1, None)
    assert extraction.schema.dump(extraction.record) == items("good", "doubtful")
    assert unverified(extraction) == [warning_at(1)]
    assert extraction.dropped == 0


async def test_the_pointer_is_into_the_record_after_drops() -> None:
    """If an earlier item is dropped, a warning points to the new place of the item it is about."""
    extraction = await extracted(items("wrong", "doubtful"), max_attempts=1)
    assert unverified(extraction) == [warning_at(0)]
    [dropped] = [warning for warning in extraction.warnings if warning.kind == "dropped"]
    assert (dropped.item, dropped.pointer) == (items("wrong")["items"][0], None)


async def test_ungrounded_fail_accepts_what_cannot_be_told() -> None:
    """With ``fail``, only contradicted values fail an article."""
    extraction = await extracted(items("doubtful"), ungrounded="fail")
    assert unverified(extraction) == [warning_at(0)]


async def test_a_kept_fault_has_a_pointer() -> None:
    """With ``keep``, a contradicted value has a warning that points to it."""
    extraction = await extracted(items("wrong"), ungrounded="keep", max_attempts=1)
    [kept] = [warning for warning in extraction.warnings if warning.kind == "ungrounded"]
    assert kept.pointer == "/items/0/mood"


async def test_an_item_without_its_quote_is_not_judged_twice() -> None:
    """Nothing else is reported about an item whose quote is absent."""
    checked = check_record(
        items("doubtful", quote=ABSENT), PydanticSchema(Toy), AnalyzedArticle(ARTICLE)
    )
    assert (len(checked.faults), checked.unverified) == (1, ())


async def test_votes_carry_what_cannot_be_told() -> None:
    """A record elected from several samples has one warning, not one for each sample."""
    samples = [extracted(items("doubtful")) for _ in range(3)]
    extraction = await elect(samples, "drop")
    assert [warning.as_json() for warning in extraction.warnings] == [warning_at(0)]


async def test_chunks_carry_what_cannot_be_told() -> None:
    """The warnings of a record merged from chunks point into the merged record."""
    schema = PydanticSchema(Toy)
    whole = ExtractionTask(
        Article(ARTICLE, "a"), inline_prompt("Trích xuất."), schema, request(schema)
    )
    tasks = [
        (chunk, replace(whole, article=Article(chunk.text, "a")))
        for chunk in split_text(ARTICLE, 400)
    ]
    answers = [items("good", quote="Sáng 30/9/2021"), items("doubtful", quote="6 tập thể")]
    assert len(tasks) == len(answers)
    client = ScriptedClient([answer(data) for data in answers])
    extraction = await extract_in_chunks(whole, tasks, client, ReaskPolicy())
    assert [warning.as_json() for warning in extraction.warnings] == [warning_at(1)]


async def test_duplicates_carry_what_cannot_be_told() -> None:
    """A record that is transferred to a duplicate article has the same warning there."""
    earlier = await extracted(items("doubtful"))
    hooks = earlier.schema.hooks
    pair = compare_articles(
        ComparedArticle(earlier.article, hooks), ComparedArticle(Article(ARTICLE, "b"), hooks)
    )
    assert pair is not None
    copied = transfer_record(earlier, pair, 1.0)
    assert copied is not None
    assert unverified(copied) == [warning_at(0)]


def test_the_plan_names_no_field_of_a_schema() -> None:
    """The validation code names no field of the packaged schema."""
    folder = Path(sys.modules["antq_llm.validation.checks"].__file__ or "").parent
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    words = ('"people"', '"indicators"', '"awards"', '"speaker"', '"relevance"', '"published"')
    assert [word for word in words if word in source] == []
