"""The Label Studio interface for a schema: labels for items with quotes, and controls for fields.

An object with a quote is a region of the text, labelled with the name of its list or field. Text
fields of the object and of the record are shown as text areas, or as choices where the schema
enumerates the values. Other values, such as numbers and lists of objects without quotes, are shown
as JSON in text areas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal
from xml.sax.saxutils import quoteattr

from antq_llm.errors import ConfigurationError
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path

LABELS = "item"
"""The name of the control that labels regions."""
TEXT = "text"
"""The name of the text object, and the key of the text in a task's data."""

ControlKind = Literal["text", "texts", "json", "json_list"]


@dataclass(frozen=True, slots=True)
class Control:
    """The control for a field of a region or of the record."""

    name: str
    path: Path
    """The path of the field within its region or the record."""
    kind: ControlKind
    choices: tuple[str, ...]

    @property
    def result_type(self) -> Literal["choices", "textarea"]:
        """The type of the control's results in a Label Studio task."""
        return "choices" if self.choices else "textarea"

    def write(self, value: Any) -> list[str]:
        """Return the texts that represent a value; there are none for null or an empty list."""
        if value is None or value == []:
            return []
        if self.kind in {"json", "json_list"}:
            return [json.dumps(value, ensure_ascii=False)]
        return [value] if self.kind == "text" else list(value)

    def read(self, texts: list[str]) -> Any:
        """Return the value that texts represent.

        Raises ValueError if the value is stored as JSON and the JSON is not valid.
        """
        if self.kind == "texts":
            return texts
        if not texts:
            return [] if self.kind == "json_list" else None
        return "\n".join(texts) if self.kind == "text" else json.loads(texts[0])


@dataclass(frozen=True, slots=True)
class Region:
    """The region of an object with a quote or, if ``is_list``, of each object in a list."""

    label: str
    path: Path
    quote_key: str
    is_list: bool
    controls: tuple[Control, ...]


class LabelFields:
    """The regions and controls of a schema."""

    def __init__(self, schema: Schema[Any]) -> None:
        """Raise ConfigurationError if the schema's records are not objects with named fields."""
        if not schema.roles.has_fields(()):
            raise ConfigurationError(
                f"Label Studio needs objects with named fields, but {schema.reference} describes "
                "other values: wrap them in an object"
            )
        self._roles: DeclaredRoles = schema.roles
        paths = {
            path: key for path, key in schema.roles.quote_key_of.items() if _is_region_path(path)
        }
        self.regions = tuple(
            Region(
                ".".join(_without_each(path)),
                _without_each(path),
                key,
                path[-1] == EACH,
                tuple(self._controls(path, {(*path, key)})),
            )
            for path, key in paths.items()
        )
        self.record_controls = tuple(self._controls((), set(paths)))

    @cached_property
    def config(self) -> str:
        """The labelling interface of a Label Studio project, as XML."""
        labels = "".join(
            f"    <Label value={quoteattr(region.label)}/>\n" for region in self.regions
        )
        fields = "".join(
            _control_tag(control, region.label)
            for region in self.regions
            for control in region.controls
        )
        record = "".join(_control_tag(control, None) for control in self.record_controls)
        return (
            f'<View>\n  <Labels name="{LABELS}" toName="{TEXT}">\n{labels}  </Labels>\n'
            f'  <Text name="{TEXT}" value="${TEXT}" granularity="word"/>\n{fields}{record}</View>\n'
        )

    def _controls(self, path: Path, skipped: set[Path]) -> Iterator[Control]:
        """Yield the controls for the fields of the object at ``path``, in the schema's order."""
        lists = {one[:-1] for one in skipped if one[-1] == EACH}
        outside = skipped | lists
        for declared in self._roles.all_fields:
            if not _is_directly_in(declared.path, path):
                continue
            if any(declared.path[: length + 1] in outside for length in range(len(declared.path))):
                continue
            if "object" in declared.types and self._roles.has_fields(declared.path):
                continue
            inner = declared.path[len(path) :]
            yield self._control(declared, "__".join(_without_each(declared.path)), inner)

    def _control(self, declared: DeclaredField, name: str, inner: Path) -> Control:
        elements = self._roles.at((*declared.path, EACH))
        if declared.types == {"array"} and elements is not None and elements.types == {"string"}:
            return Control(name, inner, "texts", _choices(elements))
        if declared.types == {"string"}:
            return Control(name, inner, "text", _choices(declared))
        kind: ControlKind = "json_list" if declared.types == {"array"} else "json"
        return Control(name, inner, kind, ())


def _is_directly_in(path: Path, outer: Path) -> bool:
    """Return whether ``path`` is inside ``outer`` but not inside one of its lists or maps."""
    inner = path[len(outer) :]
    return bool(inner) and path[: len(outer)] == outer and EACH not in inner


def _is_region_path(path: Path) -> bool:
    return bool(_without_each(path)) and EACH not in path[:-1]


def _without_each(path: Path) -> Path:
    return tuple(part for part in path if part != EACH)


def _choices(declared: DeclaredField) -> tuple[str, ...]:
    values = [value for value in declared.values if value is not None]
    return tuple(values) if all(isinstance(value, str) for value in values) else ()


def _control_tag(control: Control, label: str | None) -> str:
    place = (
        ""
        if label is None
        else f' perRegion="true" whenTagName="{LABELS}" whenLabelValue={quoteattr(label)}'
    )
    name = f'name={quoteattr(control.name)} toName="{TEXT}"{place}'
    title = f'  <Header value={quoteattr(".".join(control.path))}{place} size="6"/>\n'
    if not control.choices:
        count = "" if control.kind == "texts" else ' maxSubmissions="1"'
        return f'{title}  <TextArea {name} editable="true"{count}/>\n'
    choice = "multiple" if control.kind == "texts" else "single"
    values = "".join(f"    <Choice value={quoteattr(value)}/>\n" for value in control.choices)
    return f'{title}  <Choices {name} choice="{choice}">\n{values}  </Choices>\n'
