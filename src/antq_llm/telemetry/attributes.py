"""Attributes of spans and metrics."""

from __future__ import annotations

from collections.abc import Mapping

from antq_llm.errors import AntqError

Attribute = str | bool | int | float | tuple[str, ...]
Attributes = Mapping[str, Attribute | None]
"""Attributes by name; those whose values are None are not recorded."""


def known(attributes: Attributes) -> dict[str, Attribute]:
    """Return the attributes whose values are not None."""
    return {name: value for name, value in attributes.items() if value is not None}


def error_type(error: BaseException) -> str:
    """Return the kind of an AntqError, or the class name of any other error."""
    return error.kind if isinstance(error, AntqError) else type(error).__name__
