"""The columns that tables add for dates and periods."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from antq_llm.schemas.edtf import DateParts, Period, date_parts
from antq_llm.schemas.registry import schema_from
from antq_llm.tables.layout import Layout
from helpers.exports import exported, line, run_folder
from helpers.samples import full_report


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2023-07-24", ("2023-07-24", "2023-07-24", 2023, 7)),
        ("2024-02", ("2024-02-01", "2024-02-29", 2024, 2)),
        ("2023", ("2023-01-01", "2023-12-31", 2023, None)),
        ("XXXX-07-24", (None, None, None, 7)),
        ("2013/2023", ("2013-01-01", "2023-12-31", None, None)),
        ("2017-06/..", ("2017-06-01", None, None, None)),
        ("../2017-06", (None, "2017-06-30", None, None)),
        ("2021-01/2021-03", ("2021-01-01", "2021-03-31", 2021, None)),
        ("2021-03-04T08:30:00+07:00", ("2021-03-04", "2021-03-04", 2021, 3)),
        ("0000", (None, None, 0, None)),
        ("2021-02-30", (None, None, None, None)),
        ("hôm qua", (None, None, None, None)),
    ],
)
def test_parts_of_dates(text: str, parts: tuple[str | int | None, ...]) -> None:
    """The parts of a date are its first and last possible days and any known year and month."""
    assert date_parts(text) == DateParts(*parts)  # type: ignore[arg-type]


def test_columns_stand_beside_the_field(tmp_path: Path) -> None:
    """The columns added for a date follow it, even in a nested object."""
    folder = run_folder(tmp_path / "run", line(record=full_report(), schema="movement_report/1"))
    (row,) = exported(folder, "parquet", tmp_path / "out")["articles"]
    names = list(row)
    place = names.index("published_date")
    assert names[place + 1 : place + 5] == [
        f"published_date_{part}" for part in ("earliest", "latest", "year", "month")
    ]
    assert str(row["published_date_latest"]) == full_report()["published"]["date"]


def test_dates_are_found_by_type_and_format() -> None:
    """In a schema without roles, a field is recognised as a date by its EDTF type or its format."""

    class Inner(BaseModel):
        when: Period | None

    class Model(BaseModel):
        days: list[Inner]
        note: str

    schema = schema_from(Model)
    formatted = {"type": "object", "properties": {"d": {"type": "string", "format": "date"}}}
    layout = Layout()
    layout.add_schema(schema.json_schema, schema.roles)
    layout.add_schema(formatted, schema.roles)
    assert layout.date_fields == {("days", "when"), ("d",)}
