"""The toy schema's hooks: check, masthead, follow-up question, rules baseline and page words."""

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
"""The key under which the hooks add stalls."""
UNSETTLED = "the article does not say whose badge it is"
OWN_NAME = "a badge is not the name of its guest"


class OverlookedStalls(BaseModel):
    """The answer to the follow-up question."""

    stalls: list[Stall]


@dataclass(frozen=True)
class FirstLine:
    """A masthead that consists of the article's first line, which names the source."""

    text: str

    @property
    def fields(self) -> Mapping[str, Span]:
        """The span of the first line, under the key ``source``."""
        return {"source": (0, len(self.source))}

    @property
    def source(self) -> str:
        """The first line of the article."""
        return self.text.split("\n", 1)[0]

    def replaced_fields(self, later: FirstLine, added: Iterable[Span]) -> tuple[str, ...] | None:
        """Return the field ``source`` if all additions are in the first line, or None otherwise."""
        return ("source",) if all(end <= len(later.source) for _, end in added) else None

    def settle_fields(self, data: dict[str, Any], fields: Sequence[str], later: FirstLine) -> bool:
        """Replace the source with the later one; return False if it was not this masthead's."""
        if fields and data["source"] != self.source:
            return False
        data["source"] = later.source
        return True


@dataclass(frozen=True)
class StallQuestion:
    """A follow-up question about stalls that an answer left out."""

    request: Request

    def complete(self, data: Any, found: OverlookedStalls) -> Any:
        """Return the data with the overlooked stalls added."""
        stalls = data["stalls"]
        added = found.model_dump(mode="json")["stalls"]
        return {**data, "stalls": {**stalls, ROW: [*stalls.get(ROW, ()), *added]}}


@dataclass(frozen=True)
class ToyRecord:
    """The data that the rules baseline reads from an article, and how much it read."""

    data: Any
    characters_read: int
    language: LanguageCode | None = None


def check_item(
    path: Path,
    item: Mapping[str, Any],
    analyzed: AnalyzedArticle,
) -> Iterator[ItemFinding]:
    """Report a guest's badge as wrong if it is the guest's name, or as unsettled otherwise."""
    if path != ("guests", "*") or item["badge"] is None:
        return
    if item["badge"] == item["name"]:
        yield ItemFinding("badge", OWN_NAME)
    else:
        yield ItemFinding("badge", UNSETTLED, verdict="cannot_tell")


def masthead(analyzed: AnalyzedArticle) -> FirstLine:
    """Return the masthead of an article."""
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
    """Read the source from the first line, and stalls from phrases like ``40 fruit stalls``."""
    read = text[:MAX_CHARACTERS]
    stalls = [
        stall(int(match[1]), match[0], match[2])
        for match in re.finditer(r"(\d+) (\w+) stalls", read)
    ]
    return ToyRecord(fair(source=read.split("\n", 1)[0], stalls={ROW: stalls}), len(read))


def page_words(language: PageLanguage) -> Mapping[str, Mapping[str, Any]]:
    """Return a name for the list of guests in Vietnamese, and nothing for other languages."""
    return {"guests": {"name": "khách mời"}} if language == "vi" else {}
