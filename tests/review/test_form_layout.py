"""Form layouts derived from schemas."""

from __future__ import annotations

import json
from typing import Any

import pytest

from antq_llm.movement_report.record import MovementReport
from antq_llm.review.form_layout import initial_record, section_at, sections_of
from antq_llm.schemas.registry import schema_from
from helpers.paths import REPOSITORY
from helpers.reviewing import SCHEMA

ROADS = REPOSITORY / "examples/road_accidents"


def kinds(schema: Any) -> dict[str, dict[str, str]]:
    """Return the kind of each field, by section."""
    return {
        section.name: {field.name: field.kind for field in section.fields}
        for section in sections_of(schema_from(schema))
    }


def test_each_list_of_objects_is_a_section() -> None:
    """Each field has a control for its type, and nested objects are part of the same form."""
    found = kinds(MovementReport)
    assert list(found)[:4] == ["", "published", "events", "people"]
    assert found["people"] == {
        "name": "text",
        "rank": "text",
        "positions": "texts",
        "roles": "choices",
        "quote": "quote",
    }
    assert (found["events"]["place.district"], found["events"]["kind"]) == ("text", "choice")


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, {"": {"value": "text"}}),
        (
            {
                "type": "array",
                "items": {"type": "object", "properties": {"quote": {"type": "string"}}},
            },
            {"items": {"quote": "quote"}},
        ),
        (
            {
                "type": "object",
                "properties": {
                    "sure": {"type": "boolean"},
                    "counts": {"type": "object", "additionalProperties": {"type": "number"}},
                    "either": {"type": ["string", "number"]},
                    "rows": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                "cells": {
                                    "type": "array",
                                    "items": {
                                        "type": "object",
                                        "properties": {"x": {"type": "integer"}},
                                    },
                                }
                            },
                        },
                    },
                },
            },
            {
                "": {"sure": "boolean", "counts": "json", "either": "json"},
                "rows": {"cells": "json"},
            },
        ),
    ],
)
def test_any_schema_has_a_form(schema: Any, expected: dict[str, dict[str, str]]) -> None:
    """Lists inside items, maps and unions are edited as JSON."""
    assert kinds(schema) == expected


def test_an_example_schema_is_used_unchanged() -> None:
    """Each list in the accident gold records has a section, which contains the list's items."""
    sections = sections_of(schema_from(ROADS / "road_accidents.json"))
    names = {section.name for section in sections}
    for path in sorted((ROADS / "gold").glob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        lists = {name for name, value in record.items() if isinstance(value, list)}
        assert lists <= names
    section = section_at(sections, "/casualties/2")
    assert section is not None
    assert section.name == "casualties"
    assert section_at(sections, "/casualties") is None
    assert section_at(sections, "/published").name == "published"  # type: ignore[union-attr]


def test_a_record_without_values_has_what_the_schema_requires() -> None:
    """Lists are empty, required values are null, and optional non-nullable values are absent."""
    sections = sections_of(schema_from(SCHEMA))
    assert initial_record(sections) == {
        "kind": None,
        "published": None,
        "people": [],
        "figures": [],
    }
    figures = next(section for section in sections if section.name == "figures")
    assert figures.empty_item == {"label": None, "value": None, "comparator": None, "quote": None}
