"""Recording spans and metrics with the caller's OpenTelemetry providers or those of antq_llm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, TracerProvider

from antq_llm.telemetry import conventions as names
from antq_llm.telemetry.attributes import Attributes, error_type, known

_SCOPE = "antq_llm"


class Telemetry:
    """A recorder of spans and metrics for requests and articles."""

    def __init__(self, tracer_provider: TracerProvider, meter_provider: MeterProvider) -> None:
        self._tracer = tracer_provider.get_tracer(_SCOPE, version("antq-llm"))
        meter = meter_provider.get_meter(_SCOPE, version("antq-llm"))
        self._tokens = meter.create_histogram(
            names.TOKEN_USAGE_METRIC,
            "{token}",
            "Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=names.TOKEN_BOUNDARIES,
        )
        self._duration = meter.create_histogram(
            names.DURATION_METRIC,
            "s",
            "GenAI operation duration.",
            explicit_bucket_boundaries_advisory=names.DURATION_BOUNDARIES,
        )
        self._cost = meter.create_counter(
            names.COST_METRIC, "{USD}", "Cost of the answers received, in US dollars."
        )
        self._retries = meter.create_counter(
            names.RETRIES_METRIC, "{request}", "Number of request retries."
        )
        self._articles = meter.create_counter(
            names.ARTICLES_METRIC, "{article}", "Number of articles, by outcome."
        )

    @contextmanager
    def span(self, name: str, attributes: Attributes, *, to_server: bool = False) -> Iterator[Span]:
        """Record a span around the block, with the kind of any error raised in it.

        The error's message is not recorded, because it may quote an answer.
        """
        kind = SpanKind.CLIENT if to_server else SpanKind.INTERNAL
        with self._tracer.start_as_current_span(
            name,
            kind=kind,
            attributes=known(attributes),
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except BaseException as error:
                self.mark_failed(span, error)
                raise

    @staticmethod
    def mark_failed(span: Span, error: BaseException) -> None:
        """Mark a span as failed, with the error's kind and, if it has one, its HTTP status."""
        kind = error_type(error)
        status = getattr(error, "status", None)
        span.set_attributes(known({names.ERROR_TYPE: kind, names.HTTP_STATUS: status}))
        span.set_status(Status(StatusCode.ERROR, kind))

    def record_operation(self, seconds: float, attributes: Attributes) -> None:
        """Record the duration of a request, including its retries."""
        self._duration.record(seconds, known(attributes))

    def record_tokens(self, kind: str, tokens: int, attributes: Attributes) -> None:
        """Record the number of tokens that an answer used; ``kind`` is ``input`` or ``output``."""
        self._tokens.record(tokens, known({**attributes, names.TOKEN_TYPE: kind}))

    def add_cost(self, usd: float, attributes: Attributes) -> None:
        """Add an amount in US dollars to the cost of the answers."""
        self._cost.add(usd, known(attributes))

    def add_retries(self, retries: int, attributes: Attributes) -> None:
        """Add to the number of times that requests were sent again."""
        self._retries.add(retries, known(attributes))

    def add_article(self, outcome: str, error: str | None) -> None:
        """Count an article by outcome (``record`` or ``failure``) and kind of error, if any."""
        self._articles.add(1, known({names.OUTCOME: outcome, names.ERROR_TYPE: error}))
