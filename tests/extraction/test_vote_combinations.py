"""Votes whose fields do not fit together, so that one sample's item is used instead."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm import Extraction, Extractor, Options
from helpers.asked_by_model import client_of_samples
from helpers.samples import data_of, full_report, messages_of, person, report

TWO_FIGURES = (
    "Thiếu tá Phạm Quốc Bình và bà Lò Thị Mai dự. Huyện tặng giấy khen cho 6 tập thể xuất sắc "
    "của xã, tặng giấy khen cho 9 tập thể xuất sắc của xã."
)
BOTH = [person(quote="Thiếu tá Phạm Quốc Bình"), person("Lò Thị Mai", "bà Lò Thị Mai")]


def indicator(**fields: Any) -> dict[str, Any]:
    """Return the indicator of the article with some fields replaced."""
    return {**full_report()["indicators"][0], **fields}


def award(
    count: int | None, quote: str = "tặng giấy khen cho 6 tập thể xuất sắc của xã"
) -> dict[str, Any]:
    """Return an award to collectives, with or without their number."""
    return {
        **full_report()["awards"][0],
        "count": count,
        "comparator": None if count is None else "=",
        "quote": quote,
    }


def figure(value: int, quote: str) -> dict[str, Any]:
    """Return an indicator with the given value and quote."""
    return indicator(
        label="tập thể xuất sắc", value=value, total=None, unit="tập thể", scope=None, quote=quote
    )


async def elected(*samples: Any, **options: Any) -> Extraction[Any]:
    """Return the extraction of the article with two figures, voted from some samples."""
    given = Options(**{"samples": len(samples), "max_attempts": 1, **options})
    return await Extractor(client=client_of_samples(*samples), model="m", options=given).aextract(
        TWO_FIGURES
    )


@pytest.mark.parametrize("ungrounded", ["drop", "fail", "keep"])
async def test_a_combination_that_breaks_the_schema_is_taken_from_one_sample(
    ungrounded: str,
) -> None:
    """If the voted fields do not make a valid item, one sample's item is used."""
    samples = [
        report(people=people, awards=[award(count)])
        for people, count in ((BOTH[:1], 6), (BOTH, None), (BOTH[1:], 9))
    ]
    samples[2]["awards"] = [award(9, "tặng giấy khen cho 9 tập thể xuất sắc của xã")]
    result = await elected(*samples, ungrounded=ungrounded)
    assert data_of(result) == report(people=BOTH, awards=[award(None)])
    assert messages_of(result) == []


@pytest.mark.parametrize("ungrounded", ["drop", "fail", "keep"])
async def test_a_combination_that_contradicts_its_quote_is_taken_from_one_sample(
    ungrounded: str,
) -> None:
    """A voted figure that contradicts its voted quote is replaced by one sample's item."""
    quotes = [
        "giấy khen cho 9 tập thể xuất sắc của xã",
        "6 tập thể xuất sắc của xã, tặng",
        "cho 9 tập thể xuất sắc",
    ]
    figures = [figure(9, quotes[0]), figure(6, quotes[1]), figure(9, quotes[2])]
    samples = [
        report(people=people, indicators=[one])
        for people, one in zip((BOTH[:1], BOTH, BOTH[1:]), figures, strict=True)
    ]
    result = await elected(*samples, ungrounded=ungrounded)
    assert data_of(result)["indicators"] == [figures[1]]
    assert result.dropped == 0
    assert messages_of(result) == []


async def test_samples_with_a_null_place_are_voted_with_others() -> None:
    """A null place counts as a vote for null in each of the four fields of a place."""
    event = {
        **full_report()["events"][0],
        "name": None,
        "date": None,
        "quote": "Huyện tặng giấy khen cho 6 tập thể xuất sắc",
    }
    samples = [
        report(events=[{**event, "place": place}])
        for place in (None, dict.fromkeys(event["place"]), None, event["place"])
    ]
    [voted] = data_of(await elected(*samples))["events"]
    assert set(voted["place"].values()) == {None}
