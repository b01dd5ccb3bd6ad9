"""The agreement of samples on each item of a record."""

from __future__ import annotations

import copy

import pytest

from antq_llm.records.agreement import agreements, differs, item_counterparts, similarity_of
from antq_llm.records.voting import vote
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for
from helpers.samples import full_report
from helpers.shop import Shop
from helpers.toy import Fair, fair, saying

REPORT = profile_for(load_schema("movement_report/1"))
SHOP = profile_for(PydanticSchema(Shop))
FAIR = profile_for(PydanticSchema(Fair))


def test_agreement_falls_with_the_fields_that_differ() -> None:
    """If one of an item's fields differs in one of three samples, the agreement is still 20/21."""
    other = full_report()
    other["indicators"][0]["total"] = 53
    samples = [full_report(), full_report(), other]
    found = dict(agreements(vote(samples, REPORT).data, samples, REPORT))
    assert found.pop("/indicators/0") == pytest.approx((1 + 1 + 6 / 7) / 3)
    assert (set(found.values()), len(found)) == ({1.0}, 7)


def test_agreement_reaches_into_items() -> None:
    """Nested items have their own agreement."""
    order = {"number": 1, "lines": [{"sku": 1, "note": None}], "address": None, "tags": ["a"]}
    shop = {"day": None, "season": None, "orders": [order], "extra": {}}
    samples = [copy.deepcopy(shop) for _ in range(3)]
    samples[2]["orders"][0]["lines"] = []
    found = dict(agreements(samples[0], samples, SHOP))
    assert set(found) == {"/orders/0", "/orders/0/lines/0"}
    assert found["/orders/0/lines/0"] == pytest.approx(2 / 3)


def test_a_quote_may_have_a_key_of_its_own() -> None:
    """Items and objects whose quote is not under ``quote`` have an agreement too."""
    stamp = {"date": "2024-04-05", "time": None, "quote": "05/04/2024"}
    samples = [fair(stamp=stamp, sayings=[saying()]), fair(sayings=[saying(words="a joy")])]
    assert agreements(samples[0], samples, FAIR) == [
        ("/stamp", 0.5),
        (
            "/sayings/0",
            pytest.approx(
                (
                    1
                    + similarity_of(
                        saying(), saying(words="a joy"), FAIR.record.fields["sayings"].item
                    )
                )
                / 2
            ),
        ),
    ]


def test_items_are_paired_with_those_of_other_records() -> None:
    """Each item comes with its path, its pointer and, for each record, its counterpart or None."""
    other = full_report()
    other["people"] = []
    found = {
        item.pointer: item
        for item in item_counterparts(full_report(), [full_report(), other], REPORT)
    }
    person = found["/people/0"]
    assert (person.path, found["/published"].path) == ("people", "published")
    assert list(person.others) == [full_report()["people"][0], None]


@pytest.mark.parametrize("data", [None, [], "text"])
def test_what_is_no_record_has_no_items(data: object) -> None:
    """Data that is not an object has no items."""
    assert list(item_counterparts(data, [full_report()], REPORT)) == []


def test_items_differ_if_any_field_does() -> None:
    """Items differ if any field differs or if only one of them exists."""
    first, second = full_report()["people"][0], {**full_report()["people"][0], "roles": ["chair"]}
    (item,) = (
        item for item in item_counterparts(full_report(), [], REPORT) if item.path == "people"
    )
    assert (differs(first, first, item.rule), differs(None, None, item.rule)) == (False, False)
    assert (differs(first, second, item.rule), differs(None, first, item.rule)) == (True, True)
