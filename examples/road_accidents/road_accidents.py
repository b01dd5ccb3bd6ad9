"""Road accidents in English news: a custom schema, with roles for the library to check.

Use it with ``--schema road_accidents:RoadAccidentReport`` in this folder, or in Python with
``schema=RoadAccidentReport``.
``road_accidents.json`` is the same schema as a JSON Schema file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from antq_llm.schemas.edtf import Date
from antq_llm.schemas.field_types import Number, Text
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Identity,
    Items,
    Name,
    Passage,
    Printed,
    PrintedTime,
    PublicationDate,
    Refers,
    SameItem,
    Scored,
    Strongest,
)

TITLES = ("Mr", "Mrs", "Ms", "Dr", "Sergeant", "Inspector")
Comparator = Literal["=", ">", ">=", "~", "<", "<="]


class Part(BaseModel):
    """Base of all parts: every key is required and no other is allowed."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Published(Part):
    """The line that says when the article was published."""

    date: Annotated[Date, PublicationDate()]
    """The day, such as `2024-03-06`."""
    quote: str
    """The line, verbatim."""


class Accident(Part):
    """A collision or another accident on a road."""

    date: Annotated[Date | None, CalendarDate(), Identity(0.4)]
    """The day it happened, such as `2024-03-05`."""
    time: Annotated[str | None, PrintedTime()]
    """The time of day as `HH:MM` on the 24-hour clock."""
    place: Annotated[Text | None, Printed(), Scored("text"), Identity(0.6)]
    """The road or place, as printed."""
    quote: str
    """The shortest passage that says where or when it happened, verbatim."""


class Vehicles(Part):
    """Vehicles of one kind that were involved."""

    kind: Annotated[Text, Scored("text"), Identity(0.6)]
    """What they are, in the singular, such as `coach`."""
    count: Annotated[Number | None, Figure(comparator="comparator"), Identity(0.4)]
    """How many, null if the article does not say."""
    comparator: Comparator | None
    """`=`, `>` (more than), `>=` (at least), `~` (about), `<` (fewer), `<=` (up to), or null."""
    quote: str
    """The shortest passage, verbatim."""


class Casualties(Part):
    """A number of people who were hurt in one way."""

    outcome: Annotated[Literal["killed", "injured", "missing", "unhurt"], Identity(0.4)]
    """What happened to them."""
    count: Annotated[Number, Figure(comparator="comparator", total="total"), Identity(0.6)]
    """How many."""
    comparator: Comparator
    """As for vehicles."""
    total: Number | None
    """The whole of which they are a part, as in `three of the 41 passengers`."""
    quote: str
    """The shortest passage, verbatim."""


class Person(Part):
    """A person whom the article names."""

    name: Annotated[Text, Name(noun="person"), Scored("name", ignore=TITLES), Identity(1.0)]
    """Full name as printed, without title."""
    part: Literal["driver", "victim", "witness", "official", "other"]
    """Their part in the story."""
    quote: str
    """The shortest passage that names the person, verbatim."""


class Statement(Part):
    """What a named person is reported to have said."""

    speaker: Annotated[
        Text, Refers(to="/people/*/name"), Scored("name", ignore=TITLES), Identity(0.3)
    ]
    """The `name` of an item of `people`."""
    quote: Annotated[str, Passage(), Identity(0.7)]
    """The passage that was said, verbatim."""


class OtherFigure(Part):
    """Any other figure that the article reports."""

    label: Annotated[Text, Scored("text"), Identity(0.4)]
    """What is counted, in the article's words."""
    value: Annotated[Number, Figure(comparator="comparator", total="total"), Identity(0.6)]
    """The number, such as 1400000 for `1.4 million`."""
    comparator: Comparator
    """As for vehicles."""
    total: Number | None
    """The whole of a printed `x of y`."""
    unit: Annotated[Text | None, Scored("name")]
    """The unit as printed, such as `mph` or `dollars`."""
    quote: str
    """The shortest passage, verbatim."""


class RoadAccidentReport(Part):
    """What an English news article reports on a road accident; null or [] if it does not say."""

    severity: Annotated[Literal["fatal", "injuries", "damage", "none"], Strongest()]
    """`fatal` if anyone died, else `injuries`, else `damage`; `none` without an accident."""
    headline: Annotated[Text | None, Printed(), Scored("text")]
    """The title as printed."""
    published: Published | None
    """The line that says when the article was published."""
    accidents: Annotated[list[Accident], SameItem(overlap=0.5, equal=("date",)), Items(0.4)]
    """The accidents reported."""
    vehicles: Annotated[list[Vehicles], SameItem(overlap=0.5, equal=("count",))]
    """The vehicles involved."""
    casualties: Annotated[list[Casualties], SameItem(overlap=0.5, equal=("outcome", "count"))]
    """The people killed, injured, missing or unhurt."""
    people: Annotated[list[Person], SameItem(any_of=("name",))]
    """The people named."""
    statements: Annotated[list[Statement], SameItem(overlap=0, equal=("speaker",))]
    """What they said."""
    figures: Annotated[list[OtherFigure], SameItem(overlap=0.5, equal=("value", "total"))]
    """Other figures reported."""
