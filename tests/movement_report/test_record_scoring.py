"""The scoring profile of ``movement_report/1``, written out in full."""

from __future__ import annotations

from antq_llm.movement_report.record import FORMS_OF_ADDRESS, PLACE_CLASS_WORDS, MovementReport
from antq_llm.schemas.pydantic_schema import PydanticSchema
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    TITLE,
    FieldRule,
    set_of,
)
from antq_llm.scoring.profile import ListRule, ObjectRule, ScoringProfile
from antq_llm.scoring.record_score import profile_for

PERSON_NAME = FieldRule("name", class_words=FORMS_OF_ADDRESS)
PLACE_NAME = FieldRule("name", class_words=PLACE_CLASS_WORDS)
_TITLES = set_of(TITLE)

PUBLISHED = ObjectRule({"date": DATE, "time": EXACT, "quote": PASSAGE})

PLACE = ObjectRule(
    {"province": PLACE_NAME, "district": PLACE_NAME, "commune": PLACE_NAME, "venue": TITLE}
)

EVENTS = ListRule(
    ObjectRule(
        {
            "kind": EXACT,
            "name": TITLE,
            "date": DATE,
            "session": EXACT,
            "place": PLACE,
            "level": EXACT,
            "organizers": _TITLES,
            "review_period": PERIOD,
            "quote": PASSAGE,
        }
    ),
    identity={"name": 0.4, "date": 0.25, "kind": 0.15, "quote": 0.2},
    threshold=0.4,
)

PEOPLE = ListRule(
    ObjectRule(
        {
            "name": PERSON_NAME,
            "rank": NAME,
            "positions": _TITLES,
            "roles": set_of(EXACT),
            "quote": PASSAGE,
        }
    ),
    identity={"name": 1.0},
)

STATEMENTS = ListRule(
    ObjectRule({"speaker": PERSON_NAME, "kind": EXACT, "quote": PASSAGE}),
    identity={"quote": 0.7, "speaker": 0.3},
)

INDICATORS = ListRule(
    ObjectRule(
        {
            "label": TITLE,
            "value": EXACT,
            "comparator": EXACT,
            "unit": NAME,
            "total": EXACT,
            "scope": TITLE,
            "period": PERIOD,
            "quote": PASSAGE,
        }
    ),
    identity={"label": 0.35, "value": 0.35, "unit": 0.1, "quote": 0.2},
)

COMMUNITY_MODELS = ListRule(
    ObjectRule({"name": TITLE, "place": TITLE, "started": DATE, "quote": PASSAGE}),
    identity={"name": 1.0},
)

AWARDS = ListRule(
    ObjectRule(
        {
            "form": NAME,
            "conferred_by": _TITLES,
            "recipients": EXACT,
            "count": EXACT,
            "comparator": EXACT,
            "names": set_of(PERSON_NAME),
            "quote": PASSAGE,
        }
    ),
    identity={
        "count": 0.25,
        "recipients": 0.25,
        "quote": 0.2,
        "form": 0.1,
        "conferred_by": 0.1,
        "names": 0.1,
    },
)

DOCUMENTS = ListRule(
    ObjectRule(
        {
            "kind": EXACT,
            "number": NAME,
            "title": TITLE,
            "issued": DATE,
            "issuers": _TITLES,
            "period": PERIOD,
            "quote": PASSAGE,
        }
    ),
    identity={"number": 0.35, "title": 0.3, "quote": 0.2, "kind": 0.15},
)

MOVEMENT_REPORT_PROFILE = ScoringProfile(
    "movement_report/1",
    ObjectRule(
        {
            "relevance": EXACT,
            "headline": TITLE,
            "publisher": NAME,
            "byline": set_of(PERSON_NAME),
            "published": PUBLISHED,
            "events": EVENTS,
            "people": PEOPLE,
            "statements": STATEMENTS,
            "indicators": INDICATORS,
            "community_models": COMMUNITY_MODELS,
            "awards": AWARDS,
            "documents": DOCUMENTS,
        }
    ),
)


def test_the_roles_of_the_record_give_its_profile() -> None:
    """The roles of ``MovementReport`` give exactly the profile above, in the same order."""
    profile = profile_for(load_schema("movement_report/1"))
    assert profile == MOVEMENT_REPORT_PROFILE
    assert list(profile.groups) == list(MOVEMENT_REPORT_PROFILE.groups)


def test_the_lists_of_the_record_are_scored_in_order() -> None:
    """The Pydantic model itself gives the same profile, with the lists in schema order."""
    profile = profile_for(PydanticSchema(MovementReport))
    assert profile.record == MOVEMENT_REPORT_PROFILE.record
    assert profile.lists == (
        "events",
        "people",
        "statements",
        "indicators",
        "community_models",
        "awards",
        "documents",
    )
