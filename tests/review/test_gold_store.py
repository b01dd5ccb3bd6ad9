"""Saving the records of a review."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.review.gold_store import ChangedElsewhere, GoldStore

RUN = {"name": "Lan"}


def test_a_change_is_a_draft_until_it_is_accepted(tmp_path: Path) -> None:
    """Accepting a draft moves its record into gold, and later changes are saved there."""
    store = GoldStore(tmp_path)
    first = store.save("a/b", {"name": "Mai"}, store.load("a/b", RUN).version, RUN)
    assert (tmp_path / "a/b.draft").read_text("utf-8") == '{\n "name": "Mai"\n}\n'
    gold = store.accept("a/b", first.version, RUN)
    assert not (tmp_path / "a/b.draft").exists()
    store.save("a/b", {"name": "Hoa"}, gold.version, RUN)
    assert json.loads((tmp_path / "a/b.json").read_text("utf-8")) == {"name": "Hoa"}


def test_an_old_version_is_refused(tmp_path: Path) -> None:
    """Saving or accepting a record that another store has since changed is refused."""
    store, other = GoldStore(tmp_path), GoldStore(tmp_path)
    version = store.load("a", RUN).version
    other.save("a", {"name": "Mai"}, version, RUN)
    with pytest.raises(ChangedElsewhere):
        store.save("a", {"name": "Hoa"}, version, RUN)
    with pytest.raises(ChangedElsewhere):
        store.accept("a", version, RUN)
    assert store.load("a", RUN).data == {"name": "Mai"}


def test_undo_goes_back_to_the_run(tmp_path: Path) -> None:
    """Undo reverts an acceptance, then a change, and leaves no file."""
    store = GoldStore(tmp_path)
    draft = store.save("a", {"name": "Mai"}, store.load("a", RUN).version, RUN)
    gold = store.accept("a", draft.version, RUN)
    assert store.undo("a", gold.version, RUN).state == "draft"
    assert store.undo("a", draft.version, RUN).data == RUN
    assert sorted(path.suffix for path in tmp_path.glob("a*")) == []
    assert not store.can_undo("a", store.load("a", RUN).version)


def test_undo_does_not_take_back_what_another_did(tmp_path: Path) -> None:
    """After a change by another store, there is nothing to undo."""
    store, other = GoldStore(tmp_path), GoldStore(tmp_path)
    mine = store.save("a", {"name": "Mai"}, store.load("a", RUN).version, RUN)
    theirs = other.save("a", {"name": "Hoa"}, mine.version, RUN)
    assert not store.can_undo("a", theirs.version)
    with pytest.raises(ChangedElsewhere):
        store.undo("a", theirs.version, RUN)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    """A gold file that is not JSON raises an error that names the file."""
    (tmp_path / "a.json").write_text("{", "utf-8")
    with pytest.raises(ConfigurationError, match=r"a\.json is not a record"):
        GoldStore(tmp_path).load("a", RUN)


def test_ids_lead_to_no_file_outside(tmp_path: Path) -> None:
    """An id that points outside the folder raises an error."""
    with pytest.raises(ConfigurationError, match="points outside"):
        GoldStore(tmp_path / "gold").load("../a", RUN)
