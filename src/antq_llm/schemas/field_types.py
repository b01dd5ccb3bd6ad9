"""Types for schema fields: printed values, quotes and numbers."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

_NO_BREAK_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u202f", " "))
_LINE_BREAK = re.compile(r"[ \t]*[\r\n\u2028\u2029]+\s*")


def clean_value(text: str) -> str:
    """Return a printed value in NFC, with plain spaces instead of line breaks and no-break spaces.

    Surrounding white space is removed. Raises PydanticCustomError if nothing is left.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = _LINE_BREAK.sub(" ", text.translate(_NO_BREAK_SPACES))
    text = text.strip()
    if not text:
        # Sent to the model, as are the messages below: do not edit.
        raise PydanticCustomError(
            "empty_text",
            "an empty string says nothing: write null, or leave the item out of its list",
        )
    return text


def check_quote(text: str) -> str:
    """Return a quote unchanged; raise PydanticCustomError if it is blank."""
    if not text.strip():
        raise PydanticCustomError(
            "empty_text", "a quote is a passage of the article and cannot be empty"
        )
    return text


def check_number(value: Any) -> Any:
    """Return a JSON number, as an int if it is whole; raise PydanticCustomError for other values.

    Strings are rejected because ``"2.500"`` (2500 in Vietnamese notation) would silently become
    2.5.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError(
            "number", "write a JSON number without quotation marks, Vietnamese notation resolved"
        )
    if isinstance(value, float):
        if not math.isfinite(value):
            raise PydanticCustomError("number", "write a finite number")
        return int(value) if value.is_integer() else value
    return value


def check_count(value: Any) -> Any:
    """Return a whole number of at least 0 as an int; raise PydanticCustomError for other values."""
    number = check_number(value)
    if not isinstance(number, int) or number < 0:
        raise PydanticCustomError("number", "write a whole number of at least 0")
    return number


def null_as_nulls(model: type[BaseModel]) -> BeforeValidator:
    """Return a validator that reads null as an object of ``model`` whose values are all null.

    The JSON Schema of the field does not change.
    """
    return BeforeValidator(
        lambda value: dict.fromkeys(model.model_fields) if value is None else value
    )


Text = Annotated[str, AfterValidator(clean_value)]
Quote = Annotated[str, AfterValidator(check_quote)]
Number = Annotated[int | float, BeforeValidator(check_number), WithJsonSchema({"type": "number"})]
Count = Annotated[int, BeforeValidator(check_count), WithJsonSchema({"type": "integer"})]


class StrictModel(BaseModel):
    """Base class of records and their parts, which are immutable and have only declared keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)
