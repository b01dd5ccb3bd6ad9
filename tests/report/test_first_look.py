"""The items of a report that should be checked first."""

from __future__ import annotations

from antq_llm.report.first_look import MAX_ITEMS, FirstLook
from antq_llm.report.item_places import Flag


def test_the_least_likely_items_come_first() -> None:
    """Items are ordered by probability or, without one, by the seriousness of their flags."""
    look = FirstLook()
    look.add((0, 0, 0), "notes", "sure", 0.9, [])
    look.add((0, 1, 0), "notes", "unverified", None, [Flag("unverified", "")])
    look.add((0, 2, 0), "notes", "disputed", None, [Flag("disputed", "")])
    look.add((0, 3, 0), "notes", "unsure", 0.1, [])
    look.add((0, 4, 0), "notes", "nothing known", None, [])
    assert [one.item for one in look.items()] == ["unsure", "sure", "disputed", "unverified"]
    assert (look.added, look.rated) == (4, 2)


def test_of_many_items_the_first_are_kept() -> None:
    """Of many items, only the least likely ones are returned."""
    look = FirstLook()
    for number in range(10_000):
        look.add((0, number, 0), "notes", number, (number * 7919 % 10_000) / 10_000, [])
    assert [one.probability for one in look.items()] == [n / 10_000 for n in range(MAX_ITEMS)]
    assert look.added == 10_000
