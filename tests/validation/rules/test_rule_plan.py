"""Rules derived from the roles in any JSON Schema."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.validation.checks import check_record
from antq_llm.validation.rules.rule_plan import rule_plan

TEXT = (
    "Báo Mới\n\n30/09/2021 07:45\n\nSáng 29/9, hơn 1.250 hộ ở xã Tân Lâm ký cam kết; "
    "48/52 thôn có tổ tự quản. Bà Lò Thị Mai dự."
)


def text(*roles: Any) -> dict[str, Any]:
    """Return the JSON Schema of a text with roles."""
    return {"type": ["string", "null"], "x-antq-role": list(roles)}


def number(**arguments: str) -> dict[str, Any]:
    """Return the JSON Schema of a figure."""
    return {"type": ["number", "null"], "x-antq-role": [{"role": "figure", **arguments}]}


def record(**properties: Any) -> dict[str, Any]:
    """Return the JSON Schema of an object."""
    return {"type": "object", "properties": properties}


def faults(schema: dict[str, Any], data: Any) -> list[str]:
    """Return the faults of a record as text."""
    checked = check_record(data, JsonSchema("own", schema), AnalyzedArticle(TEXT))
    return [str(fault) for fault in checked.faults]


QUOTE = {"type": "string"}
ITEM = record(
    place=record(commune=text("printed")),
    households=number(comparator="sign"),
    sign=QUOTE,
    names={"type": "array", "items": text({"role": "name", "noun": "guest"})},
    quote=QUOTE,
)
GROUPS = record(groups={"type": "array", "items": record(parts={"type": "array", "items": ITEM})})


def in_group(**values: Any) -> dict[str, Any]:
    """Return a record with one item inside a group."""
    item = {
        "place": {"commune": "Tân Lâm"},
        "households": 1250,
        "sign": ">",
        "names": [],
        "quote": "hơn 1.250 hộ ở xã Tân Lâm",
    }
    return {"groups": [{"parts": [{**item, **values}]}]}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"place": {"commune": None}, "households": None}, []),
        (
            {"place": {"commune": "Xã Khác"}},
            ["/groups/0/parts/0/place/commune: this does not stand in the article"],
        ),
        (
            {"households": 1.25},
            ["/groups/0/parts/0/households: the quote reads 1.250 (that is 1250)"],
        ),
        ({"sign": "="}, ["/groups/0/parts/0/sign: the article has hơn 1.250: the sign is >"]),
    ],
)
def test_items_inside_items_are_checked(values: dict[str, Any], expected: list[str]) -> None:
    """The values of an item, at any depth, are checked against its own quote."""
    found = faults(GROUPS, in_group(**values))
    assert [fault.startswith(words) for fault, words in zip(found, expected, strict=True)] == [
        True for _ in expected
    ]


def test_a_name_outside_its_quote_is_unverified() -> None:
    """A name that is in the article but not in the item's quote is unverified."""
    data = in_group(names=["Lò Thị Mai"])
    checked = check_record(data, JsonSchema("own", GROUPS), AnalyzedArticle(TEXT))
    assert checked.faults == ()
    assert [finding.fault.pointer for finding in checked.unverified] == [
        "/groups/0/parts/0/names/0"
    ]


def test_a_field_without_a_quote_is_an_item_by_itself() -> None:
    """Values outside items are checked against the article, and faults name their pointers."""
    schema = record(title=text("printed"), count=number(total="of"), of={"type": "number"})
    assert faults(schema, {"title": "Báo Mới", "count": 48, "of": 52}) == []
    assert faults(schema, {"title": "Báo Cũ", "count": 49, "of": 52}) == [
        '/title: this does not stand in the article: write it as printed there (given: "Báo Cũ")',
        "/count: the article has no such figure: write it as stated there (given: 49)",
    ]
    assert faults(schema, {"title": None, "count": 48, "of": 50}) == [
        "/of: the article reads 48/52: of is 52 (given: 50)"
    ]


def test_a_figure_is_checked_for_what_it_declares() -> None:
    """The comparator and total are checked only if the figure declares them."""
    schema = record(count=number(), comparator=QUOTE, total={"type": "number"})
    assert faults(schema, {"count": 48, "comparator": "<", "total": 1}) == []


STAMPED = record(
    stamp=record(day=text("publication_date"), hour=text("printed_time"), quote={"type": "string"}),
    day=text("calendar_date"),
    period=text("printed_period"),
)


@pytest.mark.parametrize(
    ("data", "pointers"),
    [
        ({"stamp": {"day": "2021-09-30", "hour": "07:45", "quote": "30/09/2021 07:45"}}, []),
        (
            {"stamp": {"day": "2021-09-29", "hour": "08:45", "quote": "30/09/2021 07:45"}},
            ["/stamp/hour", "/stamp/day"],
        ),
        ({"stamp": {"day": "hôm qua", "quote": "30/09/2021 07:45"}}, ["/stamp/day"]),
        (
            {
                "stamp": {"day": "2021-09-30", "quote": "30/09/2021 07:45"},
                "day": "2021-09-29",
                "period": "2021",
            },
            [],
        ),
        ({"day": "29/9", "period": "năm 2021"}, ["/day", "/period"]),
        ({"day": "2020-02-30", "period": "2019/2021"}, ["/day", "/period"]),
    ],
)
def test_dates_are_checked_in_any_schema(data: dict[str, Any], pointers: list[str]) -> None:
    """Times, stamps, dates and periods are checked, even if the schema allows any string."""
    assert [fault.split(":")[0] for fault in faults(STAMPED, data)] == pointers


def test_the_message_of_a_stamp_names_its_item() -> None:
    """The fault about a stamp names the item to set to null."""
    data = {"stamp": {"day": "2021-09-29", "quote": "30/09/2021 07:45"}}
    [fault] = faults(STAMPED, data)
    assert "write the stamp as printed, or null for stamp" in fault


def test_the_names_speaker_and_relevance_mean_nothing() -> None:
    """Without a role, a field is not checked, whatever its name."""
    schema = record(speaker=QUOTE, relevance=QUOTE, people={"type": "array"}, indicators=QUOTE)
    data = {"speaker": "Ai Đó", "relevance": "unrelated", "people": [], "indicators": "1.000"}
    assert faults(schema, data) == []


def test_a_plan_is_made_once() -> None:
    """The plan of a schema is made once, and then the same object is returned."""
    roles = JsonSchema("own", STAMPED).roles
    assert rule_plan(roles) is rule_plan(roles)
