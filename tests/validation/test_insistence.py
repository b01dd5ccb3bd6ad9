"""Answers that agree on a value that a check objects to."""

from __future__ import annotations

from typing import Any

import pytest

from antq_llm.schemas.faults import fault_at
from antq_llm.schemas.registry import load_schema
from antq_llm.validation.findings import Finding
from antq_llm.validation.insistence import NO_INSISTENCE, GivenValues, Insistence
from helpers.toy import fair, stall

SCHEMA = load_schema("helpers.toy:Fair")
DATA = fair(stalls={"row": [stall(12, "12 stalls", "fruit"), stall(9, "9 stalls", "bread")]})
FINDING = Finding("/stalls/row/1", fault_at("/stalls/row/1/count", "?", 9))


def given(count: int, pointers: Any = None) -> GivenValues:
    """Return the values of an answer in which the second item has the given count."""
    items = [DATA["stalls"]["row"][0], stall(count, "9 stalls", "bread")]
    return GivenValues(fair(stalls={"row": items}), pointers)


@pytest.mark.parametrize(
    ("answers", "needed", "expected"),
    [
        ([given(9)], 1, True),
        ([given(8)], 1, False),
        ([given(9), given(8), given(9)], 2, True),
        ([given(9), given(8), given(7)], 2, False),
        ([given(9, {"/stalls/row/1/count"})], 1, True),
        ([given(9, {"/stalls/row/0/count"})], 1, False),
        ([GivenValues({}, {"/stalls/row/1/count"})], 1, False),
    ],
)
def test_enough_answers_must_give_the_value(
    answers: list[GivenValues], needed: int, expected: bool
) -> None:
    """A value is covered if enough answers give it to the same item, at a pointer that counts."""
    assert Insistence(answers, needed).covers(FINDING, DATA, SCHEMA) is expected


def test_nothing_covers_nothing() -> None:
    """Without answers, no value is insisted on."""
    assert not NO_INSISTENCE.covers(FINDING, DATA, SCHEMA)
