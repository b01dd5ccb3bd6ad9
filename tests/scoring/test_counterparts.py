"""Finding the same item in another record."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.counterparts import counterpart_of
from antq_llm.scoring.record_score import profile_for
from helpers.toy import act, fair, guest, show, stall

PROFILE = profile_for(load_schema("helpers.toy:Fair"))
FIRST = fair(
    guests=[guest("Ann Reed", friends=["Bob Lake", "Cy Orr"]), guest("Bob Lake")],
    shows=[show("a march and a waltz", act("March", "a march"), act("Waltz", "a waltz"))],
    stalls={"row": [stall(12, "12 stalls", "fruit")]},
)
SECOND = fair(
    guests=[guest("Bob Lake"), guest("Ms Ann Reed", friends=["Cy Orr"])],
    shows=[show("a march and a waltz", act("Waltz", "a waltz"))],
    stalls={"row": [stall(12, "12 stalls", "fruit")]},
)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("", ""),
        ("/mood", "/mood"),
        ("/guests/0", "/guests/1"),
        ("/guests/0/name", "/guests/1/name"),
        ("/guests/0/friends/1", "/guests/1/friends/0"),
        ("/guests/0/friends/0", None),
        ("/shows/0/acts/1/title", "/shows/0/acts/0/title"),
        ("/shows/0/acts/0/title", None),
        ("/stalls/row/0/count", "/stalls/row/0/count"),
    ],
)
def test_items_are_found_by_identity(pointer: str, expected: str | None) -> None:
    """Items are matched by identity at every depth, and other values by key or value."""
    assert counterpart_of(pointer, FIRST, SECOND, PROFILE) == expected


@pytest.mark.parametrize("other", [{}, {"guests": None}, {"guests": []}, [], None])
def test_a_record_that_lacks_the_item_has_no_counterpart(other: Any) -> None:
    """An item has no counterpart in a record that lacks it or has another form."""
    assert counterpart_of("/guests/0/name", FIRST, other, PROFILE) is None
