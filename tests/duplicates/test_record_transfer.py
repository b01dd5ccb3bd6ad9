"""Transferring a record to a copy that supports all of it and adds nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from antq_llm.articles.article import Article
from antq_llm.core.packaged_data import data_folder
from antq_llm.duplicates.record_transfer import ComparedArticle, compare_articles, transfer_record
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.masthead import Masthead
from antq_llm.records.result import Attempt, Extraction
from antq_llm.schemas.base import Schema
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.registry import schema_from
from antq_llm.validation.checks import check_record
from antq_llm.validation.warnings import RecordWarning
from helpers.forms import FORMS, SPELLINGS
from helpers.samples import ARTICLE, completion, full_report, report

REPORT: Schema[Any] = schema_from("movement_report/1", None)
Edit = Callable[[str], str]


def extraction(
    text: str, data: Any, schema: Schema[Any] = REPORT, **fields: Any
) -> Extraction[Any]:
    """Return the extraction of an article with a record that its text supports."""
    checked = check_record(data, schema, AnalyzedArticle(text))
    assert not checked.faults
    defaults: dict[str, Any] = {
        "prompt": "p@1",
        "prompt_sha256": "x",
        "model": "m-1",
        "attempts": (Attempt(completion()),),
        **fields,
    }
    return Extraction(
        Article(text, "first", "first.txt"),
        checked.record,
        checked.answer,
        checked.evidence,
        schema,
        **defaults,
    )


def carried(earlier: Extraction[Any], later: str) -> Extraction[Any] | None:
    """Return the extraction of a possible copy, or None if the record is not transferred."""
    hooks = earlier.schema.hooks
    pair = compare_articles(
        ComparedArticle(earlier.article, hooks),
        ComparedArticle(Article(later, "second", "second.txt"), hooks),
    )
    return transfer_record(earlier, pair, 0.9) if pair else None


def swapped(old: str, new: str) -> Edit:
    """Return an edit that replaces ``old`` with ``new`` and fails if there is no ``old``."""

    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


@pytest.mark.parametrize("form", [*SPELLINGS, "moved tones"])
def test_copy_in_another_spelling(form: str) -> None:
    """A copy in another spelling gets the record, with the copy's characters in every quote."""
    later = FORMS[form](ARTICLE)
    found = carried(extraction(ARTICLE, full_report()), later)
    assert found is not None
    assert found.article.text == later
    data = REPORT.dump(found.record)
    assert (data["headline"], data["people"][0]["name"]) == (
        "Xã Tân Lâm ra mắt mô hình mới",
        "Phạm Quốc Bình",
    )
    for evidence in found.evidence:
        kind, _, index = evidence.pointer[1:].partition("/")
        item = data[kind][int(index)] if index else data[kind]
        assert later[evidence.start : evidence.end] == item["quote"]


def test_values_are_written_as_the_copy_prints_them() -> None:
    """A value that the copy spells differently is written in the copy's spelling."""
    found = carried(
        extraction(ARTICLE, full_report()), ARTICLE.replace("Phạm Quốc Bình", "PHẠM QUỐC BÌNH")
    )
    assert found is not None
    assert (found.record.people[0].name, found.record.statements[0].speaker) == (
        "PHẠM QUỐC BÌNH",
        "PHẠM QUỐC BÌNH",
    )


def test_values_that_both_articles_print_alike_are_left() -> None:
    """A value that only the record spells differently is transferred unchanged."""
    data = full_report()
    data["headline"] = data["headline"].upper()
    found = carried(extraction(ARTICLE, data), ARTICLE)
    assert found is not None
    assert found.record.headline == data["headline"]


def test_line_of_a_copy() -> None:
    """A copy's line has its own source and no cost, and a warning names the original."""
    warnings = (
        RecordWarning(kind="dropped", message="/people/1 was dropped"),
        RecordWarning(kind="unaccounted", message="of the other text"),
    )
    found = carried(
        extraction(ARTICLE, full_report(), warnings=warnings, dropped=1), ARTICLE + "\n"
    )
    assert found is not None
    line = found.as_line()
    assert (line["article_id"], line["source"]) == ("second", "second.txt")
    assert (line["attempts"], line["cost_usd"]) == (0, 0)
    assert line["replayed"] is True
    assert line["usage"] == {"input_tokens": 0, "output_tokens": 0, "cached_tokens": 0}
    assert [(warning["kind"], "first" in warning["message"]) for warning in line["warnings"]] == [
        ("duplicate", True),
        ("dropped", False),
    ]
    assert line["warnings"][0]["message"].startswith("a copy of first (similarity 0.90)")


HEADS: dict[str, tuple[Edit, dict[str, Any]]] = {
    "stamp": (
        swapped("30/09/2021 07:45", "Thứ Sáu, 01/10/2021 - 10:05"),
        {"published": {"date": "2021-10-01", "time": "10:05", "quote": "01/10/2021 - 10:05"}},
    ),
    "outlet": (swapped("Báo Lâm Đồng", "Tạp chí Tây Nguyên"), {"publisher": "Tạp chí Tây Nguyên"}),
    "title": (
        swapped("Xã Tân Lâm ra mắt mô hình mới\n", "Mô hình mới được ra mắt ở Tân Lâm\n"),
        {"headline": "Mô hình mới được ra mắt ở Tân Lâm"},
    ),
}


@pytest.mark.parametrize("field", HEADS)
def test_head_of_another_outlet(field: str) -> None:
    """A stamp, outlet or title that replaces the earlier one is used for the copy."""
    edit, fields = HEADS[field]
    found = carried(extraction(ARTICLE, full_report()), edit(ARTICLE))
    assert found is not None
    assert REPORT.dump(found.record) == {**full_report(), **fields}


@pytest.mark.parametrize("form", ["decomposed", "no-break spaces", "doubled spaces"])
@pytest.mark.parametrize("field", HEADS)
def test_head_of_another_outlet_in_another_spelling(field: str, form: str) -> None:
    """A copy's head is read in any spelling; only quotes keep the copy's characters."""
    edit, fields = HEADS[field]
    found = carried(extraction(ARTICLE, full_report()), FORMS[form](edit(ARTICLE)))
    assert found is not None
    value = REPORT.dump(found.record)[field := next(iter(fields))]
    expected = fields[field]
    assert value == (
        {**expected, "quote": FORMS[form](expected["quote"])}
        if isinstance(expected, dict)
        else expected
    )


def test_whole_head_of_another_outlet() -> None:
    """If all lines of the head differ, the values are read from the copy's lines, in any order."""
    head = "Báo Lâm Đồng\n\nXã Tân Lâm ra mắt mô hình mới\n\n30/09/2021 07:45\n"
    later = swapped(
        head, "Tạp chí Tây Nguyên\n\n01/10/2021\n\nMô hình mới được ra mắt ở Tân Lâm\n"
    )(ARTICLE)
    found = carried(extraction(ARTICLE, full_report()), later)
    assert found is not None
    record = found.record
    assert (record.publisher, record.headline) == (
        "Tạp chí Tây Nguyên",
        "Mô hình mới được ra mắt ở Tân Lâm",
    )
    assert (record.published.date, record.published.time) == ("2021-10-01", None)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda text: "Báo Tây Nguyên\n\n" + text, id="a second outlet"),
        pytest.param(
            lambda text: "Trang chủ Thời sự Chính trị Xã hội\n\n" + text,
            id="a line that looks like a title",
        ),
        pytest.param(lambda text: "Xã hội\n\n" + text, id="a section"),
        pytest.param(
            swapped("30/09/2021 07:45\n", "30/09/2021 07:45 (GMT+7), theo Lan Anh\n"),
            id="a name beside the stamp",
        ),
        pytest.param(
            swapped("Xã Tân Lâm ra mắt mô hình mới\n", "Thêm một mô hình mới, 15 hộ tham gia\n"),
            id="a figure in the title",
        ),
        pytest.param(
            swapped("Xã Tân Lâm ra mắt mô hình mới\n", "Mô hình mới của Công an Đơn Dương\n"),
            id="a name in the title",
        ),
        pytest.param(
            swapped("Xã Tân Lâm ra mắt mô hình mới\n", "Một mô hình mới đã được ra mắt.\n"),
            id="a sentence for the title",
        ),
        pytest.param(swapped("30/09/2021 07:45\n", ""), id="no stamp"),
        pytest.param(swapped("\nThu Hà\n", "\nHà My\n"), id="another author"),
        pytest.param(swapped("\nThu Hà\n", "\n"), id="no author"),
    ],
)
def test_head_that_rules_do_not_settle(edit: Edit) -> None:
    """A head that adds information, or lacks a value of the record, prevents the transfer."""
    assert carried(extraction(ARTICLE, full_report()), edit(ARTICLE)) is None


def test_stamp_of_another_year() -> None:
    """If an event's date is printed with its year, a stamp of another year leaves it unchanged."""
    found = carried(
        extraction(ARTICLE, full_report()), ARTICLE.replace("30/09/2021 07:45", "30/09/2024 07:45")
    )
    assert found is not None
    assert (found.record.published.date, found.record.events[0].date) == (
        "2024-09-30",
        "2021-09-30",
    )


def test_stamp_that_unsettles_a_year() -> None:
    """If an event's year follows from the stamp, a stamp of another year prevents the transfer."""
    text = (
        "Lễ ra mắt mô hình mới ở xã\n\n30/09/2021 07:45\n\n"
        "Sáng 28/9, xã Tân Lâm tổ chức lễ ra mắt.\n"
    )
    event = {
        **full_report()["events"][0],
        "name": "lễ ra mắt",
        "organizers": [],
        "quote": "Sáng 28/9, xã Tân Lâm tổ chức lễ ra mắt",
        "date": "2021-09-28",
    }
    published = {"date": "2021-09-30", "time": "07:45", "quote": "30/09/2021 07:45"}
    first = extraction(
        text, report(headline="Lễ ra mắt mô hình mới ở xã", published=published, events=[event])
    )
    assert carried(first, text.replace("30/09/2021 07:45", "29/09/2021 08:00")) is not None
    assert carried(first, text.replace("30/09/2021 07:45", "29/09/2023 08:00")) is None


CHANGES: dict[str, Edit] = {
    "figure": swapped("48/52 thôn", "49/52 thôn"),
    "whole": swapped("48/52 thôn", "48/53 thôn"),
    "count": swapped("6 tập thể", "7 tập thể"),
    "comparator": swapped("cho 6 tập thể", "cho hơn 6 tập thể"),
    "date": swapped("Sáng 30/9/2021", "Sáng 29/9/2021"),
    "part of the day": swapped("Sáng 30/9/2021", "Chiều 30/9/2021"),
    "name": swapped("Phạm Quốc Bình", "Phạm Quốc Minh"),
    "rank": swapped("Thiếu tá", "Trung tá"),
    "name without rank": swapped("Lò Thị Mai", "Lò Thị May"),
    "office": swapped("Bí thư Đảng ủy xã", "Phó Bí thư Đảng ủy xã"),
    "scheme": swapped("Cổng trường bình yên", "Cổng chợ bình yên"),
    "place": swapped("UBND xã Tân Lâm tổ chức", "UBND xã Tân Thượng tổ chức"),
    "number of a document": swapped("15/KH-UBND", "16/KH-UBND"),
    "kind of award": swapped("giấy khen", "bằng khen"),
    "kind of recipient": swapped("6 tập thể", "6 cá nhân"),
    "not": swapped("đã lập", "chưa lập"),
    "a figure more": swapped("Thu Hà\n", "Toàn xã có 1.250 hộ.\n\nThu Hà\n"),
    "a person more": swapped("Thu Hà\n", "Cùng dự có Đại tá Lê Văn Xa.\n\nThu Hà\n"),
    "a day more": swapped("Thu Hà\n", "Lễ bế mạc vào ngày 2/10/2021.\n\nThu Hà\n"),
    "a demand more": swapped("nền nếp.", "nền nếp. Đồng chí yêu cầu các thôn nhân rộng mô hình."),
    "a sentence less": swapped(
        "Đến nay, 48/52 thôn đã lập tổ tự quản theo Kế hoạch số 15/KH-UBND.\n", ""
    ),
    "a person less": swapped(
        "Thiếu tá Phạm Quốc Bình, Trưởng Công an xã Tân Lâm, đề nghị", "Ông Bình đề nghị"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_other_facts_are_never_given_the_record(change: str) -> None:
    """If one fact is changed, added or missing, the record is not transferred."""
    assert carried(extraction(ARTICLE, full_report()), CHANGES[change](ARTICLE)) is None


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(
            swapped("hứa sẽ dành thêm kinh phí", "hứa sẽ dành thêm kinh phi"), id="a wrong letter"
        ),
        pytest.param(
            swapped("Bà Lò Thị Mai, Bí thư Đảng ủy xã, hứa sẽ dành thêm kinh phí.\n", ""),
            id="a sentence that the record does not use",
        ),
        pytest.param(
            lambda text: (
                text + "\nTin liên quan\n\nĐại tá Lê Văn Xa trao 25 giấy khen ngày 3/4/2022\n"
            ),
            id="links to other stories",
        ),
        pytest.param(lambda text: text.replace("\n", "\r\n"), id="other line ends"),
    ],
)
def test_what_makes_no_difference(edit: Edit) -> None:
    """Misspellings, line ends, unused sentences and links to other stories make no difference."""
    found = carried(extraction(ARTICLE, full_report()), edit(ARTICLE))
    assert found is not None
    assert REPORT.dump(found.record) == full_report()


def gold_of(seed: Path) -> Any:
    """Return the gold record of a packaged article."""
    path = data_folder("gold") / "movement_report" / f"{seed.stem}.json"
    return json.loads(path.read_text("utf-8"))


def one_figure_changed(text: str) -> list[str]:
    """Return copies of a text, each with one of its figures changed."""
    figures = list(re.finditer(r"\d+", text))
    return [
        f"{text[: figure.start()]}{int(figure[0]) + 1}{text[figure.end() :]}" for figure in figures
    ]


def one_name_changed(text: str) -> list[str]:
    """Return copies of a text, each with one word changed in one of its names."""
    names = list(re.finditer(r"(?<=\w )[A-ZĐ][^\W\d_]+ [A-ZĐ][^\W\d_]+", text))
    return [
        f"{text[: name.start()]}{name[0].split()[0]} Quỳnh{text[name.end() :]}"
        for name in names
        if "Quỳnh" not in name[0]
    ]


# The other seeds end in links to other stories, and text after such links is ignored.
@pytest.mark.parametrize("number", [3, 4])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Bài số 1000 của tòa soạn.", "Dòng 0."),
        ("Bài của tòa soạn", "Dòng 15"),
        ("Bài của tòa soạn.", "Bản cũ."),
    ],
)
def test_another_last_line_is_asked_about(
    seeds: list[Path], number: int, old: str, new: str
) -> None:
    """A last line with a figure or a sentence is not taken for the name of an outlet."""
    text = seeds[number].read_text("utf-8-sig")
    first = extraction(f"{text}\n{old}", gold_of(seeds[number]))
    assert carried(first, f"{text}\n{new}") is None


@pytest.mark.parametrize("number", range(5))
def test_any_figure_or_name_of_a_real_article(seeds: list[Path], number: int) -> None:
    """If any figure or name after the stamp of a seed is changed, the record is not transferred."""
    text = seeds[number].read_text("utf-8-sig")
    first = extraction(text, gold_of(seeds[number]))
    assert carried(first, text) is not None
    _, end = Masthead(AnalyzedArticle(text)).fields.get("published", (0, 0))
    for later in (*one_figure_changed(text[end:]), *one_name_changed(text[end:])):
        assert carried(first, text[:end] + later) is None


QUOTED = JsonSchema(
    "quoted",
    {
        "type": "object",
        "properties": {"who": {"type": "string"}, "quote": {"type": "string"}},
        "required": ["who", "quote"],
        "additionalProperties": False,
    },
)
NAMED = JsonSchema(
    "named",
    {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
        "additionalProperties": False,
    },
)


def test_schema_of_ones_own_with_quotes() -> None:
    """With a user's schema, a misspelling does not prevent the transfer, but a new stamp does."""
    first = extraction(
        ARTICLE, {"who": "Lò Thị Mai", "quote": "Bà Lò Thị Mai, Bí thư Đảng ủy xã"}, QUOTED
    )
    assert carried(first, ARTICLE.replace("tổ tự quản", "tổ tự quán")) is not None
    assert carried(first, ARTICLE.replace("48/52", "49/52")) is None
    assert carried(first, ARTICLE.replace("30/09/2021 07:45", "01/10/2021 07:45")) is None


def test_schema_without_quotes() -> None:
    """If the schema has no quotes, only a text with the same words, in any spelling, is a copy."""
    first = extraction(ARTICLE, {"name": "Lò Thị Mai"}, NAMED)
    assert carried(first, FORMS["moved tones"](ARTICLE)) is not None
    assert carried(first, ARTICLE.replace("tổ tự quản", "tổ tự quán")) is None
