"""The interface through which a run reports its progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from antq_llm.records.result import Failure
from antq_llm.runs.totals import Outcome, RunTotals
from antq_llm.telemetry import conventions as names
from antq_llm.telemetry.active import active_telemetry, flush_telemetry, without_collector
from antq_llm.telemetry.attributes import Attributes, known

if TYPE_CHECKING:
    from antq_llm.telemetry.telemetry import Telemetry

WORKFLOW = "antq_llm"


class RunObserver(Protocol):
    """A receiver of a run's progress, called in the event loop of the run."""

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Note the start of the run; called once, before the first article.

        ``totals`` is updated before each outcome is reported. ``window`` returns the current
        maximum number of pending requests, or None if there is no limit.
        """
        ...

    def outcome(self, outcome: Outcome) -> None:
        """Receive an outcome; called for each article, in the order of completion."""
        ...

    def message(self, text: str) -> None:
        """Receive a message for the user, such as the status of a batch."""
        ...


@runtime_checkable
class CountingOnly(RunObserver, Protocol):
    """An observer that only counts records, so that worker processes need not send them whole."""

    def judged(self) -> None:
        """Count a record from a worker process, for which ``outcome`` is not called."""
        ...


class SilentObserver:
    """An observer that ignores the progress of a run."""

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Do nothing."""

    def outcome(self, outcome: Outcome) -> None:
        """Do nothing."""

    def judged(self) -> None:
        """Do nothing."""

    def message(self, text: str) -> None:
        """Do nothing."""


class CountingObserver:
    """An observer that counts outcomes for telemetry and passes calls on to another observer."""

    def __init__(self, inner: RunObserver, telemetry: Telemetry) -> None:
        self._inner = inner
        self._telemetry = telemetry
        self.totals = RunTotals()

    def start(self, articles: int, totals: RunTotals, window: Callable[[], int | None]) -> None:
        """Keep a reference to the totals and pass the call on."""
        self.totals = totals
        self._inner.start(articles, totals, window)

    def outcome(self, outcome: Outcome) -> None:
        """Count an outcome and pass it on."""
        if isinstance(outcome, Failure):
            self._telemetry.add_article("failure", outcome.error.kind)
        else:
            self._telemetry.add_article("record", None)
        self._inner.outcome(outcome)

    def message(self, text: str) -> None:
        """Pass a message on."""
        self._inner.message(text)


@contextmanager
def traced_run(observer: RunObserver, *, is_offline: bool) -> Iterator[RunObserver]:
    """Record a span around a run if telemetry is on; yield the observer to pass to the run.

    Unless the caller has set an OpenTelemetry provider, the recorded data is sent when the block
    ends; this takes a few seconds at most.
    """
    with without_collector(is_offline=is_offline):
        telemetry = active_telemetry()
        if telemetry is None:
            yield observer
        else:
            with _run_span(observer, telemetry) as counting:
                yield counting


@contextmanager
def _run_span(observer: RunObserver, telemetry: Telemetry) -> Iterator[RunObserver]:
    counting = CountingObserver(observer, telemetry)
    attributes = {names.OPERATION: "invoke_workflow", names.WORKFLOW: WORKFLOW}
    try:
        with telemetry.span(f"invoke_workflow {WORKFLOW}", attributes) as span:
            try:
                yield counting
            finally:
                span.set_attributes(known(_totals(counting.totals)))
    finally:
        flush_telemetry()


def _totals(totals: RunTotals) -> Attributes:
    """Return a run's totals as attributes, without the tokens and costs of replayed answers."""
    counts = {
        "records": totals.records,
        "failures": totals.failures.total(),
        "replayed": totals.replayed,
        "duplicates": totals.duplicates,
    }
    return {
        **{f"{names.RUN_PREFIX}{name}": count for name, count in counts.items()},
        names.INPUT_TOKENS: totals.sent.input_tokens,
        names.OUTPUT_TOKENS: totals.sent.output_tokens,
        names.CACHED_TOKENS: totals.sent.cached_tokens,
        names.COST: totals.spent_usd,
    }
