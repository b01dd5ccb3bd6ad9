"""In an archive of all formats, articles are read with metadata and other files are counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm import read_articles
from antq_llm.articles.unread import count_by_ending
from helpers.archive import Archive, make_archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of over 60 articles."""
    return make_archive(tmp_path / "archive")


def test_python_reads_exactly_the_articles(archive: Archive) -> None:
    """Every article has its text and metadata, and unread files are counted by extension."""
    articles = read_articles(archive.folder, keep=["section"])
    found = {article.id: article for article in articles}
    assert len(archive.articles) > 60
    assert sorted(found) == sorted(archive.articles)
    for article_id, (passage, metadata) in archive.articles.items():
        article = found[article_id]
        assert passage in article.text
        assert (article_id, article.metadata and article.metadata.as_json()) == (
            article_id,
            metadata,
        )
    assert count_by_ending(articles.unread) == archive.unread
