"""Mentions in a text: numbers, dates, times, codes and names, with their spans."""

from __future__ import annotations

from typing import Literal, NamedTuple

MentionKind = Literal["number", "date", "time", "code"]


class Mention(NamedTuple):
    """An expression in digits or words that the rules of a language read in a text.

    It is a quantity (``number``), a calendar expression (``date``), a time of day (``time``) or a
    ``code``: digits that are ambiguous or part of a name or identifier. The span is in code points;
    ``text`` is the expression in plain form.
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    value: int | float | str
    """A number for a quantity, EDTF for a date, ``HH:MM`` for a time or the text for a code.

    A decade is written as ``199X``, a century as ``19XX`` and the end of a day as ``24:00``.
    """
    total: int | float | None = None
    """The ``y`` in a printed ``x/y`` or ``x of the y``."""
    comparator: str = "="
    """The comparator of a quantity, as expressed by the words around it: ``=``, ``<``, ``<=``,
    ``>``, ``>=`` or ``~``."""
    other_comparators: tuple[str, ...] = ()
    """Other comparators that these words may express, as in ``charged over two deaths``."""
    upper: int | float | str | None = None
    """The upper bound of a range such as ``70 - 80%`` or ``12-14h``; ``value`` is the
    lower bound.

    A vague amount is an uncertain range: ``hàng chục`` is 10 to 99, and ``vài`` is 2 to 9.
    """
    form: str | None = None
    """The kind of a code, such as ``phone``, ``plate``, ``score`` or ``document``; None if unknown.

    A date in the lunar calendar has the form ``lunar``, and its value is the month and day in that
    calendar.
    """
    is_certain: bool = True
    """Whether no other reading is possible; an uncertain mention cannot contradict a value."""

    @property
    def values(self) -> tuple[int | float | str, ...]:
        """The value, or the two bounds of a range."""
        return (self.value,) if self.upper is None else (self.value, self.upper)

    @property
    def edtf(self) -> str:
        """The date in EDTF; a range of dates is an interval such as ``2016/2020``."""
        return "/".join(map(str, self.values))

    @property
    def bounds(self) -> tuple[Mention, ...]:
        """The bounds of a range, with the comparators ``>=`` and ``<=``, or the mention itself.

        The comparator of a range (``khoảng 5-7 người``) is another possible comparator of each
        bound.
        """
        if self.upper is None:
            return (self,)
        others = tuple(dict.fromkeys((self.comparator, *self.other_comparators)))
        lower = self._replace(comparator=">=", other_comparators=others, upper=None)
        return (lower, lower._replace(value=self.upper, comparator="<="))


class NameMention(NamedTuple):
    """A name with its span; ``rank`` is None for a name in quotation marks."""

    start: int
    end: int
    name: str
    rank: str | None = None
