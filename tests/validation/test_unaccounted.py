"""Dates, names and figures of an article that are in no item."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import BaseModel

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.roles import CalendarDate, Figure, Name
from antq_llm.validation.unaccounted import unaccounted_figures, unaccounted_mentions

TEXT = (
    "Ngày 1/10/2021, Đại tá Lò Văn Hùng tặng quà. Ngày 2/10/2021, xã họp. "
    "Ngày 3/10/2021, xã họp lại. Ngày 4/10/2021, Trung tá Vàng A Tủa thăm thôn."
)


class Visit(BaseModel):
    """A schema with dates and names."""

    date: Annotated[str | None, CalendarDate()]
    name: Annotated[str | None, Name()]


class Count(BaseModel):
    """A schema with figures."""

    count: Annotated[int | None, Figure()]


def span_of(passage: str) -> tuple[int, int]:
    """Return the span of a passage of the text."""
    start = TEXT.index(passage)
    return start, start + len(passage)


def found(data: dict[str, object], *passages: str) -> list[str]:
    """Return the mentions that are in no item, given a record and the passages that items quote."""
    roles = PydanticSchema(Visit).roles
    spans = [span_of(passage) for passage in passages]
    mentions = unaccounted_mentions(data, spans, roles, AnalyzedArticle(TEXT))
    return [TEXT[mention.start : mention.end] for mention in mentions]


NOTHING: dict[str, object] = {"date": None, "name": None}
FIRST, SECOND = "Ngày 1/10/2021, Đại tá Lò Văn Hùng", "Ngày 2/10/2021, xã họp"
THIRD, LAST = "Ngày 3/10/2021, xã", "Ngày 4/10/2021, Trung tá Vàng A Tủa"


@pytest.mark.parametrize(
    ("passages", "missing"),
    [
        ((FIRST,), ["2/10/2021", "3/10/2021", "4/10/2021", "Vàng A Tủa"]),
        ((FIRST, SECOND), ["3/10/2021", "4/10/2021", "Vàng A Tủa"]),
        ((FIRST, THIRD), ["2/10/2021", "4/10/2021", "Vàng A Tủa"]),
        ((LAST, SECOND, FIRST), ["3/10/2021"]),
        ((f"{FIRST} tặng quà. {SECOND}", "Đại tá", LAST), ["3/10/2021"]),
        ((f"{FIRST} tặng quà. {SECOND}", SECOND, LAST), ["3/10/2021"]),
        ((FIRST, SECOND, THIRD, LAST), []),
    ],
)
def test_what_a_quote_covers_is_in_an_item(passages: tuple[str, ...], missing: list[str]) -> None:
    """Dates and names in the quote of any item are accounted for, whatever the order of quotes."""
    assert found(NOTHING, *passages) == missing


def test_a_mention_after_a_quote_is_in_no_item() -> None:
    """A date that starts where a quote ends is not part of the quote."""
    text = "Xã họp:2/10/2021."
    roles = PydanticSchema(Visit).roles
    for end, missing in ((len("Xã họp:"), 1), (len("Xã họp:2"), 0)):
        found = unaccounted_mentions(NOTHING, [(0, end)], roles, AnalyzedArticle(text))
        assert len(found) == missing


def test_what_a_value_states_is_in_an_item() -> None:
    """A date or name that is the value of a field is accounted for, even without a quote."""
    data: dict[str, object] = {"date": "2021-10-03", "name": "Vàng A Tủa"}
    assert found(data, FIRST, SECOND) == ["4/10/2021"]


@pytest.mark.parametrize(
    ("text", "count", "missing"),
    [
        ("Xã có 48 hộ và 17 thôn.", 48, ["17"]),
        ("Xã có 48 hộ và 17 thôn.", None, ["48", "17"]),
        ("Xã có 5-7 hộ.", 5, ["5-7"]),
        ("Xã có hai hộ và 17 thôn.", None, ["17"]),
        ("Xã có vài hộ và 17 thôn.", None, ["17"]),
        ("Xã có 48 hộ trong 3 năm.", None, ["48"]),
        (
            "Xã có 48 hộ, đều đã ký cam kết với công an xã.\nTin liên quan\nCó 17 thôn.",
            None,
            ["48"],
        ),
    ],
)
def test_figures(text: str, count: int | None, missing: list[str]) -> None:
    """Figures that are not values are listed, but not durations or figures in boilerplate."""
    found = unaccounted_figures(
        {"count": count}, PydanticSchema(Count).roles, AnalyzedArticle(text)
    )
    assert [mention.text for mention in found] == missing


def test_a_total_is_a_figure_of_its_item() -> None:
    """A figure that is the total of another one is accounted for."""

    class Share(BaseModel):
        """A count out of a total."""

        count: Annotated[int | None, Figure(total="out_of")]
        out_of: int | None

    found = unaccounted_figures(
        {"count": 48, "out_of": 60},
        PydanticSchema(Share).roles,
        AnalyzedArticle("Xã có 60 hộ và 17 thôn. Có 48 hộ ký."),
    )
    assert [mention.text for mention in found] == ["17"]


def test_a_name_inside_another_value_is_in_an_item() -> None:
    """A name that is part of any value of the record is accounted for."""
    data = {**NOTHING, "note": "gặp Vàng A Tủa ở thôn"}
    assert "Vàng A Tủa" not in found(data)
    assert "Vàng A Tủa" in found(NOTHING)


def test_a_name_in_a_quote_with_other_spaces_is_in_an_item() -> None:
    """A name that a quote prints with no-break spaces is accounted for."""
    text = "Trung tá Vàng A Tủa đến thăm. Bà con quý ông Vàng\u00a0A\u00a0Tủa."
    start = text.index("Bà con")
    roles = PydanticSchema(Visit).roles
    quote: dict[str, object] = {**NOTHING, "quote": text[start:]}
    for spans, missing in (([(start, len(text))], 0), ([], 1)):
        mentions = unaccounted_mentions(quote, spans, roles, AnalyzedArticle(text))
        assert len(mentions) == missing
