"""A movement report that is read from an article by rules alone."""

from __future__ import annotations

import copy
import re
from functools import cache
from typing import Any

from antq_llm.core.json_pointer import remove_items
from antq_llm.evidence.alignment import Aligner
from antq_llm.evidence.grounding import ground
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.baseline.awards import read_awards
from antq_llm.movement_report.baseline.community_models import read_models
from antq_llm.movement_report.baseline.documents import read_documents
from antq_llm.movement_report.baseline.events import read_events
from antq_llm.movement_report.baseline.head import (
    read_byline,
    read_published,
    read_publisher,
    read_relevance,
)
from antq_llm.movement_report.baseline.indicators import read_indicators
from antq_llm.movement_report.baseline.outline import Outline
from antq_llm.movement_report.baseline.patterns import PLACES
from antq_llm.movement_report.baseline.people import read_namings, read_people
from antq_llm.movement_report.baseline.statements import read_statements
from antq_llm.movement_report.record import ITEM_FIELDS, MovementReport
from antq_llm.schemas.declared.declared_roles import DeclaredRoles
from antq_llm.schemas.declared.references import drop_dependents
from antq_llm.schemas.declared.role_collection import declared_roles
from antq_llm.text.plain_form import plain_form

MAX_CHARACTERS = 60_000
"""Maximum number of characters to read; news articles are shorter."""

_NO_FIGURE = re.compile(r"\d{30,}(?:[.,]\d+)*")
"""Runs of digits that are too long to be figures."""
_SPACES = str.maketrans({"\t": " ", "\r": "\n"})


def rules_report(text: str, published: str | None = None) -> dict[str, Any]:
    """Return the data of the MovementReport that rules read from a text.

    Quotes are verbatim. ``published`` is the day of publication in the article's metadata, which
    supplies missing years if the text has no stamp.
    """
    plain = plain_form(text[:MAX_CHARACTERS].translate(_SPACES)).text
    plain = _NO_FIGURE.sub(lambda match: "#" * len(match[0]), plain)
    data = _report(Outline(AnalyzedArticle(plain, "vi")), published)
    if plain != text[:MAX_CHARACTERS]:
        grounding = ground(data, Aligner(text))
        data = copy.deepcopy(grounding.data)
        remove_items(data, grounding.missing)
        drop_dependents(data, _roles(), [grounding.data])
    return data


@cache
def _roles() -> DeclaredRoles:
    return declared_roles(MovementReport.model_json_schema(), MovementReport.__name__)


def _report(outline: Outline, metadata_day: str | None) -> dict[str, Any]:
    published = read_published(outline)
    stamp = published["date"] if published else metadata_day
    head = {
        "relevance": read_relevance(outline),
        "headline": outline.text[slice(*outline.headline)] if outline.headline else None,
        "publisher": read_publisher(outline),
        "byline": read_byline(outline),
        "published": published,
    }
    if head["relevance"] == "unrelated":
        return {**head, **{field: [] for field in ITEM_FIELDS}}
    events = read_events(outline, stamp)
    namings = read_namings(outline)
    statements = read_statements(outline, namings)
    people = read_people(outline, namings, {statement["speaker"] for statement in statements})
    awards, figures = read_awards(outline)
    items = {
        "events": events,
        "people": people,
        "statements": statements,
        "indicators": read_indicators(outline, figures, _home(outline, events, people)),
        "community_models": read_models(outline, stamp),
        "awards": awards,
        "documents": read_documents(outline),
    }
    return {**head, **items}


def _home(
    outline: Outline, events: list[dict[str, Any]], people: list[dict[str, Any]]
) -> str | None:
    """Return the place an article is about: one in an organiser's name, or else the first named."""
    for organizer in (organizer for event in events for organizer in event["organizers"]):
        if place := PLACES.search(organizer):
            return place[0]
    names = tuple(person["name"] for person in people)
    places = (place[0] for place in PLACES.finditer(outline.text, 0, outline.end))
    return next((place for place in places if not place.endswith(names)), None)
