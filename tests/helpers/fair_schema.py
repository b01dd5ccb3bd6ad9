"""A small schema of fairs with all hooks, and roles that the road accidents do not have."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel

from antq_llm.schemas.registry import schema_from
from antq_llm.schemas.roles import Figure, Identity, Items, Printed, Quote, SameItem, Scored

ARTICLE = """The Daily Post

The fair in Oldham opened with 40 fruit stalls. Another 25 flower stalls were added.
"""
OTHER_SOURCE = ARTICLE.replace("The Daily Post", "Oldham Courier")


class Stall(BaseModel):
    """Stalls of one kind."""

    kind: Annotated[str, Scored("text"), Identity(1.0)]
    count: Annotated[int, Figure(comparator="comparator")]
    comparator: Literal["=", ">", ">=", "~", "<", "<="]
    passage: Annotated[str, Quote()]


class Fair(BaseModel):
    """A fair."""

    HOOKS: ClassVar[str] = "helpers.fair_hooks"

    source: Annotated[str | None, Printed()]
    stalls: Annotated[list[Stall], SameItem(overlap=0.5, equal=("kind",)), Items(0.4)]


SCHEMA = schema_from(Fair)
FRUIT = {"kind": "fruit", "count": 40, "comparator": "=", "passage": "40 fruit stalls"}
FLOWERS = {"kind": "flower", "count": 25, "comparator": "=", "passage": "25 flower stalls"}
RECORD = {"source": "The Daily Post", "stalls": [FRUIT, FLOWERS]}
