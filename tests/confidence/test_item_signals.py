"""Signals that predict whether the items of a record are right."""

from __future__ import annotations

import copy
import math
from typing import Any

import pytest

from antq_llm import Article, Extractor, Options, ScriptedClient
from antq_llm.confidence.item_signals import SAMPLE_SIGNALS, ItemSignals, item_signals
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from helpers.samples import ARTICLE, answer, full_report, person, report
from helpers.shop import Shop

SCHEMA = load_schema("movement_report/1")
LINE = (
    Extractor(
        client=ScriptedClient([answer(full_report())]), model="m", options=Options(max_attempts=1)
    )
    .extract(Article(ARTICLE, "a"))
    .as_line()
)


def signals_of(line: dict[str, Any], text: str = ARTICLE) -> dict[str, ItemSignals]:
    """Return the signals of a line's items, by pointer."""
    return {item.pointer: item for item in item_signals(line, text, SCHEMA)}


def changed(**keys: Any) -> dict[str, Any]:
    """Return a copy of the line with some keys replaced."""
    return {**copy.deepcopy(LINE), **keys}


def test_every_item_has_signals() -> None:
    """Every item that has evidence has signals, one of which names its list or field."""
    found = signals_of(LINE)
    assert set(found) == {evidence["pointer"] for evidence in LINE["evidence"]}
    assert found["/published"].values["list: published"] == 1.0


def test_the_quote_is_measured() -> None:
    """A quote's signals give its length, match and place in the sentence."""
    values = signals_of(LINE)["/indicators/0"].values
    assert values["quote_length"] == math.log(len("48/52 thôn đã lập tổ tự quản"))
    assert values["words_after_quote"] == pytest.approx(math.log1p(7))
    assert (values["quote_not_exact"], values["items_in_sentence"]) == (0.0, 0.0)


def test_a_quote_found_otherwise_is_noticed() -> None:
    """A quote that matches only after normalisation is not exact."""
    evidence = [{**found, "match": "normalized"} for found in LINE["evidence"]]
    assert signals_of(changed(evidence=evidence))["/people/0"].values["quote_not_exact"] == 1.0


def test_values_outside_the_quote_are_counted() -> None:
    """A scope that is not in the quote raises the share of words outside the quote."""
    inside = signals_of(LINE)["/people/0"].values
    outside = signals_of(LINE)["/indicators/0"].values
    assert inside["words_outside_quote"] < outside["words_outside_quote"]
    record = copy.deepcopy(LINE["record"])
    record["indicators"][0]["label"] = "thôn tự quản lập"
    assert signals_of(changed(record=record))["/indicators/0"].values["values_not_printed"] == 1.0


def test_warnings_count_for_the_item_that_they_point_into() -> None:
    """A warning about ``/people/01`` does not count for ``/people/0``."""
    warnings = [
        {"kind": "unverified", "message": "m", "pointer": "/indicators/0/value"},
        {"kind": "disputed", "message": "m", "pointer": "/people/01/name"},
    ]
    found = signals_of(changed(warnings=warnings))
    assert found["/indicators/0"].values["unverified"] == 1.0
    assert found["/people/0"].values["disputed"] == 0.0


def test_figures_near_the_quote_are_counted() -> None:
    """A figure that is in no item counts for items near it, but not for those far away."""
    at = ARTICLE.index("6 tập thể")
    warning = {"kind": "unaccounted", "message": "m", "start": at, "end": at + 1}
    found = signals_of(changed(warnings=[warning]))
    assert found["/indicators/0"].values["figures_nearby"] == math.log(2)
    assert found["/published"].values["figures_nearby"] == 0.0


def test_figures_near_the_quote_are_counted_by_list() -> None:
    """The number of figures near an item is also a signal for the item's list alone."""
    at = ARTICLE.index("6 tập thể")
    warning = {"kind": "unaccounted", "message": "m", "start": at, "end": at + 1}
    values = signals_of(changed(warnings=[warning]))["/indicators/0"].values
    assert values["figures_nearby: indicators"] == values["figures_nearby"] == math.log(2)
    assert "figures_nearby: people" not in values


def test_a_quote_inside_another_of_the_list_is_noticed() -> None:
    """If one quote in a list is part of another, both items have a signal for it."""
    record = report(people=[person(), person("Thu Hà", "Thu Hà")])
    spans = {"/people/0": (0, 20), "/people/1": (5, 10), "/published": (6, 8)}
    evidence = [
        {"pointer": pointer, "start": start, "end": end, "match": "exact"}
        for pointer, (start, end) in spans.items()
    ]
    found = signals_of(changed(record=record, evidence=evidence))
    assert found["/people/0"].values["quote_holds_other"] == 1.0
    assert found["/people/1"].values["quote_inside_other"] == 1.0


def test_the_other_items_of_the_list_are_signals() -> None:
    """An invented text counts in ``others_not_printed`` only for the other items of its list."""
    people = [person(), person("Không Có Ai")]
    found = signals_of(changed(record=report(people=people)))
    values = [found[f"/people/{index}"].values for index in (0, 1)]
    assert [signals["others_not_printed"] for signals in values] == [
        values[1]["values_not_printed"],
        values[0]["values_not_printed"],
    ]
    assert values[0]["others_not_printed"] > values[1]["others_not_printed"]


def test_further_answers_of_one_sample_are_re_asks() -> None:
    """Three attempts count as two re-asks, but three samples with one answer each count as none."""
    votes = [{"pointer": "/people/0", "agreement": 1.0, "samples": 3}]
    assert signals_of(changed(attempts=3))["/people/0"].values["asked_again"] == 2.0
    voted = signals_of(changed(attempts=3, confidence=votes))["/people/0"]
    assert (voted.values["asked_again"], voted.samples) == (0.0, 3)


def test_samples_are_signals_where_they_voted() -> None:
    """Agreement is a signal only for voted records."""
    votes = [{"pointer": "/people/0", "probability": None, "agreement": 0.75, "samples": 3}]
    voted = signals_of(changed(confidence=votes))["/people/0"]
    assert (voted.agreement, voted.values["disagreement"]) == (0.75, 0.25)
    assert not set(SAMPLE_SIGNALS) & set(signals_of(LINE)["/people/0"].values)


def test_the_rules_are_a_second_annotator() -> None:
    """An item that the rules also find counts as equal, and an invented person as missing."""
    found = signals_of(LINE)
    assert any(item.values.get("rules_equal") for item in found.values())
    record = report(people=[person("Không Có Ai", "Thu Hà")])
    evidence = [{"pointer": "/people/0", "start": 0, "end": 4, "match": "exact"}]
    values = signals_of(changed(record=record, evidence=evidence))["/people/0"].values
    assert values["rules_missing"] == 1.0


def test_a_line_without_evidence_has_no_signals() -> None:
    """The items of a line without evidence have no signals."""
    line = {name: value for name, value in LINE.items() if name != "evidence"}
    assert signals_of(line) == {}


@pytest.mark.parametrize(
    "keys", [{"warnings": ["old"]}, {"evidence": [{"pointer": "/people/0"}]}, {"attempts": None}]
)
def test_edited_lines_are_read(keys: dict[str, Any]) -> None:
    """Parts of a line that have an unknown form are ignored, and all items still have signals."""
    assert set(signals_of(changed(**keys))) == set(signals_of(LINE))


def test_any_schema_has_signals() -> None:
    """Items of a schema without rules, roles or quotes have signals, even if they are nested."""
    order = {"number": 1, "lines": [{"sku": 1, "note": "x"}], "address": None, "tags": ["a"]}
    record = {"day": None, "season": None, "orders": [order], "extra": {}}
    line = {"article_id": "a", "record": record, "evidence": [], "warnings": [], "attempts": 1}
    found = item_signals(line, "Một văn bản.", PydanticSchema(Shop))
    assert [item.pointer for item in found] == ["/orders/0", "/orders/0/lines/0"]
    assert all("rules_missing" not in item.values for item in found)
