"""Errors planted in gold records, each of which changes exactly the expected counts."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from antq_llm.scoring.record_score import aggregate, score_record
from helpers.planted_errors import GOLD, MOVEMENT_REPORT_PROFILE, PLANTED, Edit, Moves, Planted


def parent_of(record: Any, pointer: str) -> tuple[Any, Any]:
    """Return the object or list that contains a pointer's target, and the target's key."""
    *names, last = pointer.strip("/").split("/")
    for name in names:
        record = record[int(name) if isinstance(record, list) else name]
    return record, int(last) if isinstance(record, list) else last


def edited(record: Any, edits: tuple[Edit, ...]) -> Any:
    """Return a copy of a record with errors planted in it."""
    record = copy.deepcopy(record)
    for kind, pointer, value in edits:
        holder, key = parent_of(record, pointer)
        if kind == "put":
            holder[key] = value
        elif kind == "drop":
            del holder[key]
        elif kind == "add":
            holder[key].append(value)
        elif kind == "reverse":
            holder[key].reverse()
        else:
            other, other_key = parent_of(record, value)
            holder[key], other[other_key] = other[other_key], holder[key]
    return record


def moved(moves: Moves) -> dict[str, tuple[float, float, float]]:
    """Return the expected change in the counts of each field, summed over its slots."""
    groups = MOVEMENT_REPORT_PROFILE.groups
    assert set(moves) <= set(groups["overall"])
    return {
        name: tuple(sum(moves.get(slot, (0, 0, 0))[axis] for slot in slots) for axis in range(3))
        for name, slots in groups.items()
    }  # type: ignore[misc]


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
@pytest.mark.parametrize("mode", ["strict", "relaxed"])
def test_a_planted_error_moves_what_it_must(planted: Planted, mode: str) -> None:
    """A planted error changes the counts of its fields as computed by hand, and no others."""
    gold = GOLD[planted.article]
    before, after = (
        getattr(score_record(gold, record, MOVEMENT_REPORT_PROFILE), mode)
        for record in (gold, edited(gold, planted.edits))
    )
    expected = moved(planted.moves if mode == "strict" else planted.moves | planted.relaxed)
    assert {
        name: tuple(after[name][axis] - before[name][axis] for axis in range(3)) for name in before
    } == {name: pytest.approx(values) for name, values in expected.items()}


@pytest.mark.parametrize("article", sorted(GOLD))
def test_gold_against_itself_is_all_right(article: str) -> None:
    """Compared with itself, gold has a strict and relaxed F1 of 1.0 in every field with a value."""
    score = score_record(GOLD[article], GOLD[article], MOVEMENT_REPORT_PROFILE)
    for counts in (*score.strict.values(), *score.relaxed.values(), *score.items.values()):
        assert (counts.fp, counts.fn) == (0, 0)
        assert counts.f1 == (1.0 if counts.tp else None)
    assert score.strict["overall"].f1 == 1.0
    assert score.errors == ()


def test_the_five_together_are_all_right() -> None:
    """Over five articles, gold compared with itself has precision, recall and F1 of 1.0."""
    scores = aggregate(
        [score_record(gold, gold, MOVEMENT_REPORT_PROFILE) for gold in GOLD.values()]
    )
    rates = {
        value
        for score in scores.strict.values()
        for key, value in score.as_dict().items()
        if key in {"precision", "recall", "f1", "macro_f1"}
    }
    assert rates == {1.0, None}


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("one wrong digit", ["wrong_value"]),
        ("a person missing", ["missed"]),
        ("a figure added", ["spurious"]),
        ("another last name: one missed, one spurious", ["missed", "spurious"]),
        ("a quote cut in half", ["wrong_span"]),
        ("a role dropped", ["missed"]),
        ("a list turned round", []),
    ],
)
def test_a_planted_error_is_listed_as_what_it_is(name: str, kinds: list[str]) -> None:
    """The list of errors contains only the planted error, with its kind."""
    planted = next(planted for planted in PLANTED if planted.name == name)
    gold = GOLD[planted.article]
    assert [
        error.kind
        for error in score_record(gold, edited(gold, planted.edits), MOVEMENT_REPORT_PROFILE).errors
    ] == kinds
