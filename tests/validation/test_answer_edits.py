"""Quotes are corrected and items dropped in the answer's own JSON, never in the record's dump."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Json,
    SecretStr,
    field_serializer,
    model_validator,
)

from antq_llm.errors import SchemaError
from antq_llm.evidence.grounding import items_with_quotes
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.faults import InvalidAnswer
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import Printed, Quote
from antq_llm.validation.checks import CheckedRecord, check_answer, drop_unsupported

TEXT = "Đến nay, 90% số hộ của 48 thôn đã ký cam kết; 12 thôn có mô hình mới, 7 xã có tổ tự quản."
RESPELLED = "90%  số hộ của 48 thôn"
PRINTED = "90% số hộ của 48 thôn"
ABSENT = "Một đoạn văn hoàn toàn khác mà tờ báo chưa hề in"


def checked(model: type[BaseModel], data: Any) -> CheckedRecord[Any]:
    """Return the result of checking an answer against the article."""
    return check_answer(
        json.dumps(data, ensure_ascii=False), PydanticSchema(model), AnalyzedArticle(TEXT)
    )


def kept(model: type[BaseModel], data: Any) -> CheckedRecord[Any]:
    """Return a checked answer without the items that the article does not support."""
    schema = PydanticSchema(model)
    return drop_unsupported(checked(model, data), schema, AnalyzedArticle(TEXT))[0]


Percent = Annotated[float, AfterValidator(lambda value: value / 100)]


class Share(BaseModel):
    """An item with a fraction that is written as a percentage."""

    share: Percent
    quote: str


class Optional(BaseModel):
    """An item with a field that is read under two keys, and one that is not dumped."""

    note: str | None = Field(default=None, validation_alias=AliasChoices("remark", "note"))
    hidden: str | None = Field(default=None, exclude=True)
    quote: str


class Secret(BaseModel):
    """An item with a value that is dumped as asterisks."""

    token: SecretStr
    quote: str


class DateOrText(BaseModel):
    """An item with a date, or with words if the date is unknown."""

    when: date | str
    quote: str


class Strict(BaseModel):
    """An item that accepts only values of the declared types."""

    model_config = ConfigDict(strict=True)

    when: date
    names: tuple[str, ...]
    quote: str


class RequiredChoices(BaseModel):
    """An item with a required field that is read only under keys other than its name."""

    note: str = Field(validation_alias=AliasChoices("remark", "comment"))
    quote: str


class InString(BaseModel):
    """An item with a list that is written as a JSON string."""

    table: Json[list[int]]
    quote: str


class Serialized(BaseModel):
    """An item with a date that is not dumped in the form in which it is read."""

    when: date
    quote: str

    @field_serializer("when")
    def _dumped(self, when: date) -> str:
        return f"{when:%d/%m/%Y}"


@pytest.mark.parametrize(
    ("model", "fields", "attribute", "value"),
    [
        (Share, {"share": 90}, "share", 0.9),
        (Optional, {"remark": "mới"}, "note", "mới"),
        (Optional, {"note": "mới"}, "note", "mới"),
        (Optional, {"hidden": "mới"}, "hidden", "mới"),
        (Secret, {"token": "mật"}, "token", SecretStr("mật")),
        (DateOrText, {"when": "2021-09-30"}, "when", "2021-09-30"),
        (Strict, {"when": "2021-09-30", "names": ["a"]}, "when", date(2021, 9, 30)),
        (RequiredChoices, {"comment": "mới"}, "note", "mới"),
        (InString, {"table": "[1, 2]"}, "table", [1, 2]),
        (Serialized, {"when": "2021-09-30"}, "when", date(2021, 9, 30)),
    ],
)
def test_a_respelled_quote_changes_nothing_else(
    model: type[BaseModel], fields: dict[str, Any], attribute: str, value: Any
) -> None:
    """A quote with an extra space is corrected, and the values of the answer are unchanged."""
    found = checked(model, {**fields, "quote": RESPELLED})
    expected = model.model_validate_json(json.dumps({**fields, "quote": PRINTED}))
    assert (found.record, found.faults) == (expected, ())
    if model is not DateOrText:
        assert getattr(found.record, attribute) == value
    assert found.answer == {**fields, "quote": PRINTED}


class Shares(BaseModel):
    """A record that sorts its shares by size."""

    shares: list[Share]

    @model_validator(mode="after")
    def _sort(self) -> Shares:
        self.shares.sort(key=lambda item: item.share)
        return self


def test_an_item_that_a_validator_moved_is_found_by_its_quote() -> None:
    """Items sorted by a validator are corrected and dropped at their places in the answer."""
    data = {
        "shares": [
            {"share": 48, "quote": "48  thôn"},
            {"share": 12, "quote": ABSENT},
            {"share": 7, "quote": "7 xã"},
        ]
    }
    found = kept(Shares, data)
    assert [(item.share, item.quote) for item in found.record.shares] == [
        (0.07, "7 xã"),
        (0.48, "48 thôn"),
    ]
    assert [(one.pointer, TEXT[one.start : one.end]) for one in found.evidence] == [
        ("/shares/0", "7 xã"),
        ("/shares/1", "48 thôn"),
    ]
    assert found.answer == {
        "shares": [{"share": 48, "quote": "48 thôn"}, {"share": 7, "quote": "7 xã"}]
    }


class Counted(BaseModel):
    """An item whose value validators leave unchanged."""

    count: int
    quote: str


class SortedCounts(BaseModel):
    """A record that sorts its counts."""

    counts: Annotated[
        list[Counted], AfterValidator(lambda items: sorted(items, key=lambda item: item.count))
    ]


def test_of_items_with_one_quote_the_likest_is_meant() -> None:
    """Each of several items with the same absent quote is dropped."""
    data = {
        "counts": [
            {"count": 3, "quote": ABSENT},
            {"count": 1, "quote": ABSENT},
            {"count": 2, "quote": "12 thôn"},
        ]
    }
    found = kept(SortedCounts, data)
    assert found.answer == {"counts": [{"count": 2, "quote": "12 thôn"}]}


class Stripped(BaseModel):
    """An item that strips white space from its strings."""

    model_config = ConfigDict(str_strip_whitespace=True)

    quote: str


class Upper(BaseModel):
    """An item that changes its quote to capitals."""

    quote: Annotated[str, AfterValidator(str.upper)]


def test_a_quote_may_be_stripped() -> None:
    """A quote that pydantic strips is corrected like any other."""
    assert checked(Stripped, {"quote": f" {RESPELLED} "}).answer == {"quote": PRINTED}


class StrippedList(BaseModel):
    """A record with items whose quotes are stripped."""

    items: list[Stripped]


def test_an_item_with_a_stripped_quote_is_dropped() -> None:
    """An unsupported item is dropped although a validator stripped its quote."""
    found = kept(StrippedList, {"items": [{"quote": f" {ABSENT} "}, {"quote": f" {PRINTED} "}]})
    assert [item.quote for item in found.record.items] == [PRINTED]


def test_a_quote_that_a_validator_changes_is_a_schema_error() -> None:
    """A quote that a validator changes is not in the answer, so a SchemaError is raised."""
    with pytest.raises(SchemaError, match=r"a validator moved the item .* or changed its quote"):
        checked(Upper, {"quote": PRINTED})


class Filled(BaseModel):
    """A record that replaces a null title."""

    title: Annotated[str, Printed(), BeforeValidator(lambda title: title or "Không có tựa đề")]


def test_a_value_that_comes_back_is_no_valid_record() -> None:
    """If a validator replaces a null with an unsupported value, no valid record is left."""
    with pytest.raises(InvalidAnswer):
        kept(Filled, {"title": "Một tựa đề khác"})


class Passages(BaseModel):
    """A record with quotes under an unusual key, and with other texts under the same key."""

    class Said(BaseModel):
        """An item whose quote is in the field ``words``."""

        words: Annotated[str, Quote()]

    class Other(BaseModel):
        """An item whose field ``words`` is not a quote."""

        words: str

    said: dict[str, Said]
    others: list[Other]


def test_a_quote_may_have_another_key() -> None:
    """A quote is found by its path, and a field of the same name elsewhere is not a quote."""
    data = {
        "said": {"a": {"words": RESPELLED}, "b": {"words": "12 thôn"}},
        "others": [{"words": ABSENT}],
    }
    found = checked(Passages, data)
    assert found.answer == {**data, "said": {**data["said"], "a": {"words": PRINTED}}}  # type: ignore[dict-item]
    assert [one.pointer for one in found.evidence] == ["/said/a", "/said/b"]
    assert found.faults == ()


class Odd(BaseModel):
    """An item whose validators change its values."""

    share: Percent
    when: date | str
    token: SecretStr
    table: Json[list[int]] | None = None
    note: str | None = Field(default=None, validation_alias=AliasChoices("remark", "note"))
    names: Annotated[list[str], BeforeValidator(sorted)]
    quote: str

    @field_serializer("names")
    def _joined(self, names: list[str]) -> str:
        return ", ".join(names)


class OddList(BaseModel):
    """A record that sorts its odd items by share and removes duplicates."""

    items: list[Odd]

    @model_validator(mode="after")
    def _unique(self) -> OddList:
        unique = {(item.quote, item.share): item for item in self.items}
        self.items = sorted(unique.values(), key=lambda item: item.share)
        return self


QUOTES = st.sampled_from([PRINTED, RESPELLED, "12  thôn", "12 thôn có mô hình mới", "7 xã", ABSENT])
ITEMS = st.fixed_dictionaries(
    {
        "share": st.integers(0, 100),
        "when": st.sampled_from(["2021-09-30", "hôm qua"]),
        "token": st.sampled_from(["a", "b"]),
        "names": st.lists(st.sampled_from("abc"), max_size=3),
        "quote": QUOTES,
    },
    optional={"table": st.just("[1]"), "remark": st.text(max_size=3), "note": st.just("x")},
)


@settings(max_examples=150, deadline=None)
@given(st.lists(ITEMS, max_size=6))
def test_the_record_is_the_edited_answer_validated(items: list[dict[str, Any]]) -> None:
    """Even with odd validators, the record is the edited answer after validation."""
    found = kept(OddList, {"items": items})
    assert found.record == OddList.model_validate_json(json.dumps(found.answer))
    assert found.data == PydanticSchema(OddList).dump(found.record)
    assert all(item["quote"] in TEXT for _, item in items_with_quotes(found.data))
    left = [{**item, "quote": " ".join(item["quote"].split())} for item in items]
    assert all(item in left for item in found.answer["items"])
    supported = {(item["quote"], item["share"] / 100) for item in left if item["quote"] != ABSENT}
    assert {(item.quote, item.share) for item in found.record.items} == supported
