"""Finding the dates and periods in a schema by role, pattern or format."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from antq_llm.schemas.declared.declared_roles import EACH, DeclaredRoles
from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.roles import CalendarDate, PrintedPeriod, PublicationDate
from antq_llm.tables.table import Path

_PATTERNS = frozenset({Date.pattern, Period.pattern})
_FORMATS = frozenset({"date", "date-time"})


def dates_by_role(roles: DeclaredRoles) -> frozenset[Path]:
    """Return the paths of the fields whose role is a date or period, without the ``*`` of lists."""
    dates = roles.having(CalendarDate, PrintedPeriod, PublicationDate)
    return frozenset(tuple(part for part in date.path if part != EACH) for date in dates)


def holds_dates(schema: Mapping[str, Any]) -> bool:
    """Return whether the JSON Schema of a string describes a date or period."""
    return schema.get("pattern") in _PATTERNS or schema.get("format") in _FORMATS
