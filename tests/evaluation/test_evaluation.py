"""Scores and comparisons of systems."""

from __future__ import annotations

import json

from antq_llm.evaluation.evaluation import OVERALL, System
from helpers.evaluations import GOLD, evaluation_of, without_people


def test_gold_against_itself_is_perfect() -> None:
    """Gold scored against itself has a strict and relaxed F1 of 1.0 in every field with values."""
    scores = evaluation_of(System("gold", GOLD)).as_dict()["systems"][0]["scores"]
    for mode in ("strict", "relaxed"):
        counts = scores[mode].values()
        assert {(value["fp"], value["fn"]) for value in counts} == {(0, 0)}
        assert [value["f1"] for value in counts] == [
            1.0 if value["tp"] else None for value in counts
        ]
        assert scores[mode][OVERALL]["f1"] == 1.0


def test_a_missing_article_counts_as_an_empty_record() -> None:
    """If a system failed on an article, all gold slots of the article count as missed."""
    first, *rest = GOLD
    whole = evaluation_of(System("all", GOLD)).systems[0].scores.strict[OVERALL].counts
    records = {article_id: GOLD[article_id] for article_id in rest}
    (part,) = evaluation_of(System("part", records, {first: "gone"})).systems
    gone = part.by_article[first].strict[OVERALL]
    assert (gone.tp, gone.fp) == (0, 0)
    assert part.scores.strict[OVERALL].counts.fn == gone.fn
    assert part.scores.strict[OVERALL].counts.tp + gone.fn == whole.tp


def test_the_contract_form() -> None:
    """The JSON form has the documented keys, and the ceiling is null without annotators."""
    data = evaluation_of(
        System("a", GOLD, cost_usd=1.5), System("b", without_people(GOLD))
    ).as_dict()
    assert set(data) == {"systems", "comparisons", "ceiling"}
    assert data["ceiling"] is None
    assert {"name", "articles", "failures", "cost_usd", "scores"} <= set(data["systems"][0])
    score = data["systems"][0]["scores"]["strict"]["people.name"]
    assert set(score) == {"precision", "recall", "f1", "macro_f1", "tp", "fp", "fn", "interval"}
    assert set(data["comparisons"][0]) == {
        "a",
        "b",
        "mode",
        "field",
        "difference",
        "interval",
        "p",
        "p_adjusted",
        "detectable",
    }
    assert json.loads(json.dumps(data, allow_nan=False)) == json.loads(json.dumps(data))


def test_differences_are_of_a_less_b() -> None:
    """If the later system is worse, its difference from the earlier one is negative."""
    (pair,) = [
        pair
        for pair in evaluation_of(
            System("good", GOLD), System("bad", without_people(GOLD))
        ).comparisons
        if pair.mode == "strict"
    ]
    assert (pair.a, pair.b) == ("bad", "good")
    assert (pair.fields[OVERALL].difference or 0) < 0
    assert pair.fields["people"].difference == -1.0


def test_few_articles_get_a_caution() -> None:
    """With five articles, the report cautions about the smallest possible p-value."""
    caution = evaluation_of(System("good", GOLD), System("bad", without_people(GOLD))).caution()
    assert caution is not None
    assert caution.startswith(
        "5 article(s) are too few for firm conclusions: "
        "no paired test on them can give a p-value below 0.062"
    )
