"""The roles of fields, declared once in a schema and used by checks, merging, votes and scores.

A field of a pydantic model gets its roles with ``Annotated``::

    name: Annotated[str, Name(noun="person"), Identity(1.0)]

A field in a JSON Schema file gets them with the keyword ``x-antq-role``::

    "name": {"type": "string", "x-antq-role": [{"role": "name", "noun": "person"}]}

Roles are not sent to the model and are not part of a request's digest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from functools import partial
from typing import Any, ClassVar, Literal, get_args

from antq_llm.errors import SchemaError

KEYWORD = "x-antq-role"
"""The keyword for a list of roles in a JSON Schema file."""

RuleName = Literal["exact", "date", "period", "name", "text", "passage"]
RULE_NAMES: tuple[RuleName, ...] = get_args(RuleName)


class _InstancesOnly:
    """A method that raises SchemaError if it is called on a class: ``Figure``, not ``Figure()``."""

    def __init__(self, method: Callable[[Any, Any, Any], dict[str, Any]]) -> None:
        self._method = method

    def __get__(self, instance: Any, owner: type) -> Callable[..., dict[str, Any]]:
        if instance is not None:
            return partial(self._method, instance)

        def refuse(*_: Any) -> dict[str, Any]:
            raise SchemaError(
                f"the role {owner.__name__} is given as a class: write {owner.__name__}() "
                "in Annotated"
            )

        return refuse


@dataclass(frozen=True)
class Role:
    """Base class of all roles."""

    role: ClassVar[str]
    """The name of the role in a JSON Schema file."""

    def as_json(self) -> dict[str, Any]:
        """Return the role as an element of ``x-antq-role`` in a JSON Schema file."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {"role": self.role} | {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    @_InstancesOnly
    def __get_pydantic_json_schema__(self, core_schema: Any, handler: Any) -> dict[str, Any]:
        # Pydantic calls this for metadata in Annotated; the keyword is removed before sending.
        schema = dict(handler(core_schema))
        schema[KEYWORD] = [*schema.get(KEYWORD, ()), self.as_json()]
        return schema

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.type in {"str", "str | None"} and not isinstance(value, str | None):
                raise ValueError(f"{field.name} must be a string, not {value!r}")
            if field.type == "str" and not value:
                raise ValueError(f"{field.name} must not be empty")
            if field.type == "bool" and not isinstance(value, bool):
                raise ValueError(f"{field.name} must be true or false, not {value!r}")


def _strings(argument: str, what: str, values: Any) -> tuple[str, ...]:
    """Return the elements of an argument; raise ValueError if it is not a list of strings."""
    if isinstance(values, str):
        raise ValueError(f"{argument} must be a list of {what}, not a single string")
    if not isinstance(values, list | tuple | set | frozenset):
        raise ValueError(f"{argument} must be a list of {what}, not {values!r}")
    for value in values:
        if not isinstance(value, str) or not value:
            raise ValueError(f"{argument} must be a list of {what}, but it contains {value!r}")
    # The order of a set differs between processes, which would change the digest of the roles.
    return tuple(sorted(values) if isinstance(values, set | frozenset) else values)


@dataclass(frozen=True)
class Quote(Role):
    """A verbatim passage of the article; it is respelled as printed and gives its item a span."""

    role = "quote"


@dataclass(frozen=True)
class Printed(Role):
    """A value that must appear in the article, in any spelling of the same words."""

    role = "printed"


@dataclass(frozen=True)
class Scored(Role):
    """The rule by which a value is compared with the gold value and between samples."""

    role = "scored"

    rule: RuleName
    """One of ``exact``, ``date``, ``period``, ``name``, ``text`` and ``passage``."""
    ignore: tuple[str, ...] = ()
    """Words that can precede a name but are not part of it, such as ``TP.`` or ``Mr``."""

    def __post_init__(self) -> None:
        if self.rule not in RULE_NAMES:
            raise ValueError(f"unknown rule {self.rule!r}: choose one of {', '.join(RULE_NAMES)}")
        object.__setattr__(self, "ignore", _strings("ignore", "words", self.ignore))
        if self.ignore and self.rule != "name":
            raise ValueError(f"the argument 'ignore' needs the rule 'name', not {self.rule!r}")


@dataclass(frozen=True)
class Name(Role):
    """A proper name, which must appear in the article and is compared as a name.

    An item whose quote does not contain the name gets a warning.
    """

    role = "name"

    noun: str = "name"
    """The noun for the value in messages, such as ``person``, ``place`` or ``company``."""


@dataclass(frozen=True)
class Figure(Role):
    """A number that the item's quote must state or, if it contains no numbers, the article."""

    role = "figure"

    comparator: str | None = None
    """The name of the sibling field that contains ``=``, ``>``, ``>=``, ``~``, ``<`` or ``<=``."""
    total: str | None = None
    """The name of the sibling field that contains the total, the ``y`` of a printed ``x/y``."""


@dataclass(frozen=True)
class CalendarDate(Role):
    """A day, month or year (EDTF) printed in the article, which must also settle the year."""

    role = "calendar_date"

    settles: bool = True
    """Whether other dates can take their year from this date (for an issue date, use False)."""


@dataclass(frozen=True)
class PrintedPeriod(Role):
    """An EDTF interval whose start and end are printed in the article."""

    role = "printed_period"


@dataclass(frozen=True)
class PublicationDate(Role):
    """The date of the publication stamp, which supplies the years of other dates."""

    role = "publication_date"


@dataclass(frozen=True)
class PrintedTime(Role):
    """A time of day, ``HH:MM``, that is printed in the article."""

    role = "printed_time"


@dataclass(frozen=True)
class Passage(Role):
    """A quote that is itself the content, such as a statement; parts cut by chunking are joined."""

    role = "passage"


@dataclass(frozen=True)
class Refers(Role):
    """The name of another item, spelled as there; without that item, this one is dropped too."""

    role = "refers"

    to: str
    """The JSON Pointer to the names, with ``*`` instead of an index (``/people/*/name``)."""


@dataclass(frozen=True)
class Identity(Role):
    """A field, with its weight, by which items are matched with gold items and between samples."""

    role = "identity"

    weight: float

    def __post_init__(self) -> None:
        if isinstance(self.weight, bool) or not isinstance(self.weight, int | float):
            raise ValueError("weight must be a number above 0")
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError(f"weight must be a finite number above 0, not {self.weight}")


@dataclass(frozen=True)
class Items(Role):
    """For a list: the minimum similarity, above 0 and at most 1, at which two items match."""

    role = "items"

    threshold: float = 0.5

    def __post_init__(self) -> None:
        if isinstance(self.threshold, bool) or not isinstance(self.threshold, int | float):
            raise ValueError("threshold must be a number above 0 and at most 1")
        if not 0 < self.threshold <= 1:
            raise ValueError(f"threshold must be above 0 and at most 1, not {self.threshold}")


@dataclass(frozen=True)
class SameItem(Role):
    """For a list: the condition under which items of different chunks are the same.

    One of the fields in ``any_of`` must contain the same name in both items. With ``overlap``
    instead, all fields in ``equal`` must be equal, and the quotes must overlap by at least this
    fraction of the shorter quote (0 means one character).
    """

    role = "same_item"

    any_of: tuple[str, ...] = ()
    overlap: float | None = None
    equal: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("any_of", "equal"):
            object.__setattr__(self, name, _strings(name, "field names", getattr(self, name)))
        if bool(self.any_of) == (self.overlap is not None):
            raise ValueError("give either any_of or overlap (optionally with equal)")
        if self.equal and self.overlap is None:
            raise ValueError("the argument 'equal' needs 'overlap'")
        if isinstance(self.overlap, bool) or not isinstance(self.overlap, int | float | None):
            raise ValueError(f"overlap must be a number from 0 to 1, not {self.overlap!r}")
        if self.overlap is not None and not 0 <= self.overlap <= 1:
            raise ValueError(f"overlap must be from 0 to 1, not {self.overlap}")


@dataclass(frozen=True)
class Strongest(Role):
    """For an enumeration: if chunks give different values, the first in schema order is kept."""

    role = "strongest"


ROLES: dict[str, type[Role]] = {
    role.role: role
    for role in (
        *(Quote, Printed, Scored, Name, Figure, CalendarDate, PrintedPeriod, PublicationDate),
        *(PrintedTime, Passage, Refers, Identity, Items, SameItem, Strongest),
    )
}
"""All roles, by their names in a JSON Schema file."""


def role_from_json(value: Any) -> Role:
    """Return the role in an element of ``x-antq-role``; raise ValueError if it is invalid."""
    if isinstance(value, str):
        value = {"role": value}
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        raise ValueError('a role must be an object such as {"role": "printed"}')
    kind = ROLES.get(value["role"])
    if kind is None:
        raise ValueError(f"unknown role {value['role']!r}: choose one of {', '.join(ROLES)}")
    arguments = {key: argument for key, argument in value.items() if key != "role"}
    known = [field.name for field in fields(kind)]
    if unknown := [key for key in arguments if key not in known]:
        takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
        raise ValueError(f"the role {kind.role!r} has no argument {unknown[0]!r}: {takes}")
    missing = [
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.name not in arguments
    ]
    if missing:
        raise ValueError(f"the role {kind.role!r} needs the argument {missing[0]!r}")
    return kind(**arguments)
