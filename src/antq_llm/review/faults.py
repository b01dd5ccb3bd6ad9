"""The faults, objections and notes found in a record, with their places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from antq_llm.core.json_pointer import parent_of
from antq_llm.evaluation.gold_faults import quote_faults, reference_faults
from antq_llm.evidence.spans import Span
from antq_llm.mentions.analyzed_article import AnalyzedArticle
from antq_llm.schemas.base import Schema
from antq_llm.schemas.faults import Fault, InvalidAnswer
from antq_llm.validation.article_warnings import article_warnings
from antq_llm.validation.checks import CheckedRecord, check_record
from antq_llm.validation.warnings import RecordWarning

Severity = Literal["fault", "objection", "note"]
"""The severity of a problem.

A record with a ``fault`` cannot be gold. An ``objection`` is about a value that the article seems
to contradict. A ``note`` is about a value that the article neither confirms nor contradicts. A
person decides on objections and notes.
"""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or doubtful at a place in a record."""

    severity: Severity
    pointer: str
    message: str
    given: str | None = None
    """The value at the place, as JSON."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A record with the problems found in it."""

    data: Any
    """The record, with quotes spelled as in the article."""
    problems: tuple[Problem, ...]
    spans: Mapping[str, Span]
    """The spans of quotes, by the pointers of their items."""
    unaccounted: tuple[RecordWarning, ...] = ()
    """Warnings, with spans, about figures, dates and names that are in no item."""
    about_article: tuple[RecordWarning, ...] = ()
    """Other warnings about the article, such as one about text that addresses a model."""

    @property
    def faults(self) -> list[Problem]:
        """The problems that keep the record from being gold."""
        return [problem for problem in self.problems if problem.severity == "fault"]

    def new_faults(self, before: Examined) -> list[Problem]:
        """Return the faults that ``before``, an earlier version of the record, did not have."""
        known = Counter((problem.message, problem.given) for problem in before.faults)
        new = []
        for problem in self.faults:
            if known[problem.message, problem.given] > 0:
                known[problem.message, problem.given] -= 1
            else:
                new.append(problem)
        return new


def examine(data: Any, schema: Schema[Any], analyzed: AnalyzedArticle | None) -> Examined:
    """Check a record against its schema and, if the text is known, against its article."""
    try:
        schema.read_data(data)
        checked = None if analyzed is None else check_record(data, schema, analyzed)
    except InvalidAnswer as error:
        return Examined(data, tuple(_problems("fault", error.faults)), {})
    references = [
        Problem("fault", found.pointer, found.message)
        for found in reference_faults("", data, schema)
    ]
    if checked is None or analyzed is None:
        return Examined(data, tuple(references), {})
    return _examined(checked, schema, analyzed, references)


def _examined(
    checked: CheckedRecord[Any],
    schema: Schema[Any],
    analyzed: AnalyzedArticle,
    references: Sequence[Problem],
) -> Examined:
    missing = [
        Problem("fault", found.pointer, found.message)
        for found in quote_faults("", checked.data, schema, analyzed.text)
    ]
    warnings = article_warnings(checked, schema, analyzed)
    of_article = [warning for warning in warnings if warning.pointer is None]
    return Examined(
        data=checked.answer,
        problems=(
            *references,
            *missing,
            *_problems("objection", [found.fault for found in checked.contradicted]),
            *_problems("note", [found.fault for found in checked.unverified]),
            *(
                Problem("note", str(warning.pointer), warning.message)
                for warning in warnings
                if warning.kind == "dated_by_metadata"
            ),
        ),
        spans={found.pointer: (found.start, found.end) for found in checked.evidence},
        unaccounted=tuple(found for found in of_article if found.kind == "unaccounted"),
        about_article=tuple(found for found in of_article if found.kind != "unaccounted"),
    )


def nearest_shown(pointer: str, shown: Iterable[str]) -> str | None:
    """Return the innermost pointer in ``shown`` that equals or encloses ``pointer``, or None."""
    known = set(shown)
    while pointer not in known:
        if not pointer:
            return None
        pointer = parent_of(pointer)
    return pointer


def _problems(severity: Severity, faults: Iterable[Fault]) -> list[Problem]:
    return [Problem(severity, fault.pointer, fault.message, fault.given) for fault in faults]
