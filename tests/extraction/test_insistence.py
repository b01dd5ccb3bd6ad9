"""Values that a model insists on, which are kept as disputed and not asked about again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antq_llm import Extraction, Extractor, Options
from antq_llm.articles.article import Article
from antq_llm.clients.scripted import ScriptedClient
from antq_llm.duplicates.record_transfer import ComparedArticle, compare_articles, transfer_record
from helpers.asked_by_model import client_of_samples
from helpers.samples import answer, completion, data_of, full_report, person, report

TEXT = (
    "Sáng 30/9/2021, xã Tân Lâm có hơn 48 hộ ký cam kết và 17 tổ tự quản. "
    "Chương trình kéo dài trong giai đoạn 2016-2019, ngày 12/5 là ngày tổng kết."
)


def indicator(value: float = 48, comparator: str = ">", **fields: Any) -> dict[str, Any]:
    """Return the article's indicator of 48 households with some fields replaced."""
    return {
        **full_report()["indicators"][0],
        "label": "hộ ký cam kết",
        "value": value,
        "comparator": comparator,
        "unit": "hộ",
        "total": None,
        "quote": "hơn 48 hộ ký cam kết",
        **fields,
    }


def event(date: str) -> dict[str, Any]:
    """Return the article's event with the given date."""
    return {
        **full_report()["events"][0],
        "name": "ngày tổng kết",
        "date": date,
        "quote": "ngày 12/5 là ngày tổng kết",
    }


async def extracted(*answers: dict[str, Any], **options: Any) -> tuple[Extraction[Any], int]:
    """Return the extraction from scripted answers and the number of requests."""
    client = ScriptedClient([completion(answer(given)) for given in answers])
    extractor = Extractor(client=client, model="m", options=Options(**options))
    return await extractor.aextract(TEXT), len(client.requests)


def kinds(extraction: Extraction[Any]) -> list[tuple[str, str | None]]:
    """Return the kind and pointer of each warning about a value or item."""
    return [
        (warning.kind, warning.pointer)
        for warning in extraction.warnings
        if warning.kind in {"disputed", "dropped", "unverified"}
    ]


EXACT = report(indicators=[indicator(comparator="=")])


async def test_one_reask_is_enough_to_insist() -> None:
    """A contradicted value is kept with a warning if the model repeats it after one re-ask."""
    result, requests = await extracted(EXACT, EXACT)
    assert (data_of(result)["indicators"], requests) == (EXACT["indicators"], 2)
    assert kinds(result) == [("disputed", "/indicators/0/comparator")]
    [warning] = [warning for warning in result.warnings if warning.kind == "disputed"]
    assert 'insists on "="' in warning.message
    assert "the article has hơn 48: the comparator is >" in warning.message


async def test_with_one_attempt_a_model_cannot_insist() -> None:
    """Without a re-ask, a contradicted item is dropped."""
    result, requests = await extracted(EXACT, max_attempts=1)
    assert (kinds(result), requests) == ([("dropped", None)], 1)


async def test_a_value_without_support_is_dropped_however_often_it_is_given() -> None:
    """A model cannot insist on a number whose digits are not in the article."""
    wrong = report(indicators=[indicator(963)])
    result, requests = await extracted(wrong, wrong, wrong)
    assert (kinds(result), requests) == ([("dropped", None)], 3)


async def test_an_invented_name_is_dropped_however_often_it_is_given() -> None:
    """A person whose name is not in the article is dropped, however often the model repeats it."""
    wrong = report(people=[person("Trịnh Bá Vô", "Thiếu tá Phạm Quốc Bình")])
    result, requests = await extracted(wrong, wrong, wrong)
    assert (kinds(result), requests) == ([("dropped", None)], 3)


@pytest.mark.parametrize(
    ("date", "kept", "asked"), [("2019-05-12", "disputed", 2), ("2018-05-12", "dropped", 3)]
)
async def test_a_year_must_be_printed_somewhere(date: str, kept: str, asked: int) -> None:
    """A model can insist on a year printed only in a period, but not on a year printed nowhere."""
    wrong = report(events=[event(date)])
    result, requests = await extracted(wrong, wrong, wrong)
    assert (kinds(result)[0][0], requests) == (kept, asked)


async def test_only_what_is_not_insisted_on_is_asked_about_again() -> None:
    """After a model has insisted on a value, the next re-ask lists only the new fault."""
    first = report(indicators=[indicator(comparator="=")], people=[person("Vàng A Tủa", TEXT[:40])])
    second = report(indicators=first["indicators"], people=[person("Lò A Sử", TEXT[:40])])
    third = report(indicators=first["indicators"])
    result, requests = await extracted(first, second, third)
    feedback = [attempt.error or "" for attempt in result.attempts]
    assert ["/comparator" in error for error in feedback] == [True, False, False]
    assert (kinds(result), requests) == ([("disputed", "/indicators/0/comparator")], 3)


async def test_another_value_does_not_insist() -> None:
    """A different wrong value leads to another re-ask."""
    result, requests = await extracted(
        EXACT, report(indicators=[indicator(comparator="<")]), report(indicators=[indicator()])
    )
    assert (kinds(result), requests) == ([], 3)


async def test_the_same_value_of_another_item_does_not_insist() -> None:
    """The same wrong value in another item still leads to a re-ask."""
    other = indicator(
        comparator="=", label="tổ tự quản được thành lập mới", unit="tổ", quote="có hơn 48"
    )
    result, requests = await extracted(EXACT, report(indicators=[other]), report())
    assert (kinds(result), requests) == ([], 3)


async def test_an_item_may_move_in_its_list() -> None:
    """An item is recognised by its identity, wherever it is in the list."""
    first = indicator(17, "=", label="tổ tự quản", unit="tổ", quote="17 tổ tự quản")
    wrong = indicator(comparator="=")
    result, requests = await extracted(
        report(indicators=[wrong]), report(indicators=[first, wrong]), max_attempts=2
    )
    assert ("disputed", "/indicators/1/comparator") in kinds(result)
    assert requests == 2


async def test_a_majority_of_samples_insists() -> None:
    """A disputed value that most samples contain is kept in the voted record as disputed."""
    samples = [EXACT, EXACT, report(indicators=[indicator()])]
    extractor = Extractor(client=client_of_samples(*samples), model="m", options=Options(samples=3))
    result = await extractor.aextract(TEXT)
    assert data_of(result)["indicators"] == EXACT["indicators"]
    assert ("disputed", "/indicators/0/comparator") in kinds(result)


async def test_a_disputed_value_of_a_chunk_stays_in_the_merged_record() -> None:
    """A value that the model insisted on in a chunk is not dropped from the merged record."""
    filler = "\n\n" + "Bà con trong thôn cùng nhau giữ gìn nền nếp. " * 30
    client = ScriptedClient(
        [completion(answer(EXACT)), completion(answer(EXACT))] + [completion(answer(report()))] * 8
    )
    options = Options(part_characters=1000)
    result = await Extractor(client=client, model="m", options=options).aextract(TEXT + filler)
    assert data_of(result)["indicators"] == EXACT["indicators"]
    assert kinds(result) == [("disputed", "/indicators/0/comparator")]


async def test_the_second_look_leaves_a_disputed_value() -> None:
    """Items added by the second look do not restart the check of a disputed value."""
    added = indicator(17, "=", label="tổ tự quản", unit="tổ", quote="17 tổ tự quản")
    client = ScriptedClient(
        [
            *[completion(answer(EXACT))] * 2,
            completion(json.dumps({"indicators": [added], "awards": []})),
        ]
    )
    options = Options(second_look=True)
    result = await Extractor(client=client, model="m", options=options).aextract(TEXT)
    assert data_of(result)["indicators"] == [*EXACT["indicators"], added]
    assert kinds(result) == [("disputed", "/indicators/0/comparator")]


async def test_a_disputed_value_is_taken_over_by_a_copy() -> None:
    """A record transferred to a copy of the article keeps the warning about a disputed value."""
    result, _ = await extracted(EXACT, EXACT)
    hooks = result.schema.hooks
    text = f"{TEXT}\n"
    pair = compare_articles(
        ComparedArticle(result.article, hooks), ComparedArticle(Article(text, "copy"), hooks)
    )
    assert pair is not None
    copy = transfer_record(result, pair, 1.0)
    assert copy is not None
    assert kinds(copy) == [("disputed", "/indicators/0/comparator")]


async def test_a_disputed_value_leaves_nothing_open_for_escalation() -> None:
    """A disputed value does not lead to escalation."""
    figures = [EXACT["indicators"][0], indicator(17, "=", label="tổ", quote="17 tổ tự quản")]
    result, requests = await extracted(*[report(indicators=figures)] * 2, escalate="stronger")
    assert (result.escalated, requests) == (False, 2)
