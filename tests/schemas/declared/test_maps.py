"""Roles of the values of a map in an object that also has properties."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.references import holders_at
from antq_llm.schemas.registry import schema_from
from antq_llm.validation.checks import check_record

TEXT = "Xã Tân Lâm có 48 thôn và 12 hộ."
FIGURES = {"type": ["number", "null"], "x-antq-role": ["figure"]}
COUNTED = {"properties": {"id": {"type": "integer"}}, "additionalProperties": FIGURES}


def schema_of(item: dict[str, Any]) -> Schema[Any]:
    """Return a schema with a list of items that have a quote."""
    quoted = {**item, "properties": {"quote": {"type": "string"}, **item.get("properties", {})}}
    return schema_from(
        {
            "title": "counts",
            "type": "object",
            "properties": {"counts": {"type": "array", "items": {"type": "object", **quoted}}},
        }
    )


INSIDE = schema_of({"properties": {"by_kind": {"type": "object", **COUNTED}}})
DIRECT = schema_of(COUNTED)


def pointers_of_faults(schema: Schema[Any], item: dict[str, Any]) -> list[str]:
    """Return the pointers of the faults in an item with a quote."""
    record = {"counts": [{"quote": "có 48 thôn", **item}]}
    return [
        fault.pointer for fault in check_record(record, schema, AnalyzedArticle(TEXT, "vi")).faults
    ]


def test_values_of_a_map_are_checked() -> None:
    """A wrong figure in a map is found, whether or not the map is the item itself."""
    assert pointers_of_faults(INSIDE, {"by_kind": {"thôn": 84, "hộ": None}}) == [
        "/counts/0/by_kind/thôn"
    ]
    assert pointers_of_faults(DIRECT, {"thôn": 84, "hộ": None}) == ["/counts/0/thôn"]


def test_properties_are_not_values_of_the_map() -> None:
    """The role of a map's values does not apply to declared properties such as ``id``."""
    assert pointers_of_faults(INSIDE, {"by_kind": {"id": 7, "thôn": 48}}) == []
    assert pointers_of_faults(DIRECT, {"id": 7, "thôn": 48}) == []


@pytest.mark.parametrize("schema", [INSIDE, DIRECT])
def test_the_excluded_keys_survive_pickling(schema: Schema[Any]) -> None:
    """In another process, the path of a map's values excludes the same keys."""
    (declared,) = schema.roles.fields
    path = pickle.loads(pickle.dumps(declared.path))
    part = {"quote": "có 48 thôn", "id": 7, "thôn": 48}
    data = {"counts": [part if schema is DIRECT else {"by_kind": part}]}
    keys = [key for _, _, key in holders_at(data, path)]
    assert keys == (["thôn"] if schema is DIRECT else ["quote", "thôn"])
