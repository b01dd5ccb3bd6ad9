"""The masthead of an article: the first lines, with the stamp, the outlet and the title.

Copies of an article in other outlets can differ in these lines. Rules read these lines in each
copy, so that the record of one copy can be turned into the record of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from antq_llm.evidence.grounding import QUOTE
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.movement_report.baseline.head import read_published, read_publisher
from antq_llm.movement_report.baseline.outline import Outline, is_title
from antq_llm.text.tokens import forms_of, tokens_of

_MAX_LINES = 8


class Masthead:
    """The first lines of an article, with the fields of the record that they contain."""

    def __init__(self, analyzed: AnalyzedArticle) -> None:
        self._analyzed = analyzed
        self._outline = Outline(analyzed.plain)

    @property
    def text(self) -> str:
        """The text of the whole article."""
        return self._analyzed.text

    @cached_property
    def lines(self) -> list[Span]:
        """The spans of the first lines of the article, at most eight."""
        positions = self._analyzed.positions
        return [positions.span(*line) for line in self._outline.lines[:_MAX_LINES]]

    @cached_property
    def fields(self) -> Mapping[str, Span]:
        """The spans of the lines with ``published``, ``publisher`` and ``headline``, if found."""
        stamp = read_published(self._outline)
        publisher = read_publisher(self._outline)
        texts = {line: self.plain_text(line) for line in self.lines}
        found = {
            "published": next(
                (line for line, text in texts.items() if stamp and stamp[QUOTE] in text), None
            ),
            "publisher": next((line for line, text in texts.items() if text == publisher), None),
        }
        # A stamp with a weekday looks like a title.
        found["headline"] = next(
            (line for line, text in texts.items() if line not in found.values() and is_title(text)),
            None,
        )
        return {field: line for field, line in found.items() if line is not None}

    def plain_text(self, span: Span) -> str:
        """Return the plain form of the text at a span."""
        return self._analyzed.plain_text(*span)

    def field_at(self, span: Span) -> str | None:
        """Return the field whose line contains a span, if any."""
        return next(
            (
                field
                for field, (start, end) in self.fields.items()
                if start <= span[0] and span[1] <= end
            ),
            None,
        )

    def read(self, field: str) -> Any:
        """Return the value of a field of the record, as read by rules."""
        match field:
            case "published":
                return read_published(self._outline)
            case "publisher":
                return read_publisher(self._outline)
            case _:
                line = self.fields.get(field)
                return None if line is None else self.plain_text(line)

    def replaced_fields(self, later: Masthead, added: Iterable[Span]) -> tuple[str, ...] | None:
        """Return the fields whose lines differ in a later masthead.

        ``added`` contains the spans that only the later article has. Returns None if the later
        article may contain additional news, for example if an added span is in no field's line.
        """
        fields: dict[str, None] = {}
        for span in added:
            field = later.field_at(span)
            if field is None or not (field in self.fields or field == "published"):
                return None
            fields[field] = None
        if all(field == "published" or _is_replaced(field, self, later) for field in fields):
            return tuple(fields)
        return None

    def settle_fields(self, data: dict[str, Any], fields: Sequence[str], later: Masthead) -> bool:
        """Replace the values of ``fields`` in a record's data with those of a later masthead.

        Stops and returns False at the first value that differs from what rules read from this
        masthead.
        """
        for field in fields:
            if not _is_same_value(data[field], self.read(field)):
                return False
            data[field] = later.read(field)
        return True


def _is_replaced(field: str, earlier: Masthead, later: Masthead) -> bool:
    """Return whether the later line of a field replaces the earlier one without adding news.

    Every number and every capitalised word of a title, except its first word, must appear in the
    earlier article.
    """
    old, new = earlier.plain_text(earlier.fields[field]), later.plain_text(later.fields[field])
    old_forms = forms_of(old)
    if new.endswith((".", "…")) or any(
        old_forms == forms_of(later.plain_text(line)) for line in later.lines
    ):
        return False
    if field == "publisher":
        return not any(character.isdigit() for character in new)
    known_forms = set(forms_of(earlier.text))
    return all(
        token.form in known_forms
        for token in tokens_of(new)[1:]
        if any(
            character.isdigit() or character.isupper() for character in new[token.start : token.end]
        )
    )


def _is_same_value(recorded: Any, read: Any) -> bool:
    """Return whether two values have the same words or, for stamps, the same date and time."""
    if recorded is None or read is None:
        return recorded is read
    if isinstance(recorded, dict):
        return (recorded["date"], recorded["time"]) == (read["date"], read["time"])
    return forms_of(recorded) == forms_of(read)
