"""The score of a record: counting slots, nested lists and averages."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nervaluate import Evaluator

from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.scoring.field_rules import EXACT
from antq_llm.scoring.metrics import Counts, Score
from antq_llm.scoring.profile import ListRule, ObjectRule, ScoringProfile
from antq_llm.scoring.record_score import aggregate, counts_array, profile_for, score_record
from helpers.shop import Shop

SHOP = profile_for(PydanticSchema(Shop))


def order(number: int, **fields: Any) -> dict[str, Any]:
    """Return an order with three slots: its number, and the sku and note of its line."""
    return {
        "number": number,
        "lines": [{"sku": 10 * number, "note": "bảo hành"}],
        "address": None,
        "tags": [],
        **fields,
    }


def shop(*orders: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the data of a shop with some orders and other fields."""
    return {"day": None, "season": None, "orders": list(orders), "extra": {}, **fields}


def strict_counts(
    gold: Any, extracted: Any, profile: ScoringProfile = SHOP
) -> dict[str, tuple[float, float, float]]:
    """Return the strict counts that are not all zero, by field."""
    score = score_record(gold, extracted, profile)
    return {field: tuple(counts) for field, counts in score.strict.items() if any(counts)}


@pytest.mark.parametrize(
    ("gold", "extracted", "counts"),
    [
        ("2023-07-24", "2023-07-24", {"overall": (1, 0, 0), "day": (1, 0, 0)}),
        ("2023-07-24", "2023-07-25", {"overall": (0, 1, 1), "day": (0, 1, 1)}),
        ("2023-07-24", None, {"overall": (0, 0, 1), "day": (0, 0, 1)}),
        (None, "2023-07-24", {"overall": (0, 1, 0), "day": (0, 1, 0)}),
        (None, None, {}),
    ],
)
def test_a_slot_counts_as_in_slot_filling(
    gold: str | None, extracted: str | None, counts: Any
) -> None:
    """Different values are two errors, a missing value is one, and two nulls are none."""
    assert strict_counts(shop(day=gold), shop(day=extracted)) == counts


def test_a_list_of_scalars_counts_element_by_element() -> None:
    """Common elements are right, others are missed or spurious, and repetitions count once."""
    counts = strict_counts(
        shop(order(1, tags=["một", "hai"])), shop(order(1, tags=["hai", "ba", "ba"]))
    )
    assert counts["orders.tags"] == (1, 1, 1)


def test_an_item_without_a_partner_counts_with_all_its_slots() -> None:
    """All slots of a missed or spurious order count, including those of its lines and address."""
    counts = strict_counts(shop(order(1)), shop(order(2, address={"city": "Huế", "zone": "north"})))
    assert counts == {
        "overall": (0, 5, 3),
        "orders": (0, 5, 3),
        "orders.number": (0, 1, 1),
        "orders.lines": (0, 2, 2),
        "orders.lines.sku": (0, 1, 1),
        "orders.lines.note": (0, 1, 1),
        "orders.address": (0, 2, 0),
        "orders.address.city": (0, 1, 0),
        "orders.address.zone": (0, 1, 0),
    }


def test_items_inside_items_are_matched_within_their_item() -> None:
    """Lines are matched only within matched orders."""
    gold = shop(order(1), order(2, lines=[{"sku": 20, "note": None}, {"sku": 21, "note": None}]))
    extracted = shop(order(2, lines=[{"sku": 21, "note": None}]), order(1))
    assert strict_counts(gold, extracted)["orders.lines"] == (3, 0, 1)
    assert score_record(gold, extracted, SHOP).items == {
        "orders": Counts(2, 0, 0),
        "orders.lines": Counts(2, 0, 1),
    }


def test_the_items_of_an_unmatched_item_were_not_found() -> None:
    """The items inside a missed item are missed too."""
    assert score_record(shop(order(1)), {}, SHOP).items == {
        "orders": Counts(0, 0, 1),
        "orders.lines": Counts(0, 0, 1),
    }


def test_a_part_that_only_one_side_has_counts_with_all_its_slots() -> None:
    """A part that is null on one side counts as one error with all slots of the other."""
    score = score_record(
        shop(order(1, address={"city": "Huế", "zone": None})), shop(order(1)), SHOP
    )
    assert score.strict["orders.address"] == (0, 0, 1)
    assert [(error.kind, error.field, error.slots) for error in score.errors] == [
        ("missed", "orders.address", 1)
    ]


def test_a_failed_article_is_an_empty_record() -> None:
    """For a failed article, every gold slot is missed, with one error per item."""
    score = score_record(shop(order(1), order(2), day="2023"), {}, SHOP)
    assert score.strict["overall"] == (0, 0, 7)
    assert score.relaxed["overall"] == (0, 0, 7)
    assert [(error.kind, error.field, error.slots) for error in score.errors] == [
        ("missed", "day", 1),
        ("missed", "orders", 3),
        ("missed", "orders", 3),
    ]


def test_the_relaxed_score_counts_by_similarity() -> None:
    """In the relaxed score, a partial date is half right, half missed and half spurious."""
    score = score_record(shop(day="2023-07-24"), shop(day="2023-07"), SHOP)
    assert (score.strict["day"], score.relaxed["day"]) == ((0, 1, 1), (0.5, 0.5, 0.5))


def test_data_that_is_not_what_the_schema_says_is_scored_without_failing() -> None:
    """A list instead of an object, or text instead of a list, counts as empty."""
    assert strict_counts(
        shop(order(1)), {"orders": "none", "day": [], "extra": None}
    ) == strict_counts(shop(order(1)), {})


LINES = st.lists(
    st.fixed_dictionaries(
        {"sku": st.integers(1, 3), "note": st.sampled_from([None, "một", "một hai", "ba"])}
    ),
    max_size=3,
)
ORDERS = st.fixed_dictionaries(
    {
        "number": st.integers(1, 4),
        "lines": LINES,
        "address": st.none()
        | st.fixed_dictionaries(
            {"city": st.sampled_from(["Huế", "Hà Nội"]), "zone": st.sampled_from([None, "north"])}
        ),
        "tags": st.lists(st.sampled_from(["một", "một hai", "hai ba", "bốn"]), max_size=3),
    }
)
SHOPS = st.builds(
    shop, st.just(order(1)) | ORDERS, ORDERS, day=st.sampled_from([None, "2023", "2023-07", "2024"])
)


@settings(deadline=None, database=None, max_examples=150)
@given(SHOPS, SHOPS)
def test_scores_add_up(gold: Any, extracted: Any) -> None:
    """``overall`` sums its parts, relaxed scores are no lower, and errors cover all wrong slots."""
    score = score_record(gold, extracted, SHOP)
    for counts in (score.strict, score.relaxed):
        assert counts["overall"] == pytest.approx(
            Counts.total(counts[field] for field in ("day", "season", "orders", "extra"))
        )
    assert all(score.relaxed[field].tp >= score.strict[field].tp for field in score.strict)
    missed = sum(error.slots for error in score.errors if error.kind != "spurious")
    spurious = sum(error.slots for error in score.errors if error.kind != "missed")
    assert (spurious, missed) == score.strict["overall"][1:]


@settings(deadline=None, database=None, max_examples=100)
@given(SHOPS, SHOPS, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order(
    gold: Any, extracted: Any, shuffler: random.Random
) -> None:
    """Reordering lists, at any depth and on either side, changes no counts."""

    def reordered(record: Any) -> Any:
        record = copy.deepcopy(record)
        for values in [
            record["orders"],
            *(order[name] for order in record["orders"] for name in ("lines", "tags")),
        ]:
            shuffler.shuffle(values)
        return record

    score, again = (
        score_record(gold, extracted, SHOP),
        score_record(reordered(gold), reordered(extracted), SHOP),
    )
    assert (again.strict, again.relaxed) == (score.strict, score.relaxed)
    assert again.items == score.items


@settings(deadline=None, database=None, max_examples=100)
@given(ORDERS, ORDERS)
def test_changing_sides_swaps_precision_and_recall(order_there: Any, order_here: Any) -> None:
    """Exchanging gold and extracted records exchanges missed and spurious slots."""
    gold, extracted = shop({**order_there, "lines": []}), shop({**order_here, "lines": []})
    score, swapped = score_record(gold, extracted, SHOP), score_record(extracted, gold, SHOP)
    assert {
        field: Counts(tp, fn, fp) for field, (tp, fp, fn) in swapped.strict.items()
    } == score.strict


def test_micro_and_macro_averages() -> None:
    """Micro F1 is computed from the summed counts; macro F1 is the mean of the articles' F1."""
    articles = [(shop(day="2023"), shop(day="2023")), (shop(day="2023"), shop()), (shop(), shop())]
    scores = aggregate([score_record(gold, extracted, SHOP) for gold, extracted in articles])
    assert scores.strict["day"].as_dict() == {
        "precision": 1.0,
        "recall": 0.5,
        "f1": pytest.approx(2 / 3),
        "macro_f1": 0.5,
        "tp": 1,
        "fp": 0,
        "fn": 1,
    }


def test_nothing_divided_by_nothing_is_null() -> None:
    """A field without a slot on either side has no precision, recall or F1."""
    nothing = {
        "precision": None,
        "recall": None,
        "f1": None,
        "macro_f1": None,
        "tp": 0,
        "fp": 0,
        "fn": 0,
    }
    assert aggregate([score_record(shop(), shop(), SHOP)]).strict["overall"].as_dict() == nothing
    assert Score.over([]).as_dict() == nothing
    assert dict(aggregate([]).strict) == {}


def test_counts_of_articles_as_an_array() -> None:
    """The axes of the array are articles, fields and (tp, fp, fn)."""
    scores = [
        score_record(shop(day="2023-07-24"), shop(day=day), SHOP)
        for day in ("2023-07-24", "2023-07")
    ]
    assert counts_array(scores, ["day"], "strict").tolist() == [[[1, 0, 0]], [[0, 1, 1]]]
    assert counts_array(scores, ["day", "season"], "relaxed").tolist() == [
        [[1, 0, 0], [0, 0, 0]],
        [[0.5, 0.5, 0.5], [0, 0, 0]],
    ]
    assert counts_array([], ["day"], "strict").shape == (0, 1, 3)


ENTITIES = ScoringProfile(
    "entities",
    ObjectRule(
        {
            "entities": ListRule(
                ObjectRule({"label": EXACT, "start": EXACT, "end": EXACT}),
                {"label": 1.0, "start": 1.0, "end": 1.0},
                threshold=1.0,
            )
        }
    ),
)
SPAN = st.tuples(st.integers(0, 9), st.integers(1, 3), st.sampled_from(["PER", "LOC", "ORG"]))


def entities(spans: list[tuple[int, int, str]]) -> list[dict[str, Any]]:
    """Return entities that start at multiples of ten, so that none overlap."""
    by_place = {place: (length, label) for place, length, label in spans}
    return [
        {"label": label, "start": 10 * place, "end": 10 * place + length}
        for place, (length, label) in sorted(by_place.items())
    ]


@settings(deadline=None, database=None, max_examples=100)
@given(st.lists(SPAN, max_size=8).map(entities), st.lists(SPAN, max_size=8).map(entities))
def test_flat_entities_score_as_a_published_scorer_scores_them(
    gold: list[Any], extracted: list[Any]
) -> None:
    """For flat entities, item counts equal those of nervaluate's strict evaluation."""
    evaluator = Evaluator([gold], [extracted], tags=["PER", "LOC", "ORG"], loader="dict")
    theirs = evaluator.evaluate()["overall"]["strict"]
    ours = score_record({"entities": gold}, {"entities": extracted}, ENTITIES).items["entities"]
    assert ours.tp == theirs.correct
    assert (ours.tp + ours.fp, ours.tp + ours.fn) == (theirs.actual, theirs.possible)
    assert (ours.precision or 0.0) == pytest.approx(theirs.precision)
    assert (ours.recall or 0.0, ours.f1 or 0.0) == pytest.approx((theirs.recall, theirs.f1))
