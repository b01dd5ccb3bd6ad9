"""Export of a run's records as Label Studio tasks, with predictions to correct.

The format is the basic JSON format described at https://labelstud.io/guide/predictions. Offsets
count Unicode code points, as in Label Studio.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from antq_llm.annotation.label_fields import LABELS, TEXT, Control, LabelFields, Region
from antq_llm.core.atomic_write import disk_errors_named, write_atomically
from antq_llm.core.json_pointer import pointer_to
from antq_llm.records.stored_run import StoredRun
from antq_llm.schemas.base import Schema


@dataclass
class WrittenTasks:
    """The number of tasks written, and the articles and items left out."""

    tasks: int = 0
    without_text: list[str] = field(default_factory=list)
    """Articles left out because their text was not found."""
    without_span: int = 0
    """The number of items left out because their quote was not found in the article."""


def write_tasks(
    run: StoredRun,
    schema: Schema[Any],
    path: Path,
    *,
    text_of: Callable[[str], str | None],
    article_ids: frozenset[str] = frozenset(),
) -> WrittenTasks:
    """Write a run's tasks to ``path``, and the labelling interface to an ``.xml`` file beside it.

    ``text_of`` returns the text of an article by id, or None if it is not found. If ``article_ids``
    is not empty, only the tasks of these articles are written.
    """
    fields = LabelFields(schema)
    written = WrittenTasks()

    def pieces() -> Iterator[str]:
        yield "["
        for line in run.record_lines():
            if article_ids and line["article_id"] not in article_ids:
                continue
            text = text_of(line["article_id"])
            if text is None:
                written.without_text.append(line["article_id"])
                continue
            yield ",\n" if written.tasks else "\n"
            yield json.dumps(_task(line, text, fields, written), ensure_ascii=False)
            written.tasks += 1
        yield "\n]\n"

    with disk_errors_named(path):
        write_atomically(path, pieces())
        write_atomically(path.with_suffix(".xml"), [fields.config])
    return written


def _task(
    line: Mapping[str, Any], text: str, fields: LabelFields, written: WrittenTasks
) -> dict[str, Any]:
    results = [
        result
        for region in fields.regions
        for result in _region_results(line, text, region, written)
    ]
    results += [
        _result(f"record-{control.name}", control, texts, {})
        for control in fields.record_controls
        if (texts := control.write(_value_at(line["record"], control.path)))
    ]
    scores = _scores(line).values()
    prediction: dict[str, Any] = {"model_version": str(line.get("model")), "result": results}
    if scores:
        prediction["score"] = sum(scores) / len(scores)
    data = {"article_id": line["article_id"], "source": line.get("source"), TEXT: text}
    return {"data": data, "predictions": [prediction]}


def _scores(line: Mapping[str, Any]) -> dict[str, float]:
    """Return the score of each item by pointer: its probability or, if unknown, its agreement."""
    scores = {}
    for item in line.get("confidence") or ():
        rated = (item.get("probability"), item.get("agreement"))
        known = [score for score in rated if score is not None]
        if known:
            scores[item["pointer"]] = known[0]
    return scores


def _region_results(
    line: Mapping[str, Any], text: str, region: Region, written: WrittenTasks
) -> Iterator[dict[str, Any]]:
    spans = {evidence["pointer"]: evidence for evidence in line.get("evidence") or ()}
    scores = _scores(line)
    found = _value_at(line["record"], region.path)
    pointer = pointer_to(region.path)
    items = (
        [(f"{pointer}/{index}", item) for index, item in enumerate(found or ())]
        if region.is_list
        else [(pointer, found)]
    )
    for place, item in items:
        if not isinstance(item, Mapping):
            continue
        if place not in spans:
            written.without_span += 1
            continue
        start, end = spans[place]["start"], spans[place]["end"]
        value = {"start": start, "end": end, "text": text[start:end], "labels": [region.label]}
        result = {"id": place, "from_name": LABELS, "to_name": TEXT, "type": "labels"}
        score = {"score": scores[place]} if place in scores else {}
        yield result | {"value": value} | score
        for control in region.controls:
            if texts := control.write(_value_at(item, control.path)):
                yield _result(place, control, texts, {"start": start, "end": end})


def _result(
    place: str, control: Control, texts: list[str], span: Mapping[str, int]
) -> dict[str, Any]:
    key = "choices" if control.choices else "text"
    return {
        "id": place,
        "from_name": control.name,
        "to_name": TEXT,
        "type": control.result_type,
        "value": {**span, key: texts},
    }


def _value_at(data: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        data = data.get(part) if isinstance(data, Mapping) else None
    return data
