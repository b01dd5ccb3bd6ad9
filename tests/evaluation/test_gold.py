"""Gold annotations, articles and annotators."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold import pair_with_articles, read_annotators, read_gold
from helpers.evaluations import GOLD, SCHEMA


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A folder with the first seed, an unreadable second seed and an article without gold."""
    folder = tmp_path / "articles"
    folder.mkdir()
    first, second, *_ = sorted(data_folder("seeds").glob("*.txt"))
    (folder / first.name).write_bytes(first.read_bytes())
    (folder / second.name).write_bytes(b"")
    (folder / "other.txt").write_text("Một bài báo khác.", "utf-8")
    return folder


def test_gold_is_paired_with_articles(articles: Path) -> None:
    """Gold and articles without a counterpart are named, and so is an unreadable article."""
    first, second, *rest = sorted(GOLD)
    paired = pair_with_articles(GOLD, [str(articles)])
    assert (list(paired.gold), [article.id for article in paired.articles]) == (
        [first, second],
        [first],
    )
    assert (paired.gold_without_article, paired.articles_without_gold) == (rest, ["other"])
    assert list(paired.unreadable) == [second]


def test_no_article_with_gold_is_refused(articles: Path) -> None:
    """Without a readable article with gold, the error says how gold files are named."""
    paired = pair_with_articles(GOLD, [str(articles / "other.txt")])
    with pytest.raises(ConfigurationError, match=r"gold files must be named ARTICLE_ID\.json"):
        paired.raise_if_empty()


def test_a_file_that_is_not_a_record_is_named(tmp_path: Path) -> None:
    """The error for an invalid gold file names the file and the schema."""
    (tmp_path / "a.json").write_text("{}", "utf-8")
    with pytest.raises(
        ConfigurationError, match=r"a\.json is not a valid movement_report/1 record"
    ):
        read_gold(tmp_path, SCHEMA)


def test_a_folder_without_gold_is_refused(tmp_path: Path) -> None:
    """A folder without .json files is refused."""
    with pytest.raises(ConfigurationError, match=r"has no \.json files"):
        read_gold(tmp_path, SCHEMA)


def test_annotators_have_two_folders(tmp_path: Path) -> None:
    """The packaged annotators are read; a folder without two subfolders is refused."""
    first, second = read_annotators(data_folder("gold") / "annotators", SCHEMA)
    assert set(first) | set(second) <= set(GOLD)
    (tmp_path / "only").mkdir()
    with pytest.raises(ConfigurationError, match="must contain exactly two folders"):
        read_annotators(tmp_path, SCHEMA)
