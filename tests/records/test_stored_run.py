"""Reading a run back as typed objects, one line at a time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from antq_llm.core.packaged_data import data_folder
from antq_llm.errors import ConfigurationError, SchemaError
from antq_llm.extraction.options import Options
from antq_llm.movement_report.record import MovementReport
from antq_llm.runs import Run, RunSettings, open_run
from antq_llm.validation.warnings import RecordWarning
from helpers.exports import line, run_folder


class Note(BaseModel):
    """A record."""

    subject: str


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run with two records and a failure."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "in").mkdir()
    for seed in sorted(data_folder("seeds").glob("*.txt"))[:2]:
        (folder / "in" / seed.name).write_bytes(seed.read_bytes())
    (folder / "in/other.txt").write_text("Không có bản ghi.", "utf-8")
    Run(RunSettings((str(folder / "in"),), Options(), out=folder / "out", offline=True)).run()
    return folder / "out"


def test_records_are_instances_of_the_model(folder: Path) -> None:
    """Records and warnings are typed, and evidence gives the places of the records' quotes."""
    run = open_run(str(folder))
    for stored in run.records:
        assert isinstance(stored.record, MovementReport)
        assert stored.source is not None
        text = Path(stored.source).read_text("utf-8")
        where = next(one for one in stored.evidence if one.pointer == "/events/0")
        assert text[where.start : where.end] == stored.record.events[0].quote
    assert [stored.attempts for stored in run.records] == [1, 1]
    [warning] = [warning for stored in run.records for warning in stored.warnings]
    assert isinstance(warning, RecordWarning)
    assert warning.kind == "unaccounted"
    assert "Lê Quốc Hùng" in warning.message


def test_failures_settings_and_identity_are_read(folder: Path) -> None:
    """Failures have a kind, answers and a cost; settings and identity come from run.json."""
    run = open_run(folder)
    [failure] = run.failures
    assert (failure.article_id, failure.kind) == ("other", "recording_missing")
    assert (failure.answers, failure.cost_usd) == ((), 0)
    assert run.settings["offline"] is True
    assert run.identity["prompt"]["reference"].startswith("movement_report@")


def test_lines_are_read_when_they_are_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opening a run reads no record, and each iteration starts anew."""
    read: list[str] = []

    def lines(_: Path) -> Any:
        for name in "abc":
            read.append(name)
            yield line(name, {"subject": name})

    monkeypatch.setattr("antq_llm.records.stored_run.read_records", lines)
    records = open_run(folder, Note).records
    assert read == []
    assert next(iter(records)).record == Note(subject="a")
    assert read == ["a"]
    assert len(list(records)) == 3


def test_without_a_schema_records_are_json(tmp_path: Path) -> None:
    """If the schema cannot be loaded, records are JSON data unless a model is passed."""
    made = run_folder(tmp_path / "run", line("a", {"subject": "x"}, confidence=[], warnings=[]))
    [stored] = open_run(made).records
    assert stored.record == {"subject": "x"}
    [typed] = open_run(made, Note).records
    assert typed.record == Note(subject="x")
    assert (typed.warnings, typed.usage.input_tokens) == ((), 100)


@pytest.mark.parametrize(
    ("settings", "named"), [({}, "not named in run.json"), ({"schema": "lost/1"}, "lost/1")]
)
def test_a_schema_that_cannot_be_loaded_is_named(
    tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    """The error says which schema cannot be loaded, or that ``run.json`` names none."""
    made = run_folder(tmp_path / "run", line("a", {"subject": "x"}))
    (made / "run.json").write_text(json.dumps({"settings": settings}), "utf-8")
    run = open_run(made)
    with pytest.raises(ConfigurationError, match=rf"\({named}\) cannot be loaded: name it with"):
        run.known_schema()


def test_a_json_schema_file_is_found_again(tmp_path: Path) -> None:
    """Records are read with the schema file that run.json names."""
    made = run_folder(tmp_path / "run", line("a", {"subject": "x"}))
    (tmp_path / "note.json").write_text('{"title": "note", "type": "object"}', "utf-8")
    settings = {"schema": "note", "schema_file": str(tmp_path / "note.json")}
    (made / "run.json").write_text(json.dumps({"settings": settings}), "utf-8")
    [stored] = open_run(made).records
    assert stored.record.root == {"subject": "x"}


def test_a_record_that_the_model_refuses_is_an_error(tmp_path: Path) -> None:
    """A record that does not fit the model raises a SchemaError, but its JSON can be read."""
    made = run_folder(tmp_path / "run", line("a", {"subject": 5}))
    [stored] = open_run(made, Note).records
    with pytest.raises(SchemaError, match=r"use .data to read the record as JSON"):
        _ = stored.record
    assert stored.data == {"subject": 5}


def test_warnings_of_another_version_are_an_error(tmp_path: Path) -> None:
    """An unknown kind of warning raises a ConfigurationError instead of being skipped."""
    made = run_folder(tmp_path / "run", line("a", {}))
    [stored] = open_run(made).records
    with pytest.raises(ConfigurationError, match="edited or written by another version"):
        _ = stored.warnings


def test_a_folder_without_records_is_no_run(tmp_path: Path) -> None:
    """A folder without records.jsonl raises a ConfigurationError that says which folder to name."""
    with pytest.raises(ConfigurationError, match="extract --out wrote"):
        open_run(tmp_path)
