"""Detection of refusals (401, 403, 404) due to the key, path or model rather than an article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from antq_llm.errors import AccessRefused
from antq_llm.records.result import Extraction, Failure

MAX_REFUSED = 3
"""The number of consecutive refused articles that ends a run if no article has been answered."""
MAX_REFUSED_WITH_STORED_ANSWERS = 20
"""The corresponding number for a model whose only answers so far are from earlier calls.

It is larger because articles that were refused in an earlier call, for example by a firewall, come
first and are refused again.
"""
KEY_REFUSED = 401


class AccessRefusals:
    """The refused articles of a run, held back until the cause of the refusals is clear.

    Refusals of the ``--escalate`` model are counted separately, because the endpoint may know the
    first model but not the stronger one.
    """

    def __init__(self) -> None:
        self.ends_run = False
        """Whether too many articles were refused for the run to continue."""
        self._held: list[tuple[Failure, AccessRefused]] = []
        self._in_a_row: Counter[bool] = Counter()
        """The numbers of consecutive refusals by the first model (False) and the other (True)."""
        self._answering: set[bool] = set()
        """The models that have answered in this call."""
        self._answered_before: set[bool] = set()
        """The models that answered in an earlier call."""

    def holds(self, outcome: Extraction[Any] | Failure) -> bool:
        """Record the outcome of an article; hold it back and return True if it is a refusal.

        Outcomes must be recorded in the order of completion.
        """
        if isinstance(outcome, Failure) and isinstance(outcome.error, AccessRefused):
            escalated = outcome.error.escalated
            self._held.append((outcome, outcome.error))
            self._in_a_row[escalated] += 1
            limit = (
                MAX_REFUSED_WITH_STORED_ANSWERS
                if escalated in self._answered_before
                else MAX_REFUSED
            )
            if self._in_a_row[escalated] >= limit and escalated not in self._answering:
                self.ends_run = True
            return True
        answered = outcome.error if isinstance(outcome, Failure) else outcome
        if answered.attempts:
            is_new = not all(attempt.completion.replayed for attempt in answered.attempts)
            self.note_answer(escalated=answered.escalated, is_new=is_new)
        return False

    def note_answer(self, *, escalated: bool, is_new: bool) -> None:
        """Record that an article was answered, in this call (``is_new``) or an earlier one."""
        asked = {False, escalated}
        self._in_a_row.subtract({model: self._in_a_row[model] for model in asked})
        if is_new:
            self._answering |= asked
        else:
            self._answered_before |= asked

    def settled(self) -> Iterator[Failure]:
        """Yield the refused articles as failures, in the order in which they were refused.

        Raises AccessRefused instead if the cause of a refusal affects the whole run.
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
        # Answers from earlier calls show that the path is right, but not that the key still is.
        return error.escalated not in self._answered_before or error.status == KEY_REFUSED
