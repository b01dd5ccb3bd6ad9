"""Articles: valid texts, ids and digests."""

from __future__ import annotations

import pytest

from antq_llm.articles.article import Article
from antq_llm.core.digest import digest_of_text
from antq_llm.errors import ArticleError


@pytest.mark.parametrize("text", ["", " ", "\r\n", "\u00a0"])
def test_an_article_has_text(text: str) -> None:
    """An empty text raises an ArticleError that names the id."""
    with pytest.raises(
        ArticleError, match=r"^b is empty: there is no text to extract from"
    ) as caught:
        Article(text, "b")
    assert caught.value.kind == "empty"


def test_an_article_contains_only_characters() -> None:
    """A lone surrogate raises an ArticleError that gives its offset."""
    with pytest.raises(
        ArticleError,
        match=r"b contains a lone surrogate \(not a character\) at offset 3: repair the text",
    ):
        Article("abc\ud83d", "b")


def test_the_default_id_is_text() -> None:
    """An article made from a text alone has the id ``text`` and no source."""
    article = Article("Bài báo.")
    assert (article.id, article.source) == ("text", None)


def test_the_digest_of_an_article_is_that_of_its_text() -> None:
    """The digest depends only on the text, not on the id or the source."""
    digests = {Article("Bài báo.", "a").digest, Article("Bài báo.", "b", "c").digest}
    assert digests == {digest_of_text("Bài báo.")}
