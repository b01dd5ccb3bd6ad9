"""The forms of a schema, divided into sections with fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from antq_llm.core.json_pointer import last_part, parent_of, parts_of, pointer_to
from antq_llm.schemas.annotations import SchemaAnnotations
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path

FieldKind = Literal["text", "quote", "texts", "choice", "choices", "number", "boolean", "json"]


@dataclass(frozen=True, slots=True)
class FormField:
    """A field of an object, shown as a control in a form."""

    path: Path
    """The path of the field inside the object."""
    kind: FieldKind
    declared: DeclaredField
    choices: tuple[str, ...] = ()
    description: str = ""
    """The description of the field in the schema."""
    is_optional: bool = False
    """Whether an empty value is left out because the schema does not allow null."""

    @property
    def name(self) -> str:
        """The readable name of the field, such as ``place.district``."""
        return ".".join(self.path) or "value"

    @property
    def empty_value(self) -> Any:
        """The value of the field if its control is empty."""
        return [] if "array" in self.declared.types else None

    @property
    def suffix(self) -> str:
        """The path of the field as a JSON Pointer within the object."""
        return pointer_to(self.path)


@dataclass(frozen=True, slots=True)
class Section:
    """Objects that are edited as a whole: the record itself, one object or the items of a list.

    Fields of an inner object are edited with the outer object, unless the inner object has a quote.
    Inside an object, maps and lists other than lists of strings are edited as JSON.
    """

    name: str
    """The name of the list or field, such as ``people``; empty for the record itself."""
    pointer: str
    is_list: bool
    quote_key: str | None
    fields: tuple[FormField, ...]
    description: str = ""

    def path_of(self, field: FormField) -> str:
        """Return the dotted path of a field in the record, without indices."""
        return ".".join((*parts_of(self.pointer), *field.path))

    @property
    def path(self) -> str:
        """The dotted path of the section in the record."""
        return ".".join(parts_of(self.pointer))

    @property
    def empty_item(self) -> Any:
        """A new object with empty values and without optional fields."""
        item: dict[str, Any] = {}
        for field in self.fields:
            if not field.path:
                return None
            inner = item
            for key in field.path[:-1]:
                inner = inner.setdefault(key, {})
            if not field.is_optional:
                inner[field.path[-1]] = field.empty_value
        return item


def sections_of(schema: Schema[Any]) -> tuple[Section, ...]:
    """Return the sections: the record's own fields, if any, then lists and objects in order."""
    layout = _Layout(schema)
    return tuple(layout.sections())


def section_at(sections: tuple[Section, ...], pointer: str) -> Section | None:
    """Return the section of the list item or object at a pointer, or None if it has none."""
    for section in sections:
        if section.pointer == (parent_of(pointer) if section.is_list else pointer) and (
            not section.is_list or last_part(pointer).isdecimal()
        ):
            return section
    return None


def initial_record(sections: tuple[Section, ...]) -> Any:
    """Return an empty record to start from if an article has no record."""
    if not sections[0].pointer and sections[0].is_list:
        return []
    record: Any = sections[0].empty_item if not sections[0].pointer else {}
    for section in sections:
        *keys, last = parts_of(section.pointer) or [""]
        if section.pointer:
            inner = record
            for key in keys:
                inner = inner.setdefault(key, {})
            inner[last] = [] if section.is_list else None
    return record


class _Layout:
    def __init__(self, schema: Schema[Any]) -> None:
        self._roles: DeclaredRoles = schema.roles
        self._annotations = SchemaAnnotations(schema.json_schema)
        paths = [declared.path for declared in schema.roles.all_fields]
        self._lists = [
            path
            for path in paths
            if path[-1:] == (EACH,) and EACH not in path[:-1] and self._is_list_of_objects(path)
        ]
        self._objects = [
            path
            for path in paths
            if path and EACH not in path and path in schema.roles.quote_key_of
        ]

    def sections(self) -> Iterator[Section]:
        own = self._section((), "", is_list=False)
        if own.fields:
            yield own
        outside = dict.fromkeys(self._lists, True) | dict.fromkeys(self._objects, False)
        for declared in self._roles.all_fields:
            if (is_list := outside.get(declared.path)) is not None:
                keys = declared.path[:-1] if is_list else declared.path
                yield self._section(declared.path, ".".join(keys) or "items", is_list=is_list)

    def _is_list_of_objects(self, path: Path) -> bool:
        holder, items = self._roles.at(path[:-1]), self._roles.at(path)
        return (
            holder is not None
            and holder.types == {"array"}
            and items is not None
            and self._roles.has_fields(path)
        )

    def _section(self, path: Path, name: str, *, is_list: bool) -> Section:
        keys = path[:-1] if is_list else path
        return Section(
            name=name,
            pointer=pointer_to(keys),
            is_list=is_list,
            quote_key=self._roles.quote_key_of.get(path),
            fields=tuple(self._fields(path)),
            description=self._annotations.description(keys),
        )

    def _fields(self, path: Path) -> Iterator[FormField]:
        others = [*(one[:-1] for one in self._lists), *self._objects]
        for declared in self._roles.all_fields:
            inner = declared.path[len(path) :]
            if declared.path[: len(path)] != path or EACH in inner:
                continue
            if not inner and (path or self._roles.has_fields(())):
                continue
            if any(
                len(other) > len(path) and declared.path[: len(other)] == other for other in others
            ):
                continue
            if not inner and () in others:
                continue
            if "object" in declared.types and self._roles.has_fields(declared.path):
                continue
            yield self._field(declared, inner)

    def _field(self, declared: DeclaredField, inner: Path) -> FormField:
        kind, choices = self._kind(declared)
        return FormField(
            inner,
            kind,
            declared,
            choices,
            self._annotations.description(declared.path),
            is_optional=bool(inner) and self._is_optional(declared),
        )

    def _kind(self, declared: DeclaredField) -> tuple[FieldKind, tuple[str, ...]]:
        elements = self._roles.at((*declared.path, EACH))
        if declared.types == {"array"} and elements is not None and elements.types == {"string"}:
            choices = _texts(elements)
            return ("choices" if choices else "texts"), choices
        if choices := _texts(declared):
            return "choice", choices
        if declared.types == {"string"}:
            holder, key = declared.path[:-1], declared.path[-1:]
            return ("quote" if (self._roles.quote_key_of.get(holder),) == key else "text"), ()
        if declared.types and declared.types <= {"number", "integer"}:
            return "number", ()
        return ("boolean" if declared.types == {"boolean"} else "json"), ()

    def _is_optional(self, declared: DeclaredField) -> bool:
        """Return whether the schema allows a field to be absent but not null."""
        holders = self._annotations.alternatives(declared.path[:-1])
        if any(declared.path[-1] in node.get("required", ()) for node in holders):
            return False
        return not any(map(_takes_null, self._annotations.alternatives(declared.path)))


def _takes_null(node: Mapping[str, Any]) -> bool:
    types = node.get("type")
    return types == "null" or (isinstance(types, list) and "null" in types)


def _texts(declared: DeclaredField) -> tuple[str, ...]:
    values = [value for value in declared.values if value is not None]
    return tuple(values) if all(isinstance(value, str) for value in values) else ()
