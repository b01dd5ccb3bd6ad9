"""An article in the report: its text in pieces, with marks, warnings and dropped items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from antq_llm.core.json_pointer import find_value
from antq_llm.pages.marked_text import Mark, segments
from antq_llm.report.item_places import ItemPlaces, warnings_of

_PASSAGE_KINDS = ("unaccounted", "injection")
Piece = str | list[Any]
"""A stretch of text; if it is marked, a list of the text and the numbers of its marks."""


@dataclass(frozen=True, slots=True)
class PassageMark:
    """A marked passage, which belongs to one of the article's rows or to a warning."""

    row: int | None
    warning: int | None
    kind: str


class ArticleView:
    """The text, marks and warnings that the report shows for an article."""

    def __init__(
        self,
        line: Mapping[str, Any],
        text: str | None,
        places: ItemPlaces,
        quote_keys: frozenset[str],
    ) -> None:
        self._line = line
        self._places = places
        self._warnings = list(warnings_of(line))
        self.text_state = _text_state(line, text, quote_keys)
        """The state of the text: ``shown``, ``missing`` or ``changed`` (since the run)."""
        self._text = text if self.text_state == "shown" else None

    def as_json(self) -> dict[str, Any]:
        """Return the article as JSON data for the page's script."""
        marks = list(self._marks()) if self._text is not None else []
        return {
            "state": self.text_state,
            "pieces": _pieces(self._text or "", [mark for mark, _ in marks]),
            "marks": [[place.kind, place.row, place.warning] for _, place in marks],
            "warnings": [self._warning(warning) for warning in self._warnings],
        }

    def _marks(self) -> Iterator[tuple[Mark, PassageMark]]:
        for evidence in self._line.get("evidence") or ():
            row = self._places.row_of(evidence.get("pointer"))
            if row is not None:
                mark = Mark(evidence["start"], evidence["end"], "")
                yield mark, PassageMark(row, None, "item")
        for number, warning in enumerate(self._warnings):
            start, end = warning.get("start"), warning.get("end")
            if isinstance(start, int) and isinstance(end, int):
                kind = str(warning.get("kind"))
                style = kind if kind in _PASSAGE_KINDS else "unaccounted"
                yield Mark(start, end, ""), PassageMark(None, number, style)

    def _warning(self, warning: Mapping[str, Any]) -> list[Any]:
        """Return a warning's kind, message, row (or None) and dropped item (or None)."""
        return [
            warning.get("kind"),
            warning.get("message"),
            self._places.row_of(warning.get("pointer")) if warning.get("pointer") else None,
            warning.get("item"),
        ]


def _text_state(line: Mapping[str, Any], text: str | None, quote_keys: frozenset[str]) -> str:
    if text is None:
        return "missing"
    return "shown" if _has_quotes(line, text, quote_keys) else "changed"


def _has_quotes(line: Mapping[str, Any], text: str, quote_keys: frozenset[str]) -> bool:
    """Return whether each quote of a record is in the text at the place that the evidence gives."""
    for evidence in line.get("evidence") or ():
        item = find_value(line["record"], evidence["pointer"])
        if not isinstance(item, Mapping):
            continue
        quotes = [value for key, value in item.items() if key in quote_keys]
        if quotes and text[evidence["start"] : evidence["end"]] not in quotes:
            return False
    return True


def _pieces(text: str, marks: Sequence[Mark]) -> list[Piece]:
    numbers = {id(mark): number for number, mark in enumerate(marks)}
    return [
        [text[part.start : part.end], *(numbers[id(mark)] for mark in part.marks)]
        if part.marks
        else text[part.start : part.end]
        for part in segments(len(text), marks)
    ]
