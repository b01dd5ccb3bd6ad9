"""Lossless export of records as Label Studio tasks and import of annotations as gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from antq_llm.annotation.label_fields import LabelFields
from antq_llm.annotation.label_studio_import import ImportedGold, import_annotations
from antq_llm.annotation.label_studio_tasks import write_tasks
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.runs.run_articles import RunTexts
from antq_llm.records.stored_run import open_run
from antq_llm.schemas.registry import load_schema, schema_from
from helpers.exports import line, run_folder

SCHEMA = load_schema("movement_report/1")
TEXT = "😀 Xã Tân Lâm có 48 thôn. Bà Mai hứa giúp."
ORDERS: dict[str, Any] = {
    "title": "orders",
    "type": "object",
    "properties": {
        "total": {"type": ["integer", "null"]},
        "meta": {"type": ["object", "null"], "properties": {"unit": {"type": "string"}}},
        "orders": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "quote": {"type": "string"},
                    "kind": {"type": ["string", "null"], "enum": ["a", "b", None]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "parts": {
                        "type": "array",
                        "items": {"type": "object", "properties": {"n": {"type": "integer"}}},
                    },
                    "extra": {
                        "type": ["object", "null"],
                        "additionalProperties": {"type": ["string", "null"]},
                    },
                },
            },
        },
    },
}
RECORD = {
    "total": 48,
    "meta": None,
    "orders": [
        {
            "quote": "48 thôn",
            "kind": "a",
            "tags": ["x; y", "z"],
            "parts": [{"n": 1}, {"n": 2}],
            "extra": {"k": None},
        },
        {"quote": "Bà Mai hứa giúp.", "kind": None, "tags": [], "parts": [], "extra": None},
    ],
}


def tasks_of(tmp_path: Path, **fields: Any) -> list[dict[str, Any]]:
    """Return the tasks of a run with one record of orders."""
    evidence = [
        {"pointer": f"/orders/{index}", "start": start, "end": start + len(item["quote"])}
        for index, item in enumerate(RECORD["orders"])  # type: ignore[arg-type]
        if (start := TEXT.index(item["quote"])) >= 0
    ]
    run = run_folder(tmp_path / "run", line(record=RECORD, evidence=evidence, **fields))
    write_tasks(
        open_run(run), schema_from(ORDERS), tmp_path / "tasks.json", text_of={"a": TEXT}.get
    )
    return list(json.loads((tmp_path / "tasks.json").read_bytes()))


def imported(
    tmp_path: Path, tasks: list[dict[str, Any]], annotator: str | None = None
) -> ImportedGold:
    """Turn the predictions of tasks into annotations and import them as gold."""
    for task in tasks:
        predictions = task.pop("predictions", None)
        task.setdefault("annotations", predictions)
    (tmp_path / "export.json").write_text(json.dumps(tasks), "utf-8")
    return import_annotations(
        tmp_path / "export.json", tmp_path / "gold", schema_from(ORDERS), annotator
    )


def test_every_record_comes_back(run: Path, tmp_path: Path) -> None:
    """Predictions that are accepted unchanged become gold equal to the records."""
    opened = open_run(run)
    written = write_tasks(opened, SCHEMA, tmp_path / "t.json", text_of=RunTexts(opened).get)
    assert (written.tasks, written.without_text, written.without_span) == (5, [], 0)
    tasks = json.loads((tmp_path / "t.json").read_bytes())
    for task in tasks:
        task["annotations"] = task.pop("predictions")
    (tmp_path / "t.json").write_text(json.dumps(tasks))
    found = import_annotations(tmp_path / "t.json", tmp_path / "gold", SCHEMA)
    assert found.faults == []
    for entry in opened.record_lines():
        gold = json.loads((tmp_path / "gold" / f"{entry['article_id']}.json").read_bytes())
        assert gold == entry["record"]


def test_any_schema_comes_back(tmp_path: Path) -> None:
    """Lists without quotes, maps, numbers and enumerations are unchanged, even after an emoji."""
    found = imported(tmp_path, tasks_of(tmp_path))
    assert found.faults == []
    assert json.loads((tmp_path / "gold" / "a.json").read_bytes()) == RECORD


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"agreement": 0.5}, {"agreement": 1.0}, [0.5, 1.0]),
        ({"probability": 0.25, "agreement": 0.5}, {"probability": 0.0}, [0.25, 0.0]),
        ({"probability": 0.75, "agreement": None}, {"agreement": None}, [0.75]),
    ],
)
def test_predictions_have_scores(
    tmp_path: Path, first: dict[str, Any], second: dict[str, Any], expected: list[float]
) -> None:
    """A region's score is its probability, or else its agreement; a task's score is their mean."""
    rated = [{"pointer": "/orders/0", **first}, {"pointer": "/orders/1", **second}]
    (task,) = tasks_of(tmp_path, confidence=rated)
    (prediction,) = task["predictions"]
    scores = [result["score"] for result in prediction["result"] if "score" in result]
    assert prediction["model_version"] == "m"
    assert prediction["score"] == sum(expected) / len(expected)
    assert scores == expected


def test_predictions_without_confidence_have_no_score(tmp_path: Path) -> None:
    """Confidence that a run could not compute, or did not, gives no score."""
    rated = [{"pointer": "/orders/0", "probability": None, "agreement": None, "samples": 1}]
    for confidence in (rated, []):
        (task,) = tasks_of(tmp_path, confidence=confidence)
        (prediction,) = task["predictions"]
        assert not any("score" in part for part in (prediction, *prediction["result"]))


def test_every_result_has_its_control() -> None:
    """The interface is XML with a control for each name that results use."""
    root = ElementTree.fromstring(LabelFields(SCHEMA).config)
    names = {element.get("name") for element in root.iter() if element.get("name")}
    fields = LabelFields(SCHEMA)
    controls = [*fields.record_controls, *(one for r in fields.regions for one in r.controls)]
    assert {control.name for control in controls} | {"item", "text"} == names
    assert {"people__positions", "events__place__province", "headline"} <= names


def test_corrected_spans_become_quotes(tmp_path: Path) -> None:
    """A moved region gives the quote at its new place."""
    tasks = tasks_of(tmp_path)
    region = tasks[0]["predictions"][0]["result"][0]["value"]
    region |= {"start": TEXT.index("Xã"), "end": TEXT.index("Xã") + 10, "text": "Xã Tân Lâm"}
    imported(tmp_path, tasks)
    gold = json.loads((tmp_path / "gold" / "a.json").read_bytes())
    assert gold["orders"][0]["quote"] == "Xã Tân Lâm"


def test_offsets_in_utf_16_are_read(tmp_path: Path) -> None:
    """Offsets of older versions, which count an emoji as two characters, give the right quote."""
    tasks = tasks_of(tmp_path)
    for result in tasks[0]["predictions"][0]["result"]:
        for name in ("start", "end"):
            if name in result["value"]:
                result["value"][name] += 1
    imported(tmp_path, tasks)
    gold = json.loads((tmp_path / "gold" / "a.json").read_bytes())
    assert [item["quote"] for item in gold["orders"]] == ["48 thôn", "Bà Mai hứa giúp."]


def test_a_region_with_other_text_is_a_fault(tmp_path: Path) -> None:
    """A region whose text is not at its offsets is reported, and nothing is written."""
    tasks = tasks_of(tmp_path)
    tasks[0]["predictions"][0]["result"][0]["value"]["text"] = "khác"
    found = imported(tmp_path, tasks)
    assert "is not 'khác'" in found.faults[0].message
    assert found.gold.written == []


def test_unknown_labels_and_controls_are_faults(tmp_path: Path) -> None:
    """A label or control that the schema does not have is reported, not ignored."""
    tasks = tasks_of(tmp_path)
    results = tasks[0]["predictions"][0]["result"]
    results[0]["value"]["labels"] = ["khác"]
    results.append({"id": "x", "from_name": "other", "value": {"text": ["x"]}})
    messages = [fault.message for fault in imported(tmp_path, tasks).faults]
    assert messages == [
        "the schema's labelling interface has no control 'other'",
        "the schema's labelling interface has no label 'khác'",
    ]


def test_several_annotators_must_be_told_apart(tmp_path: Path) -> None:
    """A task with two annotators needs a name; the named person's latest annotation is used."""
    tasks = tasks_of(tmp_path)
    result = tasks[0].pop("predictions")[0]["result"]
    tasks[0]["annotations"] = [
        {"completed_by": 1, "updated_at": "2026-01-02", "result": result},
        {"completed_by": 1, "updated_at": "2026-01-01", "result": []},
        {"completed_by": {"id": 2, "email": "b@x"}, "result": []},
    ]
    with pytest.raises(ConfigurationError, match="name one with --annotator"):
        imported(tmp_path, tasks)
    imported(tmp_path, tasks, "1")
    assert json.loads((tmp_path / "gold" / "a.json").read_bytes()) == RECORD


def test_an_unknown_annotator_is_refused(tmp_path: Path) -> None:
    """The error for an unknown annotator names the annotators of the file."""
    tasks = tasks_of(tmp_path)
    tasks[0]["annotations"] = [{"completed_by": {"id": 2, "email": "b@x"}, "result": []}]
    with pytest.raises(ConfigurationError, match="by nobody@x: name one of 2, b@x"):
        imported(tmp_path, tasks, "nobody@x")


def test_nothing_is_written_if_a_task_is_refused(tmp_path: Path) -> None:
    """An article id that points outside the folder is refused before any file is written."""
    tasks = tasks_of(tmp_path)
    tasks.append({"data": {**tasks[0]["data"], "article_id": "../evil"}, "annotations": []})
    with pytest.raises(ConfigurationError, match="points outside"):
        imported(tmp_path, tasks)
    assert not (tmp_path / "gold").exists()


def test_tasks_without_annotation_are_reported(tmp_path: Path) -> None:
    """A task that the annotator skipped is listed as one without an annotation."""
    tasks = tasks_of(tmp_path)
    tasks[0].pop("predictions")
    tasks[0]["annotations"] = [{"was_cancelled": True, "result": []}]
    assert imported(tmp_path, tasks).without_annotation == ["a"]


@pytest.mark.parametrize("content", ["{", "{}", '[{"text": "x"}]', "[1]"])
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    """The error for a file that is not a JSON export names the right export format."""
    (tmp_path / "x.json").write_text(content)
    with pytest.raises(ConfigurationError, match="as JSON, not JSON-MIN"):
        import_annotations(tmp_path / "x.json", tmp_path / "gold", SCHEMA)


def test_what_has_no_place_is_counted(tmp_path: Path) -> None:
    """Items without evidence and articles without a text are counted."""
    run = run_folder(tmp_path / "run", line("a", RECORD), line("b", RECORD))
    written = write_tasks(
        open_run(run), schema_from(ORDERS), tmp_path / "t.json", text_of={"a": TEXT}.get
    )
    assert (written.tasks, written.without_text, written.without_span) == (1, ["b"], 2)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_label_studio_accepts_interface_and_predictions(run: Path, tmp_path: Path) -> None:
    """Label Studio's own library finds no fault in the interface or the predictions."""
    sdk = pytest.importorskip(
        "label_studio_sdk.label_interface", reason="label-studio-sdk is not installed"
    )
    opened = open_run(run)
    write_tasks(opened, SCHEMA, tmp_path / "t.json", text_of=RunTexts(opened).get)
    interface = sdk.LabelInterface((tmp_path / "t.xml").read_text("utf-8"))
    interface.validate()
    for task in json.loads((tmp_path / "t.json").read_bytes()):
        assert interface.validate_prediction(task["predictions"][0], return_errors=True) == []
