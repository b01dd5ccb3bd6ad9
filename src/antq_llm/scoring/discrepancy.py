"""A difference between a gold and an extracted record, as an error list shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

DiscrepancyKind = Literal["missed", "spurious", "wrong_value", "wrong_span"]


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One difference between a gold and an extracted record, as the strict score counts it."""

    kind: DiscrepancyKind
    """``missed`` (gold only), ``spurious`` (extracted only), ``wrong_value``, or ``wrong_span``."""
    field: str
    """The list of an item (``people``), or the field of a value (``people.name``)."""
    slots: int
    """The number of wrong slots: more than one if a whole item is missed or spurious."""
    gold: Any
    """The gold value, None if there is none."""
    extracted: Any
    """The extracted value, None if there is none."""
    gold_pointer: str | None
    """The JSON Pointer of the value in gold, or of its place; None if the item is missing there."""
    extracted_pointer: str | None
    """The same for the extracted record."""
    gold_quote: str | None
    """The passage of the nearest object around the value in gold."""
    extracted_quote: str | None
    """The same for the extracted record."""
    similarity: float = 0.0
    """The similarity of the values in the relaxed score."""
