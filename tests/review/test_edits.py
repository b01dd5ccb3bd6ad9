"""Changes to a record."""

from __future__ import annotations

from antq_llm.review.edits import add_item, remove_item, set_value
from antq_llm.schemas.registry import schema_from
from helpers.reviewing import SCHEMA

ROLES = schema_from(SCHEMA).roles


def people(*pairs: tuple[str, str | None]) -> dict[str, object]:
    return {"people": [{"name": name, "speaks_of": other} for name, other in pairs]}


def test_a_new_name_is_taken_over_by_what_refers_to_it() -> None:
    """References follow a renamed item, and the original record is unchanged."""
    before = people(("Ann", None), ("Bob", "Ann"))
    after = set_value(before, "/people/0", {"name": "Anna", "speaks_of": None}, ROLES)
    assert after == people(("Anna", None), ("Bob", "Anna"))
    assert before == people(("Ann", None), ("Bob", "Ann"))


def test_references_stay_where_another_item_has_the_name() -> None:
    """If another item also has the old name, references to that name do not change."""
    before = people(("Ann", None), ("Ann", None), ("Bob", "Ann"))
    after = set_value(before, "/people/0", {"name": "Eve", "speaks_of": None}, ROLES)
    assert after["people"][2]["speaks_of"] == "Ann"


def test_removing_an_item_removes_what_refers_to_it() -> None:
    """Removing an item also removes the innermost items that refer to it."""
    roles = schema_from(
        {
            "type": "object",
            "properties": {
                "people": {
                    "type": "array",
                    "items": {"type": "object", "properties": {"name": {"type": "string"}}},
                },
                "words": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "by": {
                                "type": "string",
                                "x-antq-role": [{"role": "refers", "to": "/people/*/name"}],
                            }
                        },
                    },
                },
            },
        }
    ).roles
    data = {"people": [{"name": "Ann"}, {"name": "Bob"}], "words": [{"by": "Ann"}, {"by": "Bob"}]}
    after, gone = remove_item(data, "/people/0", roles)
    assert after == {"people": [{"name": "Bob"}], "words": [{"by": "Bob"}]}
    assert gone == ["/words/0"]


def test_an_item_is_added_to_a_list_that_is_null() -> None:
    """A missing list is created, even in an object that is null."""
    assert add_item({"a": None}, "/a/list", {"x": 1}) == ({"a": {"list": [{"x": 1}]}}, "/a/list/0")
    assert add_item([1], "", 2) == ([1, 2], "/1")
