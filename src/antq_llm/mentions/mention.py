"""Mentions in a text: numbers, dates, times, codes and names, each with its span."""

from __future__ import annotations

from typing import Literal, NamedTuple

MentionKind = Literal["number", "date", "time", "code"]


class Mention(NamedTuple):
    """One expression in digits, or in words where a language reads them.

    It is a quantity (``number``), a calendar expression (``date``), a clock time (``time``), or
    digits that are part of a name or an identifier or that may be read in two ways (``code``). The
    span is in code points; ``text`` is the expression in the plain form of the article.
    """

    kind: MentionKind
    start: int
    end: int
    text: str
    value: int | float | str
    """A number for a quantity, EDTF for a date, ``HH:MM`` for a time, the digits for a code.

    A decade is ``199X``, a century ``19XX``; ``24:00`` is the end of a day.
    """
    total: int | float | None = None
    """The ``y`` of a printed ``x/y`` or ``x of the y``."""
    comparator: str = "="
    """The comparator in the words around a quantity:

    ``=``, ``<``, ``<=``, ``>``, ``>=`` or ``~``.
    """
    other_comparators: tuple[str, ...] = ()
    """The comparators that these words may mean as well, as in ``charged over two deaths``."""
    upper: int | float | str | None = None
    """The second bound of a range such as ``70 - 80%`` or ``12-14h``; ``value`` is the first.

    A vague amount has the bounds of what it may mean and is not certain: ``hàng chục`` is 10 to 99,
    ``vài`` 2 to 9.
    """
    form: str | None = None
    """The kind of a code, such as ``phone``, ``plate``, ``address``, ``score`` or ``document``;

    None if it is not known. A date of the lunar calendar has the form ``lunar``: its value is a
    month and day of that calendar.
    """
    is_certain: bool = True
    """False if the expression may be read otherwise; such a reading contradicts nothing."""

    @property
    def values(self) -> tuple[int | float | str, ...]:
        """The value, or the two bounds of a range."""
        return (self.value,) if self.upper is None else (self.value, self.upper)

    @property
    def edtf(self) -> str:
        """A date in EDTF, a range of dates as an interval such as ``2016/2020``."""
        return "/".join(map(str, self.values))

    @property
    def bounds(self) -> tuple[Mention, ...]:
        """The bounds of a range, the lower with ``>=`` and the upper with ``<=``; else itself.

        The words before a range (``khoảng 5-7 người``) may qualify each bound as well.
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
