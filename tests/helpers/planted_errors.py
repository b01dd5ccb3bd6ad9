"""Errors to plant in gold records, each with its effect on the counts, computed by hand."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Literal

from antq_llm.core.packaged_data import data_folder
from antq_llm.schemas.registry import load_schema
from antq_llm.scoring.record_score import profile_for

MOVEMENT_REPORT_PROFILE = profile_for(load_schema("movement_report/1"))
GOLD = {
    path.stem[:3]: json.loads(path.read_text("utf-8"))
    for path in sorted((data_folder("gold") / "movement_report").glob("*.json"))
}

Edit = tuple[Literal["put", "drop", "add", "swap", "reverse"], str, Any]
Moves = dict[str, tuple[float, float, float]]

WRONG, LOST, EXTRA = (-1, 1, 1), (-1, 0, 1), (0, 1, 0)
"""The changes that one bad slot makes to (true positives, false positives, false negatives)."""


def like(similarity: float) -> tuple[float, float, float]:
    """Return the change in the relaxed counts for a slot whose value is similar to gold."""
    return similarity - 1, 1 - similarity, 1 - similarity


def times(count: int, moved: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return the change for ``count`` slots of a field, given the change for one of them."""
    tp, fp, fn = moved
    return count * tp, count * fp, count * fn


@dataclass(frozen=True)
class Planted:
    """An error to plant in the gold record of one article."""

    name: str
    article: str
    edits: tuple[Edit, ...]
    moves: Moves = field(default_factory=dict)
    """The changes in the strict counts, by slot."""
    relaxed: Moves = field(default_factory=dict)
    """The changes in the relaxed counts, for the slots where they differ from the strict counts."""


def put(pointer: str, value: Any) -> Edit:
    """Return the edit that gives a field another value."""
    return "put", pointer, value


def drop(pointer: str) -> Edit:
    """Return the edit that removes an element from a list."""
    return "drop", pointer, None


def add(pointer: str, value: Any) -> Edit:
    """Return the edit that adds an element to a list."""
    return "add", pointer, value


def swap(pointer: str, other: str) -> Edit:
    """Return the edit that exchanges two values."""
    return "swap", pointer, other


def reverse(pointer: str) -> Edit:
    """Return the edit that reverses a list."""
    return "reverse", pointer, None


NEW_FIGURE = {
    "label": "vụ",
    "value": 7,
    "comparator": "=",
    "unit": None,
    "total": None,
    "scope": None,
    "period": None,
    "quote": "bảy vụ cháy nổ khác",
}
PERSON = {"people.name": LOST, "people.positions": LOST, "people.roles": LOST, "people.quote": LOST}
MERGED_OFFICE = "Ủy viên Trung ương Đảng, Thứ trưởng Bộ Công an"
HALF_STATEMENT = "ghi nhận, biểu dương những thành tích mà các cấp, ngành, lực lượng vũ trang"
STATEMENT_WITHOUT_LEAD = (
    "những thành tích mà các cấp, ngành, lực lượng vũ trang, cơ quan, doanh nghiệp, "
    "cơ sở giáo dục, đoàn thể đã đạt được trong thời gian qua."
)
HEADLINE = (
    "Quận Bắc Từ Liêm sơ kết 05 năm về đẩy mạnh phong trào bảo vệ an ninh Tổ quốc trong tình hình"
)

PLANTED = [
    # Figures.
    Planted(
        "one wrong digit", "000", (put("/indicators/0/value", 480),), {"indicators.value": WRONG}
    ),
    Planted(
        "two digits exchanged",
        "004",
        (put("/indicators/4/value", 59),),
        {"indicators.value": WRONG},
    ),
    Planted(
        "a wrong total", "002", (put("/indicators/0/total", 118),), {"indicators.total": WRONG}
    ),
    Planted(
        "the figures of two items swapped",
        "004",
        (swap("/indicators/0/value", "/indicators/1/value"),),
        {"indicators.value": times(2, WRONG)},
    ),
    Planted(
        "a comparator changed",
        "000",
        (put("/indicators/0/comparator", "="),),
        {"indicators.comparator": WRONG},
    ),
    Planted(
        "a unit left out", "002", (put("/indicators/0/unit", None),), {"indicators.unit": LOST}
    ),
    Planted(
        "a scope of other words",
        "002",
        (put("/indicators/1/scope", "Hà Nội"),),
        {"indicators.scope": WRONG},
    ),
    Planted(
        "a period invented",
        "002",
        (put("/indicators/0/period", "2013/2018"),),
        {"indicators.period": EXTRA},
    ),
    Planted(
        "a period left out",
        "004",
        (put("/indicators/0/period", None),),
        {"indicators.period": LOST},
    ),
    # Gold has only the years, so an end with a month counts half.
    Planted(
        "a period by months",
        "004",
        (put("/indicators/0/period", "2013-01/2023-12"),),
        {"indicators.period": WRONG},
        {"indicators.period": like(0.5)},
    ),
    # 10 of its 12 words: 20/22.
    Planted(
        "a label shortened",
        "004",
        (put("/indicators/1/label", "mô hình triển khai thực hiện Chương trình phối hợp"),),
        {"indicators.label": WRONG},
        {"indicators.label": like(20 / 22)},
    ),
    # All slots but the total, which is null.
    Planted(
        "a figure missing",
        "004",
        (drop("/indicators/2"),),
        {
            f"indicators.{slot}": LOST
            for slot in ("label", "value", "comparator", "unit", "scope", "period", "quote")
        },
    ),
    Planted(
        "a figure added",
        "000",
        (add("/indicators", NEW_FIGURE),),
        {f"indicators.{slot}": EXTRA for slot in ("label", "value", "comparator", "quote")},
    ),
    # Persons.
    Planted(
        "a person missing",
        "000",
        (drop("/people/1"),),
        {**PERSON, "people.positions": times(2, LOST)},
    ),
    Planted(
        "another last name: one missed, one spurious",
        "002",
        (put("/people/0/name", "Hoàng Thị Minh Nga"),),
        dict.fromkeys(PERSON, WRONG),
    ),
    Planted(
        "another tone in a name: one missed, one spurious",
        "001",
        (put("/people/1/name", "Trần Sỹ Thành"),),
        {**dict.fromkeys(PERSON, WRONG), "people.roles": times(2, WRONG)},
    ),
    # People are matched by name, so all other values are the other person's: offices of 14 and 5
    # words share 1, which is too little; quotes of 25 and 13 words share `hội nghị`: 4/38.
    Planted(
        "two names swapped",
        "002",
        (swap("/people/0/name", "/people/1/name"),),
        {
            "people.positions": times(2, WRONG),
            "people.roles": WRONG,
            "people.quote": times(2, WRONG),
        },
        {"people.quote": times(2, like(4 / 38))},
    ),
    Planted(
        "a form of address before a name", "000", (put("/people/0/name", "đồng chí Lê Quốc Hùng"),)
    ),
    Planted("a rank in lower case", "000", (put("/people/0/rank", "trung tướng"),)),
    Planted("a rank left out", "000", (put("/people/0/rank", None),), {"people.rank": LOST}),
    Planted(
        "another rank", "000", (put("/people/0/rank", "Thượng tướng"),), {"people.rank": WRONG}
    ),
    Planted("a role dropped", "001", (drop("/people/1/roles/1"),), {"people.roles": LOST}),
    Planted("a role added", "000", (add("/people/0/roles", "chair"),), {"people.roles": EXTRA}),
    # 7 of 8 words: 14/15.
    Planted(
        "a word missing in an office",
        "003",
        (put("/people/0/positions/0", "Phó Giám đốc Công an Hà Nội"),),
        {"people.positions": WRONG},
        {"people.positions": like(14 / 15)},
    ),
    # Two offices are missed and one is spurious; 5 of its 11 words and marks are one office: 10/16.
    Planted(
        "two offices in one string",
        "000",
        (put("/people/0/positions", [MERGED_OFFICE]),),
        {"people.positions": (-2, 1, 2)},
        {"people.positions": (-2 + 10 / 16, 1 - 10 / 16, 2 - 10 / 16)},
    ),
    # Order and spelling.
    Planted("a list turned round", "004", (reverse("/indicators"),)),
    Planted("two persons in another order", "000", (swap("/people/0", "/people/1"),)),
    Planted(
        "every list turned round",
        "001",
        tuple(reverse(f"/{name}") for name in MOVEMENT_REPORT_PROFILE.lists),
    ),
    Planted("the elements of a set in another order", "004", (reverse("/documents/0/issuers"),)),
    Planted(
        "a tone mark moved in a headline",
        "003",
        (put("/headline", "Phong trào toàn dân bảo vệ an ninh Tổ quốc ngày càng có sức lan tỏa"),),
    ),
    Planted(
        "a tone mark moved in a name", "000", (put("/community_models/2/name", "Móc khoá an toàn"),)
    ),
    Planted(
        "letters decomposed",
        "004",
        (put("/headline", unicodedata.normalize("NFD", GOLD["004"]["headline"])),),
    ),
    Planted(
        "other quotation marks",
        "004",
        (
            put(
                "/indicators/3/label",
                GOLD["004"]["indicators"][3]["label"].replace("“", '"').replace("”", '"'),
            ),
        ),
    ),
    Planted("a final stop left out", "002", (put("/headline", f"{HEADLINE} mới"),)),
    # 22 of 23 words: 44/45.
    Planted(
        "the last syllable of a headline left out",
        "002",
        (put("/headline", HEADLINE),),
        {"headline": WRONG},
        {"headline": like(44 / 45)},
    ),
    # 2 of 3 words: 4/6.
    Planted(
        "a diacritic lost in a title",
        "004",
        (put("/community_models/0/name", "Dân vận kheo"),),
        {"community_models.name": WRONG},
        {"community_models.name": like(4 / 6)},
    ),
    # The head of the record.
    Planted("another relevance", "000", (put("/relevance", "related"),), {"relevance": WRONG}),
    Planted("the publisher left out", "000", (put("/publisher", None),), {"publisher": LOST}),
    Planted(
        "a tone lost in the byline", "002", (put("/byline/0", "Minh Vinh"),), {"byline": WRONG}
    ),
    Planted(
        "no publication stamp",
        "002",
        (put("/published", None),),
        {"published.date": LOST, "published.time": LOST, "published.quote": LOST},
    ),
    Planted("a wrong time", "003", (put("/published/time", "16:35"),), {"published.time": WRONG}),
    # Events.
    Planted(
        "a date without its day",
        "001",
        (put("/events/0/date", "2023-08"),),
        {"events.date": WRONG},
        {"events.date": like(0.5)},
    ),
    Planted(
        "a date without its year",
        "001",
        (put("/events/0/date", "XXXX-08-18"),),
        {"events.date": WRONG},
        {"events.date": like(0.5)},
    ),
    Planted("another day", "002", (put("/events/0/date", "2018-11-28"),), {"events.date": WRONG}),
    Planted(
        "another kind of event",
        "002",
        (put("/events/0/kind", "final_review"),),
        {"events.kind": WRONG},
    ),
    Planted(
        "a district for a province",
        "002",
        (swap("/events/0/place/district", "/events/0/place/province"),),
        {"events.place.district": LOST, "events.place.province": EXTRA},
    ),
    Planted(
        "a class word before a place", "002", (put("/events/0/place/district", "quận Bắc Từ Liêm"),)
    ),
    Planted("no organizer", "004", (put("/events/0/organizers", []),), {"events.organizers": LOST}),
    # Statements.
    Planted(
        "a statement missing",
        "000",
        (drop("/statements/0"),),
        {"statements.speaker": LOST, "statements.kind": LOST, "statements.quote": LOST},
    ),
    Planted(
        "another speaker",
        "001",
        (put("/statements/0/speaker", "Trần Sỹ Thanh"),),
        {"statements.speaker": WRONG},
    ),
    Planted(
        "another kind of statement",
        "001",
        (put("/statements/4/kind", "assessment"),),
        {"statements.kind": WRONG},
    ),
    # 28 of 32 words overlap by 56/60, above the threshold; 15 of 32 by 30/47.
    Planted(
        "a quote a little shortened", "004", (put("/statements/0/quote", STATEMENT_WITHOUT_LEAD),)
    ),
    Planted(
        "a quote cut in half",
        "004",
        (put("/statements/0/quote", HALF_STATEMENT),),
        {"statements.quote": WRONG},
        {"statements.quote": like(30 / 47)},
    ),
    # Awards, documents, models.
    Planted("another count", "004", (put("/awards/1/count", 21),), {"awards.count": WRONG}),
    Planted(
        "a count left out",
        "003",
        (put("/awards/0/count", None), put("/awards/0/comparator", None)),
        {"awards.count": LOST, "awards.comparator": LOST},
    ),
    Planted(
        "another kind of recipient",
        "002",
        (put("/awards/0/recipients", "mixed"),),
        {"awards.recipients": WRONG},
    ),
    Planted(
        "one giver left out",
        "004",
        (drop("/awards/0/conferred_by/1"),),
        {"awards.conferred_by": LOST},
    ),
    Planted(
        "a form invented", "001", (put("/awards/0/form", "tuyên dương"),), {"awards.form": EXTRA}
    ),
    Planted(
        "another number", "004", (put("/documents/0/number", "90"),), {"documents.number": WRONG}
    ),
    Planted(
        "a longer number",
        "004",
        (put("/documents/0/number", "09/CTPH"),),
        {"documents.number": WRONG},
        {"documents.number": like(0.5)},
    ),
    Planted(
        "a document missing",
        "002",
        (drop("/documents/0"),),
        {
            **{f"documents.{slot}": LOST for slot in ("kind", "title", "period", "quote")},
            "documents.issuers": times(2, LOST),
        },
    ),
    Planted(
        "a place invented",
        "000",
        (put("/community_models/2/place", "phường Long Biên"),),
        {"community_models.place": EXTRA},
    ),
]
