"""Matching the items of two lists by their identifying fields."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antq_llm.movement_report.record import FORMS_OF_ADDRESS
from antq_llm.scoring.field_rules import EXACT, PASSAGE, TITLE, FieldRule
from antq_llm.scoring.item_matching import IdentityFields, pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule
from helpers.exhaustive_search import best_total

PERSON_NAME = FieldRule("name", class_words=FORMS_OF_ADDRESS)
FIGURES = ListRule(
    ObjectRule({"label": TITLE, "value": EXACT, "unit": EXACT, "quote": PASSAGE}),
    identity={"label": 0.35, "value": 0.35, "unit": 0.1, "quote": 0.2},
)
ITEM = st.fixed_dictionaries(
    {
        "label": st.sampled_from([None, "vụ án", "vụ án hình sự", "mô hình an ninh", "mô hình"]),
        "value": st.integers(1, 3),
        "unit": st.sampled_from([None, "vụ", "mô hình"]),
        "quote": st.sampled_from(["có hai mô hình an ninh", "có hai mô hình", "ba vụ án hình sự"]),
    }
)


def similarity_of(gold: dict[str, Any], extracted: dict[str, Any]) -> float:
    """Return the similarity of two figures in their identifying fields."""
    fields = IdentityFields(FIGURES)
    return fields.similarity(fields.forms(gold), fields.forms(extracted))


@settings(deadline=None, database=None, max_examples=200)
@given(st.lists(ITEM, max_size=4), st.lists(ITEM, max_size=4))
def test_items_are_matched_as_an_exhaustive_search_matches_them(
    gold: list[Any], extracted: list[Any]
) -> None:
    """Matched items have the greatest total similarity in their identifying fields."""
    similarity = np.array(
        [[similarity_of(gold_item, item) for item in extracted] for gold_item in gold]
    ).reshape(len(gold), len(extracted))
    pairs = pair_items(gold, extracted, FIGURES)
    expected = best_total(similarity, FIGURES.threshold) if similarity.size else 0.0
    assert sum(similarity[pair] for pair in pairs) == pytest.approx(expected)
    assert all(similarity[pair] >= FIGURES.threshold for pair in pairs)


@settings(deadline=None, database=None)
@given(st.data(), st.lists(ITEM, max_size=5), st.lists(ITEM, max_size=5))
def test_pairs_do_not_depend_on_the_order_of_the_lists(
    data: st.DataObject, gold: list[Any], extracted: list[Any]
) -> None:
    """The order of the two lists does not change which items are paired, even with ties."""

    def paired(gold: list[Any], extracted: list[Any]) -> list[str]:
        return sorted(
            json.dumps([gold[row], extracted[column]], sort_keys=True)
            for row, column in pair_items(gold, extracted, FIGURES)
        )

    assert paired(gold, extracted) == paired(
        data.draw(st.permutations(gold)), data.draw(st.permutations(extracted))
    )


def test_equal_identities_are_matched_by_the_other_fields() -> None:
    """Items with equal identifying fields are matched by their other fields."""
    rule = ListRule(ObjectRule({"name": PERSON_NAME, "role": EXACT}), identity={"name": 1.0})
    gold = [{"name": "Nguyễn Văn A", "role": "chair"}, {"name": "Nguyễn Văn A", "role": "speaker"}]
    assert pair_items(gold, gold[::-1], rule) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 1.0),
        ({"value": 83}, 0.65),
        ({"unit": None}, 0.9),
        ({"label": "vụ"}, 0.35 * 2 / 3 + 0.65),
        ({"label": None, "quote": None}, 0.0),
        ({"label": "hộ", "quote": "gì đó"}, 0.0),
    ],
)
def test_the_similarity_of_items_is_the_weighted_mean_of_their_fields(
    changes: dict[str, Any], expected: float
) -> None:
    """The similarity is the weighted mean of the fields, or 0 if it is below the threshold."""
    item = {"label": "vụ án", "value": 38, "unit": "vụ", "quote": "38 vụ án"}
    assert similarity_of(item, {**item, **changes}) == pytest.approx(expected)


def test_fields_empty_on_both_sides_are_left_out() -> None:
    """The weights of fields that are empty on both sides do not count."""
    gold, extracted = {"label": "vụ án", "value": 38}, {"label": "vụ án", "value": 83}
    assert similarity_of(gold, extracted) == pytest.approx(0.5)


def test_items_without_identifying_values_are_the_same() -> None:
    """Two items whose identifying fields are all empty have a similarity of 1."""
    assert similarity_of({}, {"label": None}) == 1.0


def test_an_identifying_field_must_be_one_of_the_item() -> None:
    """A misspelled path is refused when the rule is created, and the error lists the fields."""
    with pytest.raises(
        ValueError,
        match="'lable' is not a field with a value: expected one of label, value, unit, quote",
    ):
        ListRule(FIGURES.item, identity={"lable": 1.0})


def test_a_weight_is_positive() -> None:
    """A weight of 0 is refused when the rule is created."""
    with pytest.raises(ValueError, match="the weight of 'label' is 0: expected a positive number"):
        ListRule(FIGURES.item, identity={"label": 0})


def test_equal_identities_are_matched_by_lists_inside_them() -> None:
    """Items that differ only in a nested list are matched by that list."""
    parts = ListRule(ObjectRule({"id": EXACT}), identity={"id": 1.0})
    rule = ListRule(
        ObjectRule({"name": PERSON_NAME, "place": ObjectRule({"city": TITLE}), "parts": parts}),
        identity={"name": 1.0},
    )
    gold = [
        {"name": "a", "place": None, "parts": [{"id": 1}, {"id": 2}]},
        {"name": "a", "place": None, "parts": []},
    ]
    assert pair_items(gold, gold[::-1], rule) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("value", ["a", "z"])
@pytest.mark.parametrize("better", ["fields", "object"])
def test_each_field_counts_once_in_a_tie(value: str, better: str) -> None:
    """If identities are equal, an object counts as one field, however many fields it has."""
    place = ObjectRule({"street": EXACT, "city": EXACT, "country": EXACT})
    rule = ListRule(
        ObjectRule({"name": PERSON_NAME, "role": EXACT, "rank": EXACT, "place": place}),
        identity={"name": 1.0},
    )
    same, other = dict.fromkeys(place.fields, value), dict.fromkeys(place.fields, "m")
    gold = {"name": "Lan", "role": value, "rank": value, "place": same}
    in_fields = gold | {"place": other}
    in_object = gold | {"role": "m", "rank": "m"}
    if better == "object":
        in_fields |= {"role": "m", "rank": "m"}
    extracted = [in_fields, in_object]
    assert pair_items([gold], extracted, rule) == [(0, ["fields", "object"].index(better))]
