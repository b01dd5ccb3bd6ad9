"""Values that a model keeps although a check objects to them.

A check can be wrong, so a value is kept if the model repeats it after the objection, or if most
samples agree on it. The article must also have the digits, words or name of the value.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import find_value, value_at
from antq_llm.schemas.base import Schema
from antq_llm.validation.findings import Finding


@dataclass(frozen=True, slots=True)
class GivenValues:
    """The values of one answer."""

    data: Any
    """The dump of the answer's record."""
    pointers: Collection[str] | None = None
    """Pointers to the values that count; None if all values count."""

    def include(self, finding: Finding, data: Any, schema: Schema[Any]) -> bool:
        """Return whether the answer gave the finding's value for the same item.

        ``data`` is the dump of the record that the finding is about.
        """
        value = value_at(data, finding.fault.pointer)
        if self.pointers is not None and all(
            find_value(self.data, place) != value for place in self.pointers
        ):
            return False
        # The module that matches items is slow to import, and few values are given twice.
        from antq_llm.scoring.counterparts import counterpart_of
        from antq_llm.scoring.record_score import profile_for

        place = counterpart_of(finding.fault.pointer, data, self.data, profile_for(schema))
        return (
            place is not None
            and (self.pointers is None or place in self.pointers)
            and value_at(self.data, place) == value
        )


@dataclass(frozen=True, slots=True)
class Insistence:
    """Answers whose agreement on a value overrides a check."""

    answers: Sequence[GivenValues]
    needed: int = 1
    """The number of answers that must give the value."""

    def covers(self, finding: Finding, data: Any, schema: Schema[Any]) -> bool:
        """Return whether enough answers gave the finding's value for the same item."""
        agreeing = sum(answer.include(finding, data, schema) for answer in self.answers)
        return agreeing >= self.needed


NO_INSISTENCE = Insistence(())
"""The insistence for a first answer; it overrides no check."""
