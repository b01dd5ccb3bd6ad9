"""The pointers of table rows in a record, and the warnings about each row."""

from __future__ import annotations

from antq_llm.report.item_places import ItemPlaces, flags_by_row, pointer_of
from antq_llm.tables.record_rows import rows_of
from helpers.exports import line


def test_rows_have_the_pointers_of_their_items() -> None:
    """Each row has the JSON pointer of its item, even if the item is nested."""
    record = {"orders": [{"a/b": [{"n": 1}]}, {"deep": {"lines": [{"n": 2}, {"n": 3}]}}]}
    rows = [row for row in rows_of(line(record=record)) if row.table.origin == "record"]
    assert [pointer_of(row, record) for row in rows] == [
        "",
        "/orders/0",
        "/orders/0/a~1b/0",
        "/orders/1",
        "/orders/1/deep/lines/0",
        "/orders/1/deep/lines/1",
    ]


def test_items_of_a_list_that_is_the_record() -> None:
    """If the record is a list, its items are at the root."""
    record = [{"n": 1}, {"parts": [{"n": 2}]}]
    rows = [row for row in rows_of(line(record=record)) if row.table.origin == "record"]
    assert [pointer_of(row, record) for row in rows] == ["", "/0", "/1", "/1/parts/0"]


def test_a_flag_belongs_to_the_innermost_item() -> None:
    """A warning flags the innermost item that contains its pointer.

    Warnings without a pointer, and those about dropped items, flag nothing.
    """
    places = ItemPlaces(["", "/people/0", "/people/1"])
    warnings = [
        {"kind": "disputed", "message": "m", "pointer": "/people/1/name"},
        {"kind": "unverified", "message": "n", "pointer": "/headline"},
        {"kind": "unaccounted", "message": "o", "start": 0, "end": 1},
        {"kind": "dropped", "message": "p", "pointer": "/people/0"},
    ]
    flags = flags_by_row(line(warnings=warnings), places)
    assert {row: [flag.kind for flag in found] for row, found in flags.items()} == {
        2: ["disputed"],
        0: ["unverified"],
    }
