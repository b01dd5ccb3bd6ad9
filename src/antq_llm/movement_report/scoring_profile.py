"""The scoring profile of ``movement_report/1``: a rule for each field, an identity for each list.

Thresholds and weights were set on the differences of the seeds' two annotators and on made-up
errors: an item with one wrong field keeps its partner, and two items that agree by chance on a
figure or a kind are not partners. The quote is part of the identity where the other fields are
often null or worded freely. People are identified by name alone, so that ``Nguyễn Văn B`` is not a
wrong ``Nguyễn Văn A`` but another person.
"""

from __future__ import annotations

from antq_llm.scoring.field_rules import (
    DATE,
    EXACT,
    NAME,
    PASSAGE,
    PERIOD,
    PERSON_NAME,
    PLACE_NAME,
    TITLE,
    set_of,
)
from antq_llm.scoring.profile import ListRule, ObjectRule, ScoringProfile

_TITLES = set_of(TITLE)
"""Offices and bodies: one word more or less is a near miss.

An example is ``Công an TP Hà Nội`` for ``Công an Hà Nội``.
"""

PUBLISHED = ObjectRule({"date": DATE, "time": EXACT, "quote": PASSAGE})

# A place is one of few in an article; its class word (`tỉnh`, `quận`) is not part of it.
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
    # Lower than elsewhere: an article has one event or two, and names are worded freely.
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

# The same passage with another speaker is the same statement with a wrong speaker; another passage
# of the same speaker is another statement.
STATEMENTS = ListRule(
    ObjectRule({"speaker": PERSON_NAME, "kind": EXACT, "quote": PASSAGE}),
    identity={"quote": 0.7, "speaker": 0.3},
)

# The same figure with the same unit is not enough (0.45): `2 mô hình` may occur many times.
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
