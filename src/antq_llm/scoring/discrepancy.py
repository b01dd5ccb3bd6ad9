"""A difference between a gold and an extracted record, as shown in lists of errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

DiscrepancyKind = Literal["missed", "spurious", "wrong_value", "wrong_span"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between a gold and an extracted record, as the strict score counts it."""

    kind: DiscrepancyKind
    """``missed`` (gold only), ``spurious`` (extracted only), ``wrong_value`` or ``wrong_span``."""
    field: str
    """The list of the item (``people``), or the field of the value (``people.name``)."""
    slots: int
    """The number of wrong slots; above 1 if a whole item is missed or spurious."""
    gold: Any
    """The gold value; None if there is none."""
    extracted: Any
    """The extracted value; None if there is none."""
    gold_pointer: str | None
    """JSON Pointer to the value or its place in gold; None if the item is missing there."""
    extracted_pointer: str | None
    """The same for the extracted record."""
    gold_quote: str | None
    """The passage of the innermost object around the value in gold."""
    extracted_quote: str | None
    """The same for the extracted record."""
    similarity: float = 0.0
    """The similarity of the values in the relaxed score."""
