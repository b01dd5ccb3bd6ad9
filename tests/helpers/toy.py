"""A made-up English schema with every role and every hook, and an article for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Field

from antq_llm.schemas.base import Schema
from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.field_types import Number
from antq_llm.schemas.registry import load_schema
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Quote,
    Refers,
    SameItem,
    Scored,
    Strongest,
)

TITLES = ("Mr", "Ms")
ARTICLE = (
    "Spring Fair\n05/04/2024 09:30\n\n"
    "Ms Ann Reed opened the fair. Mr Bob Lake thanked her. "
    "The show ran on 05/04/2024 with a march and a waltz. "
    "There were 12 stalls with fruit. "
    "Ann Reed said the fair was a joy for all who came, and that it would be back.\n"
)


class Stamp(BaseModel):
    """When the article was published."""

    date: Annotated[Date, PublicationDate()]
    time: Annotated[str | None, PrintedTime()] = None
    quote: str


class Guest(BaseModel):
    """A named person."""

    name: Annotated[str, Name(noun="guest"), Scored("name", ignore=TITLES), Identity(1.0)]
    badge: Annotated[str | None, Printed()] = None
    friends: list[Annotated[str, Refers(to="/guests/*/name")]] = []
    quote: str


class Act(BaseModel):
    """A part of a show."""

    title: Annotated[str, Identity(1)]
    rating: Annotated[Literal["best", "good", "poor"] | None, Strongest()] = None
    quote: str


class Show(BaseModel):
    """A gathering with parts."""

    kind: Annotated[Literal["play", "concert"], Identity(0.4)]
    day: Annotated[Date | None, CalendarDate(), Identity(0.6)] = None
    season: Annotated[Period | None, PrintedPeriod()] = None
    acts: Annotated[list[Act], SameItem(any_of=("title",))] = []
    quote: str


class Stall(BaseModel):
    """Stalls of one kind."""

    goods: Annotated[str, Scored("exact"), Identity(0.5)]
    count: Annotated[
        Number | None, Figure(comparator="comparator", total="total"), Identity(0.5)
    ] = None
    comparator: Literal["=", ">"] | None = None
    total: Number | None = None
    quote: str


class Saying(BaseModel):
    """A guest's statement, whose quote is under another key."""

    guest: Annotated[str, Refers(to="/guests/*/name"), Scored("name", ignore=TITLES), Identity(0.3)]
    words: Annotated[str, Quote(), Passage(), Identity(0.7)]


class Fair(BaseModel):
    """A fair, with every role."""

    HOOKS: ClassVar = "helpers.toy_hooks"

    source: Annotated[str | None, Printed()] = None
    mood: Annotated[Literal["joyful", "calm", "dull"], Strongest()]
    stamp: Stamp | None = None
    guests: Annotated[list[Guest], SameItem(any_of=("name",))] = []
    shows: Annotated[list[Show], SameItem(overlap=0.5, equal=("kind",)), Items(0.4)] = []
    stalls: dict[str, Annotated[list[Stall], SameItem(overlap=0.5, equal=("count",))]] = Field(
        default_factory=dict
    )
    sayings: Annotated[list[Saying], SameItem(overlap=0, equal=("guest",))] = []


def fair(**fields: Any) -> dict[str, Any]:
    """Return the data of a fair with some fields replaced."""
    return {
        "source": None,
        "mood": "calm",
        "stamp": None,
        "guests": [],
        "shows": [],
        "stalls": {},
        "sayings": [],
        **fields,
    }


def guest(name: str = "Ann Reed", quote: str = "Ms Ann Reed", **fields: Any) -> dict[str, Any]:
    """Return the data of a guest."""
    return {"name": name, "badge": None, "friends": [], "quote": quote, **fields}


def saying(guest: str = "Ann Reed", words: str = "the fair was a joy") -> dict[str, Any]:
    """Return the data of a guest's statement."""
    return {"guest": guest, "words": words}


def show(quote: str, *acts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the data of a concert with some acts."""
    defaults = {"kind": "concert", "day": None, "season": None}
    return {**defaults, "acts": list(acts), "quote": quote, **fields}


def act(title: str, quote: str, rating: str | None = None) -> dict[str, Any]:
    """Return the data of a part of a show."""
    return {"title": title, "rating": rating, "quote": quote}


def stall(count: int | None, quote: str, goods: str = "fruit", **fields: Any) -> dict[str, Any]:
    """Return the data of the stalls of one kind."""
    comparator = None if count is None else "="
    defaults = {"goods": goods, "count": count, "comparator": comparator, "total": None}
    return {**defaults, "quote": quote, **fields}


def schema_file(folder: Path) -> Schema[Any]:
    """Write the JSON Schema, with roles in ``x-antq-role``, to a file and load it."""
    path = folder / "fair.json"
    path.write_text(json.dumps(Fair.model_json_schema()), "utf-8")
    return load_schema(path)
