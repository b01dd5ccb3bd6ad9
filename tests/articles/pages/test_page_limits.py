"""Limits on hostile pages, which are reduced or refused."""

from __future__ import annotations

import pytest

from antq_llm.articles.pages import page_limits
from antq_llm.articles.pages.web_page import text_of_page
from antq_llm.errors import ArticleError

SENTENCE = "<p>Sáng 24/7, hội nghị tổng kết diễn ra tại Hà Nội với hơn 300 đại biểu.</p>" * 5


@pytest.mark.parametrize(
    "attribute",
    ["a{}=1 ", 'a{}="x y"', "a{}='>'", 'a{}=">"', "a{}", "a{}=<b ", "a{} = 1 ", "a{}=\u00e9\n"],
)
@pytest.mark.parametrize("separator", [" ", "\n", "/", "\t\n "])
def test_a_tag_with_many_attributes_is_read_without_them(attribute: str, separator: str) -> None:
    """If a tag has too many attributes, they are ignored, and the page's text is still read."""
    attributes = separator.join(attribute.format(number) for number in range(5000))
    page = f"<html><body><div {attributes}>{SENTENCE}</div></body></html>"
    reduced = page_limits._TAG.sub(page_limits._with_few_attributes, page)
    assert len(reduced) < len(page) / 10
    assert text_of_page(page, "x").startswith("Sáng 24/7, hội nghị")


@pytest.mark.parametrize(
    "tag",
    [
        f'<img src="data:image/png;base64,{"QUJD" * 5000}" alt="a b">',
        '<a href="x" title="' + "một hai ba " * 500 + '">',
        "<p>1 < 2 và 3 > 2</p>",
        '<a href="' + "x" * 5000,
    ],
)
def test_a_page_with_long_or_odd_tags_is_left_as_it_is(tag: str) -> None:
    """Tags with long attribute values and stray signs are left unchanged."""
    assert page_limits._TAG.sub(page_limits._with_few_attributes, tag) == tag


def test_a_page_of_enormous_length_is_refused() -> None:
    """A page that would take many seconds to parse raises an error that says what to do."""
    page = "<p>a</p>" * (page_limits.MAX_HTML_CHARACTERS // 8 + 1)
    with pytest.raises(ArticleError, match="save the article as text") as caught:
        text_of_page(page, "x")
    assert caught.value.kind == "too_long"
