"""The baseline without a model: an article's record by rules alone, a floor to compare language models with."""

from __future__ import annotations

import re
from typing import Any

from antq_llm.alignment import Aligner
from antq_llm.article import Article
from antq_llm.baseline_events import read_documents, read_events
from antq_llm.baseline_figures import read_awards, read_indicators, read_models
from antq_llm.baseline_head import read_byline, read_published, read_publisher, read_relevance
from antq_llm.baseline_patterns import PLACES, Outline
from antq_llm.baseline_people import read_people
from antq_llm.consistency import ArticleReading
from antq_llm.evidence import ground, remove_items
from antq_llm.plain import plain_form
from antq_llm.record import Extraction, RecordWarning
from antq_llm.schemas.base import Schema
from antq_llm.schemas.movement_report import ITEM_FIELDS, MovementReport
from antq_llm.validation import judge_record, remarks, without_doubtful

MODEL = "rules"
"""What the baseline is called where a model is named."""

_LONGEST = 60_000
"""Characters that are read; news articles are shorter."""
_WARNING = RecordWarning(kind="baseline", message="made by rules, without a language model: a floor to compare with, not a reading of the article")
_NO_FIGURE = re.compile(r"\d{30,}(?:[.,]\d+)*")
"""Digits that are no figure of an article, and too many for a number."""
_SPACES = str.maketrans({"\t": " ", "\r": "\n"})


def rules_report(text: str) -> dict[str, Any]:
    """Return the data of a MovementReport that rules read in a text, every quote as it stands there; any text gives one."""
    plain = plain_form(text[:_LONGEST].translate(_SPACES)).text
    plain = _NO_FIGURE.sub(lambda match: "#" * len(match[0]), plain)
    data = _report(Outline(ArticleReading(plain)))
    if plain != text[:_LONGEST]:
        grounding = ground(data, Aligner(text))
        data = grounding.data
        remove_items(data, grounding.missing)
        MovementReport.drop_dependents(data)
    return data


def extract_by_rules(article: Article, schema: Schema[MovementReport]) -> Extraction[MovementReport]:
    """Return the extraction of an article by rules; what the article does not bear out is dropped with a warning."""
    reading = ArticleReading(article.text)
    judgement = judge_record(schema.read_data(rules_report(article.text)), schema, reading)
    dropped: list[RecordWarning] = []
    if judgement.doubtful:
        judgement, dropped = without_doubtful(judgement, schema, reading)
    return Extraction(
        article=article,
        record=judgement.record,
        evidence=judgement.evidence,
        schema=schema,
        prompt=None,
        prompt_sha256=None,
        model=MODEL,
        attempts=(),
        warnings=(_WARNING, *_unread(article.text), *dropped, *remarks(judgement, schema, reading)),
        dropped=len(dropped),
    )


def _unread(text: str) -> list[RecordWarning]:
    rest = len(text) - _LONGEST
    return [RecordWarning(kind="baseline", message=f"the last {rest} of {len(text)} characters were not read: rules read {_LONGEST}")] if rest > 0 else []


def _report(outline: Outline) -> dict[str, Any]:
    published = read_published(outline)
    stamp = published["date"] if published else None
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
    people, statements = read_people(outline)
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


def _home(outline: Outline, events: list[dict[str, Any]], people: list[dict[str, Any]]) -> str | None:
    """Return the place that an article is about: that of its event's organiser, else the first with a class word."""
    for organizer in (organizer for event in events for organizer in event["organizers"]):
        if place := PLACES.search(organizer):
            return place[0]
    names = tuple(person["name"] for person in people)
    places = (place[0] for place in PLACES.finditer(outline.text, 0, outline.end))
    return next((place for place in places if not place.endswith(names)), None)
