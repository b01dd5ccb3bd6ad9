"""Readable names for a schema's fields and values."""

from __future__ import annotations

import pytest

from antq_llm.movement_report.record import MovementReport
from antq_llm.pages.schema_words import SchemaWords
from antq_llm.schemas.declared.declared_roles import EACH
from antq_llm.schemas.json_schema import JsonSchema
from antq_llm.schemas.registry import schema_from

REPORT = schema_from(MovementReport)
TITLED = JsonSchema(
    "titled",
    {
        "type": "object",
        "title": "A schema",
        "$defs": {"Kind": {"title": "Kind of crop", "enum": ["rice", "maize"]}},
        "properties": {
            "crops": {
                "type": "array",
                "title": "Vụ mùa",
                "items": {
                    "type": "object",
                    "title": "Crop",
                    "properties": {
                        "sown_area": {"title": "Diện tích", "type": "number"},
                        "kind": {"$ref": "#/$defs/Kind"},
                    },
                },
            }
        },
    },
)


def test_every_field_of_the_packaged_schema_has_vietnamese_words() -> None:
    """Every field of the packaged schema has a Vietnamese name, and every value a Vietnamese word.

    All fields but ``events.place`` also have a description.
    """
    words = REPORT.hooks.get("page_words")("vi")
    missing = set()
    for declared in REPORT.roles.all_fields:
        path = ".".join(part for part in declared.path if part != EACH)
        if not path:
            continue
        own = words.get(path, {})
        if "name" not in own or ("about" not in own and path != "events.place"):
            missing.add(path)
        values = [value for value in declared.values if value is not None]
        missing |= {f"{path}={value}" for value in values if value not in own.get("values", {})}
    assert missing == set()
    known = {".".join(p for p in one.path if p != EACH) for one in REPORT.roles.all_fields}
    assert set(words) <= known


def test_words_name_fields_and_values() -> None:
    """Lists, fields, nested fields and values have names in the language of the page."""
    words = SchemaWords(REPORT, "vi")
    assert (words.name("people"), words.full_name("people.rank")) == (
        "Nhân vật",
        "Nhân vật: Cấp bậc",
    )
    assert words.inner_name("events", ["place", "district"]) == "Địa điểm: huyện, quận"
    assert words.value("events.kind", "final_review") == "tổng kết"
    assert "null" not in words.about("published", "null if there is none")


@pytest.mark.parametrize("language", ["en", "vi"])
def test_titles_name_the_fields_of_other_schemas(language: str) -> None:
    """A field is named by its title or, without one, by its key, but never by its type's title."""
    words = SchemaWords(TITLED, language)  # type: ignore[arg-type]
    assert words.name("crops") == "Vụ mùa"
    assert words.full_name("crops.sown_area") == "Vụ mùa: Diện tích"
    assert words.inner_name("crops", ["kind"]) == "kind"
    assert words.value("crops.kind", "rice") == "rice"


def test_keys_are_words_without_titles() -> None:
    """On English pages, and on pages without a schema, names are the keys written as words."""
    words = SchemaWords(REPORT, "en")
    assert words.name("community_models") == "community models"
    assert words.inner_name("events", ["place", "district"]) == "place: district"
    assert SchemaWords(None, "vi").full_name("a.b_c") == "a: b c"
    assert words.as_json()["names"] == {}
