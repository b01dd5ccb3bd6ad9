"""A made-up schema with items inside items, for the tests of scoring."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from antq_llm.schemas.edtf import Date, Period


class Line(BaseModel):
    """A line of an order."""

    sku: int
    note: str | None


class Address(BaseModel):
    """A part of an order."""

    city: str
    zone: Literal["north", "south"] | None


class Order(BaseModel):
    """An item with its own list and part."""

    number: int
    lines: list[Line]
    address: Address | None
    tags: list[str]


class Shop(BaseModel):
    """A schema with items inside items."""

    day: Date | None
    season: Period | None
    orders: list[Order]
    extra: dict[str, int]
