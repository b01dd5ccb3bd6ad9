"""Assignment of the values of a record to the checks that cover them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, get_args

from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import holders_at
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Name,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Role,
)
from antq_llm.validation.checks import CheckedRecord
from antq_llm.validation.rules.support import figure_beside, path_of

CheckName = Literal[
    "quote", "value", "comparator", "total", "date", "stamp", "period", "time", "name", "printed",
    "hook", "schema",
]  # fmt: skip
CHECKS: tuple[CheckName, ...] = get_args(CheckName)

_CHECK_OF_ROLE: Mapping[type[Role], CheckName] = {
    Figure: "value",
    CalendarDate: "date",
    PublicationDate: "stamp",
    PrintedPeriod: "period",
    PrintedTime: "time",
    Name: "name",
    Printed: "printed",
}


def check_of(pointer: str, checked: CheckedRecord[Any], schema: Schema[Any]) -> CheckName:
    """Return the check that covers the value at a pointer."""
    if pointer in {fault.pointer for fault in checked.missing.values()}:
        return "quote"
    path = path_of(pointer, checked.data, schema.roles)
    if (figure := figure_beside(path, schema.roles)) is not None:
        return "comparator" if path[-1] == figure[1].comparator else "total"
    declared = schema.roles.at(path)
    return next(
        (
            check
            for role, check in _CHECK_OF_ROLE.items()
            if declared is not None and declared.get(role) is not None
        ),
        "hook",
    )


def checked_values(checked: CheckedRecord[Any], schema: Schema[Any]) -> Counter[CheckName]:
    """Return the number of values in a record that each check covers."""
    quotes = len(checked.evidence) + len(checked.missing)
    values: Counter[CheckName] = Counter({"quote": quotes})
    if schema.hooks.get("check_item") is not None:
        values["hook"] = quotes
    for role, check in _CHECK_OF_ROLE.items():
        for declared in schema.roles.having(role):
            filled = sum(
                holder[key] is not None
                for _, holder, key in holders_at(checked.data, declared.path)
            )
            values[check] += filled
            if (figure := declared.get(Figure)) is not None:
                values["comparator"] += filled * (figure.comparator is not None)
                values["total"] += filled * (figure.total is not None)
    return values
