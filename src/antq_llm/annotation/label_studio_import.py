"""Import of Label Studio annotations as gold annotations, with regions as quotes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from antq_llm.annotation.gold_folder import WrittenGold, gold_file, put_gold
from antq_llm.annotation.label_fields import LABELS, TEXT, Control, LabelFields, Region
from antq_llm.errors import ConfigurationError
from antq_llm.evaluation.gold_faults import GoldFault
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.declared_roles import Path
from antq_llm.schemas.faults import InvalidAnswer

_ADVICE = "export the project from Label Studio as JSON, not JSON-MIN"


@dataclass
class ImportedGold:
    """The result of importing a Label Studio export."""

    gold: WrittenGold = field(default_factory=WrittenGold)
    faults: list[GoldFault] = field(default_factory=list)
    """The faults of annotations that were not written because they are not valid records."""
    without_annotation: list[str] = field(default_factory=list)
    """Articles without an annotation to import; skipped annotations are not imported."""


def import_annotations(
    file: FilePath, folder: FilePath, schema: Schema[Any], annotator: str | None = None
) -> ImportedGold:
    """Write the annotations in a Label Studio export as ``ARTICLE_ID.json`` files.

    Existing files are left unchanged. ``annotator`` is the id or e-mail address of the person whose
    annotations are used; it is required if a task has several annotators. Raises ConfigurationError
    if the file is not a Label Studio export, an article id points outside the folder or the
    annotator is missing or unknown. In these cases, nothing is written.
    """
    fields = LabelFields(schema)
    imported = ImportedGold()
    tasks = _read_tasks(file)
    _check_annotator(tasks, annotator)
    for task in tasks:
        gold_file(folder, _article_id(task))
    chosen = [(_article_id(task), task, _annotation_of(task, annotator)) for task in tasks]
    for article_id, task, annotation in chosen:
        if annotation is None:
            imported.without_annotation.append(article_id)
            continue
        reader = _AnnotationReader(article_id, str(task["data"][TEXT]), fields)
        record = reader.record(annotation.get("result") or ())
        faults = reader.faults
        if not faults:
            try:
                record = schema.dump(schema.read_json(json.dumps(record, ensure_ascii=False)))
            except InvalidAnswer as error:
                faults = [GoldFault(article_id, one.pointer, one.message) for one in error.faults]
        if faults:
            imported.faults += faults
        else:
            put_gold(imported.gold, folder, article_id, record)
    return imported


def _read_tasks(file: FilePath) -> list[dict[str, Any]]:
    try:
        tasks = json.loads(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read ({error.strerror}): {_ADVICE}") from error
    except ValueError as error:
        raise ConfigurationError(f"{file} is not valid JSON ({error}): {_ADVICE}") from error
    if not isinstance(tasks, list) or not all(map(_is_task, tasks)):
        raise ConfigurationError(f"{file} is not a list of tasks with annotations: {_ADVICE}")
    return tasks


def _is_task(task: Any) -> bool:
    return (
        isinstance(task, dict)
        and isinstance(task.get("data"), dict)
        and isinstance(task["data"].get(TEXT), str)
        and isinstance(task.get("annotations", []), list)
    )


def _article_id(task: Mapping[str, Any]) -> str:
    return str(task["data"].get("article_id") or f"task-{task.get('id')}")


def _check_annotator(tasks: Sequence[Mapping[str, Any]], annotator: str | None) -> None:
    """Raise ConfigurationError if an annotator is named but has no annotations."""
    people = {
        name
        for task in tasks
        for annotation in task.get("annotations", [])
        for name in _annotator(annotation)
    }
    if annotator is not None and annotator not in people:
        raise ConfigurationError(
            f"there are no annotations by {annotator}: name one of {', '.join(sorted(people))}"
            if people
            else "the export has no annotations: annotate the tasks in Label Studio, then export"
        )


def _annotation_of(task: Mapping[str, Any], annotator: str | None) -> Mapping[str, Any] | None:
    """Return the latest annotation of a task, if any.

    If ``annotator`` is given, only this person's annotations are considered. Raises
    ConfigurationError if it is None and the task has several annotators.
    """
    done = [one for one in task.get("annotations", []) if not one.get("was_cancelled")]
    people = {_annotator(one) for one in done}
    if annotator is None and len(people) > 1:
        names = ", ".join(sorted(" or ".join(sorted(names)) for names in people))
        raise ConfigurationError(
            f"{_article_id(task)} was annotated by several people ({names}): "
            "name one with --annotator"
        )
    own = [one for one in done if annotator is None or annotator in _annotator(one)]
    return max(own, key=lambda one: str(one.get("updated_at") or ""), default=None)


def _annotator(annotation: Mapping[str, Any]) -> frozenset[str]:
    person = annotation.get("completed_by")
    names = [person.get("id"), person.get("email")] if isinstance(person, dict) else [person]
    return frozenset(str(name) for name in names if name is not None) or frozenset({"unknown"})


class _AnnotationReader:
    """A reader that builds a record from the results of one annotation."""

    def __init__(self, article_id: str, text: str, fields: LabelFields) -> None:
        self.faults: list[GoldFault] = []
        self._article_id = article_id
        self._text = text
        self._fields = fields

    def record(self, results: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return the record; parts that cannot be read are reported in ``faults``."""
        values: dict[str, dict[str, list[str]]] = {}
        spans: dict[str, tuple[str, Mapping[str, Any]]] = {}
        known = {control.name for control in self._all_controls()} | {LABELS}
        for result in results:
            name, value = str(result.get("from_name")), result.get("value") or {}
            if name not in known:
                self._add_fault("", f"the schema's labelling interface has no control {name!r}")
            elif name == LABELS:
                for label in value.get("labels") or ():
                    spans[str(result.get("id"))] = (label, value)
            else:
                texts = value.get("choices", value.get("text", []))
                own = values.setdefault(str(result.get("id")), {})
                own[name] = [texts] if isinstance(texts, str) else list(texts)
        whole = {name: texts for own in values.values() for name, texts in own.items()}
        record = self._object(self._fields.record_controls, whole)
        for region in self._fields.regions:
            items = [
                self._item(region, value, values.get(place, {}))
                for place, (label, value) in spans.items()
                if label == region.label
            ]
            if not region.is_list and len(items) > 1:
                self._add_fault(region.label, f"more than one region is labelled {region.label}")
            found: Any = items if region.is_list else (items[0] if items else None)
            _put(record, region.path, found)
        labels = {region.label for region in self._fields.regions}
        for label in dict.fromkeys(label for label, _ in spans.values() if label not in labels):
            self._add_fault("", f"the schema's labelling interface has no label {label!r}")
        return record

    def _all_controls(self) -> Iterator[Control]:
        yield from self._fields.record_controls
        for region in self._fields.regions:
            yield from region.controls

    def _item(
        self, region: Region, value: Mapping[str, Any], texts: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        item = self._object(region.controls, texts)
        item[region.quote_key] = self._quote(region, value)
        return item

    def _object(
        self, controls: Sequence[Control], texts: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for control in controls:
            try:
                _put(made, control.path, control.read(texts.get(control.name, [])))
            except ValueError as error:
                self._add_fault(control.name, f"the value is not valid JSON: {error}")
        _empty_to_null(made, [control.path for control in controls])
        return made

    def _quote(self, region: Region, value: Mapping[str, Any]) -> str:
        """Return the text of a region, whose offsets may count code points or UTF-16 code units."""
        start, end, shown = int(value["start"]), int(value["end"]), value.get("text")
        quote = self._text[start:end]
        if shown is None or quote == shown:
            return quote
        units = self._text.encode("utf-16-le")[2 * start : 2 * end]
        if units.decode("utf-16-le", errors="replace") == shown:
            return str(shown)
        self._add_fault(
            region.label, f"the text from {start} to {end} is not {shown!r}: mark the region again"
        )
        return quote

    def _add_fault(self, place: str, message: str) -> None:
        self.faults.append(GoldFault(self._article_id, place, message))


def _put(data: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        data[part] = data.get(part) or {}
        data = data[part]
    data[path[-1]] = value


def _empty_to_null(data: dict[str, Any], paths: Sequence[Path]) -> None:
    """Set inner objects to null if all their values are null or empty lists."""
    inner = {path[:length] for path in paths for length in range(1, len(path))}
    for *outer, name in sorted(inner, key=len, reverse=True):
        holder = data
        for part in outer:
            holder = holder[part]
        if all(value is None or value == [] for value in holder[name].values()):
            holder[name] = None
