"""Errors planted in gold records to measure how many of them the checks notice.

Each copy of a record gets one error, in a field whose role is checked. The same inputs and seed
give the same errors.
"""

from __future__ import annotations

import copy
import datetime
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from antq_llm.core.json_pointer import child_pointer, last_part, parent_of, pointer_to, value_at
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.mentions.language import LanguageCode
from antq_llm.schemas.base import Schema
from antq_llm.schemas.declared.declared_roles import EACH, DeclaredField, DeclaredRoles, Path
from antq_llm.schemas.declared.references import holders_at
from antq_llm.schemas.roles import (
    CalendarDate,
    Figure,
    Name,
    Printed,
    PrintedPeriod,
    PrintedTime,
    PublicationDate,
    Refers,
)

ErrorKind = Literal[
    "digit", "tenfold", "comparator", "total", "day", "year", "period", "time", "name", "printed",
    "invented",
]  # fmt: skip
ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)

COMPARATORS = ("=", ">", ">=", "~", "<", "<=")
_CLOSE = (frozenset({">", ">="}), frozenset({"<", "<="}))
"""Pairs of comparators that are easily confused; neither is planted in place of the other."""
_NAMES: dict[LanguageCode, tuple[str, ...]] = {
    "vi": ("Thắng", "Hiền", "Quỳnh", "Lực", "Oanh"),
    "en": ("Brackwell", "Quillon", "Tarrow", "Vandermoor", "Osgrave"),
}
_INVENTED: dict[LanguageCode, str] = {"vi": "Trịnh Bá Vô", "en": "Zebulon Quarkhouse"}
_DAYS_OFF = (-9, -4, 3, 8)
_YEARS_OFF = 6
_YEAR_OF_UNSETTLED = 2011
_FULL_DATE = re.compile(r"(\d{4}|XXXX)-(\d\d-\d\d)")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_NUMBER = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class PlantedError:
    """A record with one planted error."""

    kind: ErrorKind
    pointer: str
    """The JSON Pointer to the error or the invented item."""
    given: Any
    """The wrong value."""
    record: Any
    printed_elsewhere: bool
    """Whether the wrong value appears in the article; if so, a check is unlikely to object."""


def plant_errors(
    data: Any,
    schema: Schema[Any],
    analyzed: AnalyzedArticle,
    seed: str,
    others: Sequence[Any] = (),
) -> Iterator[PlantedError]:
    """Yield copies of a record, each with one error in a value whose role is checked.

    ``data`` is a gold record. ``others`` are gold records of other articles; some wrong values are
    taken from the same fields of these records.
    """
    planter = _Planter(data, schema.roles, analyzed, random.Random(seed), others)  # noqa: S311
    for declared in schema.roles.having(*_PLANTERS):
        for role, plant in _PLANTERS.items():
            if declared.get(role) is not None:
                for pointer, holder, key in holders_at(data, declared.path):
                    if holder[key] is not None:
                        yield from plant(planter, declared, pointer, holder[key])
    for declared in schema.roles.having(Name):
        yield from planter.invented_item(declared)


class _Planter:
    """A generator of errors in one record."""

    def __init__(
        self,
        data: Any,
        roles: DeclaredRoles,
        analyzed: AnalyzedArticle,
        rng: random.Random,
        others: Sequence[Any],
    ) -> None:
        self._data = data
        self._roles = roles
        self._analyzed = analyzed
        self._rng = rng
        self._others = others
        self._text = analyzed.plain.text

    def figures(self, declared: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield errors in a figure: a wrong digit, magnitude, comparator or total."""
        role = declared.get(Figure)
        if isinstance(value, bool) or not isinstance(value, int | float) or role is None:
            return
        yield self._number("digit", pointer, self._other_digit(value))
        yield self._number("tenfold", pointer, value * 10)
        holder = value_at(self._data, parent_of(pointer))
        beside = holder if isinstance(holder, dict) else {}
        given = beside.get(role.comparator)
        if role.comparator and given in COMPARATORS:
            place = child_pointer(parent_of(pointer), role.comparator)
            allowed = self._roles.at((*declared.path[:-1], role.comparator))
            if others := _other_comparators(given, allowed):
                yield self._put("comparator", place, self._rng.choice(others), is_printed=False)
        total = beside.get(role.total)
        if role.total and isinstance(total, int | float):
            place = child_pointer(parent_of(pointer), role.total)
            yield self._number("total", place, self._other_digit(total))

    def dates(self, _: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield errors in a date: one a few days off and one with the wrong year."""
        match = _FULL_DATE.fullmatch(str(value))
        if match is None:
            return
        year, rest = match.groups()
        off = datetime.timedelta(days=self._rng.choice(_DAYS_OFF))
        day = datetime.date.fromisoformat(f"2000-{rest}") + off
        is_printed = re.search(rf"(?<!\d)0?{day.day}\s*[/.-]\s*0?{day.month}(?!\d)", self._text)
        if f"{day:%m-%d}" != "02-29":
            wrong = f"{year}-{day:%m-%d}"
            yield self._put("day", pointer, wrong, is_printed=is_printed is not None)
        if rest != "02-29":
            known = _YEAR_OF_UNSETTLED if year == "XXXX" else int(year)
            other = f"{known - _YEARS_OFF:04d}"
            yield self._put("year", pointer, f"{other}-{rest}", is_printed=other in self._text)

    def periods(self, _: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield an error in a period: it begins six years too early."""
        if (match := _YEAR.search(str(value))) is not None:
            other = f"{int(match[0]) - _YEARS_OFF:04d}"
            wrong = str(value)[: match.start()] + other + str(value)[match.end() :]
            yield self._put("period", pointer, wrong, is_printed=other in self._text)

    def times(self, _: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield an error in a time: it is off by a few hours and minutes."""
        hour, _colon, minute = str(value).partition(":")
        if hour.isdecimal() and minute.isdecimal():
            off = self._rng.choice((3, 5, 7))
            hours, minutes = (int(hour) + off) % 24, (int(minute) + off) % 60
            printed = rf"(?<!\d)0?(?:{hours}|{hours % 12})\s*(?:h|g|giờ|[:.])\s*{minutes:02d}"
            is_printed = re.search(printed, self._text) is not None
            yield self._put("time", pointer, f"{hours:02d}:{minutes:02d}", is_printed=is_printed)

    def names(self, declared: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield an error in a name: its last word is wrong, also in references to the name."""
        if isinstance(value, str):
            wrong = self._other_last_word(value)
            error = self._put("name", pointer, wrong, is_printed=self._analyzed.contains(wrong))
            _rename(error.record, self._roles, declared.path, value, wrong)
            yield error

    def printed(self, declared: DeclaredField, pointer: str, value: Any) -> Iterator[PlantedError]:
        """Yield an error in a text: another record's value, or else a wrong last word."""
        if isinstance(value, str) and declared.get(Name) is None:
            found = {
                holder[key]
                for other in self._others
                for _, holder, key in holders_at(other, declared.path)
                if isinstance(holder[key], str) and holder[key].lower() != value.lower()
            }
            wrong = self._rng.choice(sorted(found)) if found else self._other_last_word(value)
            yield self._put("printed", pointer, wrong, is_printed=self._analyzed.contains(wrong))

    def invented_item(self, declared: DeclaredField) -> Iterator[PlantedError]:
        """Yield a record with one more item, which has an invented name."""
        path = self._roles.item_of(declared.path)
        lists = list(holders_at(self._data, path[:-1])) if path[-1:] == (EACH,) else []
        inner = declared.path[len(path) :]
        for pointer, holder, key in lists[:1]:
            items = holder[key]
            if not isinstance(items, list) or not items or not inner or EACH in inner:
                continue
            record = copy.deepcopy(self._data)
            item = copy.deepcopy(items[0])
            *_, name = ((at, key) for _, at, key in holders_at(item, inner))
            name[0][name[1]] = _INVENTED[self._analyzed.language.code]
            value_at(record, pointer).append(item)
            place = child_pointer(pointer, len(items))
            yield PlantedError("invented", place, name[0][name[1]], record, printed_elsewhere=False)

    def _number(self, kind: ErrorKind, pointer: str, value: float) -> PlantedError:
        digits = re.sub(r"\D", "", str(value))
        is_printed = any(
            re.sub(r"\D", "", run) == digits for run in _NUMBER.findall(self._text)
        ) or any(
            value in (mention.value, mention.upper, mention.total)
            for mention in self._analyzed.numbers
            if mention.is_certain and _NUMBER.search(mention.text)
        )
        return self._put(kind, pointer, value, is_printed=is_printed)

    def _put(self, kind: ErrorKind, pointer: str, value: Any, *, is_printed: bool) -> PlantedError:
        record = copy.deepcopy(self._data)
        holder, key = value_at(record, parent_of(pointer)), last_part(pointer)
        holder[int(key) if isinstance(holder, list) else key] = value
        return PlantedError(kind, pointer, value, record, is_printed)

    def _other_digit(self, value: float) -> int | float:
        digits = list(str(value))
        place = self._rng.choice([at for at, digit in enumerate(digits) if digit.isdecimal()])
        digits[place] = self._rng.choice([one for one in "123456789" if one != digits[place]])
        wrong = "".join(digits)
        return int(wrong) if isinstance(value, int) else float(wrong)

    def _other_last_word(self, text: str) -> str:
        *words, last = text.split() or [text]
        names = _NAMES[self._analyzed.language.code]
        return " ".join([*words, self._rng.choice([name for name in names if name != last])])


def _other_comparators(given: str, allowed: DeclaredField | None) -> list[str]:
    values = [value for value in (allowed.values if allowed else ()) if value in COMPARATORS]
    return [
        other
        for other in values or COMPARATORS
        if other != given and frozenset({other, given}) not in _CLOSE
    ]


def _rename(record: Any, roles: DeclaredRoles, path: Path, name: str, wrong: str) -> None:
    """Replace an item's name in all references to the item."""
    to = pointer_to(path)
    for declared in roles.having(Refers):
        role = declared.get(Refers)
        if role is not None and role.to == to:
            for _, holder, key in holders_at(record, declared.path):
                if holder[key] == name:
                    holder[key] = wrong


_Plant = Callable[[_Planter, DeclaredField, str, Any], Iterator[PlantedError]]
_PLANTERS: Mapping[type[Any], _Plant] = {
    Figure: _Planter.figures,
    CalendarDate: _Planter.dates,
    PublicationDate: _Planter.dates,
    PrintedPeriod: _Planter.periods,
    PrintedTime: _Planter.times,
    Name: _Planter.names,
    Printed: _Planter.printed,
}
