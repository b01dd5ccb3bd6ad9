"""Voting over records: items and values that most samples have, and their agreement."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.core.packaged_data import data_folder
from antq_llm.movement_report.record import ITEM_FIELDS, MovementReport
from antq_llm.records.agreement import agreements
from antq_llm.records.voting import Vote, vote
from antq_llm.schemas.pydantic_schema import PydanticSchema, json_schema_of
from antq_llm.scoring.derived_profile import derive_profile
from antq_llm.scoring.record_score import profile_for, score_record
from helpers.samples import full_report, person, report, statement
from helpers.shop import Shop

REPORT = profile_for(PydanticSchema(MovementReport, reference="movement_report/1"))
SHOP = derive_profile(json_schema_of(Shop), reference="shop")

skus = st.integers(0, 4)
lines = st.fixed_dictionaries(
    {"sku": skus, "note": st.sampled_from([None, "one", "two three", "three two"])}
)
orders = st.fixed_dictionaries(
    {
        "number": skus,
        "lines": st.lists(lines, max_size=3),
        "address": st.none()
        | st.fixed_dictionaries(
            {"city": st.sampled_from(["Huế", "Hà Nội"]), "zone": st.sampled_from([None, "north"])}
        ),
        "tags": st.lists(st.sampled_from(["a", "b", "a b c", "a b d"]), max_size=3),
    }
)
shops = st.fixed_dictionaries(
    {
        "day": st.sampled_from([None, "2023-07", "2023-07-24"]),
        "season": st.sampled_from([None, "2023/2024"]),
        "orders": st.lists(orders, max_size=4),
        "extra": st.dictionaries(st.sampled_from("xyz"), skus, max_size=2),
    }
)


def shop(*numbers: int, **fields: Any) -> dict[str, Any]:
    """Return a shop with a distinct order for each of the given numbers."""
    own = [
        {
            "number": number,
            "lines": [{"sku": number, "note": None}],
            "address": None,
            "tags": [f"tag{number}"],
        }
        for number in numbers
    ]
    return {"day": None, "season": None, "orders": own, "extra": {}, **fields}


def numbers_of(voted: Vote) -> list[int]:
    """Return the numbers of the voted orders."""
    return [order["number"] for order in voted.data["orders"]]


def with_people(*names: str, **fields: Any) -> dict[str, Any]:
    """Return a report that names some people."""
    return report(people=[person(name) for name in names], **fields)


def names_of(voted: Vote) -> list[str]:
    """Return the names of the voted people."""
    return [one["name"] for one in voted.data["people"]]


@settings(max_examples=60, deadline=None)
@given(st.lists(shops, min_size=1, max_size=5), st.data())
def test_the_order_of_the_samples_does_not_matter(samples: list[Any], data: st.DataObject) -> None:
    """Samples in any order give the same record and the same agreement on it."""
    shuffled = data.draw(st.permutations(samples))
    first, second = vote(samples, SHOP), vote(shuffled, SHOP)
    assert first.record == second.record
    assert (first.values, first.items) == (second.values, second.items)
    assert agreements(first.data, samples, SHOP) == agreements(second.data, shuffled, SHOP)


@settings(max_examples=60, deadline=None)
@given(shops, st.integers(1, 5))
def test_equal_samples_give_the_record_itself(sample: Any, number: int) -> None:
    """The vote over equal samples gives their record, with an agreement of 1 on every item."""
    samples = [copy.deepcopy(sample) for _ in range(number)]
    voted = vote(samples, SHOP)
    assert voted.data == sample
    assert {agreement for _, agreement in agreements(voted.data, samples, SHOP)} <= {1.0}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=6))
def test_an_item_is_kept_if_more_than_half_have_it(held: list[set[int]]) -> None:
    """An item is kept if more than half of the samples have it, and that share is its agreement."""
    samples = [shop(*sorted(one)) for one in held]
    voted = vote(samples, SHOP)
    times = {number: sum(number in one for one in held) for number in set().union(*held)}
    assert sorted(numbers_of(voted)) == sorted(
        number for number, count in times.items() if 2 * count > len(held)
    )
    items = {
        pointer: agreement
        for pointer, agreement in agreements(voted.data, samples, SHOP)
        if pointer.count("/") == 2
    }
    expected = {
        f"/orders/{index}": times[number] / len(held)
        for index, number in enumerate(numbers_of(voted))
    }
    assert items == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(st.lists(shops, min_size=1, max_size=4))
def test_every_value_was_given_by_a_sample(samples: list[Any]) -> None:
    """No value is made up, and no sample is changed."""
    before = copy.deepcopy(samples)
    voted = vote(samples, SHOP)
    assert samples == before
    assert leaves(voted.data) <= set().union(*(leaves(sample) for sample in samples))
    json.dumps(voted.data)
    for part in (
        voted.data["extra"],
        voted.values["extra"].value,
        *voted.data["orders"],
        *(stand_in.value for stand_in in voted.items["orders"]),
    ):
        part.clear()
    assert samples == before


def leaves(value: Any, path: tuple[str, ...] = ()) -> set[Any]:
    """Return the scalars of a record, each with the keys that lead to it."""
    if isinstance(value, dict):
        return {leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))}
    if isinstance(value, list):
        return {leaf for inner in value for leaf in leaves(inner, path)}
    return {(path, value)}


def test_of_two_samples_both_must_have_an_item() -> None:
    """With two samples, an item is kept only if both have it."""
    assert numbers_of(vote([shop(1, 2, 3), shop(2, 3, 4)], SHOP)) == [2, 3]


def test_what_one_sample_has_in_another_place_stays_behind_its_neighbour() -> None:
    """An item that the best sample lacks follows the same neighbour as in the other samples."""
    voted = vote([shop(1, 2, 9, 3), shop(1, 2, 3, 4, 5), shop(2, 9, 4, 5)], SHOP)
    assert (voted.medoid, numbers_of(voted)) == (1, [1, 2, 9, 3, 4, 5])


def test_a_field_is_what_most_say() -> None:
    """Each field gets its most frequent value, even if no single sample has all these values."""
    rows = [{"rank": "Thiếu tá"}, {"roles": ["chair"]}, {"positions": ["Trưởng Công an xã"]}]
    samples = [
        report(
            people=[
                {
                    **person(),
                    "rank": "Đại tá",
                    "roles": ["speaker"],
                    "positions": ["Phó Trưởng Công an"],
                    **row,
                }
            ]
        )
        for row in rows
    ]
    (voted,) = vote(samples, REPORT).data["people"]
    assert (voted["rank"], voted["roles"], voted["positions"]) == (
        "Đại tá",
        ["speaker"],
        ["Phó Trưởng Công an"],
    )


def test_a_tie_goes_to_the_sample_that_agrees_most_with_the_others() -> None:
    """Of three headlines, the one from the sample that agrees most with the others is chosen."""
    samples = [
        with_people("Lò A", headline="một"),
        with_people("Lò A", "Lò B", headline="hai"),
        with_people("Lò B", headline="ba"),
    ]
    voted = vote(samples, REPORT)
    assert (voted.medoid, voted.data["headline"]) == (1, "hai")


def test_the_spelling_is_that_of_most() -> None:
    """People with different spellings of a name become one person, spelled as in most samples."""
    voted = vote(
        [with_people("Bà Lò Thị Mai"), with_people("Lò Thị Mai"), with_people("Lò Thị Mai")], REPORT
    )
    assert names_of(voted) == ["Lò Thị Mai"]


def test_members_of_a_list_are_those_that_most_have() -> None:
    """A list entry is kept if most samples have it, and near matches count as the same entry."""

    def positions(*given: str) -> dict[str, Any]:
        return report(people=[{**person(), "positions": list(given)}])

    samples = [
        positions("Bí thư Đảng ủy xã", "Trưởng Công an xã Tân Lâm"),
        positions("Trưởng Công an xã", "Bí thư Đảng ủy xã"),
        positions("Trưởng Công an xã", "Đại biểu"),
    ]
    (voted,) = vote(samples, REPORT).data["people"]
    assert sorted(voted["positions"]) == ["Bí thư Đảng ủy xã", "Trưởng Công an xã"]


@pytest.mark.parametrize(("given", "kept"), [(2, True), (1, False)])
def test_the_stamp_is_kept_if_most_have_it(given: int, kept: bool) -> None:
    """The publication stamp is kept if more than half of the samples have it."""
    stamp = full_report()["published"]
    samples = [report(published=stamp)] * given + [report()] * (3 - given)
    voted = vote(samples, REPORT)
    assert voted.data["published"] == (stamp if kept else None)
    assert agreements(voted.data, samples, REPORT) == (
        [("/published", pytest.approx(2 / 3))] if kept else []
    )


def test_each_voted_part_has_a_stand_in_of_one_sample() -> None:
    """Every voted item and value has a replacement that one sample gave as a whole."""
    one, two, three = (
        person() | fields
        for fields in (
            {"rank": "Đại tá"},
            {"roles": ["chair"]},
            {"rank": "Đại tá", "roles": ["chair"]},
        )
    )
    voted = vote([report(people=[given]) for given in (one, two, three)], REPORT)
    assert voted.data["people"] == [three]
    assert voted.items["people"][0].value in (one, two, three)
    assert (voted.values["relevance"].value, "byline" in voted.values) == ("movement", True)
    assert "people" not in voted.values


def test_a_statement_is_voted_with_its_passage() -> None:
    """Statements with the same passage become one, with the speaker that most samples name."""
    samples = [
        with_people("Phạm Quốc Bình", "Lò Thị Mai", statements=[statement(speaker)])
        for speaker in ("Phạm Quốc Bình", "Lò Thị Mai", "Phạm Quốc Bình")
    ]
    assert vote(samples, REPORT).data["statements"] == [statement("Phạm Quốc Bình")]


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([[1], [2], [2]], [2]),
        ([[1], {"a": 1}, [1]], [1]),
        ([{"a": 1, "b": 2}, {"a": 1}, {"a": 3, "c": 1}], {"a": 1}),
        (["x", "x", "y"], "x"),
        ([{"a": {"b": [1, 1]}}, {"a": {"b": [1, 1]}}], {"a": {"b": [1, 1]}}),
    ],
)
def test_records_without_declared_fields_are_voted_by_equality(
    samples: Sequence[Any], expected: Any
) -> None:
    """Without declared fields, whole values are compared; a key is kept if most samples have it."""
    voted = vote(samples, derive_profile({}, reference="any"))
    assert voted.data == expected
    assert agreements(voted.data, samples, derive_profile({}, reference="any")) == []


def test_a_list_that_most_give_as_null_is_null() -> None:
    """A list is null if most samples have null; a key that half of its items lack is omitted."""
    profile = derive_profile(
        {
            "type": "object",
            "properties": {
                "rows": {
                    "type": ["array", "null"],
                    "items": {"type": "object", "properties": {"n": {"type": "integer"}}},
                }
            },
        },
        reference="rows",
    )
    assert vote([{"rows": None}, {"rows": [{"n": 1}]}, {"rows": None}], profile).data == {
        "rows": None
    }
    assert vote(
        [{"rows": [{"n": 1, "x": 2}]}, {"rows": [{"n": 1}]}, {"rows": None}], profile
    ).data == {"rows": [{"n": 1}]}


def with_errors(
    truth: dict[str, Any], pool: dict[str, list[Any]], chance: random.Random
) -> dict[str, Any]:
    """Return a record with random errors.

    With a probability of one in ten each, an item is missing, a field has the value of another item
    and a list has an additional item.
    """
    sample = copy.deepcopy(truth)
    for name, others in pool.items():
        items = [item for item in sample[name] if chance.random() >= 0.1]
        for item in items:
            for field in item.keys() - {"quote"}:
                if chance.random() < 0.1:
                    item[field] = copy.deepcopy(chance.choice(others)[field])
        sample[name] = items + (
            [copy.deepcopy(chance.choice(others))] if chance.random() < 0.1 else []
        )
    return sample


def test_where_samples_err_apart_a_vote_is_better_and_knows_where() -> None:
    """Voting over five samples leaves under a third of the errors, mostly with low agreement."""
    chance = random.Random(7)
    truths = [
        json.loads(path.read_text("utf-8"))
        for path in sorted((data_folder("gold") / "movement_report").glob("*.json"))
    ]
    pool = {name: [item for truth in truths for item in truth[name]] for name in ITEM_FIELDS}
    errors = {"single": 0, "voted": 0, "agreed": 0}
    for truth in truths * 4:
        samples = [with_errors(truth, pool, chance) for _ in range(5)]
        voted = vote(samples, REPORT).data
        wrong = score_record(truth, voted, REPORT).errors
        agreed = {
            pointer for pointer, agreement in agreements(voted, samples, REPORT) if agreement >= 0.9
        }
        errors["single"] += len(score_record(truth, samples[0], REPORT).errors)
        errors["voted"] += len(wrong)
        errors["agreed"] += sum(
            "/".join((one.extracted_pointer or "").split("/")[:3]) in agreed for one in wrong
        )
    assert errors["voted"] * 3 < errors["single"]
    assert errors["agreed"] * 3 < errors["voted"]


def as_answer(value: Any) -> Any:
    """Return an answer that a value could have been read from, with numbers in another form."""
    if isinstance(value, dict):
        return {name: as_answer(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_answer(inner) for inner in value]
    return value * 100 + 7 if isinstance(value, int) else value


@settings(max_examples=60, deadline=None)
@given(st.lists(shops, min_size=1, max_size=5))
def test_answers_are_voted_as_their_dumps_are(samples: list[Any]) -> None:
    """Each part of the voted answer comes from the sample that gave that part of the dump."""
    voted = vote(samples, SHOP, [as_answer(sample) for sample in samples])
    assert voted.data == vote(samples, SHOP).data
    assert voted.record.answer == as_answer(voted.data)
    items = [item for kept in voted.items.values() for item in kept]
    for part in (*voted.values.values(), *items):
        assert part.answer == as_answer(part.value)


def test_of_equal_dumps_the_most_frequent_answer_is_voted() -> None:
    """For a secret that is dumped as asterisks, the answer that most samples gave is chosen."""
    samples: list[Any] = [{"key": "***"}] * 3
    answers = [{"key": "one"}, {"key": "two"}, {"key": "two"}]
    assert vote(samples, SHOP, answers).record.answer == {"key": "two"}


def test_what_only_answers_have_is_voted_too() -> None:
    """A field that is in no dump is in the voted answer if most samples gave it."""
    samples: list[Any] = [{"a": 1}] * 3
    answers = [{"a": 1, "b": 2, "c": 1}, {"a": 1, "b": 3}, {"a": 1, "b": 3}]
    voted = vote(samples, SHOP, answers)
    assert (voted.data, voted.record.answer) == ({"a": 1}, {"a": 1, "b": 3})


def test_a_list_that_was_given_as_text_is_voted_whole() -> None:
    """A list that was given as text is voted on as one value."""
    orders = shop(1)["orders"]
    samples = [{"orders": orders}, {"orders": orders}, {"orders": []}]
    answers = [{"orders": "1"}, {"orders": "1"}, {"orders": ""}]
    voted = vote(samples, SHOP, answers)
    assert voted.record.answer == {"orders": "1"}
    assert (voted.data, dict(voted.items)) == ({"orders": orders}, {})
