"""Comparing items with those that a schema's rules find."""

from __future__ import annotations

from typing import Any

from antq_llm.confidence.rules_reading import RulesReading, read_by_rules
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.profile import ListRule, ObjectRule
from antq_llm.scoring.record_score import profile_for
from helpers.samples import ARTICLE, person
from helpers.support import Person

REPORT = load_schema("movement_report/1")


def rule_of(name: str) -> ObjectRule:
    """Return the comparison rule for the items of a list in a report."""
    found = profile_for(REPORT).record.fields[name]
    assert isinstance(found, ListRule)
    return found.item


def signals(item: Any, read: Any, start: int = 0) -> dict[str, float]:
    """Return the signals of a person if the rules have read the first 100 characters."""
    return RulesReading({}, 100).signals(item, read, rule_of("people"), start)


def test_the_rules_of_a_schema_are_read() -> None:
    """The rules for reports read the whole article; for a schema without rules, nothing is read."""
    read = read_by_rules(ARTICLE, REPORT)
    assert (read.characters_read, set(read.data) >= {"people", "events"}) == (len(ARTICLE), True)
    assert read_by_rules(ARTICLE, PydanticSchema(Person)) == RulesReading()


def test_an_equal_item_is_equal() -> None:
    """If the rules find the same item, it counts as equal, with the same quote."""
    found = signals(person(), person())
    assert (found["rules_equal"], found["rules_similarity"]) == (1.0, 1.0)
    assert found["rules_quote_differs"] == 0.0


def test_another_quote_is_noticed() -> None:
    """If the rules quote another passage, the items are similar but not equal."""
    found = signals(person(), person(quote="Thiếu tá"))
    assert (found["rules_equal"], found["rules_quote_differs"]) == (0.0, 1.0)
    assert found["rules_differences"] == 1.0
    assert 0.0 < found["rules_similarity"] < 1.0


def test_an_item_that_rules_lack_is_missing() -> None:
    """An item that the rules did not find is missing, unless it is after the part they read."""
    assert signals(person(), None) == {"rules_missing": 1.0}
    assert signals(person(), None, start=100) == {}
