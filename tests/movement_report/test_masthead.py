"""The masthead of an article, and the fields of a record that another masthead changes."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.masthead import Masthead
from helpers.forms import FORMS
from helpers.samples import ARTICLE, full_report

LATER = (
    ARTICLE.replace("Báo Lâm Đồng", "Tạp chí Tây Nguyên")
    .replace("30/09/2021 07:45", "Thứ Sáu, 01/10/2021 - 10:05")
    .replace("Xã Tân Lâm ra mắt mô hình mới\n", "Mô hình mới được ra mắt ở Tân Lâm\n")
)


def masthead(text: str) -> Masthead:
    """Return the masthead of a text."""
    return Masthead(AnalyzedArticle(text))


def fields_at(later: str, *lines: str) -> tuple[str, ...] | None:
    """Return the fields of the article that some lines of a later text replace."""
    spans = [(later.index(line), later.index(line) + len(line)) for line in lines]
    return masthead(ARTICLE).replaced_fields(masthead(later), spans)


@pytest.mark.parametrize("form", ["", "decomposed", "no-break spaces", "doubled spaces"])
def test_fields_have_the_spans_of_their_lines(form: str) -> None:
    """The stamp, outlet and title are found in their lines, in any spelling."""
    text = FORMS[form](ARTICLE) if form else ARTICLE
    found = masthead(text)
    assert {field: found.plain_text(span) for field, span in found.fields.items()} == {
        "published": "30/09/2021 07:45",
        "publisher": "Báo Lâm Đồng",
        "headline": "Xã Tân Lâm ra mắt mô hình mới",
    }


def test_values_are_those_of_the_record() -> None:
    """The values that the rules read from the masthead are those of the record."""
    found, record = masthead(ARTICLE), full_report()
    assert {field: found.read(field) for field in found.fields} == {
        field: record[field] for field in found.fields
    }


def test_text_without_a_masthead_has_no_fields() -> None:
    """A text of one sentence has no masthead and no values."""
    found = masthead("Xã họp.")
    assert found.fields == {}
    assert [found.read(field) for field in ("published", "publisher", "headline")] == [None] * 3


def test_lines_of_another_outlet_replace_the_fields() -> None:
    """Lines of another outlet replace the fields of the earlier lines in the order of the spans."""
    assert fields_at(LATER, "Tạp chí Tây Nguyên", "01/10/2021 - 10:05") == (
        "publisher",
        "published",
    )


def test_nothing_added_replaces_nothing() -> None:
    """Without added spans, no field is replaced."""
    assert fields_at(ARTICLE) == ()


@pytest.mark.parametrize(
    ("later", "line"),
    [
        pytest.param(LATER, "Bà Lò Thị Mai", id="a line of the body"),
        pytest.param("Báo Tây Nguyên\n\n" + ARTICLE, "Báo Tây Nguyên", id="a second outlet"),
        pytest.param(
            ARTICLE.replace("Xã Tân Lâm ra mắt mô hình mới\n", "Một mô hình mới đã ra mắt.\n"),
            "Một mô hình mới đã ra mắt.",
            id="a sentence for the title",
        ),
    ],
)
def test_other_lines_are_not_replaced(later: str, line: str) -> None:
    """A line that adds news or has no counterpart in the earlier masthead replaces no field."""
    assert fields_at(later, line) is None


def test_settled_fields_have_the_values_of_the_later_masthead() -> None:
    """Settled fields take the values that the rules read from the later masthead."""
    data: dict[str, Any] = full_report()
    fields = ("published", "publisher", "headline")
    assert masthead(ARTICLE).settle_fields(data, fields, masthead(LATER))
    assert data == {
        **full_report(),
        "published": {"date": "2021-10-01", "time": "10:05", "quote": "01/10/2021 - 10:05"},
        "publisher": "Tạp chí Tây Nguyên",
        "headline": "Mô hình mới được ra mắt ở Tân Lâm",
    }


@pytest.mark.parametrize("value", ["Báo Nhân Dân", None])
def test_value_that_the_rules_do_not_read_is_not_settled(value: str | None) -> None:
    """A field whose value differs from what the rules read in the masthead is not settled."""
    data = {**full_report(), "publisher": value}
    assert not masthead(ARTICLE).settle_fields(data, ("publisher",), masthead(LATER))
