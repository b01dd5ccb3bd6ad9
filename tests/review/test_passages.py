"""Passages that a reviewer has settled because they need no item."""

from __future__ import annotations

from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.review.passages import Passage, SettledPassages
from antq_llm.validation.warnings import RecordWarning

TEXT = "Anna Fields met Peter Lowe on 4 March."
ANNA, PETER = Passage(0, 11, "Anna Fields"), Passage(16, 26, "Peter Lowe")


def warnings_of(*passages: Passage) -> list[RecordWarning]:
    """Return an ``unaccounted`` warning for each passage."""
    return [
        RecordWarning(kind="unaccounted", message="", start=found.start, end=found.end)
        for found in passages
    ]


def test_settled_passages_are_kept_until_they_are_reopened(tmp_path: Path) -> None:
    """Settled passages are kept in a file, which is deleted when the last one is reopened."""
    SettledPassages(tmp_path).settle("a", PETER)
    SettledPassages(tmp_path).settle("a", PETER)
    found = SettledPassages(tmp_path).underlined("a", TEXT, warnings_of(ANNA, PETER))
    assert (found.open, found.settled) == ((ANNA,), (PETER,))
    assert found.all == [ANNA, PETER]
    SettledPassages(tmp_path).reopen("a", PETER)
    assert not (tmp_path / "a.passages").exists()


def test_a_passage_of_a_changed_text_is_open_again(tmp_path: Path) -> None:
    """A settled passage is open again if the words at its place have changed."""
    settled = SettledPassages(tmp_path)
    settled.settle("a", PETER)
    changed = TEXT.replace("Peter Lowe", "Maria Lowe")
    assert settled.underlined("a", changed, warnings_of(PETER)).settled == ()


def test_the_next_passage_follows_in_the_text(tmp_path: Path) -> None:
    """The passage after the last is the first, and there is none after a single passage."""
    found = SettledPassages(tmp_path).underlined("a", TEXT, warnings_of(ANNA, PETER))
    assert found.after((ANNA.start, ANNA.end)) == PETER
    assert found.after((PETER.start, PETER.end)) == ANNA
    only = SettledPassages(tmp_path).underlined("a", TEXT, warnings_of(PETER))
    assert only.after((PETER.start, PETER.end)) is None


@pytest.mark.parametrize("content", ["{", '{"start": 1}', "[1]", '[{"start": "x"}]'])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    """The error for a damaged file names the file to correct."""
    (tmp_path / "a.passages").write_text(content, "utf-8")
    with pytest.raises(ConfigurationError, match=r"a\.passages is not a list of passages"):
        SettledPassages(tmp_path).underlined("a", TEXT, ())
