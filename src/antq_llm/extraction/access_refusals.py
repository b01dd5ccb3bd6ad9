"""Decides whether refusals (401, 403, 404) concern single articles, or the key, path or model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from antq_llm.errors import AccessRefused
from antq_llm.records.result import Extraction, Failure

MAX_REFUSED = 3
"""Number of articles refused in a row, before any answer, that ends a run."""
MAX_REFUSED_WITH_STORED_ANSWERS = 20
"""The same for a run with answers from earlier calls.

Articles refused then, for example by a firewall, are refused again before the run reaches new ones.
"""
KEY_REFUSED = 401


class AccessRefusals:
    """The articles of a run that were refused before any other was answered by the endpoint.

    The model of ``--escalate`` is counted separately, because it alone may be unknown.
    """

    def __init__(self) -> None:
        self.ends_run = False
        """Whether too many articles were refused for the run to continue."""
        self._held: list[tuple[Failure, AccessRefused]] = []
        self._in_a_row: Counter[bool] = Counter()
        """Refused articles; the key says whether the stronger model was asked."""
        self._answering: set[bool] = set()
        self._has_stored_answers = False

    def holds(self, outcome: Extraction[Any] | Failure) -> bool:
        """Note an outcome in completed order; return whether it is a refusal to hold back."""
        if isinstance(outcome, Failure) and isinstance(outcome.error, AccessRefused):
            escalated = outcome.error.escalated
            self._held.append((outcome, outcome.error))
            self._in_a_row[escalated] += 1
            limit = MAX_REFUSED_WITH_STORED_ANSWERS if self._has_stored_answers else MAX_REFUSED
            if self._in_a_row[escalated] >= limit and escalated not in self._answering:
                self.ends_run = True
            return True
        answered = outcome.error if isinstance(outcome, Failure) else outcome
        if answered.attempts:
            is_new = not all(attempt.completion.replayed for attempt in answered.attempts)
            self.note_answer(escalated=answered.escalated, is_new=is_new)
        return False

    def note_answer(self, *, escalated: bool, is_new: bool) -> None:
        """Note that an article was answered, in this run or before."""
        asked = {False, escalated}
        self._in_a_row.subtract({model: self._in_a_row[model] for model in asked})
        self._has_stored_answers = True
        if is_new:
            self._answering |= asked

    def settled(self) -> Iterator[Failure]:
        """Yield the refused articles as failures of their own, in the order they were taken.

        Raises the error if it concerns the whole run.
        """
        general = next((error for _, error in self._held if self._is_general(error)), None)
        if general is not None:
            raise general
        for failure, error in self._held:
            yield Failure(failure.article_id, failure.source, error.as_rejection())

    def _is_general(self, error: AccessRefused) -> bool:
        if self.ends_run:
            return True
        if error.escalated in self._answering:
            return False
        # Without an answer in this run, earlier ones show that the path is right, not the key.
        return not self._has_stored_answers or error.status == KEY_REFUSED
