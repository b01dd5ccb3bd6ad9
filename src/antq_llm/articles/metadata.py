"""The metadata of an article: title, publication date, site, author and URL."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Literal

from antq_llm.errors import encodable
from antq_llm.text.clock import hour_of_day

MetadataUse = Literal["use", "ignore"]

STANDARD_FIELDS = ("title", "published", "site", "author", "url")
VIETNAM = timezone(timedelta(hours=7))
"""Vietnam's time zone, used for times given in seconds or milliseconds since 1970."""
_PREFIX = "field_"
_YEARS = range(1800, 2200)
_DAY_ZERO = "1970-01-01"
_SECONDS = re.compile(r"[0-9]{9,13}")
_EPOCH_SECONDS = range(10**8, 10**10)
_DAY = r"(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})"
_TIME = r"(?P<hour>\d{1,2})\s?[:hg]\s?(?P<minute>\d{2})(?::\d{2})?(?:\s?(?P<half>[APap])[Mm]\b)?"
_PRINTED_DATE = re.compile(rf"(?<![\d/.-]){_DAY}(?![\d/-])")
_PRINTED_TIME = re.compile(rf"(?<![\d:]){_TIME}(?![\d:])")
_ZONE = re.compile(r"(?:GMT|UTC)\s?(?P<sign>[+-])\s?0?(?P<hours>\d{1,2})")
_WRITTEN_DATE = re.compile(
    r"(?<!\d)(?P<day>\d{1,2}) tháng (?P<month>\d{1,2})(?: năm|,) (?P<year>\d{4})(?!\d)",
    re.IGNORECASE,
)
_HALF_OF_DAY = re.compile(r"\d\s?[AP]M\b", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """The metadata of an article, as given by its source."""

    title: str | None = None
    published: str | None = None
    """The date in ISO 8601, with the time if known; a date in an unknown format is kept as text."""
    site: str | None = None
    author: str | None = None
    url: str | None = None
    kept: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """Further fields, named with ``--keep``, as JSON values."""

    def __post_init__(self) -> None:
        for name in STANDARD_FIELDS:
            if (text := getattr(self, name)) is not None:
                object.__setattr__(self, name, encodable(text))
        kept = {encodable(name): json_value(value) for name, value in self.kept.items()}
        known = {name: value for name, value in kept.items() if value is not None}
        object.__setattr__(self, "kept", known)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ArticleMetadata:
        """Return the metadata read from data in the format of ``as_json``."""
        known = {name: metadata_text(data.get(name)) for name in STANDARD_FIELDS}
        kept = {
            name.removeprefix(_PREFIX): value
            for name, value in data.items()
            if name not in STANDARD_FIELDS
        }
        return cls(**known, kept=kept)

    def __bool__(self) -> bool:
        return bool(self.as_json())

    @property
    def published_day(self) -> str | None:
        """The day of publication as ``YYYY-MM-DD``; None if unknown.

        Placeholders such as 0001-01-01 and 1970-01-01 count as unknown.
        """
        match = _ISO_DAY.match(self.published or "")
        moment = _moment(match[0]) if match else None
        if match is None or moment is None or moment.year not in _YEARS or match[0] == _DAY_ZERO:
            return None
        return match[0]

    def as_json(self) -> dict[str, Any]:
        """Return the known fields by name, as in the ``metadata`` of an output line.

        A kept field with the name of a standard field gets the prefix ``field_``.
        """
        known = {name: getattr(self, name) for name in STANDARD_FIELDS if getattr(self, name)}
        kept = {
            f"{_PREFIX}{name}" if name in STANDARD_FIELDS else name: value
            for name, value in self.kept.items()
        }
        return known | kept

    def as_lines(self) -> str:
        """Return the known fields, one ``name: value`` per line."""
        return "\n".join(
            f"{_in_one_line(name)}: {_in_one_line(metadata_text(value) or '')}"
            for name, value in self.as_json().items()
        )


def metadata_text(value: Any) -> str | None:
    """Return a field's value as text; None if it is empty.

    List items are joined by commas; an object is represented by its ``name``, ``@id`` or ``url``.
    """
    if isinstance(value, Mapping):
        named = next((value[key] for key in ("name", "@id", "url") if value.get(key)), None)
        return metadata_text(named)
    if isinstance(value, list | tuple):
        texts = dict.fromkeys(filter(None, map(metadata_text, value)))
        return ", ".join(texts) or None
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return _in_one_line(str(value)) or None


def json_value(value: Any) -> Any:
    """Convert a value to JSON that UTF-8 can encode; NaN and infinity become null."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {encodable(str(name)): json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, int):
        return value
    return encodable(value.isoformat() if isinstance(value, date | time) else str(value))


def publication_time(value: Any) -> str | None:
    """Return a date in ISO 8601, with its time if there is one; other text is unchanged.

    Numeric dates are read day first, as is usual in Vietnamese. A bare number of plausible size is
    taken as seconds or milliseconds since 1970. Returns None for an empty value.
    """
    text = metadata_text(value)
    if text is None:
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _of_number(value) or text
    if _SECONDS.fullmatch(text) and (of_number := _of_number(int(text))):
        return of_number
    return _of_iso(text) or printed_time(text) or text


def publication_days(published: str) -> frozenset[str]:
    """Return the days on which a publication time falls in its own time zone and in Vietnam."""
    day = ArticleMetadata(published=published).published_day
    moment = None if day is None else _moment(published)
    if day is None or moment is None or moment.tzinfo is None:
        return frozenset() if day is None else frozenset({day})
    return frozenset({day, moment.astimezone(VIETNAM).date().isoformat()})


def printed_days(text: str) -> frozenset[str]:
    """Return the full dates in a text as ``YYYY-MM-DD``; numeric dates are read day first."""
    found = (
        match for pattern in (_PRINTED_DATE, _WRITTEN_DATE) for match in pattern.finditer(text)
    )
    return frozenset(f"{day['year']}-{int(day['month']):02}-{int(day['day']):02}" for day in found)


def printed_time(text: str) -> str | None:
    """Return a text's first full date, with a time if given, in ISO 8601.

    Returns None if no full date is found, or if the date is invalid or ambiguous. An invalid time
    is left out.
    """
    found = (pattern.search(text) for pattern in (_PRINTED_DATE, _WRITTEN_DATE))
    date = min(filter(None, found), key=lambda match: match.start(), default=None)
    # In text with AM or PM, the month may come first.
    if date is None or (_HALF_OF_DAY.search(text) and int(date["day"]) <= 12):
        return None
    clock = _clock_in(text[: date.start()] + " " + text[date.end() :])
    zone = _ZONE.search(text)
    try:
        day = datetime(int(date["year"]), int(date["month"]), int(date["day"]), tzinfo=UTC)
    except ValueError:
        return None
    if clock is None:
        return day.date().isoformat()
    moment = datetime.combine(day, clock)
    if zone is not None and int(zone["hours"]) <= 14:
        hours = int(zone["sign"] + zone["hours"])
        moment = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    return moment.isoformat(timespec="minutes")


def _clock_in(text: str) -> time | None:
    """Return the first time of day in a text, or None if it is missing or invalid."""
    match = _PRINTED_TIME.search(text)
    if match is None:
        return None
    hour, half = int(match["hour"]), match["half"]
    if half and hour:
        hour = hour_of_day(hour, half)
    try:
        return time(hour, int(match["minute"]))
    except ValueError:
        return None


def _of_number(number: float) -> str | None:
    for unit in (1, 1000):
        if int(number // unit) in _EPOCH_SECONDS:
            seconds = number / unit
            return datetime.fromtimestamp(seconds, VIETNAM).isoformat(timespec="seconds")
    return None


def _of_iso(text: str) -> str | None:
    return text if _ISO_DAY.match(text) and _moment(text) else None


def _moment(text: str) -> datetime | None:
    """Parse an ISO 8601 date, with or without a time; return None for other text."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _in_one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()
