"""Adjudication between two annotators of the same articles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from antq_llm.errors import ConfigurationError
from antq_llm.review.adjudication import Annotators
from antq_llm.schemas.registry import schema_from
from helpers.reviewing import RECORD, SCHEMA

SCHEMA_READ = schema_from(SCHEMA)
PERSON, FIGURE = RECORD["people"][0], RECORD["figures"][0]
PETER = {**PERSON, "name": "Peter Lowe", "quote": "Peter Lowe"}
SECOND = {
    **RECORD,
    "kind": "other",
    "people": [PETER, {**PERSON, "parts": ["guest"]}],
    "figures": [{**FIGURE, "value": 1200}],
}


def annotators(folder: Path, **records: Any) -> Annotators:
    for name, record in records.items():
        (folder / name).mkdir()
        if record is not None:
            (folder / name / "library.json").write_text(json.dumps(record), "utf-8")
    return Annotators(folder, SCHEMA_READ)


@pytest.mark.parametrize("side", ["a", "b"])
def test_taking_all_values_of_one_gives_their_record(tmp_path: Path, side: Any) -> None:
    """From either record, choosing every value of one annotator gives that annotator's record."""
    pair = annotators(tmp_path, an=RECORD, binh=SECOND)
    wanted = {"a": RECORD, "b": SECOND}[side]
    for begun in (RECORD, SECOND):
        record: Any = begun
        for place in range(len(pair.differences("library"))):
            record = pair.differences("library")[place].take(record, side, SCHEMA_READ)
        assert sorted(record["people"], key=str) == sorted(wanted["people"], key=str)
        assert {**record, "people": []} == {**wanted, "people": []}


def test_it_is_known_whose_value_a_record_has(tmp_path: Path) -> None:
    """In an annotator's own record, every value is recognised as that annotator's."""
    pair = annotators(tmp_path, an=RECORD, binh=SECOND)
    found = pair.differences("library")
    assert {one.field for one in found} == {"kind", "people", "people.parts", "figures.value"}
    assert {one.chosen_in(RECORD) for one in found} == {"a"}
    assert {one.chosen_in(SECOND) for one in found} == {"b"}


def test_agreement_is_over_the_articles_of_both(tmp_path: Path) -> None:
    """An article counts only if both annotators have it, and changed files are read again."""
    pair = annotators(tmp_path, an=RECORD, binh=None)
    assert pair.agreement(["library"])[0] == 0
    (tmp_path / "binh/library.json").write_text(json.dumps(RECORD), "utf-8")
    count, scores = pair.agreement(["library", "other"])
    assert (count, scores.strict["overall"].counts.f1) == (1, 1.0)


def test_other_folders_than_two_are_refused(tmp_path: Path) -> None:
    """A number of folders other than two is refused, and the message says what is needed."""
    with pytest.raises(ConfigurationError, match="one for each annotator"):
        annotators(tmp_path, an=None)
