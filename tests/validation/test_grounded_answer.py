"""Quotes that validators move or rewrite."""

from __future__ import annotations

import json
from typing import Self

import pytest
from pydantic import BaseModel, model_validator

from antq_llm import Extractor
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.errors import SchemaError
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.checks import check_answer, drop_unsupported

TEXT = "Đến nay, 90% số hộ của 48 thôn đã ký cam kết; 12 thôn có mô hình mới."
RESPELLED = "90%  số hộ của 48 thôn"
PRINTED = "90% số hộ của 48 thôn"


class Remark(BaseModel):
    """An item that is only a quote."""

    quote: str


class Moved(BaseModel):
    """A record that moves remarks with a doubled space to another list, in capitals."""

    remarks: list[Remark]
    others: list[Remark]

    @model_validator(mode="after")
    def _move(self) -> Self:
        for remark in [remark for remark in self.remarks if "  " in remark.quote]:
            self.remarks.remove(remark)
            self.others.append(Remark(quote=remark.quote.upper()))
        return self


class Distinct(BaseModel):
    """A record that keeps only the first of equal remarks."""

    remarks: list[Remark]

    @model_validator(mode="after")
    def _drop_repeated(self) -> Self:
        first = {remark.quote: remark for remark in reversed(self.remarks)}
        self.remarks[:] = [remark for remark in self.remarks if first[remark.quote] is remark]
        return self


async def test_a_quote_that_a_validator_moves_is_asked_about_again() -> None:
    """A quote that a validator moves is a fault, and the answer is requested again."""
    answers = [
        json.dumps(
            {"remarks": [{"quote": quote}, {"quote": "12 thôn có mô hình mới"}], "others": []}
        )
        for quote in (RESPELLED, PRINTED)
    ]
    client = ScriptedClient(answers)
    extraction = await Extractor(Moved, "Trích.", model="m", client=client).aextract(TEXT)
    assert [remark.quote for remark in extraction.record.remarks] == [
        PRINTED,
        "12 thôn có mô hình mới",
    ]
    assert "/others/0/quote: this passage does not stand" in (extraction.attempts[0].error or "")


def test_a_quote_that_stays_lost_is_a_schema_error() -> None:
    """If a moved item cannot be dropped from the answer, a SchemaError is raised."""
    data = {"remarks": [{"quote": RESPELLED}], "others": []}
    schema, analyzed = PydanticSchema(Moved), AnalyzedArticle(TEXT)
    with pytest.raises(SchemaError, match=r"a validator moved the item .* or changed its quote"):
        drop_unsupported(check_answer(json.dumps(data), schema, analyzed), schema, analyzed)


def test_a_quote_that_is_not_in_the_article_is_missing_beside_one_that_was_moved() -> None:
    """Both the moved quote and the absent quote are faults."""
    absent = "75 thôn"
    data = {
        "remarks": [{"quote": absent}, {"quote": RESPELLED}, {"quote": "12 thôn có mô hình mới"}],
        "others": [],
    }
    schema, analyzed = PydanticSchema(Moved), AnalyzedArticle(TEXT)
    checked = check_answer(json.dumps(data), schema, analyzed)
    assert sorted(checked.unsupported) == ["/others/0", "/remarks/0"]


def test_evidence_is_of_the_items_that_validators_leave_after_respelling() -> None:
    """An item that repeats another one after its quote is corrected has no evidence."""
    data = {"remarks": [{"quote": PRINTED}, {"quote": RESPELLED}, {"quote": "12 thôn"}]}
    checked = check_answer(json.dumps(data), PydanticSchema(Distinct), AnalyzedArticle(TEXT))
    assert [(found.pointer, TEXT[found.start : found.end]) for found in checked.evidence] == [
        ("/remarks/0", PRINTED),
        ("/remarks/1", "12 thôn"),
    ]
