"""The dump of a record paired, part by part, with the answer from which the record was read.

The dump of a value can differ from the answer, for example 0.9 for ``90`` or asterisks for a
secret. Validating a dump again can fail or change it further. Therefore, records are compared by
their dumps, but combined records are built from the answers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from antq_llm.core.json_pointer import (
    last_part,
    parent_of,
    parts_of,
    pointer_to,
    remove_items,
    value_at,
)
from antq_llm.errors import SchemaError
from antq_llm.schemas.base import NO_ALIASES, Aliases
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.references import drop_dependents, map_entries, respell_references


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Literal[_Absent.ABSENT] = _Absent.ABSENT
"""The marker for a value that is missing from the dump or the answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A part of a record: its dump, and the value at the same place in the answer."""

    value: Any
    answer: Any
    key: str = ""
    """The key of the part in the answer; empty if the part is not a field of an object."""

    @classmethod
    def same(cls, value: Any, key: str = "") -> Answered:
        """Return a part whose dump and answer are the same value."""
        return cls(value, value, key)

    @property
    def compared(self) -> Any:
        """The value to compare: the dump, or the answer if the dump lacks the part."""
        return self.answer if self.value is ABSENT else self.value

    @property
    def is_null(self) -> bool:
        """Whether the value to compare is null."""
        return self.compared is None

    def is_parted(self, kind: type) -> bool:
        """Return whether the part is a ``kind`` (dict or list) that can be split into parts."""
        return isinstance(self.value, kind) and (
            not self.value or self.answer is ABSENT or isinstance(self.answer, kind)
        )

    def copied(self) -> Answered:
        """Return a deep copy of the part."""
        return Answered(copy.deepcopy(self.value), copy.deepcopy(self.answer), self.key)


def fields_of(part: Answered, aliases: Aliases = NO_ALIASES) -> dict[str, Answered]:
    """Return the fields of an object by the keys of its dump.

    Fields that are only in the answer come last, under the keys of the answer.
    """
    if not isinstance(part.answer, dict):
        return {name: Answered.same(value, name) for name, value in part.value.items()}
    fields: dict[str, Answered] = {}
    for name, value in part.value.items():
        key = _answer_key(part.answer, name, aliases)
        fields[name] = Answered(value, part.answer.get(key, ABSENT), key)
    used = {field.key for field in fields.values()}
    extra = {key: value for key, value in part.answer.items() if key not in used}
    return fields | {key: Answered(ABSENT, value, key) for key, value in extra.items()}


def items_of(part: Answered) -> list[Answered]:
    """Return the items of a list.

    If a validator moved or removed items, each remaining item is matched to an answer by its value
    or by a field with unique texts. If that fails and there are as many items as answers, they are
    matched by position. Otherwise, the dump is used as the answer.
    """
    values, answers = part.value, part.answer
    if not isinstance(answers, list):
        return [Answered.same(value) for value in values]
    order = _order_of(values, answers)
    if order is None:
        return [Answered.same(value) for value in values]
    return [Answered(value, answers[place]) for value, place in zip(values, order, strict=True)]


def object_of(fields: Mapping[str, Answered], key: str = "") -> Answered:
    """Return an object with the given fields."""
    return Answered(
        {name: field.value for name, field in fields.items() if field.value is not ABSENT},
        {field.key: field.answer for field in fields.values() if field.answer is not ABSENT},
        key,
    )


def list_of(items: Iterable[Answered], key: str = "") -> Answered:
    """Return a list of the given items."""
    parts = list(items)
    return Answered([part.value for part in parts], [part.answer for part in parts], key)


def _answer_key(answer: Any, name: str, aliases: Aliases) -> str:
    others = aliases.get(name, ())
    if not others or name in answer:
        return name
    return next((key for key in others if key in answer), others[0])


def _order_of(values: Sequence[Any], answers: Sequence[Any]) -> Sequence[int] | None:
    """Return the index of each value's answer, or None if the answers cannot be identified."""
    if len(values) == len(answers) and all(map(_agree, values, answers)):
        return range(len(values))
    return (
        _order_by_values(values, answers)
        or _order_by_text(values, answers)
        or (range(len(values)) if len(values) == len(answers) else None)
    )


def _order_by_values(values: Sequence[Any], answers: Sequence[Any]) -> list[int] | None:
    order: list[int] = []
    left = list(range(len(answers)))
    for value in values:
        place = next((place for place in left if _agree(value, answers[place])), None)
        if place is None:
            return None
        left.remove(place)
        order.append(place)
    return order


def _order_by_text(values: Sequence[Any], answers: Sequence[Any]) -> list[int] | None:
    """Return the index of each object's answer, found by a field with unique texts, or None."""
    if not all(isinstance(item, dict) for item in (*values, *answers)):
        return None
    for key in values[0] if values else ():
        texts = [value.get(key) for value in values]
        places = _places_of_texts(key, answers)
        order = [places[text] for text in texts if isinstance(text, str) and text in places]
        if len(set(order)) == len(values):
            return order
    return None


def _places_of_texts(key: str, answers: Sequence[Any]) -> dict[str, int]:
    """Return the index of the answer with each text under a key.

    Texts that different answers have are left out.
    """
    places: dict[str, int] = {}
    unclear: set[str] = set()
    for place, answer in enumerate(answers):
        text = answer.get(key)
        if isinstance(text, str) and answers[places.setdefault(text, place)] != answer:
            unclear.add(text)
    return {text: place for text, place in places.items() if text not in unclear}


def _agree(value: Any, answer: Any) -> bool:
    """Return whether a dump and an answer have the same values under the keys that both have."""
    if isinstance(value, dict) and isinstance(answer, dict):
        return all(_agree(inner, answer[key]) for key, inner in value.items() if key in answer)
    if isinstance(value, list) and isinstance(answer, list):
        return len(value) == len(answer) and all(map(_agree, value, answer))
    return bool(value == answer)


class AnsweredRecord:
    """A combined record whose dump and answer are edited together."""

    def __init__(self, record: Answered, roles: DeclaredRoles, aliases: Aliases) -> None:
        part = record.copied()
        self.data, self.answer = part.value, part.answer
        self._roles = roles
        self._aliases = aliases

    def respell_references(self) -> None:
        """Spell each reference like the name of the item to which it refers."""
        for pointer, source in respell_references(self.data, self._roles).items():
            name = value_at(self.answer, self._pointer_in_answer(source, self.data))
            place = self._pointer_in_answer(pointer, self.data)
            holder, last = value_at(self.answer, parent_of(place)), last_part(place)
            holder[int(last) if isinstance(holder, list) else last] = name

    def drop_dependents(self, sources: Sequence[Any] | None = None) -> list[str]:
        """Remove the parts that depend on missing items; return the pointers of these parts.

        ``sources`` are the data from which the record was combined. If they are given, a reference
        to an item that is in none of the sources is kept.
        """
        before = copy.deepcopy(self.data)
        dropped = drop_dependents(self.data, self._roles, sources)
        places = {pointer: self._pointer_in_answer(pointer, before) for pointer in dropped}
        entries = map_entries(before, dropped, self._roles)
        remove_items(self.answer, places.values(), {places[entry] for entry in entries})
        return dropped

    def replace(self, pointer: str, part: Answered) -> bool:
        """Replace the part at a pointer; return whether the record changed."""
        data = value_at(self.data, parent_of(pointer))
        answer = value_at(self.answer, self._pointer_in_answer(parent_of(pointer), self.data))
        last = last_part(pointer)
        if isinstance(data, list):
            index = int(last)
            changed = bool(data[index] != part.value or answer[index] != part.answer)
            data[index], answer[index] = part.value, part.answer
            return changed
        key = _answer_key(answer, last, self._aliases)
        changed = bool(data.get(last, ABSENT) != part.value or answer.get(key) != part.answer)
        _put(data, last, last, part.value)
        _put(answer, key, part.key, part.answer)
        return changed

    def _pointer_in_answer(self, pointer: str, data: Any) -> str:
        """Return the pointer into the answer that corresponds to a pointer into the dump."""
        answer, steps = self.answer, list[str | int]()
        for part in parts_of(pointer):
            if type(answer) is not type(data):
                raise _without_place(pointer)
            is_list = isinstance(data, list)
            step: Any = int(part) if is_list else _answer_key(answer, part, self._aliases)
            try:
                data, answer = data[int(part) if is_list else part], answer[step]
            except LookupError as error:
                raise _without_place(pointer) from error
            steps.append(step)
        return pointer_to(steps)


def _put(holder: dict[str, Any], old_key: str, key: str, value: Any) -> None:
    if value is ABSENT or key != old_key:
        holder.pop(old_key, None)
    if value is not ABSENT:
        holder[key] = value


def _without_place(pointer: str) -> SchemaError:
    return SchemaError(
        f"{pointer} of the record has no counterpart in the answer: "
        "change the schema's validators so that they keep the structure of the answer"
    )
