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
    """The dotted path of the item's list (``people``) or of the value's field (``people.name``)."""
    slots: int
    """The number of wrong slots; it can exceed 1 only if a whole object is missed or spurious."""
    gold: Any
    """The gold value; None if there is none."""
    extracted: Any
    """The extracted value; None if there is none."""
    gold_pointer: str | None
    """The JSON Pointer to the value in the gold record, or to where it is missing.

    None if the whole object is missing from the gold record.
    """
    extracted_pointer: str | None
    """The corresponding pointer for the extracted record."""
    gold_quote: str | None
    """The passage shown with the gold value.

    It is taken from the innermost enclosing object that has a passage; None if no enclosing
    object has one.
    """
    extracted_quote: str | None
    """The corresponding passage for the extracted record."""
    similarity: float = 0.0
    """The similarity of the values in the relaxed score, from 0 to 1."""
