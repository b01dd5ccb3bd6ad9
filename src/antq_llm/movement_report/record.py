"""The record of one article on the movement "toàn dân bảo vệ an ninh Tổ quốc" (ANTQ), version 1.

The docstrings of the classes and fields are sent to the model and are part of digests. Their
examples are invented and appear in no article.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from antq_llm.schemas.edtf import Date, Period
from antq_llm.schemas.field_types import Count, Number, Quote, StrictModel, Text, null_as_nulls
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
    Refers,
    SameItem,
    Scored,
    Strongest,
)

FORMS_OF_ADDRESS = ("đồng chí", "đ/c", "ông", "bà")
"""Words before a person's name; `anh`, `chị` and `cô` are excluded, as they can begin a name."""
PLACE_CLASS_WORDS = (
    *("thành phố", "TP.", "TP", "tỉnh", "quận", "Q.", "huyện", "H.", "thị xã", "TX.", "TX"),
    *("phường", "P.", "xã", "X.", "thị trấn", "TT.", "TT"),
)
"""Words before the name of an administrative unit; one-letter abbreviations need a full stop."""
_PERSON_NAME = Scored("name", ignore=FORMS_OF_ADDRESS)
_PLACE_NAME = Scored("name", ignore=PLACE_CLASS_WORDS)

Comparator = Literal["=", ">", ">=", "~", "<", "<="]
EventKind = Literal[
    "final_review",
    "interim_review",
    "festival",
    "launch",
    "commendation",
    "signing",
    "training",
    "meeting",
    "other",
]
Level = Literal["national", "province", "district", "commune", "organization"]
Role = Literal["chair", "speaker", "attendee", "presenter", "honoree", "other"]
DocumentKind = Literal[
    "programme", "plan", "directive", "resolution", "decision", "circular", "decree", "law", "other"
]
ClockTime = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]

ITEM_FIELDS = (
    *("events", "people", "statements", "indicators"),
    *("community_models", "awards", "documents"),
)
"""The fields of a record that are lists of items, in order."""

# How items are matched for scores and votes. Thresholds and weights were set on the differences of
# the seeds' two annotators and on made-up errors: an item with one wrong field keeps its partner,
# and two items that agree by chance on a figure or a kind are not partners. The quote is part of
# the identity where the other fields are often null or worded freely.
# - Events have a lower threshold than other lists: an article has one or two events, and their
#   names are worded freely.
# - People are identified by name alone, so that `Nguyễn Văn B` is not a wrong `Nguyễn Văn A` but
#   another person.
# - The same passage with another speaker is the same statement with a wrong speaker; another
#   passage of the same speaker is another statement.
# - The same figure with the same unit is not enough (0.45): `2 mô hình` may occur many times.
# - An article names few places; a class word (`tỉnh`, `quận`) is not part of a place's name.
# - Offices and bodies are compared as text: one word more or less is a near miss, as in
#   `Công an TP Hà Nội` for `Công an Hà Nội`.


# The docstrings of classes and fields. Sent to the model: do not edit.


class Published(StrictModel):
    """The stamp that says when the article was published."""

    date: Annotated[Date, PublicationDate()]
    """Day of publication, an EDTF date such as `2021-09-30`."""
    time: Annotated[ClockTime | None, PrintedTime()]
    """Time of day as `HH:MM` on the 24-hour clock, such as `07:45`, or null."""
    quote: Quote
    """The stamp, verbatim, such as `30/09/2021 07:45`."""


class Place(StrictModel):
    """Where an event took place; each part a name without its class word (`tỉnh`, `quận`, `xã` …), or null."""

    province: Annotated[Text | None, _PLACE_NAME]
    """Province or centrally run city, such as `Lâm Đồng`."""
    district: Annotated[Text | None, _PLACE_NAME]
    """District or town, such as `Di Linh`."""
    commune: Annotated[Text | None, _PLACE_NAME]
    """Commune, ward or township, such as `Tân Lâm`."""
    venue: Text | None
    """The building or site as printed, such as `Nhà văn hóa thôn 4`."""


class Event(StrictModel):
    """A gathering that the article reports; one gathering is one event, whatever it combines."""

    kind: Annotated[EventKind, Identity(0.15)]
    """`final_review` (tổng kết), `interim_review` (sơ kết), `festival` (ngày hội), `launch` (phát động, ra mắt, ra quân), `commendation` (tuyên dương, trao thưởng as the event itself), `signing`, `training`, `meeting`, `other`."""
    name: Annotated[Text | None, Identity(0.4)]
    """Name of the event as printed, such as `Lễ ra mắt mô hình “Cổng trường bình yên”`."""
    date: Annotated[Date | None, CalendarDate(), Identity(0.25)]
    """Day of the event, an EDTF date: `2021-09-30`, `2021-09`, `2021`, or `XXXX-09-30` where the year is settled neither by the text at the day nor by the publication stamp."""
    session: Literal["morning", "afternoon", "evening"] | None
    """Part of the day: sáng, chiều, tối."""
    place: Annotated[Place, null_as_nulls(Place)]
    """Where it took place."""
    level: Level | None
    """Whose event it is: that of the nation, a province, a district, a commune, or a single organization."""
    organizers: list[Text]
    """Who held it, one string each as printed, such as `UBND xã Tân Lâm`."""
    review_period: Annotated[Period | None, PrintedPeriod()]
    """The period that a review looks back on, an EDTF interval such as `2016/2020` or a single date such as `2021`."""
    quote: Annotated[Quote, Identity(0.2)]
    """The shortest contiguous passage, verbatim, from which the event can be read."""


class Person(StrictModel):
    """A named person in a public capacity, or one who is honoured or quoted; one person is one item."""

    name: Annotated[Text, Name(noun="person"), _PERSON_NAME, Identity(1.0)]
    """Full name as printed, without rank or form of address, such as `Phạm Quốc Bình`."""
    rank: Annotated[Text | None, Printed(), Scored("name")]
    """Police or army rank alone, as printed, such as `Thiếu tá`."""
    positions: list[Text]
    """Offices held, one string each with its organisation, such as `Trưởng Công an xã Tân Lâm`."""
    roles: list[Role]
    """What the person does in the article: `chair`, `speaker`, `attendee`, `presenter` (hands out awards), `honoree`, `other`."""
    quote: Quote
    """The shortest contiguous passage, verbatim, that names the person with rank and office."""


class Statement(StrictModel):
    """What a named person is reported to have said; one coherent passage is one item."""

    speaker: Annotated[Text, Refers(to="/people/*/name"), _PERSON_NAME, Identity(0.3)]
    """The `name` of an item of `people`."""
    kind: Literal["assessment", "directive", "commitment"]
    """`assessment` (judges or reports), `directive` (asks others to act), `commitment` (promises own action)."""
    quote: Annotated[Quote, Passage(), Identity(0.7)]
    """The passage that was said, verbatim and whole, without the words that attribute it."""


class Indicator(StrictModel):
    """A figure that is reported as a result, a size or a rate."""

    label: Annotated[Text, Identity(0.35)]
    """What is counted, in the article's words without the figure, such as `hộ gia đình ký cam kết`."""
    value: Annotated[Number, Figure(comparator="comparator", total="total"), Identity(0.35)]
    """The figure as a JSON number with Vietnamese notation resolved: `1.250` is 1250, `3,5 tỷ đồng` is 3500000000."""
    comparator: Comparator
    """`=`, `>` (hơn, trên), `>=` (ít nhất, từ … trở lên), `~` (khoảng, gần), `<` (dưới, chưa đến), `<=` (không quá)."""
    unit: Annotated[Text | None, Scored("name"), Identity(0.1)]
    """Counter or head noun as printed, such as `hộ`, `%`, `đồng`."""
    total: Number | None
    """The whole of a printed `x/y` or `x trên tổng số y`, else null: `48/52 thôn` has value 48 and total 52."""
    scope: Text | None
    """The place or body that the figure holds for, such as `huyện Di Linh`."""
    period: Annotated[Period | None, PrintedPeriod()]
    """When it holds, an EDTF period such as `2020-01/2020-06`, if the figure's own sentence says so."""
    quote: Annotated[Quote, Identity(0.2)]
    """The shortest contiguous passage, verbatim, from which the figure can be read."""


class CommunityModel(StrictModel):
    """A named scheme (mô hình) of the movement."""

    name: Annotated[Text, Printed(), Identity(1.0)]
    """Its name without class word, number or quotation marks, such as `Cổng trường bình yên`."""
    place: Text | None
    """Where it runs, as printed, such as `xã Tân Lâm, huyện Di Linh`."""
    started: Annotated[Date | None, CalendarDate()]
    """When it began, an EDTF date such as `2020-05`."""
    quote: Quote
    """The shortest contiguous passage, verbatim, from which the scheme can be read."""


class Award(StrictModel):
    """Awards of one form, by one giver or group of givers, to one kind of recipient."""

    form: Annotated[Text | None, Printed(), Scored("name"), Identity(0.1)]
    """The certificate or title as printed in lower case, such as `bằng khen` or `giấy khen`; null for a plain `khen thưởng`."""
    conferred_by: Annotated[list[Text], Identity(0.1)]
    """Who gives it, one string each, such as `Chủ tịch UBND huyện Di Linh`."""
    recipients: Annotated[Literal["collective", "individual", "mixed"], Identity(0.25)]
    """`collective` (tập thể, đơn vị), `individual` (cá nhân), or `mixed` where one figure is given for both together."""
    count: Annotated[Count | None, Figure(comparator="comparator"), Identity(0.25)]
    """How many recipients, null where no figure is given."""
    comparator: Comparator | None
    """How the count is meant, as for indicators; null exactly where `count` is null."""
    names: Annotated[list[Annotated[Text, _PERSON_NAME]], Identity(0.1)]
    """Recipients that are named, one string each."""
    quote: Annotated[Quote, Identity(0.2)]
    """The shortest contiguous passage, verbatim, from which the award can be read."""

    @model_validator(mode="after")
    def _count_has_comparator(self) -> Self:
        if (self.count is None) != (self.comparator is None):
            # Sent to the model: do not edit.
            raise PydanticCustomError(
                "count_comparator", "count and comparator go together: give both, or null for both"
            )
        return self


class Document(StrictModel):
    """A programme, plan, directive, decision or law that the article names by number, date or proper title."""

    kind: Annotated[DocumentKind, Identity(0.15)]
    """`programme` (chương trình), `plan` (kế hoạch), `directive` (chỉ thị, công điện), `resolution` (nghị quyết), `decision` (quyết định), `circular` (thông tư), `decree` (nghị định), `law` (luật), `other`."""
    number: Annotated[Text | None, Printed(), Scored("name"), Identity(0.35)]
    """Its number as printed, such as `15/KH-UBND`."""
    title: Annotated[Text | None, Identity(0.3)]
    """Its title or subject as printed, without quotation marks."""
    issued: Annotated[Date | None, CalendarDate(settles=False)]
    """When it was issued, an EDTF date."""
    issuers: list[Text]
    """Who issued it or is party to it, one string each."""
    period: Annotated[Period | None, PrintedPeriod()]
    """The period it covers, an EDTF period."""
    quote: Annotated[Quote, Identity(0.2)]
    """The shortest contiguous passage, verbatim, from which the document can be read."""


class MovementReport(StrictModel):
    """What one Vietnamese news article reports on the movement "toàn dân bảo vệ an ninh Tổ quốc"; values stay in the article's words, and what it does not say is null or an empty list."""

    HOOKS: ClassVar = "antq_llm.movement_report.hooks"

    relevance: Annotated[Literal["movement", "related", "unrelated"], Strongest()]
    """`movement`: the article is about the movement itself; `related`: about public security or the Fatherland Front's work beside it; `unrelated`: about neither, and then all lists are empty."""
    headline: Annotated[Text | None, Printed()]
    """The title as printed."""
    publisher: Annotated[Text | None, Printed(), Scored("name")]
    """Outlet or agency, only if the text itself names it, such as `Báo Lâm Đồng`."""
    byline: list[Annotated[Text, Printed(), _PERSON_NAME]]
    """Authors and photographers credited, names as printed."""
    published: Published | None
    """The publication stamp, null if the text has none."""
    events: Annotated[list[Event], SameItem(overlap=0.5, equal=("kind",)), Items(0.4)]
    """Gatherings reported."""
    people: Annotated[list[Person], SameItem(any_of=("name",))]
    """Named persons in a public capacity."""
    statements: Annotated[list[Statement], SameItem(overlap=0, equal=("speaker",))]
    """What named persons are reported to have said."""
    indicators: Annotated[list[Indicator], SameItem(overlap=0.5, equal=("value", "total"))]
    """Every figure reported as a result, size or rate; not dates, durations, document numbers, award counts, telephone numbers or page furniture."""
    community_models: Annotated[list[CommunityModel], SameItem(any_of=("name",))]
    """Named schemes of the movement."""
    awards: Annotated[list[Award], SameItem(overlap=0.5, equal=("recipients", "form", "count"))]
    """Awards given."""
    documents: Annotated[list[Document], SameItem(any_of=("number", "title"))]
    """Documents named."""

    @model_validator(mode="after")
    def _speakers_are_people(self) -> Self:
        names = {person.name for person in self.people}
        for index, statement in enumerate(self.statements):
            if statement.speaker not in names:
                # Sent to the model: do not edit.
                raise PydanticCustomError(
                    "unknown_speaker",
                    "no item of people has the name {speaker}: name the speaker as in people, or add the person",
                    {
                        "speaker": repr(statement.speaker),
                        "pointer": f"/statements/{index}/speaker",
                        "given": statement.speaker,
                    },
                )
        return self

    @model_validator(mode="after")
    def _unrelated_has_no_items(self) -> Self:
        filled = [field for field in ITEM_FIELDS if getattr(self, field)]
        if self.relevance == "unrelated" and filled:
            # Sent to the model: do not edit.
            raise PydanticCustomError(
                "unrelated_items",
                "an unrelated article has no items, but {fields} are filled: empty them, or change the relevance",
                {"fields": ", ".join(filled), "pointer": "/relevance", "given": "unrelated"},
            )
        return self
