"""Field types: printed values, quotes and numbers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from antq_llm.schemas.field_types import Count, Number, Quote, StrictModel, Text

TEXT: TypeAdapter[str] = TypeAdapter(Text)
QUOTE: TypeAdapter[str] = TypeAdapter(Quote)
NUMBER: TypeAdapter[int | float] = TypeAdapter(Number)
COUNT: TypeAdapter[int] = TypeAdapter(Count)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Hà Nội", "Hà Nội"),
        ("  Hà Nội \n", "Hà Nội"),
        ("Ha\u0300 No\u0323\u0302i", "Hà Nội"),
        ("Công\u00a0an\u202fxã", "Công an xã"),
        ("Ủy viên \n  Ban Thường vụ", "Ủy viên Ban Thường vụ"),
        ("a\r\nb", "a b"),
        ("a\n\n\nb", "a b"),
        ("a\u2028b", "a b"),
        ("a  b", "a  b"),
        ("LỄ ra mắt", "LỄ ra mắt"),
        ("“Cổng trường”", "“Cổng trường”"),
    ],
)
def test_a_printed_value_keeps_its_letters_and_loses_its_layout(text: str, cleaned: str) -> None:
    """A value is normalised to NFC, without line breaks, surrounding spaces or no-break spaces."""
    assert TEXT.validate_python(text) == cleaned


@settings(deadline=None, database=None)
@given(st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: f"a{text}b"))
def test_cleaning_a_value_twice_changes_nothing(text: str) -> None:
    """Cleaning a cleaned value does not change it."""
    cleaned = TEXT.validate_python(text)
    assert TEXT.validate_python(cleaned) == cleaned


@pytest.mark.parametrize("text", ["", " ", "\n", "\u00a0"])
def test_an_empty_value_is_refused(text: str) -> None:
    """An empty string is refused, and the message says what to write instead."""
    with pytest.raises(ValidationError, match="write null, or leave the item out of its list"):
        TEXT.validate_python(text)


def test_a_number_is_not_a_printed_value() -> None:
    """A JSON number is not accepted as text."""
    with pytest.raises(ValidationError, match="string"):
        TEXT.validate_python(15)


@pytest.mark.parametrize(
    "text", [" 24/7, thành phố  Hà\u00a0Nội\n", "Ha\u0300 No\u0323\u0302i", "."]
)
def test_a_quote_is_kept_letter_for_letter(text: str) -> None:
    """The spaces and code points of a quote are unchanged."""
    assert QUOTE.validate_python(text) == text


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_quote_is_refused(text: str) -> None:
    """A blank quote is refused."""
    with pytest.raises(
        ValidationError, match="a quote is a passage of the article and cannot be empty"
    ):
        QUOTE.validate_python(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2700", 2700),
        ("95.0", 95),
        ("1.2e9", 1200000000),
        ("99.5", 99.5),
        ("-3", -3),
        ("0", 0),
        ("123456789012345678", 123456789012345678),
    ],
)
def test_a_json_number_is_kept_and_a_whole_one_is_an_int(text: str, value: float) -> None:
    """A whole number becomes an int, however it is written, so equal records compare equal."""
    number = NUMBER.validate_json(text)
    assert (number, type(number)) == (value, type(value))


@pytest.mark.parametrize("text", ['"2.500"', '"2700"', "true", "false", "null", "[1]", "{}"])
def test_a_number_in_another_form_is_refused(text: str) -> None:
    """Anything but a JSON number is refused, and the message gives the right form."""
    with pytest.raises(
        ValidationError,
        match="write a JSON number without quotation marks, Vietnamese notation resolved",
    ):
        NUMBER.validate_json(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_number_is_finite(value: float) -> None:
    """NaN and the infinities are refused."""
    with pytest.raises(ValidationError, match="write a finite number"):
        NUMBER.validate_python(value)


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("11", 11), ("11.0", 11)])
def test_a_count_is_a_whole_number(text: str, value: int) -> None:
    """A count is a whole number of at least 0."""
    count = COUNT.validate_json(text)
    assert (count, type(count)) == (value, int)


@pytest.mark.parametrize("text", ["-1", "1.5", "-0.5"])
def test_a_count_is_neither_negative_nor_fractional(text: str) -> None:
    """A negative or fractional number is not a count."""
    with pytest.raises(ValidationError, match="write a whole number of at least 0"):
        COUNT.validate_json(text)


@pytest.mark.parametrize(
    ("adapter", "kind"),
    [(NUMBER, "number"), (COUNT, "integer"), (TEXT, "string"), (QUOTE, "string")],
)
def test_a_field_type_is_a_plain_json_type_in_the_schema(
    adapter: TypeAdapter[Any], kind: str
) -> None:
    """The JSON Schema of a field type is one plain type."""
    assert adapter.json_schema() == {"type": kind}


class Named(StrictModel):
    """A part with one field."""

    name: Text | None
    """The name."""


def test_every_key_of_a_part_is_required() -> None:
    """A nullable key is still required."""
    with pytest.raises(ValidationError, match="Field required"):
        Named.model_validate({})


def test_a_part_has_no_other_key() -> None:
    """A key that the schema does not have is refused."""
    with pytest.raises(ValidationError, match="Extra inputs are not permitted"):
        Named.model_validate({"name": None, "age": 5})


def test_a_part_does_not_change() -> None:
    """A field of a record cannot be set."""
    part = Named(name="Lò Thị Mai")
    with pytest.raises(ValidationError, match="frozen"):
        part.name = "x"
