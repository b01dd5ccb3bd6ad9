"""The hooks of the toy schema: a check, a masthead, a follow-up, a rules baseline and words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel

from antq_llm.clients.request import Request
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.mentions.mention import Mention
from antq_llm.pages.strings import PageLanguage
from antq_llm.prompts.messages import Message
from antq_llm.schemas.declared.declared_roles import Path
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.validation.findings import ItemFinding
from helpers.toy import Stall, fair, stall

MAX_CHARACTERS = 5000
ROW = "row"
"""The key of the stalls."""
UNSETTLED = "the article does not say whose badge it is"
OWN_NAME = "a badge is not the name of its guest"


class OverlookedStalls(BaseModel):
    """The answer to the follow-up question."""

    stalls: list[Stall]


@dataclass(frozen=True)
class FirstLine:
    """A masthead that is the first line of the article and names its source."""

    text: str

    @property
    def fields(self) -> Mapping[str, Span]:
        """The span of the line."""
        return {"source": (0, len(self.source))}

    @property
    def source(self) -> str:
        """The line."""
        return self.text.split("\n", 1)[0]

    def replaced_fields(self, later: FirstLine, added: Iterable[Span]) -> tuple[str, ...] | None:
        """Return ``source`` if all additions are in the first line."""
        return ("source",) if all(end <= len(later.source) for _, end in added) else None

    def settle_fields(self, data: dict[str, Any], fields: Sequence[str], later: FirstLine) -> bool:
        """Insert the later source."""
        if fields and data["source"] != self.source:
            return False
        data["source"] = later.source
        return True


@dataclass(frozen=True)
class StallQuestion:
    """The follow-up question."""

    request: Request

    def complete(self, data: Any, found: OverlookedStalls) -> Any:
        """Return the data with the overlooked stalls."""
        stalls = data["stalls"]
        added = found.model_dump(mode="json")["stalls"]
        return {**data, "stalls": {**stalls, ROW: [*stalls.get(ROW, ()), *added]}}


@dataclass(frozen=True)
class ToyRecord:
    """The rules' reading of an article."""

    data: Any
    characters_read: int
    language: LanguageCode | None = None


def check_item(
    path: Path,
    item: Mapping[str, Any],
    analyzed: AnalyzedArticle,
) -> Iterator[ItemFinding]:
    """Report every badge as wrong, or as not settled by the article."""
    if path != ("guests", "*") or item["badge"] is None:
        return
    if item["badge"] == item["name"]:
        yield ItemFinding("badge", OWN_NAME)
    else:
        yield ItemFinding("badge", UNSETTLED, verdict="cannot_tell")


def masthead(analyzed: AnalyzedArticle) -> FirstLine:
    """Return the first line of an article."""
    return FirstLine(analyzed.text)


def follow_up(
    figures: Sequence[Mention], request: Request, answer: str, analyzed: AnalyzedArticle
) -> StallQuestion:
    """Ask which stalls the figures belong to."""
    question = f"Which stalls? {', '.join(figure.text for figure in figures)}"
    messages = (*request.messages, Message("assistant", answer), Message("user", question))
    schema = PydanticSchema(OverlookedStalls, reference="overlooked_stalls")
    return StallQuestion(replace(request, messages=messages, schema=schema, reask=None))


def baseline(text: str) -> ToyRecord:
    """Read the source, and stalls that are printed like ``40 fruit stalls``."""
    read = text[:MAX_CHARACTERS]
    stalls = [
        stall(int(match[1]), match[0], match[2])
        for match in re.finditer(r"(\d+) (\w+) stalls", read)
    ]
    return ToyRecord(fair(source=read.split("\n", 1)[0], stalls={ROW: stalls}), len(read))


def page_words(language: PageLanguage) -> Mapping[str, Mapping[str, Any]]:
    """Return a Vietnamese name for the list of guests."""
    return {"guests": {"name": "khách mời"}} if language == "vi" else {}
