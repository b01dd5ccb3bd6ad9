"""News pages: title, lead, stamp, author, body and tables, but no links to other stories."""

from __future__ import annotations

import pytest

from antq_llm.articles.pages.web_page import read_page, text_of_page
from antq_llm.errors import ArticleError
from helpers.pages import (
    AUTHOR,
    CAPTION,
    FIRST,
    LAST,
    LEAD,
    OUTLETS,
    PUBLISHED,
    RELATED,
    ROWS,
    TITLE,
    Outlet,
)

ids = [outlet.name for outlet in OUTLETS]


@pytest.mark.parametrize("outlet", OUTLETS, ids=ids)
def test_the_text_of_a_page_is_its_article(outlet: Outlet) -> None:
    """The text consists exactly of the lines of the article and its table."""
    lines = read_page(outlet.page, "a.html").text.split("\n")
    lead = next(line for line in lines if line.endswith(LEAD))
    assert sorted(lines) == sorted([outlet.stamp, TITLE, lead, FIRST, CAPTION, *ROWS, LAST, AUTHOR])
    body = [FIRST, CAPTION, *ROWS, LAST]
    assert [line for line in lines if line in body] == body


@pytest.mark.parametrize("outlet", OUTLETS, ids=ids)
def test_a_caption_is_a_line_and_a_related_link_is_left_out(outlet: Outlet) -> None:
    """A caption is a line of its own, and links to other stories are not in the text."""
    text = read_page(outlet.page, "a.html").text
    assert CAPTION in text.split("\n")
    assert RELATED not in text


@pytest.mark.parametrize("outlet", OUTLETS, ids=ids)
def test_the_metadata_of_a_page_is_what_it_declares(outlet: Outlet) -> None:
    """Title, publication time, site, author and address come from the page.

    The outlet QĐND neither declares nor marks up its author, whose name appears only in the text.
    """
    metadata = read_page(outlet.page, "a.html").metadata
    assert metadata is not None
    assert metadata.as_json() == {
        "title": TITLE,
        "published": PUBLISHED,
        "site": outlet.site,
        **({} if outlet.name == "qdnd" else {"author": AUTHOR}),
        "url": f"https://bao.example/{len(outlet.site)}.html",
    }


@pytest.mark.parametrize("outlet", OUTLETS, ids=ids)
def test_head_parts_come_in_page_order(outlet: Outlet) -> None:
    """The title comes before the lead, and both before the body."""
    text = read_page(outlet.page, "a.html").text
    assert text.index(TITLE) < text.index(LEAD) < text.index(FIRST)


def test_the_date_of_today_is_not_a_stamp() -> None:
    """Today's date, shown above the title, is not taken for the publication stamp."""
    page = OUTLETS[0].page.replace("time-now", "date")
    assert "20/5/2024" not in read_page(page, "a.html").text


@pytest.mark.parametrize(
    ("published", "stamp"),
    [
        ("2024-03-12T08:05:00+07:00", "12/03/2024 08:05"),
        ("2024-03-11T20:05:00Z", "03:05, ngày 12/3/2024"),
        ("2024-03-12", "Ngày 12 tháng 3 năm 2024"),
    ],
)
def test_a_stamp_of_unknown_markup_is_found_by_its_day(published: str, stamp: str) -> None:
    """If a page with unknown markup declares its date, the element that shows it is the stamp."""
    page = (
        f'<html><head><meta property="article:published_time" content="{published}"></head><body>'
        f"<p>Thứ hai, 20/5/2024</p><div><h1>{TITLE}</h1><div><span>{stamp}</span> <b>x</b></div>"
        f"<div class='post-content'><p>{FIRST}</p><p>{LAST}</p></div></div></body></html>"
    )
    assert read_page(page, "a.html").text.split("\n") == [TITLE, stamp, FIRST, LAST]


def test_a_stamp_alone_gives_the_publication_time() -> None:
    """Without declared metadata, the date below the title is the publication time."""
    page = (
        "<html><body><span class='date'>Thứ hai, 20/5/2024</span><div>"
        f"<h1>{TITLE}</h1><time>12/03/2024 08:05 GMT+7</time>"
        f"<div class='post-content'><p>{FIRST}</p><p>{LAST}</p></div></div></body></html>"
    )
    read = read_page(page, "a.html")
    assert read.metadata is not None
    assert read.metadata.as_json() == {"title": TITLE, "published": "2024-03-12T08:05+07:00"}
    assert read.text.split("\n") == [TITLE, "12/03/2024 08:05 GMT+7", FIRST, LAST]


def test_an_unknown_page_keeps_title_and_lead() -> None:
    """The text of a page with unknown markup contains its title and lead once each."""
    page = (
        f'<html><head><meta name="description" content="{LEAD}"></head><body><main>'
        f"<h1>{TITLE}</h1><div class='x'><p>{LEAD}</p></div><div class='y'><p>{FIRST}</p>"
        f"<p>{LAST}</p><p>{FIRST} {LAST}</p></div></main></body></html>"
    )
    lines = read_page(page, "a.html").text.split("\n")
    assert [lines.count(line) for line in (TITLE, LEAD, FIRST, LAST)] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    "page",
    ["", "<html></html>", "<!-- -->", "<html><body><script>x()</script></body></html>", "\n"],
)
def test_a_page_without_text_is_refused(page: str) -> None:
    """A page without text raises an ``empty`` error that says what to do."""
    with pytest.raises(ArticleError, match=r"a\.html is an HTML page without readable") as caught:
        read_page(page, "a.html")
    assert caught.value.kind == "empty"


@pytest.mark.parametrize("page", [f"<p>{FIRST}</p>", f'<?xml version="1.0"?>\n<p>{FIRST}</p>'])
def test_a_page_may_be_one_paragraph(page: str) -> None:
    """A fragment of one element is read both by ``read_page`` and by ``text_of_page``."""
    assert read_page(page, "a.html").text == text_of_page(page, "a.html") == FIRST
