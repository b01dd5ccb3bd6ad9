"""Checking the values of a record against its article."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from pathlib import Path
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import create_model

from antq_llm import Extractor, Options
from antq_llm.articles.reading import read_article
from antq_llm.core.packaged_data import data_folder
from antq_llm.evidence.grounding import ground, items_with_quotes
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.schemas.roles import CalendarDate
from antq_llm.text.plain_form import plain_form
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import CheckedRecord, check_answer
from antq_llm.validation.rules.article_rules import check_values
from antq_llm.validation.unaccounted import unaccounted_figures
from helpers.endpoint import Reply, scripted_endpoint
from helpers.forms import FORMS, SPELLINGS, span_in

REPORT = load_schema("movement_report/1")
GOLD = sorted(data_folder("gold").glob("movement_report/*.json"))


def read_gold(path: Path, articles: Path | None = None) -> tuple[dict[str, Any], str]:
    """Return a gold record and the text of its article, by default a packaged one."""
    article = (articles or data_folder("seeds")) / f"{path.stem}.txt"
    return json.loads(path.read_text("utf-8")), read_article(article).text


def faults_of(data: dict[str, Any], text: str) -> list[str]:
    """Return the faults of a record as text."""
    analyzed = AnalyzedArticle(text)
    grounding = ground(data, analyzed.aligner)
    spans = {one.pointer: (one.start, one.end) for one in grounding.evidence}
    return [f"missing {pointer}" for pointer in grounding.missing] + [
        str(one.fault) for one in check_values(data, spans, analyzed, REPORT)
    ]


@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_no_check_rejects_gold(path: Path) -> None:
    """Every gold record passes all checks against its article and has verbatim quotes."""
    data, text = read_gold(path)
    assert faults_of(data, text) == []
    assert {one.match for one in ground(data, AnalyzedArticle(text).aligner).evidence} == {"exact"}


def test_faults_come_in_the_order_of_the_items() -> None:
    """Faults of values outside items come first, then those of the items in order."""
    data, text = read_gold(GOLD[0])
    data["headline"] = data["people"][0]["name"] = data["people"][1]["name"] = "Phạm Quốc Bình"
    found = [fault.split(":")[0] for fault in faults_of({**data, "events": []}, text)]
    assert found == ["/headline", "/people/0/name", "/people/1/name"]


@pytest.mark.eleven
def test_no_check_rejects_gold_of_the_further_articles(eleven: Path) -> None:
    """The gold records of the other six articles pass all checks and have verbatim quotes."""
    articles = sorted((eleven / "articles").glob("*.txt"))
    assert len(articles) == 6
    for article in articles:
        path = eleven / "gold" / "movement_report" / f"{article.stem}.json"
        data, text = read_gold(path, article.parent)
        assert faults_of(data, text) == [], path.stem
        matches = {one.match for one in ground(data, AnalyzedArticle(text).aligner).evidence}
        assert matches == {"exact"}, path.stem


def judged(data: dict[str, Any], text: str) -> tuple[CheckedRecord[Any], list[str]]:
    """Return a checked record, and its warnings without offsets."""
    analyzed = AnalyzedArticle(text)
    checked = check_answer(json.dumps(data), REPORT, analyzed)
    return checked, sorted(
        re.sub(r" at (?:offset )?\d+", "", f"{warning.kind}: {warning.message}")
        for warning in article_warnings(checked, REPORT, analyzed)
    )


@pytest.mark.parametrize("of_quotes", ["composed", "decomposed", "of the article"])
@pytest.mark.parametrize("form", SPELLINGS)
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_a_record_is_judged_alike_in_every_spelling_of_its_article(
    path: Path, form: str, of_quotes: str
) -> None:
    """With another spelling of its article, a gold record has the same warnings and evidence."""
    data, text = read_gold(path)
    spelled = FORMS[form](text)
    expected, warnings = judged(data, text)
    quoted = copy.deepcopy(data)
    for _, item in items_with_quotes(quoted):
        item["quote"] = FORMS[form if of_quotes == "of the article" else of_quotes](
            item["quote"]
        ).rstrip("\u00ad")
    checked, warnings_there = judged(quoted, spelled)
    assert checked.faults == ()
    assert warnings_there == warnings
    spans = {one.pointer: span_in(form, text, one.start, one.end) for one in expected.evidence}
    assert {one.pointer: (one.start, one.end) for one in checked.evidence} == spans


@pytest.mark.parametrize("form", SPELLINGS)
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem[:3])
def test_rules_read_alike_in_every_spelling(path: Path, form: str) -> None:
    """Mentions, names and boilerplate are the same in every spelling of a text."""
    _, text = read_gold(path)
    there, here = AnalyzedArticle(FORMS[form](text)), AnalyzedArticle(text)
    for found, expected in ((there.mentions, here.mentions), (there.names, here.names)):
        spans = [span_in(form, text, one.start, one.end) for one in expected]
        assert found == [
            one._replace(start=start, end=end)
            for one, (start, end) in zip(expected, spans, strict=True)
        ]
    furniture = here.boilerplate_start
    assert there.boilerplate_start == (
        len(there.text)
        if furniture == len(text)
        else span_in(form, text, furniture, furniture + 1)[0]
    )


FRAGMENTS = (
    "hơn|gần|trên|dưới|khoảng|ít nhất|không quá|năm|tháng|ngày|giai đoạn|quý III|từ|đến|trở lên|"
    "triệu|tỷ|nghìn|đồng|hộ|thôn|%|490|2.700|1,2|163/181|24/7|"
    "18/08/2023|12-2019|2013|1986|2|7|20h30|30 tháng 11|Kế hoạch số|15/KH-UBND|"
    "Đại tá|Thượng uý|Phạm Quốc Bình|Đỗ Văn Ẩn|“Móc khóa an toàn”|\n|.|,"
)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(FRAGMENTS.split("|")), max_size=40),
    st.lists(st.sampled_from(SPELLINGS), max_size=3),
)
def test_any_text_is_read_alike_in_every_spelling(words: list[str], forms: list[str]) -> None:
    """In a mix of spellings, every mention and name equals that of the plain text."""
    text = spelled = plain_form(" ".join(words)).text
    for form in forms:
        spelled = FORMS[form](spelled)
    here, there = AnalyzedArticle(text), AnalyzedArticle(spelled)
    assert [one._replace(start=0, end=0) for one in there.mentions] == [
        one._replace(start=0, end=0) for one in here.mentions
    ]
    assert [one._replace(start=0, end=0) for one in there.names] == [
        one._replace(start=0, end=0) for one in here.names
    ]
    assert all(there.plain_text(one.start, one.end) == one.text for one in there.mentions)
    assert all(there.plain_text(one.start, one.end) == one.name for one in there.names)


def changed(path: str, value: Any, seed: int) -> tuple[dict[str, Any], str]:
    """Return a gold record with one value changed, and its article."""
    data, text = read_gold(GOLD[seed])
    *parents, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    holder: Any = data
    for part in parents:
        holder = holder[part]
    holder[last] = value
    return data, text


@pytest.mark.parametrize(
    ("seed", "path", "value", "pointer", "words"),
    [
        (0, "indicators/0/value", 940, "/indicators/0/value", "the quote reads 490"),
        (0, "indicators/0/comparator", "=", "/indicators/0/comparator", "the comparator is >"),
        (0, "indicators/0/total", 500, "/indicators/0/total", "total is null"),
        (0, "events/0/date", "2023-07-24", "/events/0/date", "write XXXX-07-24"),
        (0, "events/0/date", "XXXX-07-25", "/events/0/date", "no such date"),
        (
            0,
            "events/0/review_period",
            "2013/2022",
            "/events/0/review_period",
            "does not print 2022",
        ),
        (0, "people/0/name", "Lê Quốc Hưng", "/people/0/name", "does not stand in the article"),
        (0, "people/0/rank", "Thượng tướng", "/people/0/rank", "does not stand in the article"),
        (0, "headline", "Một tựa đề khác", "/headline", "does not stand in the article"),
        (0, "byline/0", "Trần Thắng", "/byline/0", "does not stand in the article"),
        (
            0,
            "community_models/2/name",
            "Móc chìa khóa",
            "/community_models/2/name",
            "does not stand in the article",
        ),
        (1, "events/0/date", "2022-08-18", "/events/0/date", "write 2023-08-18"),
        (
            1,
            "events/0/date",
            "XXXX-08-18",
            "/events/0/date",
            "the publication stamp settles the year",
        ),
        (1, "published/date", "2023-08-19", "/published/date", "no such date"),
        (1, "community_models/0/started", "1987", "/community_models/0/started", "no such date"),
        (1, "awards/0/count", 41, "/awards/0/count", "the quote reads 40"),
        (2, "indicators/0/value", 181, "/indicators/0/value", "the quote reads 163/181"),
        (2, "indicators/0/total", None, "/indicators/0/total", "total is 181"),
        (2, "indicators/1/total", 180, "/indicators/1/total", "total is 181"),
        (2, "events/0/date", "2017-11-29", "/events/0/date", "write 2018-11-29"),
        (3, "awards/0/count", 2.7, "/awards/0/count", "2.700 (that is 2700)"),
        (3, "awards/0/comparator", ">=", "/awards/0/comparator", "the comparator is >"),
        (4, "documents/0/issued", "2013-08-02", "/documents/0/issued", "no such date"),
        (4, "documents/0/number", "91", "/documents/0/number", "does not stand in the article"),
        (4, "awards/1/form", "huân chương", "/awards/1/form", "does not stand in the article"),
        (4, "indicators/5/comparator", ">", "/indicators/5/comparator", "the comparator is ="),
    ],
)
def test_a_changed_value_is_told(
    seed: int, path: str, value: Any, pointer: str, words: str
) -> None:
    """A changed value leads to one fault, at its pointer, even in an article in decomposed form."""
    data, text = changed(path, value, seed)
    (fault,) = faults_of(data, text)
    assert fault.startswith(f"{pointer}: ")
    assert words in fault
    assert faults_of(data, FORMS["decomposed"](text)) == [fault]


def test_the_rank_of_another_is_told() -> None:
    """A rank that the article gives to another person is a fault that names the printed rank."""
    empty, _ = read_gold(GOLD[0])
    text = "Đại tá Phạm Quốc Bình và Thiếu tá Lò Văn Hùng dự họp."
    person = {
        "name": "Lò Văn Hùng",
        "rank": "Đại tá",
        "positions": [],
        "roles": ["attendee"],
        "quote": "Thiếu tá Lò Văn Hùng dự họp",
    }
    blank = {key: [] for key in empty} | {
        "relevance": "related",
        "headline": None,
        "publisher": None,
        "published": None,
    }
    (fault,) = faults_of({**blank, "people": [person]}, text)
    assert fault.startswith("/people/0/rank: the article calls this person thiếu tá")
    assert faults_of({**blank, "people": [{**person, "rank": "Thiếu tá"}]}, text) == []


def test_a_rank_may_bear_its_tone_on_either_vowel() -> None:
    """The tone mark of a rank can be on either vowel."""
    empty, _ = read_gold(GOLD[0])
    person = {
        "name": "Lò Văn Hùng",
        "rank": "Đại úy",
        "positions": [],
        "roles": ["attendee"],
        "quote": "Đại uý Lò Văn Hùng dự họp",
    }
    blank = {key: [] for key in empty} | {
        "relevance": "related",
        "headline": None,
        "publisher": None,
        "published": None,
    }
    assert faults_of({**blank, "people": [person]}, "Đại uý Lò Văn Hùng dự họp.") == []


def test_year_of_the_same_account_settles_a_day() -> None:
    """The year of a day can be that of an earlier month, but not that of a document or period."""
    empty, _ = read_gold(GOLD[0])
    text = (
        "Từ tháng 6-2017, xã Tân Lâm ra quân theo Kế hoạch số 7, ngày 2/3/2015, "
        "giai đoạn 2015-2020. Ngày 14-7, xã tổ chức hội nghị."
    )
    event = {**empty["events"][0], "quote": "Ngày 14-7, xã tổ chức hội nghị", "review_period": None}
    blank = {key: [] for key in empty} | {
        "relevance": "movement",
        "headline": None,
        "publisher": None,
        "published": None,
    }
    assert faults_of({**blank, "events": [{**event, "date": "2017-07-14"}]}, text) == []
    assert len(faults_of({**blank, "events": [{**event, "date": "2015-07-14"}]}, text)) == 1


def test_figures_in_no_item_are_listed() -> None:
    """Figures that are in no item are listed, but not durations, dates, codes or boilerplate."""
    data, text = read_gold(GOLD[2])
    analyzed = AnalyzedArticle(text)
    assert unaccounted_figures(data, REPORT.roles, analyzed) == []
    missing = {**data, "indicators": data["indicators"][1:]}
    assert [mention.text for mention in unaccounted_figures(missing, REPORT.roles, analyzed)] == [
        "163/181"
    ]


async def test_one_re_ask_names_three_faults() -> None:
    """One re-ask names a wrong person, a wrong figure and a wrong date."""
    gold, text = read_gold(GOLD[0])
    gold["headline"] = unicodedata.normalize("NFD", gold["headline"])
    bad = copy.deepcopy(gold)
    bad["people"].append(
        {
            "name": "Phạm Quốc Bình",
            "rank": None,
            "positions": [],
            "roles": [],
            "quote": "ông Phạm Quốc Bình, Trưởng Công an xã",
        }
    )
    bad["indicators"][0]["value"] = 940
    bad["events"][0]["date"] = "2023-07-24"
    for item in [*bad["people"][:2], *bad["community_models"]]:
        item["quote"] = unicodedata.normalize("NFD", item["quote"])
    with scripted_endpoint([Reply(json.dumps(bad)), Reply(json.dumps(gold))]) as endpoint:
        async with Extractor(
            model="m", options=Options(base_url=endpoint.base_url, api_key="x")
        ) as extractor:
            result = await extractor.aextract(text)
    told = [
        line.split(":")[0]
        for line in (result.attempts[0].error or "").splitlines()
        if line.startswith("- ")
    ]
    assert sorted(told) == ["- /events/0/date", "- /indicators/0/value", "- /people/2/quote"]
    assert (len(result.attempts), result.attempts[1].error, result.warnings) == (2, None, ())
    assert all(text[one.start : one.end] == quote for one, quote in quotes(result))


def quotes(result: Any) -> list[tuple[Any, str]]:
    """Return the evidence of each item, paired with the item's quote."""
    data = result.schema.dump(result.record)
    found = []
    for one in result.evidence:
        item = data
        for part in one.pointer.split("/")[1:]:
            item = item[int(part)] if isinstance(item, list) else item[part]
        found.append((one, item["quote"]))
    return found


async def test_an_item_that_stays_inconsistent_is_dropped_alone() -> None:
    """After the last attempt, only the item with an unsupported value is dropped."""
    gold, text = read_gold(GOLD[0])
    bad = copy.deepcopy(gold)
    bad["indicators"][0]["value"] = 940
    with scripted_endpoint([Reply(json.dumps(bad))]) as endpoint:
        options = Options(base_url=endpoint.base_url, api_key="x", max_attempts=2)
        async with Extractor(model="m", options=options) as extractor:
            result = await extractor.aextract(text)
    assert result.schema.dump(result.record) == {**gold, "indicators": []}
    assert [warning.kind for warning in result.warnings] == [
        "dropped",
        "unaccounted",
        "unaccounted",
    ]
    assert "the quote reads 490" in result.warnings[0].message


@pytest.mark.parametrize("date", ["2024-05-03", "2024-03-05"])
def test_a_date_whose_order_is_open_contradicts_neither_reading(date: str) -> None:
    """In an English article, 03/05/2024 can be the third of May or the fifth of March."""
    fair = create_model("Fair", day=(Annotated[str, CalendarDate()], ...))
    text = "The fair that was held in the town was on 03/05/2024, and it is the first of them."
    schema = PydanticSchema(fair)
    checked = check_answer(json.dumps({"day": date}), schema, AnalyzedArticle(text, "en"))
    assert not checked.faults
    wrong = check_answer('{"day": "2024-03-06"}', schema, AnalyzedArticle(text, "en"))
    assert [fault.pointer for fault in wrong.faults] == ["/day"]
