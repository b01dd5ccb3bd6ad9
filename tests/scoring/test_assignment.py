"""The matching of items: optimal, one to one, and the same in any order."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from antq_llm.scoring.assignment import best_matching
from antq_llm.scoring.field_rules import EXACT, PASSAGE, PERSON_NAME, TITLE
from antq_llm.scoring.item_matching import Identity, pair_items
from antq_llm.scoring.profile import ListRule, ObjectRule

Matrix = np.ndarray[Any, np.dtype[np.float64]]

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
SIMILARITIES = arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.integers(1, 5)),
    elements=st.sampled_from([0.0, 0.25, 0.5, 0.6, 0.75, 0.9, 1.0]),
)


def similarity_of(gold: dict[str, Any], extracted: dict[str, Any]) -> float:
    """Return the similarity of two figures on the fields that identify them."""
    identity = Identity(FIGURES)
    return identity.similarity(identity.forms(gold), identity.forms(extracted))


def best_total(similarity: Matrix, threshold: float) -> float:
    """Return the greatest total similarity by trying every one-to-one matching."""
    rows, columns = similarity.shape
    if rows > columns:
        return best_total(similarity.T, threshold)
    gain = np.where(similarity >= threshold, similarity, 0.0)
    return max(
        sum(gain[row, column] for row, column in enumerate(chosen))
        for chosen in itertools.permutations(range(columns), rows)
    )


@settings(deadline=None, database=None, max_examples=300)
@given(SIMILARITIES, st.sampled_from([0.1, 0.5, 0.7]))
def test_the_matching_has_the_total_of_an_exhaustive_search(
    similarity: Matrix, threshold: float
) -> None:
    """No one-to-one matching of pairs at or above the threshold has a greater total, and nothing is matched twice."""
    pairs = best_matching(similarity, threshold=threshold)
    assert sum(similarity[pair] for pair in pairs) == pytest.approx(
        best_total(similarity, threshold)
    )
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(similarity[pair] >= threshold for pair in pairs)


@settings(deadline=None, database=None, max_examples=200)
@given(st.lists(ITEM, max_size=4), st.lists(ITEM, max_size=4))
def test_items_are_matched_as_an_exhaustive_search_matches_them(
    gold: list[Any], extracted: list[Any]
) -> None:
    """The matching of two lists of items has the greatest total similarity on the identifying fields."""
    similarity = np.array(
        [[similarity_of(one, other) for other in extracted] for one in gold]
    ).reshape(len(gold), len(extracted))
    pairs = pair_items(gold, extracted, FIGURES)
    expected = best_total(similarity, FIGURES.threshold) if similarity.size else 0.0
    assert sum(similarity[pair] for pair in pairs) == pytest.approx(expected)
    assert all(similarity[pair] >= FIGURES.threshold for pair in pairs)


@settings(deadline=None, database=None)
@given(st.data(), st.lists(ITEM, max_size=5), st.lists(ITEM, max_size=5))
def test_the_order_of_the_lists_changes_no_pair(
    data: st.DataObject, gold: list[Any], extracted: list[Any]
) -> None:
    """Whatever the order of the two lists, the same items meet, ties included."""

    def met(one: list[Any], other: list[Any]) -> list[str]:
        return sorted(
            json.dumps([one[row], other[column]], sort_keys=True)
            for row, column in pair_items(one, other, FIGURES)
        )

    assert met(gold, extracted) == met(
        data.draw(st.permutations(gold)), data.draw(st.permutations(extracted))
    )


def test_a_greedy_matching_is_not_good_enough() -> None:
    """The most similar pair is given up where two other pairs are more similar together."""
    assert best_matching(np.array([[0.9, 0.8], [0.8, 0.1]]), threshold=0.5) == [(0, 1), (1, 0)]


def test_a_pair_below_the_threshold_is_not_matched() -> None:
    """What is less similar than the threshold stays without a partner, at the threshold it has one."""
    assert best_matching(np.array([[0.49, 0.0], [0.0, 0.5]]), threshold=0.5) == [(1, 1)]


def test_a_pair_with_nothing_in_common_is_never_matched() -> None:
    """Even a threshold of 0 matches no pair of similarity 0."""
    assert best_matching(np.zeros((2, 2)), threshold=0.0) == []


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_an_empty_list_has_no_pairs(shape: tuple[int, int]) -> None:
    """Where a list is empty nothing is matched."""
    assert best_matching(np.zeros(shape), threshold=0.5) == []


def test_ties_are_settled_by_agreement() -> None:
    """Of matchings with the same total, the one whose pairs agree more is taken."""
    assert best_matching(
        np.ones((2, 2)), threshold=0.5, agreement=lambda row, column: float(row != column)
    ) == [(0, 1), (1, 0)]


def test_items_that_only_differ_elsewhere_meet_their_likes() -> None:
    """Two items alike in what identifies them are matched by their other fields."""
    rule = ListRule(ObjectRule({"name": PERSON_NAME, "role": EXACT}), identity={"name": 1.0})
    gold = [{"name": "Nguyễn Văn A", "role": "chair"}, {"name": "Nguyễn Văn A", "role": "speaker"}]
    assert pair_items(gold, gold[::-1], rule) == [(0, 1), (1, 0)]


@pytest.mark.parametrize(
    ("other", "expected"),
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
    other: dict[str, Any], expected: float
) -> None:
    """Each identifying field counts by its weight, one given on one side only as different, and below the threshold the similarity is 0."""
    item = {"label": "vụ án", "value": 38, "unit": "vụ", "quote": "38 vụ án"}
    assert similarity_of(item, {**item, **other}) == pytest.approx(expected)


def test_fields_that_say_nothing_on_both_sides_are_left_out() -> None:
    """The weights of what is null on both sides are taken from the mean."""
    one, other = {"label": "vụ án", "value": 38}, {"label": "vụ án", "value": 83}
    assert similarity_of(one, other) == pytest.approx(0.5)


def test_items_that_say_nothing_are_alike() -> None:
    """Two items without any identifying value are the same as far as can be said."""
    assert similarity_of({}, {"label": None}) == 1.0


def test_an_identifying_field_must_be_one_of_the_item() -> None:
    """A misspelled path is refused when the rule is made, with the fields there are."""
    with pytest.raises(
        ValueError,
        match="'lable' is no field with a value of its own: one of label, value, unit, quote",
    ):
        ListRule(FIGURES.item, identity={"lable": 1.0})


def test_a_weight_is_positive() -> None:
    """A field that is to count for nothing is left out instead."""
    with pytest.raises(
        ValueError, match="the weight of 'label' is 0: a positive number is expected"
    ):
        ListRule(FIGURES.item, identity={"label": 0})


def test_items_that_differ_only_in_a_list_inside_them_meet_their_likes() -> None:
    """Two items alike in everything but a list of items inside them are matched by that list."""
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
